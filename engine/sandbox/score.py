"""How well a run did in the sandbox, against the truth that the sandbox knows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from engine.sandbox.draw import folded
from engine.sandbox.truth import SiteTruth, Truth

TechColumn = Literal["tech_cms", "tech_analytics", "tech_ads_pixels"]
TECH_COLUMNS: tuple[TechColumn, ...] = ("tech_cms", "tech_analytics", "tech_ads_pixels")


class Miss(NamedTuple):
    """A cell that is not as it should be: right and said value."""

    site_web: str
    column: str
    right: object
    said: object


@dataclass(frozen=True, slots=True)
class Score:
    """Values there are to find (sites with an address, technologies), values found, and how many of those are right."""

    expected: int
    found: int
    right: int

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0


def score_emails(
    truth: Truth, rows: Iterable[Mapping[str, object]], *, mode: Literal["normal", "deep"] = "normal"
) -> Score:
    """Rows of an emails job against the addresses that this mode can read on those sites."""
    addresses = {site.site_web: site.addresses if mode == "deep" else site.addresses_normal for site in truth.sites}
    expected = found = right = 0
    for row in rows:
        known = addresses.get(str(row.get("site_web")), ())
        expected += bool(known)
        found += bool(row.get("email"))
        right += row.get("email") in known
    return Score(expected, found, right)


def score_techstack(truth: Truth, rows: Iterable[Mapping[str, object]]) -> dict[TechColumn, Score]:
    """Rows of a techstack job against what the healthy sites have installed: one score a column, slug by slug."""
    sites = {site.site_web: site for site in truth.of_kind("healthy")}
    known = [(sites[str(row.get("site_web"))], row) for row in rows if str(row.get("site_web")) in sites]
    return {column: _score_column(column, known) for column in TECH_COLUMNS}


def _score_column(column: TechColumn, known: Iterable[tuple[SiteTruth, Mapping[str, object]]]) -> Score:
    expected = found = right = 0
    for site, row in known:
        true, said = _slugs(getattr(site, column)), _slugs(row.get(column))
        expected += len(true)
        found += len(said)
        right += len(true & said)
    return Score(expected, found, right)


def _slugs(cell: object) -> set[str]:
    return set(cell.split(", ")) if isinstance(cell, str) and cell else set()


def score_columns(
    truth: Truth,
    rows: Iterable[Mapping[str, object]],
    columns: Sequence[str],
    *,
    lists: Collection[str] = (),
) -> dict[str, Score]:
    """Rows against `SiteTruth.columns` of the healthy sites: one score a column.

    Columns in `lists` hold several values joined by ', ', which are scored one by one. Numbers are compared as
    numbers, texts without regard to case, accents and spacing. A site whose truth lacks a column isn't scored there.
    """
    cells = _cells(truth, rows, columns)
    found: dict[str, Score] = {}
    for column in columns:
        is_list = column in lists
        pairs = [(_parts(one.right, is_list=is_list), _parts(one.said, is_list=is_list)) for one in cells[column]]
        expected, said = (sum(len(pair[side]) for pair in pairs) for side in (0, 1))
        found[column] = Score(expected, said, sum(len(right & given) for right, given in pairs))
    return found


def misses(
    truth: Truth,
    rows: Iterable[Mapping[str, object]],
    columns: Sequence[str],
    *,
    lists: Collection[str] = (),
) -> list[Miss]:
    """The cells that keep `score_columns` from being perfect."""
    cells = _cells(truth, rows, columns)
    return [
        one
        for column in columns
        for one in cells[column]
        if _parts(one.right, is_list=column in lists) != _parts(one.said, is_list=column in lists)
    ]


def _cells(truth: Truth, rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> dict[str, list[Miss]]:
    """Right and said value of every cell that is scored, by column."""
    sites = {site.site_web: site for site in truth.of_kind("healthy")}
    found: dict[str, list[Miss]] = {column: [] for column in columns}
    for row in rows:
        url = str(row.get("site_web"))
        known = sites[url].columns if url in sites else {}
        for column in columns:
            if column in known:
                found[column].append(Miss(url, column, _right(sites[url], row, column), row.get(column)))
    return found


def _right(site: SiteTruth, row: Mapping[str, object], column: str) -> object:
    """What a right run writes into this row: whose `telephone` is not the site's own finds that one there, too."""
    right = site.columns[column]
    if column != "telephones_extra" or site.telephone is None:
        return right
    given = "".join(filter(str.isdigit, str(row.get("telephone") or "")))
    if given.endswith(site.telephone[-9:]):
        return right
    return ", ".join(filter(None, (site.telephone, str(right or ""))))


def _parts(cell: object, *, is_list: bool) -> set[str]:
    """The values of a cell in a form that can be compared; none of an empty cell."""
    if cell is None or cell == "":
        return set()
    if isinstance(cell, bool):
        return {str(cell).lower()}
    if isinstance(cell, (int, float)):
        return {f"{float(cell):.6g}"}
    text = " ".join(folded(str(cell)).split())
    if is_list:
        return {one.strip() for one in text.split(",") if one.strip()}
    return {_number(text) or text.rstrip("/")}


def _number(text: str) -> str | None:
    """A number as `_parts` writes it, of a cell that a file made a text; long ones are names, not numbers."""
    if len(text) > 8:
        return None
    try:
        return f"{float(text):.6g}"
    except ValueError:
        return None


def wrong_verdicts(truth: Truth, rows: Iterable[Mapping[str, object]]) -> int:
    """Verified addresses whose verdict is not among those that a right verification may give."""
    return sum(
        str(row.get("email_status")) not in truth.addresses[str(row["email"])].allowed
        for row in rows
        if str(row.get("email")) in truth.addresses
    )
