"""Drawn files for the sites with a brand: logos, icons, photographs."""

import io

from PIL import Image, ImageDraw

from tests.holdout.kinds import File


def logo(color: str, size: tuple[int, int] = (320, 96), *, ground: str | None = None) -> File:
    """A mark, and a bar where there is room, of one colour, on nothing or on `ground`."""
    width, height = size
    picture = Image.new("RGBA", size, ground or (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((height // 8, height // 8, height * 7 // 8, height * 7 // 8), fill=color)
    if width > height:
        draw.rectangle((height * 9 // 8, height * 3 // 8, width - height // 8, height * 5 // 8), fill=color)
    return "image/png", _bytes(picture, "PNG")


def icon(color: str, side: int) -> File:
    """A square filled with one colour."""
    return "image/png", _bytes(Image.new("RGB", (side, side), color), "PNG")


def ico(color: str) -> File:
    return "image/x-icon", _bytes(Image.new("RGB", (32, 32), color), "ICO")


def photograph(size: tuple[int, int] = (1200, 630)) -> File:
    """What a camera gives: every place has a colour of its own."""
    channels = [Image.linear_gradient("L").rotate(turn).resize(size) for turn in (0, 90, 180)]
    return "image/jpeg", _bytes(Image.merge("RGB", channels), "JPEG")


def svg(color: str, letters: str = "M") -> File:
    return "image/svg+xml", inline_svg(color, letters).encode()


def inline_svg(color: str, letters: str = "M", attributes: str = "") -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60" width="200" height="60" {attributes}>'
        f'<path fill="{color}" d="M5 5h50v50H5z"/><path fill="{color}" d="M70 22h120v16H70z"/>'
        f"<title>{letters}</title></svg>"
    )


def _bytes(picture: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()
