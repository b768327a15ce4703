"""SVGs of strangers: what draws stays, everything else goes."""

import time

import pytest

from engine.extract.images import BadPicture, data_of, kind_of, read_picture
from engine.extract.palette import hex_of
from engine.extract.svg import DEPTH_MAX, ELEMENTS_MAX, BadSvg, sanitised

NAMES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SHAPE = '<path d="M0 0h9v9z" fill="#0A7D55"/>'


def svg(inside: str, head: str = "", shape: str = SHAPE) -> bytes:
    return f"{head}<svg {NAMES} viewBox='0 0 9 9'>{inside}{shape}</svg>".encode()


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<script xlink:href="https://x.example/a.js"/>',
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="x"/></body></foreignObject>',
        '<html:script xmlns:html="http://www.w3.org/1999/xhtml">x.example</html:script>',
        '<g onclick="alert(1)" onLoad="alert(1)"/>',
        '<a xlink:href="javascript:alert(1)"><rect/></a>',
        '<a href="https://x.example/"><rect/></a>',
        '<image href="https://x.example/track.png"/>',
        '<image xlink:href="data:text/html,alert(1)"/>',
        '<image href="data:image/svg+xml;base64,PHN2Zz4="/>',
        '<use xlink:href="https://x.example/a.svg#b"/>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        '<set attributeName="onclick" to="alert(1)"/>',
        '<rect fill="url(https://x.example/a)"/>',
        "<rect style=\"background:url( '//x.example/a')\"/>",
        '<rect style="fill:u\\72l(//x.example/a)"/>',
        "<style>@import '//x.example/a.css';</style>",
        "<style>.a{fill:url(//x.example/a)}</style>",
        "<style>.a{b:/**/url(//x.example/a)}</style>",
        "<style>.a{b:u\\72l(//x.example/a)}</style>",
        '<iframe src="https://x.example/"/><embed/><object/><video src="x.example"/><link href="x.example"/>',
        '<feImage href="https://x.example/a"/>',
        "<rect style='background:image-set(\"https://x.example/a\" 1x)'/>",
        "<rect style='background:-webkit-image-set(\"//x.example/a\" 1x)'/>",
        "<rect fill='image(\"//x.example/a\")'/>",
        "<rect filter='SRC(\"//x.example/a\")'/>",
        '<rect style="a:url(/**/#//x.example/a);fill:url(/**///x.example/a)"/>',
        '<use href="# https://x.example/a"/>',
        '<metadata><script xmlns="">alert(1)</script></metadata>',
        "<?xml-stylesheet href='https://x.example/a.css'?>",
    ],
)
def test_nothing_that_runs_or_loads_is_left(inside: str) -> None:
    safe = sanitised(svg(inside)).decode()

    for word in ("alert", "x.example", "script", "on", "@import", "foreignObject", "animate"):
        assert word not in safe.replace("http://www.w3.org/", "")
    assert 'fill="#0A7D55"' in safe


def test_what_draws_is_left_as_it_was() -> None:
    drawing = (
        '<defs><linearGradient id="a"><stop offset="0" stop-color="red"/></linearGradient><g id="b"><circle r="1"/></g>'
        '</defs><style>/* blue */.c{fill:#00f}</style><rect class="c" fill="url(#a)" transform="rotate(3)"/>'
        '<use xlink:href="#b"/><image href="data:image/png;base64,iVBORw0KGgo="/><text font-size="3">Dupont</text>'
    )

    safe = sanitised(svg(drawing)).decode()

    for part in ('id="a"', "url(#a)", 'href="#b"', ".c{fill:#00f}", "rotate(3)", "Dupont", "base64,iVBORw0KGgo="):
        assert part in safe


def test_sanitising_twice_changes_nothing_more() -> None:
    once = sanitised(svg("<g><use href='#a'/></g><title>x</title>"))

    assert sanitised(once) == once


@pytest.mark.parametrize(
    "body",
    [
        svg("", '<!DOCTYPE svg [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>'),
        svg("", '<!DOCTYPE svg SYSTEM "file:///etc/passwd" [ ]>'),
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg {NAMES}><text>&x;</text></svg>'.encode("utf-16"),
        svg("<g>"),
        svg("", shape=""),
        b"<svg",
        b"",
        b"<html><svg/></html>",
        svg("<g>" * (DEPTH_MAX + 1) + "</g>" * (DEPTH_MAX + 1)),
        svg("<g>" * 9_000 + "</g>" * 9_000),
        svg("<g/>" * 2 * ELEMENTS_MAX),
        svg("<path d='" + "1" * 2_000_000 + "'/>"),
    ],
    ids=lambda body: body[:40],
)
def test_what_is_broken_or_endless_is_refused(body: bytes) -> None:
    with pytest.raises(BadSvg):
        sanitised(body)


