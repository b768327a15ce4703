"""The colours of a picture: which it is made of, which of them stands for the brand, five that go with it."""

import colorsys
import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from engine.lazy import load

PIXELS_MAX = 16_000_000  # of a picture as it is stored; a larger one is no logo, and costs what bombs cost
SCANS_MAX = 100  # of a JPEG; tools write ten, and each costs a pass over the whole picture
SIDE = 256  # pictures are looked at in this size, by single pixels: a blurred edge has colours of its own
MANY = 2_048  # colours of a photograph, which are brought down to a few
FEW = 64
VISIBLE = 128  # of 255
WHITE_FROM, BLACK_TO = 232, 40  # the darkest channel of what passes for white, the lightest of what passes for black
ALIKE = 40.0  # of 441, from black to white
BLANK = 0.998  # share of white
LEAST_SHARE = 0.005  # of the visible pixels: less is what an edge leaves
CHROMATIC = 0.15
PALETTE = 5
FLAT_COLORS = 6

_SCAN = b"\xff\xda"  # where a scan of a JPEG begins; within one, these bytes never stand side by side

Rgb = tuple[int, int, int]


class Shade(NamedTuple):
    """A colour, and its share of what is seen of the picture, 0 to 1."""

    rgb: Rgb
    share: float


class Raster(NamedTuple):
    """What was seen of a picture, in pixels. `shades`: those that may stand for a brand, most of it first.

    `flatness` is the share of its six most frequent colours: drawings are near 1, photographs far below.
    """

    width: int
    height: int
    shades: tuple[Shade, ...]
    flatness: float


class BadRaster(ValueError):
    """No picture that can be shown: broken, cut off, of too many pixels or scans."""


def look_at(body: bytes, name: str) -> Raster:
    """What is seen of a picture of that format, its first frame alone. Takes 5 to 50 ms of CPU: for a thread.

    Raises:
        BadRaster.
    """
    if name == "JPEG" and body.count(_SCAN) > SCANS_MAX:
        raise BadRaster("too many scans")
    try:
        with _pillow().open(io.BytesIO(body), formats=(name,)) as picture:
            width, height = picture.size
            if width * height > PIXELS_MAX:
                raise BadRaster("too many pixels")
            picture.draft("RGB", (SIDE, SIDE))
            small = _small(picture)
    except BadRaster:
        raise
    except Exception as error:  # a decoder raises all kinds of errors over a stranger's bytes
        raise BadRaster(str(error)) from None
    counted = [(count, (red, green, blue)) for count, (red, green, blue, alpha) in _counted(small) if alpha >= VISIBLE]
    transparent = sum(count for count, _ in counted) < small.width * small.height
    groups = _grouped(counted)
    if not groups or (not transparent and groups[0].share > BLANK and is_white(groups[0].rgb)):
        raise BadRaster("nothing to see")
    flatness = sum(shade.share for shade in groups[:FLAT_COLORS])
    return Raster(width, height, branded(groups, transparent=transparent), flatness)


def branded(groups: Iterable[Shade], *, transparent: bool) -> tuple[Shade, ...]:
    """Those that may stand for a brand: neither white nor black, but for dark ones that are all there is.

    On a ground that shows through, black is what the logo is drawn in; on white it is what words are printed in.
    """
    groups = [shade for shade in groups if shade.share >= LEAST_SHARE]
    colored = tuple(shade for shade in groups if not is_white(shade.rgb) and not is_black(shade.rgb))
    if colored or not transparent:
        return colored
    return tuple(shade for shade in groups if is_black(shade.rgb))


def dominant(shades: Sequence[Shade]) -> Rgb | None:
    """The colour that stands for the brand: of those that are no grey the most frequent, unless they hardly show."""
    total = sum(shade.share for shade in shades)
    colored = next(
        (shade for shade in shades if _saturation(shade.rgb) >= CHROMATIC and shade.share >= 0.1 * total), None
    )
    best = colored or next(iter(shades), None)
    return best.rgb if best else None


def harmonic(colors: Sequence[Rgb]) -> tuple[Rgb, ...]:
    """Five colours that go together: the given ones, then neighbours, opposite, tints and shades of the first."""
    chosen: list[Rgb] = []
    for color in (*colors, *(_derived(colors[0]) if colors else ())):
        if len(chosen) < PALETTE and all(_distance(color, other) > ALIKE for other in chosen):
            chosen.append(color)
    return tuple(chosen)


def hex_of(color: Rgb) -> str:
    """`#635BFF`."""
    return "#{:02X}{:02X}{:02X}".format(*color)


def read_color(text: str) -> Rgb | None:
    """The colour that CSS calls so; None for what is no colour, or shows through."""
    text = text.strip().lower()
    if not text or len(text) > 40:
        return None
    try:
        red, green, blue, *alpha = load("PIL.ImageColor").getrgb(text)
    except ValueError:
        return None
    if alpha and alpha[0] < VISIBLE:
        return None
    return tuple(min(max(int(part), 0), 255) for part in (red, green, blue))  # type: ignore[return-value]


def is_white(color: Rgb) -> bool:
    """Whether a colour passes for white."""
    return min(color) >= WHITE_FROM


def is_black(color: Rgb) -> bool:
    """Whether a colour passes for black."""
    return max(color) <= BLACK_TO


@cache
def _pillow() -> Any:
    image: Any = load("PIL.Image")
    image.MAX_IMAGE_PIXELS = PIXELS_MAX  # for pictures inside of pictures; those beyond its double are errors
    warnings.simplefilter("ignore", image.DecompressionBombWarning)
    return image


def _small(picture: Any) -> Any:
    """The picture in RGBA, within `SIDE`, each pixel one of its own."""
    shrink = max(picture.width, picture.height) / SIDE
    if shrink > 1:
        size = (max(1, round(picture.width / shrink)), max(1, round(picture.height / shrink)))
        picture = picture.resize(size, _pillow().Resampling.NEAREST)
    return picture.convert("RGBA")


def _counted(small: Any) -> Sequence[tuple[int, tuple[int, int, int, int]]]:
    few = small.getcolors(MANY)
    if few is not None:
        return few
    return small.quantize(FEW, method=_pillow().Quantize.FASTOCTREE).convert("RGBA").getcolors(MANY)


def _grouped(counted: Sequence[tuple[int, Rgb]]) -> list[Shade]:
    """Colours that look alike as one, which is the most frequent of them; most frequent first."""
    total = sum(count for count, _ in counted)
    groups: list[tuple[Rgb, int]] = []
    for count, color in sorted(counted, key=lambda entry: (-entry[0], entry[1]))[: 4 * FEW]:
        for at, (other, known) in enumerate(groups):
            if _distance(color, other) <= ALIKE:
                groups[at] = (other, known + count)
                break
        else:
            groups.append((color, count))
    return sorted((Shade(color, count / total) for color, count in groups), key=lambda shade: -shade.share)


def _derived(base: Rgb) -> Iterator[Rgb]:
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in base))
    middle = min(max(light, 0.35), 0.65)
    for turn in (30, -30, 180):
        yield _of_hls(hue + turn / 360, middle, saturation)
    for other in (0.85, 0.25, 0.7, 0.4, 0.55, 0.1, 0.95):
        yield _of_hls(hue, other, saturation)


def _of_hls(hue: float, light: float, saturation: float) -> Rgb:
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue % 1, light, saturation))
    return red, green, blue


def _saturation(color: Rgb) -> float:
    """How far a colour is from grey, 0 to 1."""
    return (max(color) - min(color)) / 255


def _distance(one: Rgb, other: Rgb) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
