"""The XML of a worksheet and of its shared texts -> rows of cells, as they stream by. Source: ECMA-376, part 1, 18.3.

Read through the XML parser itself: a library that builds the tree of each row takes several times as long, and holds
texts of any length.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from engine.rows.archive import Attributes, Handler, excessive
from engine.rows.errors import ImportUnreadable
from engine.rows.spool import Cells, Spool
from engine.rows.table import check_columns, check_rows, grouped
from engine.rows.types import Value

CELL_CHARS_MAX = 131_072  # as in a text file; Excel's own bound is 32,767
TEXTS_MAX = 5_000_000
TABLE_BYTES_MAX = 256 * 1024**2  # one shared text may stand in every cell
SHEET_ROWS_MAX = 1_048_576  # Excel's own
_WHOLE_MAX = 10**15  # beyond, a float is no exact number of units

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LETTERS = re.compile(r"[A-Z]{1,3}")


@dataclass(frozen=True, slots=True)
class Styles:
    """Which cell styles show a number as a moment, and which as a duration; from which day the book counts."""

    moments: Set[int] = frozenset()
    durations: Set[int] = frozenset()
    from_1904: bool = False


class _Texts(Handler):
    """Puts the text of one cell, or shared text, together. Phonetic readings are no part of it."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._chars = 0
        self._reading = False  # inside what holds text
        self._aside = False  # inside <rPh>

    def text(self, text: str) -> None:
        if self._reading:
            self._chars += len(text)
            if self._chars > CELL_CHARS_MAX:
                raise ImportUnreadable(problem=f"une cellule du classeur dépasse {grouped(CELL_CHARS_MAX)} caractères")
            self._texts.append(text)

    def _clear(self) -> None:
        self._texts, self._chars = [], 0


class SharedTexts(_Texts):
    """Collects the texts that cells refer to by number."""

    def __init__(self) -> None:
        super().__init__()
        self.found = Spool[str]()

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "si":
            self._clear()
        elif name == "rPh":
            self._aside = True
        elif name == "t":
            self._reading = not self._aside

    def end(self, name: str) -> None:
        self._reading = False
        if name == "rPh":
            self._aside = False
        elif name == "si":
            if len(self.found) >= TEXTS_MAX:
                raise excessive()
            self.found.append(unescaped("".join(self._texts)))


class Sheet(_Texts):
    """Collects the rows of a worksheet, empty ones left out, not padded. Formulas give the value saved with them."""

    def __init__(self, texts: Sequence[str], styles: Styles) -> None:
        super().__init__()
        self.rows = Cells()
        self._shared, self._styles = texts, styles
        self._row: dict[int, Value] = {}
        self._column = -1
        self._kind, self._style = "n", 0
        self._columns: dict[str, int] = {}
        self._seen = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._clear()
            self._column = self._column_of(attributes.get("r", ""))
            self._kind = attributes.get("t", "n")
            self._style = int(attributes.get("s", 0))
        elif name in ("v", "t"):
            self._reading = not self._aside
        elif name == "row":
            self._row, self._column = {}, -1
            self._seen += 1
        elif name == "rPh":
            self._aside = True

    def end(self, name: str) -> None:
        self._reading = False
        if name == "c":
            value = self._value("".join(self._texts))
            if value is not None:
                check_columns(self._column + 1)
                self._row[self._column] = value
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._aside = False

    def _end_row(self) -> None:
        if self._seen > SHEET_ROWS_MAX or self.rows.bytes > TABLE_BYTES_MAX:
            raise excessive()
        if self._row:
            self.rows.append([self._row.get(column) for column in range(max(self._row) + 1)])
            check_rows(len(self.rows) - 1)  # the header is no row

    def _column_of(self, place: str) -> int:
        """From `AB12`; a cell that doesn't tell its place is the next one."""
        letters = place.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            if not _LETTERS.fullmatch(letters):
                return self._column + 1
            column = -1
            for letter in letters:
                column = (column + 1) * 26 + ord(letter) - 65
            self._columns[letters] = column
        return column

    def _value(self, text: str) -> Value:
        kind = self._kind
        if kind == "s":
            return self._shared[int(text)].strip() or None if text else None
        if kind in ("inlineStr", "str", "d"):
            return unescaped(text).strip() or None
        if kind == "b":
            return text.strip() in ("1", "true") if text else None
        return None if kind == "e" or not text.strip() else self._number(float(text))

    def _number(self, number: float) -> Value:
        if number - number != 0:
            return None  # infinite, or none
        style, styles = self._style, self._styles
        if style in styles.moments or style in styles.durations:
            shown = _shown(number, as_duration=style in styles.durations, from_1904=styles.from_1904)
            if shown is not None:
                return shown
        return int(number) if number.is_integer() and abs(number) < _WHOLE_MAX else number


def unescaped(text: str) -> str:
    """The characters that XML can't hold are written as `_x000D_`; those that no text needs are left out."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char.isprintable() or char in "\t\n\r" else ""


def _shown(number: float, *, as_duration: bool, from_1904: bool) -> str | None:
    """A number of days as ISO text: a day, a time of day, or both. None for what is no date."""
    try:
        since = timedelta(seconds=round(number * 86_400))
        if as_duration:
            return str(since)
        if 0 <= number < 1:
            return (datetime.min + since).time().isoformat()  # noqa: DTZ901 (a spreadsheet knows no zones)
        # Before March 1900 Excel is a day behind: it takes 1900 for a leap year.
        first = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 31 if number < 60 else 30)  # noqa: DTZ001
        moment = first + since
    except (OverflowError, ValueError):
        return None
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat()
