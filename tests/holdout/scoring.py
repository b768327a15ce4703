"""Precision and recall of rows against the family's truth, column by column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tests.holdout.kinds import LISTS, Allowed, Column, Truth
from tests.holdout.studies import spelled

Given = Mapping[str, object]
C = TypeVar("C", bound=str)


@dataclass(slots=True)
class Score(Generic[C]):
    """Counts of one column or group: `given` values of which `right` are so; `expected`, of which `found` came."""

    column: C
    given: int = 0
    right: int = 0
    expected: int = 0
    found: int = 0
    misses: list[str] = field(default_factory=list[str])

    @property
    def precision(self) -> float:
        return self.right / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.expected if self.expected else 1.0

    def __str__(self) -> str:
        figures = f"precision {self.precision:.3f} ({self.right}/{self.given})"
        figures += f", recall {self.recall:.3f} ({self.found}/{self.expected})"
        return "\n".join((f"{self.column}: {figures}", *(f"  miss {miss}" for miss in self.misses)))


def score(column: Column, cases: Sequence[tuple[str, Truth]], rows: Sequence[Given]) -> Score[Column]:
    """The score of one column over the cases that have a documented answer for it; `rows` are in their order."""
    total: Score[Column] = Score(column)
    for (url, truth), row in zip(cases, rows, strict=True):
        if column in truth:
            _count(total, url, truth[column], spelled(row.get(column)))
    return total


def sum_of(group: str, scores: Iterable[Score[Column]]) -> Score[str]:
    """The counts of several columns as one; its misses stay with the columns."""
    total = Score(group)
    for part in scores:
        total.given += part.given
        total.right += part.right
        total.expected += part.expected
        total.found += part.found
    return total


def _count(total: Score[Column], url: str, allowed: Allowed, value: str | None) -> None:
    got = _parts(total.column, value)
    readings = [_parts(total.column, text) for text in allowed]
    if set() in readings and got in readings:
        return  # silence, or an answer that was welcome but not due
    due = min(readings, key=lambda parts: (len(parts ^ got), sorted(parts)))
    total.given += len(got)
    total.right += len(got & due)
    total.expected += 0 if set() in readings else len(due)
    total.found += len(got & due)
    if got != due:
        total.misses.append(f"{url}: got {value}, expected {' or '.join(sorted(map(str, allowed)))}")


def _parts(column: Column, text: str | None) -> set[str]:
    """The values of a cell, in lower case and with plain spaces: those of a list, else the one."""
    plain = " ".join((text or "").split()).casefold()
    return set(plain.split(", ")) if plain and column in LISTS else {plain} - {""}
