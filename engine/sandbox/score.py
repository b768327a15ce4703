"""How well a run did in the sandbox, against the truth that the sandbox knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from engine.sandbox.truth import SiteTruth, Truth

TechColumn = Literal["tech_cms", "tech_analytics", "tech_ads_pixels"]
TECH_COLUMNS: tuple[TechColumn, ...] = ("tech_cms", "tech_analytics", "tech_ads_pixels")


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


def wrong_verdicts(truth: Truth, rows: Iterable[Mapping[str, object]]) -> int:
    """Verified addresses whose verdict is not among those that a right verification may give."""
    return sum(
        str(row.get("email_status")) not in truth.addresses[str(row["email"])].allowed
        for row in rows
        if str(row.get("email")) in truth.addresses
    )
