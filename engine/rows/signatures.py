"""Files that people send by mistake: known by their first bytes, refused with what to do about it."""

import io
from typing import BinaryIO

from engine.rows.errors import ImportUnreadable

_COMPOUND = b"\xd0\xcf\x11\xe0"  # the container of Office files before 2007, and of those with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the name of the one stream that such a container then has
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "le fichier est un PDF"),
    (b"\x89PNG", "le fichier est une image PNG"),
    (b"\xff\xd8\xff", "le fichier est une image JPEG"),
    (b"GIF8", "le fichier est une image GIF"),
    (b"RIFF", "le fichier est une image, un son ou une vidéo"),
    (b"BM", "le fichier est une image BMP"),
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
# What an archive holds that is no xlsx workbook.
_PARTS = {
    "xl/workbook.bin": "le fichier est un classeur binaire (.xlsb) ; enregistrez-le en .xlsx",
    "word/document.xml": "le fichier est un document Word",
    "ppt/presentation.xml": "le fichier est une présentation PowerPoint",
    "content.xml": "le fichier est un document OpenDocument ; enregistrez-le en .xlsx ou en .csv",
}
_PIECE_BYTES = 1024 * 1024


def refuse_signature(opening: bytes, file: BinaryIO) -> None:
    """Refuse a file whose first bytes say that it is no table. Raises ImportUnreadable."""
    if opening.startswith(_COMPOUND):
        if _holds(file, _ENCRYPTED):
            raise ImportUnreadable(problem="le classeur Excel est protégé par un mot de passe ; enlevez-le")
        raise ImportUnreadable(problem="le fichier est un classeur Excel ancien (.xls) ; enregistrez-le en .xlsx")
    for signature, problem in _SIGNATURES:
        # Two letters may also begin a table of text.
        if opening.startswith(signature) and (len(signature) > 2 or b"\x00" in opening[:512]):
            raise ImportUnreadable(problem=problem)


def not_a_workbook(names: set[str]) -> ImportUnreadable:
    """The error for an archive that holds these files, and no workbook."""
    problem = next((text for name, text in _PARTS.items() if name in names), "le fichier est une archive ZIP")
    return ImportUnreadable(problem=problem)


def _holds(file: BinaryIO, wanted: bytes) -> bool:
    file.seek(0, io.SEEK_SET)
    end = b""
    while piece := file.read(_PIECE_BYTES):
        if wanted in end + piece:
            return True
        end = piece[-len(wanted) :]
    return False
