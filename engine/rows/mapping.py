"""Headers as people write them -> canonical columns, and the notice that says what was done."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, overload

from engine.rows.columns import (
    FIRST_NAME_HEADERS,
    PERSON_NAME_HEADERS,
    alias_rank,
    canonical_of,
    header_key,
    keys_of,
)
from engine.rows.infer import SAMPLE_ROWS, Kind, is_own_site, kind_of
from engine.rows.table import Table, grouped, unique_names
from engine.rows.types import Row, Value, is_empty, text_of

NOTICE_CHARS_MAX = 600
_NAMES_SHOWN = 8
_NAME_CHARS = 40

# What content tells. Only the unmistakable kinds may rename a column that already has a name.
_BY_CONTENT: Mapping[Kind, str] = {
    "email": "email",
    "maps": "lien_google_maps",
    "url": "site_web",
    "phone": "telephone",
    "siret": "siret",
    "place_id": "place_id",
    "postal_code": "code_postal",
    "street": "adresse",
}
_SURE_KINDS = frozenset(("email", "maps", "url", "phone", "siret", "place_id"))
# A header with one of these words says itself that the column is not the business's main contact.
_OTHER_MEANINGS = (
    "facebook", "instagram", "linkedin", "twitter", "youtube", "tiktok", "pinterest", "whatsapp", "social", "reseau",
    "logo", "image", "photo", "picture", "favicon", "screenshot", "avatar", "fax", "personal", "perso", "extra",
    "autre", "other", "second", "mention", "pricing", "tarif", "seed", "hebergeur", "avis", "review", "source",
    "mobile", "brand", "assign", "owner", "created", "updated", "parent", "e164",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Notice:
    """What was done to somebody's columns and rows; never a reason to stop.

    `mapped` and `guessed` are pairs (header, canonical column), by name and by content. `ignored` are headers that
    stay as they are and that no module reads. `remarks` are French sentences.
    """

    mapped: tuple[tuple[str, str], ...] = ()
    guessed: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """French sentences, at most 600 characters; '' when there is nothing to say."""
        sentences = [
            *_sentence("Colonnes reconnues", [f"« {_shown(old)} » → {new}" for old, new in self.mapped]),
            *_sentence(
                "Colonnes devinées par leur contenu", [f"« {_shown(old)} » → {new}" for old, new in self.guessed]
            ),
            *_sentence("Colonnes gardées telles quelles", [f"« {_shown(name)} »" for name in self.ignored]),
            *self.remarks,
        ]
        text = " ".join(sentences)
        return text if len(text) <= NOTICE_CHARS_MAX else f"{text[: NOTICE_CHARS_MAX - 1].rstrip()}…"


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """`names[i]` is the column that header i becomes; all are different. `found_by[i]` says how it was recognised."""

    names: tuple[str, ...]
    found_by: tuple[Literal["name", "content"] | None, ...]
    notice: Notice


class MappedRows(Sequence[Row]):
    """The rows of a table under other column names, made when they are read."""

    def __init__(self, rows: Sequence[Sequence[Value]], names: Sequence[str]) -> None:
        self._rows, self._names = rows, names

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return MappedRows(self._rows[index], self._names)
        return dict(zip(self._names, self._rows[index], strict=True))

    def __iter__(self) -> Iterator[Row]:
        return (dict(zip(self._names, row, strict=True)) for row in self._rows)


def map_headers(headers: Sequence[str], rows: Sequence[Sequence[Value]], *, named: bool = True) -> HeaderMap:
    """Canonical names for `headers`: by alias, then by what at least 80 % of the cells of `rows` (a sample) are.

    Each canonical column is claimed once, by the most usual name. Other columns stay untouched, and nothing is
    dropped. `named=False`: the headers were made up, so the content alone speaks.
    """
    mapped = _by_name(headers) if named else {}
    guessed = _by_content(headers, rows, taken=mapped, named=named)
    claims = {**mapped, **guessed}
    names = unique_names(claims.get(at, header) for at, header in enumerate(headers))
    return HeaderMap(
        names,
        tuple("name" if at in mapped else "content" if at in guessed else None for at in range(len(headers))),
        Notice(
            mapped=_renamed(headers, mapped),
            guessed=_renamed(headers, guessed),
            ignored=tuple(header for at, header in enumerate(headers) if at not in claims),
        ),
    )


def map_columns(table: Table) -> HeaderMap:
    """Canonical names for the columns of a table, its remarks in the notice."""
    found = map_headers(table.headers, table.rows[:SAMPLE_ROWS], named=table.has_header)
    remarks = table.remarks if table.has_header else ("Pas de ligne d'en-tête.", *table.remarks)
    return replace(found, notice=replace(found.notice, remarks=remarks))


def map_table(table: Table) -> tuple[Sequence[Row], list[str], Notice]:
    """The rows of a table under canonical names, their columns in order, and the notice."""
    found = map_columns(table)
    return MappedRows(table.rows, found.names), list(found.names), found.notice


def map_items(items: Sequence[Row], needs: Sequence[str]) -> tuple[list[Row], list[str], Notice]:
    """The items of a request as rows: canonical names, every key a column in the order in which it is first seen.

    An item that has none of the columns in `needs` is left out, and the notice counts these; `needs` empty keeps all.
    Two keys for one canonical column (`Website` here, `site_web` there) are one column when no item fills both.
    """
    keys = list(dict.fromkeys(key for item in items for key in item))
    sample = [[item.get(key) for key in keys] for item in items[:SAMPLE_ROWS]]
    found = map_headers(keys, sample)
    renamed = dict(zip(keys, found.names, strict=True))
    merged = _same_column(items, renamed)
    renamed.update(merged)
    rows = [_under(item, renamed) for item in items]
    kept = [row for row in rows if not needs or any(not is_empty(row.get(column)) for column in needs)]
    left_out = f"Lignes ignorées, sans {' ni '.join(needs)} : {grouped(len(rows) - len(kept))}."
    notice = replace(
        found.notice,
        mapped=(*found.notice.mapped, *merged.items()),
        ignored=tuple(header for header in found.notice.ignored if header not in merged),
        remarks=(left_out,) if len(kept) < len(rows) else (),
    )
    return kept, list(dict.fromkeys(renamed[key] for key in keys)), notice


def _by_name(headers: Sequence[str]) -> dict[int, str]:
    """Position -> canonical column. The header that is the canonical name itself wins, then the most usual alias."""
    candidates = [(at, column) for at, header in enumerate(headers) if (column := canonical_of(header))]
    persons = _person_names(headers)
    ranked = sorted(candidates, key=lambda found: (headers[found[0]] != found[1], alias_rank(headers[found[0]])))
    claims: dict[int, str] = {}
    for at, column in ranked:
        if column not in claims.values() and at not in persons:
            claims[at] = column
    return claims


def _person_names(headers: Sequence[str]) -> set[int]:
    """Beside a first name and a company, the column `Nom` holds a person's name, so the company is the `nom`."""
    keys = [header_key(header) for header in headers]
    persons = keys_of(PERSON_NAME_HEADERS)
    companies = [header for header in headers if canonical_of(header) == "nom" and header_key(header) not in persons]
    if "nom" in headers or not companies or keys_of(FIRST_NAME_HEADERS).isdisjoint(keys):
        return set()
    return {at for at, key in enumerate(keys) if key in persons}


