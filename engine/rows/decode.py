"""Bytes of a text file -> its lines, whatever wrote it; the file is never in memory as a whole."""

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from charset_normalizer import from_bytes

from engine.rows.errors import ImportUnreadable
from engine.rows.table import grouped

# Longer marks first: UTF-32's begins like UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What spreadsheets of western Europe write besides UTF-8: Windows, old Macs, DOS.
_WESTERN = ("cp1252", "mac_roman", "cp850")
# Letters of French, German, Spanish, Italian, Portuguese text; capitals and signs are rarer, so they prove less.
_USUAL = frozenset("àâäáãåæçéèêëíìîïñóòôöõœúùûüÿß")
_RARER = frozenset("ÀÂÄÁÇÉÈÊËÎÏÔÖŒÙÛÜÑ€£°²«»“”‘’–—…·•©®™ºª\u00a0")
_EXPECTED_SHARE = 0.9
_SAMPLE_BYTES = 64 * 1024
_PIECE_BYTES = 256 * 1024
LINE_CHARS_MAX = 1_000_000
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CONTROL_SHARE = 0.01
_STRAYS = "windows_strays"  # the error handler that reads what is no UTF-8 as Windows text


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of a file become text. `start` is where the text begins, behind a byte order mark."""

    name: str
    errors: str = "replace"
    start: int = 0


def detect(file: BinaryIO) -> Encoding:
    """By its byte order mark, else UTF-16 without one, UTF-8, a western code page, the likeliest other.

    Raises:
        ImportUnreadable: the bytes are no text.
    """
    found = _detected(file)
    file.seek(found.start)
    sample = file.read(_SAMPLE_BYTES).decode(found.name, found.errors)
    if len(_CONTROL.findall(sample)) > _CONTROL_SHARE * len(sample):
        raise ImportUnreadable(problem="le fichier est binaire, ce n'est pas un tableau")
    return found


def lines(file: BinaryIO, encoding: Encoding) -> Iterator[str]:
    """The lines with their ends, without control characters.

    Raises:
        ImportUnreadable: a line is longer than any of a table, or holds bytes that no text has.
    """
    file.seek(encoding.start)
    text = io.TextIOWrapper(file, encoding.name, encoding.errors, newline="")
    try:
        while line := text.readline(LINE_CHARS_MAX + 1):
            if len(line) > LINE_CHARS_MAX:
                raise ImportUnreadable(problem=f"une ligne dépasse {grouped(LINE_CHARS_MAX)} caractères")
            if "\x00" in line:
                raise ImportUnreadable(problem="le fichier contient des octets nuls : il est binaire ou endommagé")
            yield _CONTROL.sub("", line)
    finally:
        with suppress(ValueError):  # whoever opened the file has closed it
            text.detach()  # or it would close the file


def whole(file: BinaryIO, encoding: Encoding) -> str:
    """All the text at once, without control characters, for what can't be read line by line."""
    file.seek(encoding.start)
    return _CONTROL.sub("", file.read().decode(encoding.name, encoding.errors))


def _detected(file: BinaryIO) -> Encoding:
    file.seek(0)
    sample = file.read(_SAMPLE_BYTES)
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return Encoding(name, start=len(mark))
    if name := _utf16_without_mark(sample):
        return Encoding(name)
    strays, proper = _count_utf8(file)
    if not strays:
        return Encoding("utf-8")
    # UTF-8 with a few foreign bytes, as when two exports were pasted together.
    return Encoding("utf-8", _STRAYS) if strays * 5 <= proper else Encoding(_code_page(file))


def _utf16_without_mark(sample: bytes) -> str | None:
    """Every other byte of western text in UTF-16 is zero."""
    half = len(sample) // 2
    if half < 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * half and odd < 0.1 * half else None


def _count_utf8(file: BinaryIO) -> tuple[int, int]:
    """How many bytes are no UTF-8, and how many characters beyond ASCII are."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    strays = proper = 0
    file.seek(0)
    last = False
    while not last:
        piece = file.read(_PIECE_BYTES)
        last = not piece
        text = decoder.decode(piece, last)
        if not text.isascii():
            foreign = [char for char in text if not char.isascii()]
            lone = sum("\udc80" <= char <= "\udcff" for char in foreign)
            strays, proper = strays + lone, proper + len(foreign) - lone
    return strays, proper


def _code_page(file: BinaryIO) -> str:
    file.seek(0)
    start = file.read(_SAMPLE_BYTES * 8)
    high = bytes(byte for byte in start if byte >= 0x80)
    texts = {encoding: high.decode(encoding, errors="replace") for encoding in _WESTERN}
    usual = {encoding: sum(char in _USUAL for char in text) for encoding, text in texts.items()}
    rarer = {encoding: sum(char in _RARER for char in text) for encoding, text in texts.items()}
    best = max(_WESTERN, key=lambda encoding: usual[encoding] + rarer[encoding] / 2)
    if usual[best] + rarer[best] >= _EXPECTED_SHARE * len(high):
        return best
    likeliest = from_bytes(start[:_SAMPLE_BYTES]).best()
    return likeliest.encoding if likeliest else "cp1252"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_STRAYS, _as_windows)
