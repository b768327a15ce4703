"""Bodies of answers: decompressed within a cap, read as text in the right charset."""

import codecs
import re
import zlib
from collections.abc import AsyncIterable

# What we offer to receive, and what `read_body` can open.
ACCEPT_ENCODING = "gzip, deflate"

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_BROKEN = "\N{REPLACEMENT CHARACTER}"
_META_WITHIN_BYTES = 4_096  # browsers look at the first 1,024; real pages put scripts first
_TEXT = re.compile(r"text/|[\w./-]+[/+](?:json|xml|html|javascript|ecmascript|x-javascript)$")
# Labels that pages use for what is in truth windows-1252 (WHATWG Encoding).
_LATIN = frozenset({"iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii", "iso8859-1", "l1"})

# The charsets of the web among Python's codecs, which also hold base64, rot13, idna and the like.
_CHARSETS = re.compile(r"utf-8|utf-16(-[lb]e)?|(iso8859|koi8|mac)-\w+|(cp|gb|euc_|big5|shift_jis|iso2022_)\w*|tis-620")


class Undecodable(Exception):
    """The body is not in the encoding that its header names."""


async def read_body(chunks: AsyncIterable[bytes], encoding: str, *, max_bytes: int) -> tuple[bytes, bool]:
    """The decoded body and whether it was longer than `max_bytes` (the rest is not read, nor decompressed).

    Raises:
        Undecodable: broken data, or an encoding that we did not offer.
    """
    decoder = _Decoder(encoding)
    body = bytearray()
    async for chunk in chunks:
        body += decoder.decode(chunk, room=max_bytes - len(body) + 1)
        if len(body) > max_bytes:
            return bytes(body[:max_bytes]), True
    return bytes(body), False


class _Decoder:
    """Undoes one content encoding, piece by piece, never producing more than there is room for."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding.strip().lower()
        if self._encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise Undecodable(f"encoding {encoding[:40]!r}")
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, by its first bytes
        self._started = False

    def decode(self, data: bytes, *, room: int) -> bytes:
        if self._encoding in ("", "identity"):
            return data
        try:
            decoded = self._inflate.decompress(data, room)
        except zlib.error as error:
            if self._started or self._encoding != "deflate":
                raise Undecodable(str(error)) from None
            # Some servers send "deflate" without the zlib wrapper that RFC 9110 asks for.
            self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            self._started = True
            return self.decode(data, room=room)
        self._started = self._started or bool(data)
        return decoded


def media_type(content_type_header: str) -> str:
    """'text/html' of 'Text/HTML; charset=utf-8'."""
    return content_type_header.partition(";")[0].strip().lower()


def is_text(media_type: str, body: bytes = b"") -> bool:
    """Whether a body may be read as text. Without a type its first bytes decide."""
    if media_type:
        return _TEXT.match(media_type) is not None
    return body.startswith(tuple(bom for bom, _ in _BOMS)) or b"\0" not in body[:1_024]


def decode_text(body: bytes, content_type_header: str) -> str:
    """The text, by its byte order mark, the header's charset, its meta element, else UTF-8, else windows-1252."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body.decode(encoding, "replace")
    declared = _declared(body, content_type_header)
    if declared is not None and declared != "utf-8":
        return body.decode(declared, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        # A page in UTF-8 may have a few broken bytes; one without any whole character beyond ASCII is older than that,
        # whatever it says of itself.
        text = body.decode("utf-8", "replace")
        cut_off = error.start >= len(body) - 3
        in_utf8 = cut_off or (declared and not text.replace(_BROKEN, "").isascii())
        return text if in_utf8 else body.decode("cp1252", "replace")


def _declared(body: bytes, content_type_header: str) -> str | None:
    """The Python name of the declared charset; None when there is none, or one that says nothing."""
    named = _HEADER_CHARSET.search(content_type_header)
    charset = _python_charset(named.group(1)) if named else None
    if charset is not None:
        return charset
    start = body[:_META_WITHIN_BYTES]
    inner = _META_CHARSET.search(start) or _XML_ENCODING.search(start)
    charset = _python_charset(inner.group(1).decode("ascii", "ignore")) if inner else None
    # A meta element that was found without UTF-16 cannot be in UTF-16.
    return "utf-8" if charset is not None and charset.startswith("utf-16") else charset


def _python_charset(label: str) -> str | None:
    if label.lower() in _LATIN:
        return "cp1252"
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    return name if _CHARSETS.fullmatch(name) else None