def test_a_common_document_type_and_other_encodings_are_read() -> None:
    head = (
        '<?xml version="1.0" encoding="iso-8859-1"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://w3.org/x">'
    )

    assert "Café" in sanitised(svg("<title>Café</title>", head).decode().encode("latin-1")).decode()
    assert b"path" in sanitised(svg("").decode().encode("utf-16"))


def test_what_repeats_itself_repeats_once() -> None:
    levels = "".join(f'<g id="l{n}">{f"<use href={chr(39)}#l{n - 1}{chr(39)}/>" * 10}</g>' for n in range(1, 12))

    assert sanitised(svg(levels)).count(b"<use") == 10  # of the last level, which nothing repeats


@pytest.mark.parametrize(
    "outer",
    [
        '<use href=" #a "/>',
        '<use href="https://x.example/" xlink:href="#a"/>',
        '<use href="#b" xlink:href="#a"/>',
    ],
)
def test_what_repeats_is_not_repeated_however_it_is_called(outer: str) -> None:
    assert b"#mark" not in sanitised(svg(f'<g id="a"><use href="#mark"/></g><g id="b"/>{outer}'))


def test_a_reference_that_is_encoded_is_none() -> None:
    assert b"%61" not in sanitised(svg('<g id="a"><use href="#mark"/></g><use href="#%61"/>'))


def test_hostile_drawings_cost_little_time() -> None:
    began = time.process_time()
    declared, shapes = "{" + "fill:red;" * 50 + "}", '<rect class="a"/>' * 5_000
    for inside in (
        f"<style>{'.a{fill:red}' * 3_000}</style>{shapes}",
        f"<style>{f'.a{declared}' * 160}</style>{shapes}",
        f"<style>{('.a' * 250 + declared) * 100}</style>" + f'<rect class="{"a " * 100}"/>' * 3_000,
        "<path d='" + "m1 1" * 100_000 + "'/>",
        "<path d='" + "-" * 500_000 + "'/>",
        "<style>" + "/*" * 200_000 + "</style>",
        "<style>" + "." * 500_000 + "</style>",
        "<g style='" + "fill:" * 100_000 + "'/>",
        "<g class='" + "a " * 200_000 + "'/>",
        "<g fill='" + "url(" * 200_000 + "'/>",
        "<g/>" * (ELEMENTS_MAX // 2),
    ):
        read_picture(svg(inside))

    assert time.process_time() - began < 4


def test_the_colours_of_a_drawing_come_by_the_room_they_take() -> None:
    drawing = (
        '<style>.a,.b{fill:#113388}</style><g fill="#AA3311"><rect width="120" height="40"/></g>'
        '<circle class="b" r="9"/><path d="m0 0h3v3z" style="fill: #FFFFFF"/>'
        '<polygon points="0,0 1,0 1,1" fill="none"/>'
    )

    assert [hex_of(shade.rgb) for shade in read_picture(svg(drawing, shape="")).shades] == ["#AA3311", "#113388"]


def test_a_gradient_stands_for_its_first_colour() -> None:
    gradient = '<linearGradient id="a"><stop stop-color="#AA3311"/><stop/></linearGradient>'
    drawing = f'{gradient}<rect width="9" height="9" fill="url(#a)"/>'

    assert [hex_of(shade.rgb) for shade in read_picture(svg(drawing, shape="")).shades] == ["#AA3311"]


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff\xe0", "jpg"),
        (b"GIF89a", "gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        (b"\0\0\1\0\1\0", "ico"),
        (b"\0\0\0\x1cftypavif", "avif"),
        (b"\xef\xbb\xbf <?xml version='1.0'?>\n<svg>", "svg"),
        (b"<!doctype html><p>", None),
        (b"%PDF-1.4", None),
        (b"\0\0\0\x1cftypheic", None),
        (b"var a = '<svg>'", None),
        (b"", None),
    ],
)
def test_the_kind_of_a_picture_is_told_by_its_first_bytes(begin: bytes, kind: str | None) -> None:
    """C-447."""
    assert kind_of(begin) == kind


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("data:image/png;base64,AAEC", b"\0\1\2"),
        ("data:image/svg+xml;charset=utf-8,%3Csvg/%3E", b"<svg/>"),
        ("data:image/svg+xml;utf8,<svg/>", b"<svg/>"),
        ("data:image/png;base64,A", None),
        ("data:text/html,<p>", None),
        ("https://x.example/a.png", None),
    ],
)
def test_a_data_address_of_a_picture_is_decoded(url: str, body: bytes | None) -> None:
    assert data_of(url) == body


def test_a_page_is_no_picture() -> None:
    with pytest.raises(BadPicture):
        read_picture(b"<!doctype html><svg></svg>")