def _by_content(
    headers: Sequence[str], rows: Sequence[Sequence[Value]], *, taken: Mapping[int, str], named: bool
) -> dict[int, str]:
    claims: dict[int, str] = {}
    for at, header in enumerate(headers):
        if at in taken or (named and _means_something_else(header)):
            continue
        cells = [row[at] for row in rows if at < len(row)]
        column = _column_of(cells, sure=named)
        if column and column not in taken.values() and column not in claims.values():
            claims[at] = column
    if not named:
        claims.update(_name_and_city(headers, rows, claims))
    return claims


def _means_something_else(header: str) -> bool:
    key = header_key(header)
    return canonical_of(header) is not None or any(word in key for word in _OTHER_MEANINGS)


def _column_of(cells: Sequence[Value], *, sure: bool) -> str | None:
    kind = kind_of(cells)
    if kind is None or (sure and kind not in _SURE_KINDS) or (kind == "url" and not is_own_site(cells)):
        return None
    return _BY_CONTENT.get(kind)


def _name_and_city(
    headers: Sequence[str], rows: Sequence[Sequence[Value]], claims: Mapping[int, str]
) -> dict[int, str]:
    """Without headers: text right after a postal code is a city, the first column of varied text is the name."""
    found: dict[int, str] = {}
    for at in range(len(headers)):
        cells = [row[at] for row in rows if at < len(row)]
        if at in claims or not _is_wording(cells):
            continue
        if claims.get(at - 1) == "code_postal":
            found[at] = "ville"
        elif "nom" not in found.values() and _is_varied(cells):
            found[at] = "nom"
    return found


def _is_wording(cells: Sequence[Value]) -> bool:
    filled = [text_of(cell) for cell in cells if not is_empty(cell)]
    return bool(filled) and kind_of(cells) is None and all(any(char.isalpha() for char in text) for text in filled)


def _is_varied(cells: Sequence[Value]) -> bool:
    filled = [text_of(cell) for cell in cells if not is_empty(cell)]
    return len(set(filled)) * 2 > len(filled)


def _same_column(items: Sequence[Row], renamed: Mapping[str, str]) -> dict[str, str]:
    """Keys that the mapping left aside though they name a claimed column, and that never meet its keys in one item."""
    keys_by_column = {name: [key] for key, name in renamed.items()}
    merged: dict[str, str] = {}
    for key, name in renamed.items():
        column = canonical_of(key)
        if column is None or name == column or column not in keys_by_column:
            continue
        together = [*keys_by_column[column], key]
        if all(sum(not is_empty(item.get(one)) for one in together) <= 1 for item in items):
            keys_by_column[column] = together
            merged[key] = column
    return merged


def _under(item: Row, renamed: Mapping[str, str]) -> Row:
    row: Row = {}
    for key, value in item.items():
        name = renamed[key]
        if is_empty(row.get(name)):
            row[name] = value
    return row


def _renamed(headers: Sequence[str], claims: Mapping[int, str]) -> tuple[tuple[str, str], ...]:
    return tuple((headers[at], claims[at]) for at in sorted(claims) if headers[at] != claims[at])


def _sentence(subject: str, parts: Sequence[str]) -> Iterable[str]:
    if not parts:
        return
    more = f" et {len(parts) - _NAMES_SHOWN} autres" if len(parts) > _NAMES_SHOWN else ""
    yield f"{subject} : {', '.join(parts[:_NAMES_SHOWN])}{more}."


def _shown(name: str) -> str:
    clean = " ".join("".join(char if char.isprintable() else " " for char in name).split())
    return clean if len(clean) <= _NAME_CHARS else f"{clean[: _NAME_CHARS - 1]}…"
