"""Bytes of a text file -> its text, whatever wrote it."""

import codecs
import re

from charset_normalizer import from_bytes

from engine.rows.errors import ImportUnreadable

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
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CONTROL_SHARE = 0.01


def decode(data: bytes) -> str:
    """The text: by its byte order mark, else UTF-16 without one, UTF-8, a western code page, the likeliest other.

    Raises:
        ImportUnreadable: the bytes are no text.
    """
    text = _decoded(data)
    sample = text[:_SAMPLE_BYTES]
    if len(_CONTROL.findall(sample)) > _CONTROL_SHARE * len(sample):
        raise ImportUnreadable(problem="le fichier est binaire, ce n'est pas un tableau")
    return _CONTROL.sub("", text)


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    if encoding := _utf16_without_mark(data[:_SAMPLE_BYTES]):
        return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _mostly_utf8(data) or data.decode(_code_page(data), errors="replace")


def _utf16_without_mark(sample: bytes) -> str | None:
    """Every other byte of western text in UTF-16 is zero."""
    half = len(sample) // 2
    if half < 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * half and odd < 0.1 * half else None


def _mostly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few foreign bytes, as when two exports were pasted together: these are read as Windows text."""
    text = data.decode("utf-8", errors="surrogateescape")
    strays = [char for char in text if "\udc80" <= char <= "\udcff"]
    proper = sum(not char.isascii() for char in text) - len(strays)
    if len(strays) * 5 > proper:
        return None
    read_as = {char: bytes([ord(char) - 0xDC00]).decode("cp1252", errors="replace") for char in set(strays)}
    return text.translate(str.maketrans(read_as))


def _code_page(data: bytes) -> str:
    high = bytes(byte for byte in data[: _SAMPLE_BYTES * 8] if byte >= 0x80)
    texts = {encoding: high.decode(encoding, errors="replace") for encoding in _WESTERN}
    usual = {encoding: sum(char in _USUAL for char in text) for encoding, text in texts.items()}
    rarer = {encoding: sum(char in _RARER for char in text) for encoding, text in texts.items()}
    best = max(_WESTERN, key=lambda encoding: usual[encoding] + rarer[encoding] / 2)
    if usual[best] + rarer[best] >= _EXPECTED_SHARE * len(high):
        return best
    likeliest = from_bytes(data[:_SAMPLE_BYTES]).best()
    return likeliest.encoding if likeliest else "cp1252"
