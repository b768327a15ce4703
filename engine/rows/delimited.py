"""Text with delimiters (csv, tsv and the like) -> rows of cells."""

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator

from engine.limits import IMPORT_ROWS_MAX
from engine.rows.errors import ImportUnreadable
from engine.rows.infer import kind_of
from engine.rows.table import check_columns, check_rows
from engine.rows.types import Value

# The usual ones in the order that settles a tie, then those that only a regular table of three columns may have.
USUAL = (";", "\t", ",", "|")
UNUSUAL = ("~", "^", "¤", "§", "\x1f", ":")
SNIFFED_ROWS = 50
_SNIFFED_CHARS = 256 * 1024
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_WIDTH_BONUS = 0.01  # between equally regular delimiters the one that makes more columns

Cells = list[list[Value]]


def read_delimited(text: str, delimiter: str | None = None) -> Cells:
    """The rows, cells trimmed, empty ones None, blank lines left out; not padded. Quoted cells may hold newlines.

    One line of several addresses or numbers (a pasted list) becomes one column.

    Raises:
        ImportUnreadable: more rows or columns than allowed, or a cell that never ends.
    """
    if declared := _SEP_LINE.match(text):
        delimiter, text = delimiter or declared[1], text[declared.end() :]
    delimiter = delimiter or sniff(text)
    try:
        rows = _read(text, delimiter, strict=True)
    except csv.Error:
        rows = _read_leniently(text, delimiter)
    return _as_column(rows)


def sniff(text: str) -> str:
    """The delimiter that cuts the first 50 rows most regularly; `;` when none cuts them."""
    sample = text[:_SNIFFED_CHARS]
    scores = {delimiter: _regularity(sample, delimiter, columns=2) for delimiter in USUAL}
    best = max(USUAL, key=lambda delimiter: scores[delimiter])
    if scores[best] > 0:
        return best
    others = {delimiter: _regularity(sample, delimiter, columns=3) for delimiter in UNUSUAL if delimiter in sample}
    return max(others, key=lambda delimiter: others[delimiter]) if any(others.values()) else USUAL[0]


def _regularity(sample: str, delimiter: str, *, columns: int) -> float:
    """0 when `delimiter` doesn't make that many columns; else the share of rows of the most frequent width."""
    if delimiter not in sample:
        return 0.0
    try:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True)
        widths = Counter(len(row) for row in itertools.islice(reader, SNIFFED_ROWS) if any(row))
    except csv.Error:
        return 0.0
    cut = {width: count for width, count in widths.items() if width >= columns}
    if not cut:
        return 0.0
    width, count = max(cut.items(), key=lambda entry: (entry[1], entry[0]))
    return count / widths.total() + _WIDTH_BONUS * min(width, 50) / 50


def _read_leniently(text: str, delimiter: str) -> Cells:
    """A file whose quotes are not all in order: read as it stands when they pair up, else taken as ordinary letters."""
    try:
        if text.count('"') % 2:
            return _read(text, delimiter, strict=False, quotes=False)
        return _read(text, delimiter, strict=False)
    except csv.Error:
        raise ImportUnreadable(problem="une cellule ne se termine pas (guillemet non fermé ?)") from None


def _read(text: str, delimiter: str, *, strict: bool, quotes: bool = True) -> Cells:
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        skipinitialspace=delimiter != "\t",
        strict=strict,
        quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE,
    )
    kept: Cells = []
    for row in _filled(reader, unquote=not quotes):
        kept.append(row)
        check_rows(len(kept) - 1)  # the header is no row
        check_columns(len(row))
    return kept


def _filled(reader: Iterator[list[str]], *, unquote: bool) -> Iterator[list[Value]]:
    for row in reader:
        cells: list[Value] = [(cell.strip().strip('"') if unquote else cell.strip()) or None for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield cells


def _as_column(rows: Cells) -> Cells:
    if len(rows) == 1 and len(rows[0]) > 1 and kind_of(rows[0]) in ("email", "url", "phone"):
        return [[cell] for cell in rows[0]][: IMPORT_ROWS_MAX + 1]
    return rows
