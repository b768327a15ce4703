"""Draws a site's images: its mark in two flat colours, icons, a photograph, and files that only pass for images.

Nothing is anti-aliased, so that the colours of a mark are exactly the two that it was drawn with.
"""

import io
import random
from functools import lru_cache

from PIL import Image, ImageDraw

WHITE = "#FFFFFF"
OVERSIZED_PIXELS = 1_050  # a side: three bytes a pixel of noise, more than three megabytes
HOSTILE = (
    '<script>document.location = "https://collecte.example/"</script>'
    '<foreignObject width="10" height="10"><body xmlns="http://www.w3.org/1999/xhtml" onload="alert(1)"/>'
    '</foreignObject><image href="https://collecte.example/vu.png" width="1" height="1"/>'
    '<a href="javascript:alert(2)"><text>x</text></a>'
)


@lru_cache(maxsize=256)
def mark_png(main: str, accent: str, width: int, height: int, ground: str) -> bytes:
    """A mark as PNG. `ground`: 'transparent', 'white', or 'full' of the main colour with the rest in white.

    `main` covers more than half of what is neither transparent nor white.
    """
    image = Image.new("RGBA", (width, height), {"transparent": (0, 0, 0, 0), "white": WHITE, "full": main}[ground])
    draw, unit = ImageDraw.Draw(image), height // 6
    if ground != "full":
        draw.rectangle((0, unit, width - 1, height - unit), fill=main)
    draw.ellipse((unit, 2 * unit, 3 * unit, 4 * unit), fill=accent)
    for left in range(height, width - 2 * unit, 2 * unit):  # what would be letters
        draw.rectangle((left, 2 * unit, left + unit // 2, height - 2 * unit), fill=WHITE)
    return _saved(image, "PNG")


@lru_cache(maxsize=256)
def icon_ico(main: str, accent: str) -> bytes:
    """A favicon of 16 and 32 pixels a side."""
    image = Image.open(io.BytesIO(mark_png(main, accent, 32, 32, "full")))
    out = io.BytesIO()
    image.save(out, "ICO", sizes=[(16, 16), (32, 32)])
    return out.getvalue()


def mark_svg(main: str, accent: str, *, extra: str = "", attributes: str = "") -> str:
    """The mark as SVG, three times as wide as high; `extra` and `attributes` are markup."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 80" width="240" height="80"{attributes}>{extra}'
        f'<rect y="12" width="240" height="56" fill="{main}"/><circle cx="38" cy="40" r="16" fill="{accent}"/>'
        f'<path d="M80 26h8v28h-8zM104 26h8v28h-8zM128 26h8v28h-8z" fill="{WHITE}"/></svg>'
    )


def mask_svg() -> str:
    """A mark in black alone, as Safari's pinned tabs want it."""
    return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 3h14v10H1zM4 6v4h2V6z"/></svg>'


@lru_cache(maxsize=8)
def photo_jpg(number: int) -> bytes:
    """What looks like a shop front in the evening."""
    rng = random.Random(number)
    image = Image.linear_gradient("L").resize((600, 315))
    photo = Image.merge(
        "RGB", (image, image.point([value * 3 // 4 for value in range(256)]), Image.new("L", image.size, 90))
    )
    draw = ImageDraw.Draw(photo)
    for _ in range(60):
        left, top = rng.randrange(600), rng.randrange(315)
        shade = tuple(rng.randrange(40, 220) for _ in range(3))
        draw.ellipse((left, top, left + rng.randrange(8, 90), top + rng.randrange(8, 60)), fill=shade)
    return _saved(photo, "JPEG")


def oversized_png(number: int) -> bytes:
    """A PNG of more than three megabytes."""
    noise = random.Random(number).randbytes(3 * OVERSIZED_PIXELS**2)
    image = Image.frombytes("RGB", (OVERSIZED_PIXELS, OVERSIZED_PIXELS), noise)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=0)
    return out.getvalue()


def _saved(image: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()
