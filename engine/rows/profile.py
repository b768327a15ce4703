"""What each column of some rows holds: its type, how full it is, examples, the values of a category.

Source: api/pipelines, input-columns (CONTRACT C-308 to C-312).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.rows.cells import cell_text
from engine.rows.infer import TYPED_SHARE, is_email, is_number, is_phone, is_url
from engine.rows.types import Row, Value, is_empty

ColumnType = Literal["phone", "email", "url", "number", "category", "text"]

CATEGORY_VALUES_MAX = 200
SAMPLES = 5
SAMPLE_CHARS = 200

# In the order in which they are asked: `0612345678` is a number too, but a phone first.
_TYPED: tuple[tuple[ColumnType, Callable[[Value], bool]], ...] = (
    ("email", is_email),
    ("url", is_url),
    ("phone", is_phone),
    ("number", is_number),
)


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column. `fill_rate` is 0 to 1; `distinct_count` and `distinct_values` (sorted) are for categories alone."""

    name: str
    type: ColumnType
    fill_rate: float
    sample_values: tuple[str, ...]
    distinct_count: int | None = None
    distinct_values: tuple[str, ...] | None = None


def profile(columns: Sequence[str], rows: Sequence[Row]) -> list[ColumnProfile]:
    """One profile a column, in order. A typed verdict needs 80 % of the cells that are not empty."""
    return [_profile_of(name, [row.get(name) for row in rows]) for name in columns]


def _profile_of(name: str, cells: Sequence[Value]) -> ColumnProfile:
    filled = [cell for cell in cells if not is_empty(cell)]
    fill_rate = round(len(filled) / len(cells), 4) if cells else 0.0
    texts = dict.fromkeys(cell_text(cell) for cell in filled)
    samples = tuple(text[:SAMPLE_CHARS] for text in list(texts)[:SAMPLES])
    kind = _typed(filled)
    if kind is None and 1 <= len(texts) <= CATEGORY_VALUES_MAX:
        return ColumnProfile(name, "category", fill_rate, samples, len(texts), tuple(sorted(texts)))
    return ColumnProfile(name, kind or "text", fill_rate, samples)


def _typed(filled: Sequence[Value]) -> ColumnType | None:
    if not filled:
        return None
    needed = TYPED_SHARE * len(filled)
    return next((kind for kind, test in _TYPED if sum(map(test, filled)) >= needed), None)
