"""What a row is, everywhere in the engine."""

from typing import TypeAlias

from pydantic import JsonValue

Value: TypeAlias = JsonValue

# Ordered: received columns first, produced columns appended. Absent and None both mean an empty cell.
Row: TypeAlias = dict[str, Value]


def is_empty(value: Value) -> bool:
    """True for None and for text that is nothing but white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def text_of(value: Value) -> str:
    """The cell as text: '' for an empty one, trimmed otherwise."""
    return "" if value is None else str(value).strip()
