"""A table as it was read, before its columns have canonical names; and the bounds it must keep."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, overload

from engine.limits import IMPORT_BYTES_MAX, IMPORT_COLUMNS_MAX, IMPORT_ROWS_MAX
from engine.rows.errors import ImportUnreadable
from engine.rows.spool import Cells
from engine.rows.types import Value

Format = Literal["csv", "tsv", "xlsx", "json"]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a table was read from. `encoding` and `delimiter` are None where the format has none."""

    format: Format
    encoding: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`headers` are unique and never empty; each row has one cell a header. `remarks` are French sentences.

    Where `rows` are many they come from a file while one goes through them.
    """

    headers: tuple[str, ...]
    rows: Sequence[Sequence[Value]]
    origin: Origin
    has_header: bool = True  # False: `headers` were made up
    remarks: tuple[str, ...] = ()


class Body(Sequence[Sequence[Value]]):
    """The rows of a table below its first lines, brought to one width."""

    def __init__(self, cells: Cells, *, start: int, width: int) -> None:
        self._cells, self._start, self._width = cells, start, width

    def __len__(self) -> int:
        return len(self._cells) - self._start

    @overload
    def __getitem__(self, index: int) -> Sequence[Value]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Sequence[Value]]: ...
    def __getitem__(self, index: int | slice) -> Sequence[Value] | Sequence[Sequence[Value]]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._padded(self._cells[index + (self._start if index >= 0 else 0)])

    def __iter__(self) -> Iterator[Sequence[Value]]:
        return map(self._padded, self._cells.since(self._start))

    def _padded(self, row: list[Value]) -> list[Value]:
        return row + [None] * (self._width - len(row))


def grouped(number: int) -> str:
    """French thousands: `100 000`."""
    return f"{number:,}".replace(",", " ")


def check_bytes(size: int) -> None:
    """Refuse a file above the bound. Raises ImportUnreadable."""
    if size > IMPORT_BYTES_MAX:
        megabytes = IMPORT_BYTES_MAX // 1024**2
        raise ImportUnreadable(problem=f"{grouped(-(-size // 1024**2))} Mo, {megabytes} Mo au plus")


def check_rows(count: int) -> None:
    """Refuse a table above the bound. Raises ImportUnreadable."""
    if count > IMPORT_ROWS_MAX:
        raise ImportUnreadable(problem=f"plus de {grouped(IMPORT_ROWS_MAX)} lignes")


def check_columns(count: int) -> None:
    """Refuse a table above the bound. Raises ImportUnreadable."""
    if count > IMPORT_COLUMNS_MAX:
        raise ImportUnreadable(problem=f"{grouped(count)} colonnes, {IMPORT_COLUMNS_MAX} au plus")


def unique_names(names: Iterable[str]) -> tuple[str, ...]:
    """`names`, the empty ones called `colonne_3` by their place, repeated ones `email_2`, `email_3`."""
    taken: set[str] = set()
    made: list[str] = []
    wanted = [name or f"colonne_{place}" for place, name in enumerate(names, start=1)]
    every = set(wanted)
    counts: dict[str, int] = {}
    for name in wanted:
        free = name
        while free in taken or (free != name and free in every):
            counts[name] = counts.get(name, 1) + 1
            free = f"{name}_{counts[name]}"
        taken.add(free)
        made.append(free)
    return tuple(made)
