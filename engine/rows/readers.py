"""A file or pasted text -> a table: csv, tsv, json, xlsx, whatever its encoding, delimiter and header."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Literal

from engine.rows import infer
from engine.rows.decode import decode
from engine.rows.delimited import read_delimited
from engine.rows.errors import ImportEmpty, ImportUnreadable
from engine.rows.json_table import read_json
from engine.rows.table import Table, check_bytes, check_columns, unique_names
from engine.rows.types import Value, text_of
from engine.rows.workbook import read_workbook

Delimiter = Literal["auto", ";", ",", "tab"]
HasHeader = Literal["auto", "yes", "no"]

# The first bytes of files that people send by mistake, and what to tell them.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "le fichier est un PDF"),
    (b"\x89PNG", "le fichier est une image PNG"),
    (b"\xff\xd8\xff", "le fichier est une image JPEG"),
    (b"GIF8", "le fichier est une image GIF"),
    (b"RIFF", "le fichier est une image, un son ou une vidéo"),
    (b"BM", "le fichier est une image BMP"),
    (b"\xd0\xcf\x11\xe0", "le fichier est un classeur Excel ancien (.xls) ou protégé ; enregistrez-le en .xlsx"),
    (b"\x1f\x8b", "le fichier est une archive gzip ; décompressez-le"),
    (b"7z\xbc\xaf", "le fichier est une archive 7z ; décompressez-le"),
    (b"Rar!", "le fichier est une archive RAR ; décompressez-le"),
    (b"BZh", "le fichier est une archive bzip2 ; décompressez-le"),
    (b"SQLite format 3", "le fichier est une base SQLite"),
    (b"PAR1", "le fichier est un fichier Parquet"),
    (b"\x7fELF", "le fichier est un programme"),
    (b"MZ", "le fichier est un programme"),
    (b"{\\rtf", "le fichier est un document RTF"),
)  # fmt: skip
_MARKUP = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|table|\?xml|!--|svg|[a-z]+[\s>/])", re.IGNORECASE)
_TITLE_LINES_MAX = 5


def read_table(
    data: bytes, *, filename: str = "", delimiter: Delimiter = "auto", has_header: HasHeader = "auto"
) -> Table:
    """The table in `data`: unique headers, rows of one width, empty trailing columns and blank rows left out.

    `filename` only helps where the content says too little. The xlsx reader takes the first sheet. Formulas and
    macros are never evaluated.

    Raises:
        ImportEmpty: no row.
        ImportUnreadable: no table, or past a bound of size.
    """
    check_bytes(len(data))
    if not data.strip(b"\x00 \t\r\n"):
        raise ImportEmpty
    if data.startswith(b"PK\x03\x04"):
        _check_workbook(data)
        return _with_headers(read_workbook(data), has_header)
    _refuse_signature(data)
    text = decode(data)
    if _MARKUP.match(text):
        raise ImportUnreadable(problem="le contenu est une page HTML ou XML, pas un tableau")
    if _is_json(text, filename):
        found = read_json(text)
        if isinstance(found, Table):
            return _not_empty(found)
        return _with_headers([row for row in found if any(cell is not None for cell in row)], has_header)
    asked = None if delimiter == "auto" else "\t" if delimiter == "tab" else delimiter
    return _with_headers(read_delimited(text, asked), has_header)


def _check_workbook(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise ImportUnreadable(problem="l'archive est endommagée") from None
    if "xl/workbook.xml" in names:
        return
    known = {
        "xl/workbook.bin": "le fichier est un classeur binaire (.xlsb) ; enregistrez-le en .xlsx",
        "word/document.xml": "le fichier est un document Word",
        "ppt/presentation.xml": "le fichier est une présentation PowerPoint",
        "content.xml": "le fichier est un document OpenDocument ; enregistrez-le en .xlsx ou en .csv",
    }
    problem = next((text for name, text in known.items() if name in names), "le fichier est une archive ZIP")
    raise ImportUnreadable(problem=problem)


def _refuse_signature(data: bytes) -> None:
    for signature, problem in _SIGNATURES:
        # Two letters may also begin a table of text.
        if data.startswith(signature) and (len(signature) > 2 or b"\x00" in data[:512]):
            raise ImportUnreadable(problem=problem)


def _is_json(text: str, filename: str) -> bool:
    if PurePosixPath(filename.lower()).suffix in (".csv", ".tsv"):
        return False
    return text.lstrip()[:1] in ("{", "[")


def _with_headers(rows: Sequence[Sequence[Value]], asked: HasHeader) -> Table:
    """Name the columns of bare rows and bring these to one width."""
    if not rows:
        raise ImportEmpty
    body, remarks = _without_title(rows) if asked != "no" else (rows, [])
    named = asked == "yes" or (asked == "auto" and infer.has_header(body))
    names, cells = ([text_of(cell) for cell in body[0]], body[1:]) if named else ([], body)
    width = max(map(len, cells), default=0)
    ragged = sum(len(row) > len(names) for row in cells) if named else 0
    if ragged:
        remarks.append(f"Lignes plus longues que l'en-tête : {ragged} (colonnes ajoutées).")
    check_columns(max(width, len(names)))
    names = names + [""] * (width - len(names))
    padded = tuple([*row, *[None] * (len(names) - len(row))] for row in cells)
    return _not_empty(Table(unique_names(names), padded, has_header=named, remarks=tuple(remarks)))


def _without_title(rows: Sequence[Sequence[Value]]) -> tuple[Sequence[Sequence[Value]], list[str]]:
    """Without the lines above a wide table that hold one cell only: an export's title, its date."""
    usual = Counter(map(len, rows[:50])).most_common(1)[0][0]
    lines = 0
    while usual >= 3 and lines < min(_TITLE_LINES_MAX, len(rows) - 1) and len(rows[lines]) == 1:
        lines += 1
    return rows[lines:], [f"Lignes de titre ignorées : {lines}."] if lines else []


def _not_empty(table: Table) -> Table:
    if not table.rows:
        raise ImportEmpty
    return table
