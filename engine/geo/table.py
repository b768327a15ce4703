"""The bundled tables: compressed text that is read on first use and searched without parsing it.

A table is its records, one a line, then `\\0`, then its names, one a line and sorted: the folded name, the numbers of
the records that bear it officially, and of those that bear it otherwise. A name is found by a plain text search, so
that loading costs no more than the decompression.
"""

import difflib
import gzip
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
NEAR_PREFIX = 2  # letters that a misspelt name is believed to have right


@dataclass(slots=True)
class Names:
    """The numbers of the records with one name."""

    official: list[int] = field(default_factory=list[int])
    other: list[int] = field(default_factory=list[int])


@dataclass(frozen=True, slots=True)
class Table:
    records: tuple[str, ...]
    names: str  # begins and ends with a line break

    def find(self, key: str) -> Names:
        """The records named `key` (a folded name or a code)."""
        start = self.names.find(f"\n{key}\t") if key else -1
        if start < 0:
            return Names()
        line = self.names[start + 1 : self.names.index("\n", start + 1)]
        _, official, other = line.split("\t")
        return Names(_numbers(official), _numbers(other))

    def beginning(self, key: str) -> list[tuple[str, Names]]:
        """Each name that begins with `key` (folded, at least a letter), and the records that bear it, in order."""
        found: list[tuple[str, Names]] = []
        start = self.names.find(f"\n{key}")
        while start >= 0 and self.names.startswith(key, start + 1):
            end = self.names.index("\n", start + 1)
            name, official, other = self.names[start + 1 : end].split("\t")
            found.append((name, Names(_numbers(official), _numbers(other))))
            start = end
        return found

    def near(self, key: str, count: int = 3) -> list[str]:
        """Names that are spelt almost like `key`, the nearest first; they begin with the same two letters."""
        prefix = re.escape(key[:NEAR_PREFIX])
        lengths = range(len(key) - 2, len(key) + 3)
        names = re.findall(rf"\n({prefix}[^\t\n]*)\t(?=\d)", self.names)
        return difflib.get_close_matches(key, [name for name in names if len(name) in lengths], count, 0.75)


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",") if number]


@cache
def table(name: str) -> Table:
    """The bundled table of that name, read once."""
    text = gzip.decompress((DATA / f"{name}.tsv.gz").read_bytes()).decode()
    records, _, names = text.partition("\0")
    return Table(tuple(records.split("\n")), names)
