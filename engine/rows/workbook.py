"""A workbook (xlsx) -> the rows of its first sheet, in the memory of a small one. Source: ECMA-376, part 1, 18."""

import posixpath
import re
import zipfile
import zlib
from typing import BinaryIO
from xml.parsers.expat import ExpatError

from engine.rows.archive import UNPACKED_BYTES_MAX, Attributes, Handler, open_archive, read_part
from engine.rows.errors import ImportUnreadable
from engine.rows.sheet import SharedTexts, Sheet, Styles
from engine.rows.spool import Cells

SHARED_TEXTS_BYTES_MAX = 256 * 1024**2
# The number formats every workbook has that show a day or a time (18.8.30), those of East Asia included.
_BUILT_IN_MOMENTS = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
_BUILT_IN_DURATIONS = frozenset({46})
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_MOMENT = re.compile(r"[dmyhs]", re.IGNORECASE)
_BROKEN = (LookupError, ValueError, TypeError, ArithmeticError, OSError, EOFError, RuntimeError)


def read_workbook(file: BinaryIO) -> Cells:
    """The rows of the first sheet, empty ones left out, not padded. Formulas give the value that was saved with them.

    Dates become ISO text, whole numbers stay whole. Nothing in the file is evaluated.

    Raises:
        ImportUnreadable: protected, damaged, with macros, packed beyond measure, or past a bound.
    """
    try:
        with open_archive(file) as archive:
            return _first_sheet(archive)
    except (zipfile.BadZipFile, ExpatError, zlib.error, *_BROKEN):
        raise ImportUnreadable(problem="le classeur Excel est endommagé ou protégé") from None


def _first_sheet(archive: zipfile.ZipFile) -> Cells:
    names = set(archive.namelist())
    book, links, styles, texts = _Book(), _Links(), _Styles(), SharedTexts()
    read_part(archive, "xl/workbook.xml", book)
    read_part(archive, "xl/_rels/workbook.xml.rels", links)
    if (part := links.one("styles")) in names:
        read_part(archive, part, styles)
    if (part := links.one("sharedStrings")) in names:
        read_part(archive, part, texts, bytes_max=SHARED_TEXTS_BYTES_MAX)
    first = next(links.targets[link] for link in book.sheets if links.kinds.get(link) == "worksheet")
    sheet = Sheet(texts.found, styles.known(from_1904=book.from_1904))
    read_part(archive, first, sheet, bytes_max=UNPACKED_BYTES_MAX)
    return sheet.rows


class _Book(Handler):
    """The sheets in their order, each by the id of its link; from which day dates count."""

    def __init__(self) -> None:
        self.sheets: list[str] = []
        self.from_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            self.sheets += [value for key, value in attributes.items() if key.endswith(":id")]
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")


class _Links(Handler):
    """The parts of the book by the ids of their links, and what each is."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}
        self.kinds: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            link = attributes["Id"]
            # Relative to the folder of the book, or from the root of the archive.
            self.targets[link] = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")
            self.kinds[link] = attributes["Type"].rpartition("/")[2]

    def one(self, kind: str) -> str:
        """The part of that kind; '' when there is none."""
        return next((self.targets[link] for link, found in self.kinds.items() if found == kind), "")


class _Styles(Handler):
    """The number format of each cell style."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        self._in_cell_styles = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "cellXfs":
            self._in_cell_styles = True
        elif name == "xf" and self._in_cell_styles:
            self._formats.append(int(attributes.get("numFmtId", 0)))
        elif name == "numFmt":
            self._codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cell_styles = False

    def known(self, *, from_1904: bool) -> Styles:
        """Which styles show moments, and which durations."""
        codes = {number: _LITERAL.sub("", code.partition(";")[0]) for number, code in self._codes.items()}
        durations = _BUILT_IN_DURATIONS | {number for number, code in codes.items() if _ELAPSED.search(code)}
        moments = _BUILT_IN_MOMENTS | {number for number, code in codes.items() if _MOMENT.search(code)}
        return Styles(
            moments=frozenset(at for at, number in enumerate(self._formats) if number in moments - durations),
            durations=frozenset(at for at, number in enumerate(self._formats) if number in durations),
            from_1904=from_1904,
        )
