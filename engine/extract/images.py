"""What a file that should be a picture is in truth: its kind by its first bytes, its size, its colours.

Names and content types of strangers are not believed. An SVG comes back without anything but drawing.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote_to_bytes

from engine.extract.palette import BadRaster, Shade, branded, look_at
from engine.extract.svg import BadSvg, parsed, sanitised, text_of_svg
from engine.extract.svg_colors import facts_of_svg

ImageKind = Literal["svg", "png", "jpg", "jpeg", "webp", "gif", "ico", "avif"]

_DATA = re.compile(r"data:(?:image/[\w.+-]{1,40})?(?:;[\w=-]{1,40}){0,3}?(;base64)?,", re.IGNORECASE)
_DATA_MAX = 3_000_000  # characters
_BEGINS: tuple[tuple[bytes, ImageKind], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"\x00\x00\x01\x00", "ico"),
)
_FORMATS: Mapping[ImageKind, str] = {
    "png": "PNG",
    "jpg": "JPEG",
    "gif": "GIF",
    "ico": "ICO",
    "webp": "WEBP",
    "avif": "AVIF",
}


class BadPicture(ValueError):
    """No picture of a kind that is kept, or a broken one."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be shown. `body` is safe to be served; sizes are pixels, 0 where an SVG names none.

    `shades` may stand for a brand, most of it first; `flatness` is near 1 for drawings, far below for photographs.
    """

    kind: ImageKind
    body: bytes
    width: int
    height: int
    shades: tuple[Shade, ...]
    flatness: float


def kind_of(body: bytes) -> ImageKind | None:
    """The kind of a picture by its bytes; None for anything else."""
    for begin, kind in _BEGINS:
        if body.startswith(begin):
            return kind
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "webp"
    if body[4:8] == b"ftyp":
        return "avif" if any(brand in body[8:40] for brand in (b"avif", b"avis")) else None
    start = body[:4_000].replace(b"\0", b"")
    return "svg" if b"<svg" in start and start.lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n").startswith(b"<") else None


def read_picture(body: bytes) -> Picture:
    """The picture in these bytes. Takes 1 to 100 ms of CPU: for a thread.

    Raises:
        BadPicture.
    """
    kind = kind_of(body)
    if kind is None:
        raise BadPicture("no picture")
    try:
        return _read_svg(body) if kind == "svg" else _read_raster(body, kind)
    except (BadSvg, BadRaster) as error:
        raise BadPicture(str(error)) from None


def data_of(url: str) -> bytes | None:
    """What a `data:` address of a picture holds; None for any other, and for a broken one."""
    found = _DATA.match(url) if len(url) <= _DATA_MAX else None
    if found is None:
        return None
    said = url[found.end() :]
    if found[1] is None:
        return unquote_to_bytes(said)
    try:
        return base64.b64decode(unquote_to_bytes(said), validate=False)
    except (binascii.Error, ValueError):
        return None


def _read_svg(body: bytes) -> Picture:
    safe = sanitised(body)
    facts = facts_of_svg(parsed(text_of_svg(safe)))
    shades = branded(facts.shades, transparent=True)
    return Picture("svg", safe, round(facts.width), round(facts.height), shades, 1.0)


def _read_raster(body: bytes, kind: ImageKind) -> Picture:
    raster = look_at(body, _FORMATS[kind])
    return Picture(kind, body, raster.width, raster.height, raster.shades, raster.flatness)
