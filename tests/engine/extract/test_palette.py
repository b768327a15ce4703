"""The colours of pictures: exact where a picture is flat, few where it is not."""

import io
import time

import pytest
from PIL import Image

from engine.extract.images import BadPicture, read_picture
from engine.extract.palette import PIXELS_MAX, Rgb, Shade, dominant, harmonic, hex_of, is_black, is_white, read_color
from tests.modules.pictures import BLUE, RED, bomb, drawn, encoded, photograph


@pytest.mark.parametrize("kind", ["PNG", "GIF", "ICO"])
def test_the_colours_of_a_flat_picture_are_those_it_was_drawn_with(kind: str) -> None:
    """C-445."""
    shades = read_picture(drawn(kind)).shades

    assert [hex_of(shade.rgb) for shade in shades] == [RED, BLUE]


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
def test_a_lossy_picture_comes_near(kind: str) -> None:
    color = dominant(read_picture(drawn(kind, (900, 300), ground="white")).shades)

    assert color is not None
    assert max(abs(a - b) for a, b in zip(color, (0xAA, 0x33, 0x11), strict=True)) <= 4


def test_black_counts_on_a_ground_that_shows_through_and_not_on_white() -> None:
    dark = Image.new("RGBA", (90, 30), (0, 0, 0, 0))
    dark.paste((24, 24, 24, 255), (10, 5, 60, 25))
    printed = Image.new("RGB", (90, 30), "white")
    printed.paste((24, 24, 24), (10, 5, 60, 25))

    assert dominant(read_picture(encoded(dark, "PNG")).shades) == (24, 24, 24)
    assert dominant(read_picture(encoded(printed, "PNG")).shades) is None


def test_a_white_logo_has_no_colour() -> None:
    white = Image.new("RGBA", (90, 30), (0, 0, 0, 0))
    white.paste((255, 255, 255, 255), (10, 5, 60, 25))

    assert read_picture(encoded(white, "PNG")).shades == ()


def test_a_colour_comes_before_the_grey_of_the_words() -> None:
    assert dominant([Shade((90, 90, 90), 0.7), Shade((170, 51, 17), 0.3)]) == (170, 51, 17)
    assert dominant([Shade((90, 90, 90), 0.95), Shade((170, 51, 17), 0.05)]) == (90, 90, 90)
    assert dominant([]) is None


def test_a_photograph_is_told_from_a_drawing() -> None:
    assert read_picture(photograph()).flatness < 0.85 < read_picture(drawn("JPEG", ground="white")).flatness


@pytest.mark.parametrize(
    "color", [(0, 0, 0), (255, 255, 255), (128, 128, 128), (255, 0, 0), (10, 20, 30), (99, 91, 255)]
)
def test_a_palette_has_five_different_colours_the_given_one_first(color: Rgb) -> None:
    """C-445."""
    palette = harmonic([color])

    assert palette[0] == color
    assert len(set(palette)) == 5
    assert all(hex_of(one).startswith("#") and len(hex_of(one)) == 7 for one in palette)


def test_a_palette_takes_the_given_colours_before_its_own() -> None:
    given: list[Rgb] = [(170, 51, 17), (17, 51, 136), (171, 52, 18), (10, 125, 85)]

    assert harmonic(given)[:3] == ((170, 51, 17), (17, 51, 136), (10, 125, 85))
    assert harmonic([]) == ()


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("#635BFF", (99, 91, 255)),
        (" #abc ", (170, 187, 204)),
        ("rgb(1, 2, 3)", (1, 2, 3)),
        ("hsl(0, 100%, 50%)", (255, 0, 0)),
        ("red", (255, 0, 0)),
        ("#ff000000", None),
        ("transparent", None),
        ("var(--a)", None),
        ("#12", None),
        ("x" * 10_000, None),
    ],
)
def test_a_colour_is_read_as_css_writes_it(text: str, color: Rgb | None) -> None:
    assert read_color(text) == color


def test_white_and_black_have_some_room() -> None:
    assert is_white((240, 240, 236)) and not is_white((255, 255, 200))
    assert is_black((16, 32, 20)) and not is_black((0, 0, 96))


@pytest.mark.parametrize("body", [bomb(), bomb(6_000), bomb(4_001), drawn()[:-60], b"GIF89a", b"\xff\xd8\xff"])
def test_a_bomb_and_a_broken_picture_are_refused_at_once(body: bytes) -> None:
    began = time.process_time()

    with pytest.raises(BadPicture):
        read_picture(body)

    assert time.process_time() - began < 1
    assert PIXELS_MAX == 16_000_000


def test_a_picture_that_comes_in_endless_scans_is_refused_at_once() -> None:
    file = io.BytesIO()
    Image.new("RGB", (4_000, 4_000), "#AA3311").save(file, "JPEG", progressive=True)
    body = file.getvalue()
    scan, end = body[body.rindex(b"\xff\xda") : -2], body[-2:]
    began = time.process_time()

    with pytest.raises(BadPicture, match="scans"):
        read_picture(body[:-2] + scan * 1_000 + end)

    assert time.process_time() - began < 1
    assert read_picture(drawn("JPEG", ground="white")).kind == "jpg"


def test_a_moving_picture_is_seen_by_its_first_frame() -> None:
    frames = [Image.new("RGB", (40, 20), color) for color in ("#AA3311", "#113388")]
    frames[0].paste((255, 255, 255), (0, 0, 5, 5))
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:] * 3)

    assert dominant(read_picture(file.getvalue()).shades) == (170, 51, 17)
