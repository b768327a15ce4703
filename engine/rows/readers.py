"""A file or pasted text -> a table: csv, tsv, json, xlsx, whatever its encoding, delimiter and header.

Text and workbooks are read as streams: 100,000 rows take the memory of a hundred. JSON is held while it is read.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, Literal

from engine.rows import decode, infer
from engine.rows.delimited import read_delimited
from engine.rows.errors import ImportEmpty, ImportUnreadable
from engine.rows.json_table import read_json
from engine.rows.signatures import refuse_signature
from engine.rows.spool import Cells
from engine.rows.table import Body, Origin, Table, check_bytes, check_columns, grouped, unique_names
from engine.rows.types import Value, text_of
from engine.rows.workbook import read_workbook

Delimiter = Literal["auto", ";", ",", "tab"]
HasHeader = Literal["auto", "yes", "no"]

ZIP = b"PK\x03\x04"
_MARKUP = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|table|\?xml|!--|svg|[a-z]+[\s>/])", re.IGNORECASE)
_OPENING_BYTES = 4096
_TITLE_LINES_MAX = 5
_HEAD = 50 + _TITLE_LINES_MAX + infer.SAMPLE_ROWS
_NAMES_SHOWN = 5


def read_table(
    source: bytes | BinaryIO, *, filename: str = "", delimiter: Delimiter = "auto", has_header: HasHeader = "auto"
) -> Table:
    """The table in `source`: unique headers, rows of one width, empty trailing columns and blank rows left out.

    A file that is given stays open, and is not needed any more. `filename` only helps where the content says too
    little. The xlsx reader takes the first sheet. Formulas and macros are never evaluated.

    Raises:
        ImportEmpty: no row.
        ImportUnreadable: no table, or past a bound of size.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    check_bytes(file.seek(0, io.SEEK_END))
    if _is_blank(file):
        raise ImportEmpty
    file.seek(0)
    opening = file.read(_OPENING_BYTES)
    if opening.startswith(ZIP):
        return _with_headers(read_workbook(file), Origin("xlsx"), has_header)
    refuse_signature(opening, file)
    return _read_text(file, filename, delimiter, has_header)


def _is_blank(file: BinaryIO) -> bool:
    """Whether there is nothing but white space, as far as bytes tell."""
    file.seek(0)
    pieces: Iterator[bytes] = iter(lambda: file.read(1024 * 1024), b"")
    return not any(piece.strip(b"\x00 \t\r\n") for piece in pieces)


def _read_text(file: BinaryIO, filename: str, delimiter: Delimiter, has_header: HasHeader) -> Table:
    encoding = decode.detect(file)
    file.seek(encoding.start)
    opening = file.read(_OPENING_BYTES).decode(encoding.name, encoding.errors).lstrip()
    if _MARKUP.match(opening):
        raise ImportUnreadable(problem="le contenu est une page HTML ou XML, pas un tableau")
    if opening[:1] in ("{", "[") and PurePosixPath(filename.lower()).suffix not in (".csv", ".tsv"):
        return _read_json(decode.whole(file, encoding), Origin("json", encoding.name), has_header)
    asked = None if delimiter == "auto" else "\t" if delimiter == "tab" else delimiter
    cells, found = read_delimited(lambda: decode.lines(file, encoding), asked)
    return _with_headers(cells, Origin("tsv" if found == "\t" else "csv", encoding.name, found), has_header)


def _read_json(text: str, origin: Origin, has_header: HasHeader) -> Table:
    found = read_json(text, origin)
    if isinstance(found, Table):
        return _not_empty(found)
    cells = Cells()
    for row in found:
        if any(cell is not None for cell in row):
            cells.append(row)
    return _with_headers(cells, origin, has_header)


def _with_headers(cells: Cells, origin: Origin, asked: HasHeader) -> Table:
    """Name the columns of bare rows and bring these to one width."""
    if not cells:
        raise ImportEmpty
    head = cells[:_HEAD]
    titles = _count_titles(head) if asked != "no" else 0
    remarks = [f"Lignes de titre ignorées : {titles}."] if titles else []
    named = asked == "yes" or (asked == "auto" and infer.has_header(head[titles:]))
    names = [text_of(cell) for cell in head[titles]] if named else []
    widths = cells.widths - Counter(map(len, head[: titles + named]))
    width = max(widths, default=0)
    ragged = sum(count for length, count in widths.items() if length > len(names)) if named else 0
    if ragged:
        remarks.append(f"Lignes plus longues que l'en-tête : {grouped(ragged)} (colonnes ajoutées).")
    check_columns(max(width, len(names)))
    remarks += _repeated(names)
    names = names + [""] * (width - len(names))
    body = Body(cells, start=titles + named, width=len(names))
    return _not_empty(Table(unique_names(names), body, origin, has_header=named, remarks=tuple(remarks)))


def _count_titles(head: list[list[Value]]) -> int:
    """How many lines above a wide table hold one cell only: an export's title, its date."""
    usual = Counter(map(len, head[:50])).most_common(1)[0][0]
    if usual < 3:
        return 0
    above = head[: min(_TITLE_LINES_MAX, len(head) - 1)]
    return next((at for at, row in enumerate(above) if len(row) != 1), len(above))


def _repeated(names: list[str]) -> list[str]:
    """What the notice says of names that stand in several columns."""
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    if not twice:
        return []
    more = "…" if len(twice) > _NAMES_SHOWN else ""
    return [f"En-têtes répétés, numérotés : {', '.join(f'« {name[:40]} »' for name in twice[:_NAMES_SHOWN])}{more}."]


def _not_empty(table: Table) -> Table:
    if not table.rows:
        raise ImportEmpty
    return table
