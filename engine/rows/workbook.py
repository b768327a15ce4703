"""A workbook (xlsx) -> the rows of its first sheet. The one file that knows openpyxl's reader."""

import io
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree.ElementTree import ParseError

from engine import lazy
from engine.rows.errors import ImportUnreadable
from engine.rows.table import check_columns, check_rows
from engine.rows.types import Value

# A workbook of the largest table allowed unpacks to less; its shared texts are held in memory, so they have their own.
UNPACKED_BYTES_MAX = 1024**3
SHARED_TEXTS_BYTES_MAX = 128 * 1024**2
SHEET_ROWS_MAX = 1_048_576  # Excel's own
_BROKEN = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, OSError, EOFError, RuntimeError)


def read_workbook(data: bytes) -> list[list[Value]]:
    """The rows of the first sheet, empty ones left out, not padded. Formulas give the value that was saved with them.

    Dates become ISO text, whole numbers stay whole. Nothing in the file is evaluated.

    Raises:
        ImportUnreadable: protected, damaged, packed beyond measure, or past a bound.
    """
    try:
        _check_size(data)
        # data_only: what the spreadsheet saved, never the formula itself.
        book = lazy.load("openpyxl").load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the file's own word on its size may be wrong, and padding to it costs
        return _rows(sheet.iter_rows(values_only=True))
    except (zipfile.BadZipFile, ParseError, zlib.error, *_BROKEN):
        raise ImportUnreadable(problem="le classeur Excel est endommagé ou protégé") from None


def _check_size(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    texts = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    if sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX or texts > SHARED_TEXTS_BYTES_MAX:
        raise ImportUnreadable(problem="le classeur Excel est démesuré une fois décompressé")


def _rows(found: Iterable[tuple[Any, ...]]) -> list[list[Value]]:
    kept: list[list[Value]] = []
    for place, row in enumerate(found):
        cells = [_cell(value) for value in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            kept.append(cells)
            check_rows(len(kept) - 1)  # the header is no row
            check_columns(len(cells))
        if place >= SHEET_ROWS_MAX:
            raise ImportUnreadable(problem="le classeur Excel est endommagé ou protégé")
    return kept


def _cell(value: Any) -> Value:
    if isinstance(value, str):
        return value.strip() or None
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value if value - value == 0 else None
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else str(value).strip() or None
