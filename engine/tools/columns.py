"""Which columns a reader with a small context sees, and in which order."""

from collections.abc import Mapping, Sequence

from engine.jobs.errors import UnknownColumn
from engine.rows.columns import find_column
from engine.rows.types import Row
from engine.tools.untrusted import NAME_CHARS, clean_text, is_word

LONG_CHARS = 80  # cells that are longer on average are free text
KNOWN_CHARS = 1_000


def in_order(columns: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """The columns in their order, those with long texts last: they are the first to go where room is short."""
    return sorted(columns, key=lambda column: _average(column, rows) > LONG_CHARS)


def asked_for(wanted: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """The columns that a caller names: as shown to it, as stored, in another spelling, by a usual other name.

    Raises:
        UnknownColumn: names those that there are, as far as they are words: a header may hold anything.
    """
    stored = {shown: column for column, shown in names.items()}
    found: list[str] = []
    for name in wanted:
        column = stored.get(name) or find_column(name, list(names))
        if column is None:
            known = clean_text(", ".join(filter(is_word, names.values())), KNOWN_CHARS)
            raise UnknownColumn(column=clean_text(name, NAME_CHARS), known=known)
        found.append(column)
    return list(dict.fromkeys(found))


def _average(column: str, rows: Sequence[Row]) -> float:
    lengths = [len(str(row[column])) for row in rows if row.get(column) is not None]
    return sum(lengths) / len(lengths) if lengths else 0.0
