"""A workbook's ZIP archive, opened only when it can't unpack beyond measure; its XML parts, read piece by piece."""

import io
import struct
import zipfile
from collections.abc import Callable
from typing import BinaryIO
from xml.parsers import expat

from engine.rows.errors import ImportUnreadable
from engine.rows.signatures import not_a_workbook

# Workbooks have some dozens of entries; their list is read into memory before anything else can be looked at.
DIRECTORY_BYTES_MAX = 1024**2
ENTRIES_MAX = 5_000
# A workbook of a very large table unpacks to less; what is packed more tightly than any table is a bomb.
UNPACKED_BYTES_MAX = 512 * 1024**2
PACKED_TIMES_MAX, LARGE_BYTES = 200, 32 * 1024**2
SMALL_PART_BYTES_MAX = 16 * 1024**2  # of what describes the book; its rows and texts may be larger

TAG_BYTES_MAX = 1024**2

_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_END_BYTES, _END_64_BYTES, _LOCATOR_BYTES, _COMMENT_BYTES = 22, 56, 20, 65_535
_PIECE_BYTES = 64 * 1024

Attributes = dict[str, str]


class Handler:
    """What is told of an XML part. Names of elements come without a prefix, those of attributes as they are."""

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text, in pieces."""


def open_archive(file: BinaryIO) -> zipfile.ZipFile:
    """The archive of an xlsx workbook.

    Raises:
        ImportUnreadable: damaged, no workbook, one with macros, or one that unpacks beyond measure.
    """
    try:
        if _directory_bytes(file) > DIRECTORY_BYTES_MAX:
            raise excessive()
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise ImportUnreadable(problem="l'archive est endommagée") from None
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names:
        raise not_a_workbook(names)
    if any(name.lower().endswith("vbaproject.bin") or "/macrosheets/" in name.lower() for name in names):
        raise ImportUnreadable(problem="le classeur contient des macros ; enregistrez-le en .xlsx")
    _check_sizes(archive.infolist())
    return archive


def read_part(archive: zipfile.ZipFile, name: str, handler: Handler, *, bytes_max: int = SMALL_PART_BYTES_MAX) -> None:
    """Tell `handler` of one XML part. No entity is ever expanded: a document type is refused.

    Raises:
        ImportUnreadable: too large, or with a document type. ExpatError, BadZipFile, KeyError: damaged.
    """
    if archive.getinfo(name).file_size > bytes_max:
        raise excessive()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.CharacterDataHandler = handler.text

    def root(name: str, attributes: Attributes) -> None:
        """Most files have no prefixes: then nothing stands between the parser and the handler."""
        prefixed = ":" in name
        parser.StartElementHandler = _stripped(handler.start) if prefixed else handler.start
        parser.EndElementHandler = (lambda name: handler.end(_bare(name))) if prefixed else handler.end
        handler.start(_bare(name), attributes)

    parser.StartElementHandler = root
    read = 0
    with archive.open(name) as part:
        while piece := part.read(_PIECE_BYTES):
            parser.Parse(piece, False)
            read += len(piece)
            # What the parser has not told yet is one tag that goes on and on: it would look at all of it each time.
            if read - parser.CurrentByteIndex > TAG_BYTES_MAX:
                raise excessive()
    parser.Parse(b"", True)


def excessive() -> ImportUnreadable:
    """The error for what is out of all proportion."""
    return ImportUnreadable(problem="le classeur Excel est démesuré une fois décompressé")


def _stripped(told: Callable[[str, Attributes], None]) -> Callable[[str, Attributes], None]:
    return lambda name, attributes: told(_bare(name), attributes)


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_document_type(*_: object) -> None:
    raise ImportUnreadable(problem="le classeur Excel contient une déclaration de type de document (DTD)")


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    """By what the parts say of themselves: nobody reads beyond that."""
    if len(parts) > ENTRIES_MAX or sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
        raise excessive()
    for part in parts:
        if part.file_size > max(LARGE_BYTES, PACKED_TIMES_MAX * part.compress_size):
            raise excessive()


def _directory_bytes(file: BinaryIO) -> int:
    """The size of the list of entries, where `zipfile` would look for it. Source: PKWARE APPNOTE 4.3.14 to 4.3.16."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END_BYTES - _COMMENT_BYTES - _LOCATOR_BYTES - _END_64_BYTES))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or at + _END_BYTES > len(tail):
        raise zipfile.BadZipFile
    found: int = struct.unpack_from("<L", tail, at + 12)[0]
    locator, end_64 = at - _LOCATOR_BYTES, at - _LOCATOR_BYTES - _END_64_BYTES
    if end_64 >= 0 and tail.startswith(_LOCATOR_64, locator) and tail.startswith(_END_64, end_64):
        found = max(found if found < 2**32 - 1 else 0, struct.unpack_from("<Q", tail, end_64 + 40)[0])
    return found
