"""Rows -> csv: UTF-8 with byte order mark, `;`, CRLF (CONTRACT C-168, RFC 4180)."""

import csv
import io
import math
import string
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence

from engine.export.safety import guarded_text
from engine.rows.cells import cell_text
from engine.rows.types import Row, Value

MEDIA_TYPE = "text/csv; charset=utf-8"
_CHUNK_CHARS = 128 * 1024
_BEGINS_NO_FORMULA = frozenset(string.ascii_letters + string.digits)  # most cells
_AS_IT_IS = (int, type(None))  # the writer leaves None empty


def write(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """The file in pieces, the header line first. Lists and objects become compact JSON; every text is guarded."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([guarded_text(column) for column in columns])
    yield BOM_UTF8
    for row in rows:
        # What needs no look is not looked at: a call a cell would be half of the time.
        writer.writerow(
            [
                cell
                if (type(cell) is str and cell[:1] in _BEGINS_NO_FORMULA) or type(cell) in _AS_IT_IS
                else _cell(cell)
                for cell in map(row.get, columns)
            ]
        )
        if buffer.tell() >= _CHUNK_CHARS:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    # Half a character (a lone surrogate) has no bytes.
    return text.encode("utf-8", errors="replace")


def _cell(value: Value) -> str | int | float:
    if isinstance(value, str):
        return guarded_text(value)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else cell_text(value)
