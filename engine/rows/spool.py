"""JSON values in order, few in memory, the rest in a temporary file: a large table takes the memory of a small one."""

import weakref
from array import array
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import Generic, TypeVar, overload

from pydantic_core import from_json, to_json

from engine.errors import NO_ROOM, StorageFull
from engine.rows.types import Value

T = TypeVar("T")

HELD_BYTES = 1024 * 1024
PAGE = 500  # values that are read at once


@contextmanager
def _room() -> Generator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StorageFull() from error
        raise


class Spool(Sequence[T], Generic[T]):
    """A list that only grows. `bytes` is how much JSON it holds. The file goes with the last reference."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile[bytes](max_size=HELD_BYTES)
        self._ends = array("Q")
        self._at_end = True
        self.bytes = 0
        weakref.finalize(self, self._file.close)

    def append(self, value: T) -> None:
        """Add a JSON value without half characters. Raises StorageFull."""
        with _room():
            if not self._at_end:
                self._file.seek(self.bytes)
                self._at_end = True
            self.bytes += self._file.write(to_json(value) + b"\n")
        self._ends.append(self.bytes)

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        return from_json(self._read(at, at + 1))

    def __iter__(self) -> Iterator[T]:
        return self.since(0)

    def since(self, start: int) -> Iterator[T]:
        """The values from `start` on, a page of them in memory."""
        for first in range(start, len(self), PAGE):
            lines = self._read(first, min(first + PAGE, len(self))).splitlines()
            for line in lines:
                yield from_json(line)

    def _read(self, first: int, behind: int) -> bytes:
        start = self._ends[first - 1] if first else 0
        self._at_end = False
        with _room():  # what was added may reach the disk only now
            self._file.seek(start)
            return self._file.read(self._ends[behind - 1] - start)


class Cells(Spool[list[Value]]):
    """Rows as they were read, of any width. `widths` counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.widths: Counter[int] = Counter()

    def append(self, value: list[Value]) -> None:
        super().append(value)
        self.widths[len(value)] += 1
