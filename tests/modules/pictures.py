"""Pictures for tests, drawn when they are asked for, and a small web that serves files beside its pages."""

import io
import random
import struct
import zlib
from dataclasses import dataclass, field, replace
from typing import Any

from PIL import Image, ImageDraw

from engine.module import Run, Unreachable
from engine.network.types import Download
from engine.reach import AssetKind
from tests.modules.small_web import SmallWeb

RED, BLUE = "#AA3311", "#113388"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><rect width="120" height="40" fill="#AA3311"/>'
    b'<circle cx="20" cy="20" r="10" fill="#113388"/></svg>'
)


def drawn(kind: str = "PNG", size: tuple[int, int] = (240, 80), *, ground: Any = (0, 0, 0, 0), ink: str = RED) -> bytes:
    """A logo: a bar of `ink`, a spot of blue."""
    image = Image.new("RGBA", size, ground)
    width, height = size
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height // 4, width * 2 // 3, height), fill=ink)
    draw.ellipse((width * 3 // 4, 0, width - 1, height // 2), fill=BLUE)
    return encoded(image, kind)


def photograph(size: tuple[int, int] = (600, 315)) -> bytes:
    """What looks like a photograph: no two spots alike."""
    noise = random.Random(7)
    spots = Image.frombytes("RGB", (12, 9), noise.randbytes(12 * 9 * 3))
    return encoded(spots.resize(size, Image.Resampling.BICUBIC), "PNG")


def encoded(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    (image.convert("RGB") if kind == "JPEG" else image).save(file, kind)
    return file.getvalue()


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few bytes that says to be of billions of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1_000)) + chunk(b"IEND", b"")


@dataclass
class Shelf:
    """Keeps images in memory, as `Assets` does on the disk."""

    kept: dict[str, bytes] = field(default_factory=dict[str, bytes])

    async def keep(self, body: bytes, kind: AssetKind) -> str:
        path = f"/api/brand-assets/1/{zlib.crc32(body):08x}.{kind}"
        self.kept[path] = body
        return path


@dataclass
class PictureWeb(SmallWeb):
    """Pages, and files by address: bytes, or the status of a missing one."""

    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    shelf: Shelf = field(default_factory=Shelf)
    downloaded: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])
    leads: dict[str, str] = field(default_factory=dict[str, str])  # from a file's address to where it stands

    async def download(self, url: str, *, max_bytes: int, timeout_seconds: float = 20.0) -> Download:
        self.downloaded.append(url)
        body = self.files.get(url)
        if body is not None and len(body) > max_bytes:
            raise Unreachable(url=url, reason="too_large")
        return Download(
            url, self.leads.get(url, url), 404 if body is None else 200, {}, "", body or b"<html>404</html>"
        )

    def run(self) -> Run:
        return replace(super().run(), assets=self.shelf, note=self.notes.append)
