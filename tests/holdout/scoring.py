"""Precision and recall of rows against the family's truth, column by column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.holdout.kinds import TECH_COLUMNS, Allowed, Column, Truth

Given = Mapping[str, object]


@dataclass(slots=True)
class Score:
    """Counts of one column. `given` values of which `right` are so; `expected` of which `found` came."""

    column: Column
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


def score(column: Column, cases: Sequence[tuple[str, Truth]], rows: Sequence[Given]) -> Score:
    """The score of one column over the cases that have a documented answer for it; `rows` are in their order."""
    total = Score(column)
    for (url, truth), row in zip(cases, rows, strict=True):
        if column in truth:
            value = row.get(column)
            _count(total, url, truth[column], str(value).lower() if value else None)
    return total


def _count(total: Score, url: str, allowed: Allowed, value: str | None) -> None:
    if None in allowed and value in allowed:
        return  # silence, or an answer that was welcome but not due
    due = _parts(total.column, (text for text in allowed if text))
    got = _parts(total.column, [value] if value else [])
    several = total.column in TECH_COLUMNS
    total.given += len(got)
    total.right += len(got & due)
    total.expected += 0 if None in allowed else len(due) if several else 1
    total.found += len(got & due)
    if got != due if several else not got & due:
        total.misses.append(f"{url}: got {value}, expected {' or '.join(sorted(map(str, allowed)))}")


def _parts(column: Column, texts: Iterable[str]) -> set[str]:
    """A technology column is a list of slugs; any other value is one."""
    return {part for text in texts for part in (text.split(", ") if column in TECH_COLUMNS else (text,))}
