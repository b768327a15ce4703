"""Two states of a list of places -> four buckets. Pure. Source: docs page api/veille, "Signal categories"."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.geo.names import fold
from engine.rows.cells import number_of
from engine.rows.types import Row, Value, is_empty, text_of

NUMBERS = ("note", "nb_avis")
TRACKED = (*NUMBERS, "telephone", "site_web", "email")
KEPT = ("nom", "adresse", "telephone", "site_web", "email", "lien_google_maps", "note", "nb_avis")
KEY_CHARS = 200  # a longer one is replaced by its hash

State = Mapping[str, Row]  # key -> the kept columns


@dataclass(frozen=True, slots=True)
class Change:
    """A place that is in both states, and the tracked columns that differ, in their order."""

    key: str
    before: Row
    after: Row
    fields: tuple[str, ...]


@dataclass(slots=True)
class Diff:
    """Every key of both states in exactly one bucket, in the order in which the states hold it."""

    new: dict[str, Row] = field(default_factory=dict[str, Row])
    removed: dict[str, Row] = field(default_factory=dict[str, Row])
    modified: dict[str, Change] = field(default_factory=dict[str, Change])
    unchanged: dict[str, Row] = field(default_factory=dict[str, Row])


def diff(before: State, after: State) -> Diff:
    """What became of each place."""
    found = Diff(removed={key: row for key, row in before.items() if key not in after})
    for key, row in after.items():
        if key not in before:
            found.new[key] = row
        elif fields := changed_fields(before[key], row):
            found.modified[key] = Change(key, before[key], row, fields)
        else:
            found.unchanged[key] = row
    return found


def changed_fields(before: Row, after: Row) -> tuple[str, ...]:
    """The tracked columns that say something else. 4 and `4,0` are one rating; absent and empty are one cell."""
    return tuple(column for column in TRACKED if _said(column, before) != _said(column, after))


def key_of(row: Row) -> str | None:
    """What a place is recognised by: its id, else its link, else its name in its postal code; None: by nothing."""
    for column in ("place_id", "lien_google_maps"):
        if not is_empty(row.get(column)):
            return _short(text_of(row[column]))
    name = text_of(row.get("nom"))
    return _short(f"{fold(name) or name.casefold()}|{text_of(row.get('code_postal'))}") if name else None


def kept_of(row: Row) -> Row:
    """The columns that a state keeps of a row, empty ones left out."""
    return {column: row[column] for column in KEPT if not is_empty(row.get(column))}


def _said(column: str, row: Row) -> Value:
    value = row.get(column)
    number = number_of(value) if column in NUMBERS else None
    if number is not None:
        return number
    return None if is_empty(value) else text_of(value)


def _short(key: str) -> str:
    if len(key) <= KEY_CHARS and key.isprintable():  # no database takes NUL, nor half characters
        return key
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
