"""Text with delimiters (csv, tsv and the like) -> rows of cells, line by line."""

import csv
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from engine.rows.errors import ImportUnreadable
from engine.rows.infer import kind_of
from engine.rows.spool import Cells
from engine.rows.table import check_columns, check_rows
from engine.rows.types import Value

# The usual ones in the order that settles a tie, then those that only a regular table of three columns may have.
USUAL = (";", "\t", ",", "|")
UNUSUAL = ("~", "^", "¤", "§", "\x1f", ":")
SNIFFED_ROWS = 50
_SNIFFED_CHARS = 256 * 1024
_SEP_LINE = re.compile(r"sep=(.)(?:\r\n?|\n)", re.IGNORECASE)
_WIDTH_BONUS = 0.01  # between equally regular delimiters the one that makes more columns

Lines = Callable[[], Iterator[str]]  # the lines of a text with their ends, from the start each time


@dataclass(frozen=True, slots=True)
class _Way:
    """How a text is cut."""

    delimiter: str
    skip: int  # lines above the table that are none of it
    strict: bool = True
    quotes: bool = True


def read_delimited(lines: Lines, delimiter: str | None = None) -> tuple[Cells, str]:
    """The rows and their delimiter: cells trimmed, empty ones None, blank lines left out; not padded.

    Quoted cells may hold newlines. One line of several addresses or numbers (a pasted list) becomes one column.

    Raises:
        ImportUnreadable: more rows or columns than allowed, or a cell that never ends.
    """
    declared = _SEP_LINE.fullmatch(next(lines(), ""))
    skip = 1 if declared else 0
    found: str = delimiter or (declared[1] if declared else sniff(lines()))
    try:
        rows = _read(lines, _Way(found, skip))
    except csv.Error:
        rows = _read_leniently(lines, found, skip)
    return _as_column(rows), found


def sniff(lines: Iterable[str]) -> str:
    """The delimiter that cuts the first 50 rows most regularly; `;` when none cuts them."""
    sample = list(_first(lines))
    scores = {delimiter: _regularity(sample, delimiter, columns=2) for delimiter in USUAL}
    best = max(USUAL, key=lambda delimiter: scores[delimiter])
    if scores[best] > 0:
        return best
    others = {delimiter: _regularity(sample, delimiter, columns=3) for delimiter in UNUSUAL}
    return max(others, key=lambda delimiter: others[delimiter]) if any(others.values()) else USUAL[0]


def _first(lines: Iterable[str]) -> Iterator[str]:
    left = _SNIFFED_CHARS
    for line in lines:
        yield line[:left]
        left -= len(line)
        if left <= 0:
            return


def _regularity(sample: list[str], delimiter: str, *, columns: int) -> float:
    """0 when `delimiter` doesn't make that many columns; else the share of rows of the most frequent width."""
    if not any(delimiter in line for line in sample):
        return 0.0
    try:
        reader = csv.reader(sample, delimiter=delimiter, skipinitialspace=True)
        widths = Counter(len(row) for row in itertools.islice(reader, SNIFFED_ROWS) if any(row))
    except csv.Error:
        return 0.0
    cut = {width: count for width, count in widths.items() if width >= columns}
    if not cut:
        return 0.0
    width, count = max(cut.items(), key=lambda entry: (entry[1], entry[0]))
    return count / widths.total() + _WIDTH_BONUS * min(width, 50) / 50


def _read_leniently(lines: Lines, delimiter: str, skip: int) -> Cells:
    """A file whose quotes are not all in order: read as it stands when they pair up, else taken as ordinary letters."""
    unpaired = sum(line.count('"') for line in lines()) % 2
    try:
        return _read(lines, _Way(delimiter, skip, strict=False, quotes=not unpaired))
    except csv.Error:
        raise ImportUnreadable(problem="une cellule ne se termine pas (guillemet non fermé ?)") from None


def _read(lines: Lines, way: _Way) -> Cells:
    reader = csv.reader(
        itertools.islice(lines(), way.skip, None),
        delimiter=way.delimiter,
        skipinitialspace=way.delimiter != "\t",
        strict=way.strict,
        quoting=csv.QUOTE_MINIMAL if way.quotes else csv.QUOTE_NONE,
    )
    kept = Cells()
    for row in _filled(reader, unquote=not way.quotes):
        if kept:  # a first line that is the only one may be a pasted list
            check_columns(len(row))
        kept.append(row)
        check_rows(len(kept) - 1)  # the header is no row
    return kept


def _filled(reader: Iterator[list[str]], *, unquote: bool) -> Iterator[list[Value]]:
    for row in reader:
        cells: list[Value] = [(cell.strip().strip('"') if unquote else cell.strip()) or None for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield cells


def _as_column(rows: Cells) -> Cells:
    if len(rows) != 1 or len(rows[0]) < 2 or kind_of(rows[0]) not in ("email", "url", "phone"):
        return rows
    column = Cells()
    for cell in rows[0]:
        column.append([cell])
    return column
