"""The module brand_assets: what it takes for a logo, a favicon, a colour; what it keeps, and refuses."""

import base64
import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from PIL import Image

from engine.extract.brand_visit import TRIES_MAX
from engine.module import BrowserMissing, Unreachable, Viewport
from engine.modules.brand_assets import SCREEN, WITHOUT_BROWSER, WITHOUT_ROOM, BrandConfig, module
from engine.network.types import Look
from engine.reach import AssetKind, AssetsFull
from engine.rows.types import Row
from tests.modules.pictures import SVG, PictureWeb, bomb, drawn, encoded, photograph
from tests.modules.small_web import Site

HOME = "https://www.dupont.fr/"
LOGO, ICON, TOUCH, OTHER = (f"{HOME}{name}" for name in ("img/logo.png", "favicon.svg", "touch.png", "img/x.png"))
HEADER = '<header><a href="/"><img class="logo" src="/img/logo.png" alt="Dupont"></a></header>'
HEAD = (
    '<link rel="icon" href="/favicon.ico" sizes="32x32"><link rel="icon" type="image/svg+xml" href="/favicon.svg">'
    '<link rel="apple-touch-icon" href="/touch.png"><meta name="theme-color" content="#635bff">'
)
SHOT = BrandConfig(capture_screenshot=True)


async def columns(web: PictureWeb, config: BrandConfig | None = None) -> Row:
    return await module.enrich({"nom": "Dupont", "site_web": HOME}, config or BrandConfig(), web.run())


def a_site(html: str, **files: bytes) -> PictureWeb:
    """A home page with the files of these names: `logo`, `icon`, `touch`, `other`, `ico`."""
    known = {"logo": LOGO, "icon": ICON, "touch": TOUCH, "other": OTHER, "ico": f"{HOME}favicon.ico"}
    return PictureWeb({HOME: html}, files={known[name]: body for name, body in files.items()})


async def test_a_row_gets_logo_favicon_variants_colour_and_palette_with_copies() -> None:
    """C-445."""
    logo, touch = drawn(), drawn(size=(180, 180))
    web = a_site(HEAD + HEADER, logo=logo, icon=SVG, touch=touch, ico=drawn("ICO"))

    row = await columns(web)

    assert (row["logo_url"], row["logo_source"], row["favicon_url"]) == (LOGO, "header-img", ICON)
    assert web.shelf.kept[str(row["logo_local_url"])] == logo
    assert web.shelf.kept[str(row["logo_variants_local_urls"])] == touch
    assert str(row["favicon_local_url"]).endswith(".svg")
    assert (row["brand_color"], row["brand_color_source"]) == ("#635BFF", "theme-color")
    palette = str(row["brand_palette"]).split(", ")
    assert palette[:3] == ["#635BFF", "#AA3311", "#113388"]
    assert len(set(palette)) == 5
    assert set(row) == set(module.produces) - {"screenshot_local_url", "fetch_error"}
    assert web.closed == [HOME]


async def test_the_report_tells_how_each_was_found_and_what_was_no_picture() -> None:
    web = a_site(HEADER + '<link rel="mask-icon" href="/touch.png">', logo=drawn())

    await columns(web)

    (report,) = web.reports
    assert report["logo"] == {
        "way": "header-img",
        "url": LOGO,
        "kind": "png",
        "width": 240,
        "height": 80,
        "bytes": len(drawn()),
    }
    assert {"way": "mask-icon", "url": TOUCH, "result": "status 404"} in report["tried"]  # type: ignore[operator]
    assert len(json.dumps(report)) < 10_000


@pytest.mark.parametrize(
    ("html", "source"),
    [
        (
            '<script type="application/ld+json">{"@type":"Organization","logo":{"url":"/img/logo.png"}}</script>',
            "json-ld",
        ),
        ('<meta property="og:image" content="/img/logo.png">', "og:image"),
        (
            '<header><a href="/"><img class="logo lazy" src="data:," data-src="/img/logo.png"></a></header>',
            "header-img",
        ),
        ('<div id="header"><img alt="Logo" srcset="/a.png 1x, /img/logo.png 2x"></div>', "header-img"),
        ('<link rel="apple-touch-icon" href="/img/logo.png">', "apple-touch-icon"),
        ('<link rel="mask-icon" href="/img/logo.png">', "mask-icon"),
        (
            '<table><tr><td><img src="/dot.gif"></td><td>04 65 71 00 01</td><td><img src="/img/logo.png"></td></tr>'
            "<tr><td><h1>Garage</h1></td></tr></table>",
            "header-img",
        ),
    ],
)
async def test_a_logo_is_found_wherever_it_is_told(html: str, source: str) -> None:
    """C-445."""
    row = await columns(a_site(html, logo=drawn()))

    assert (row["logo_url"], row["logo_source"]) == (LOGO, source)
    assert (row["brand_color"], row["brand_color_source"]) == ("#AA3311", "logo")


async def test_a_manifest_gives_icons_and_a_colour() -> None:
    """C-445."""
    manifest = {"icons": [{"src": "small.png", "sizes": "48x48"}, {"src": "big.png", "sizes": "512x512"}]}
    web = PictureWeb({HOME: '<link rel="manifest" href="/app/site.webmanifest">'})
    web.files[f"{HOME}app/site.webmanifest"] = json.dumps(manifest | {"theme_color": "#0a7"}).encode()
    web.files[f"{HOME}app/big.png"] = drawn(ground="white", ink="black")

    row = await columns(web)

    assert (row["logo_url"], row["logo_source"]) == (f"{HOME}app/big.png", "manifest")
    assert (row["brand_color"], row["brand_color_source"]) == ("#113388", "logo")


async def test_the_icons_of_a_manifest_stand_where_it_came_from() -> None:
    here, there = f"{HOME}m.json", "https://cdn.example.net/app/m.json"
    web = PictureWeb({HOME: '<link rel="manifest" href="/m.json">'}, leads={here: there})
    web.files[here] = json.dumps({"icons": [{"src": "big.png", "sizes": "512x512"}]}).encode()
    web.files["https://cdn.example.net/app/big.png"] = drawn()

    assert (await columns(web))["logo_url"] == "https://cdn.example.net/app/big.png"


async def test_a_logo_drawn_in_the_page_is_kept_without_an_address_of_its_own() -> None:
    inline = '<svg class="logo" onclick="x()" viewBox="0 0 9 9"><use xlink:href="#mark"></use></svg>'
    symbol = '<svg style="display:none"><symbol id="mark"><path fill="#0a7d55" d="M0 0h9v9z"/></symbol></svg>'
    web = a_site(f'{symbol}<header><a href="/" class="brand">{inline}</a></header>')

    row = await columns(web)

    assert (row["logo_url"], row["logo_source"], row["brand_color"]) == (None, "header-svg", "#0A7D55")
    assert b"onclick" not in web.shelf.kept[str(row["logo_local_url"])]


async def test_a_picture_in_a_data_address_is_decoded_and_fetched_from_nowhere() -> None:
    data = f"data:image/png;base64,{base64.b64encode(drawn()).decode()}"
    web = a_site(f'<header><img class="logo" src="{data}"></header>')

    row = await columns(web)

    assert (row["logo_url"], row["logo_source"]) == (None, "header-img")
    assert web.shelf.kept[str(row["logo_local_url"])] == drawn()
    assert web.downloaded == [f"{HOME}favicon.ico"]


@pytest.mark.parametrize(
    "html",
    [
        '<section class="partenaires"><img class="logo" src="/img/x.png"></section>',
        '<div class="header"><a href="https://www.partner.example/"><img src="/img/x.png" alt="partner"></a></div>',
        '<footer><img src="/img/x.png" alt="Logo Visa"></footer>',
        '<p><img src="/img/x.png" alt="Notre salon"></p>',
        '<table><tr><td><h2>Nous travaillons avec</h2></td></tr></table><img src="/img/x.png" alt="Logo">',
        f'<p>{"Bienvenue au garage. " * 9}</p><img src="/img/x.png" alt="Logo">',
        '<p><img src="/img/x.png" alt="Logo CB"><img src="/img/y.png" alt="Logo chèque"></p>',
        '<header><img src="/img/mod_languages/it.gif" alt="logo"></header>',
        '<script type="application/ld+json">{"@type":"Product","brand":{"logo":"/img/x.png"}}</script>',
        '<!-- <img class="logo" src="/img/x.png"> -->',
    ],
)
async def test_the_logos_of_others_are_nobodys(html: str) -> None:
    row = await columns(a_site(html, other=drawn()))

    assert row["logo_url"] is None
    assert row["brand_color"] is row["brand_palette"] is row["favicon_url"] is None


async def test_a_photograph_that_a_page_is_shared_with_is_no_logo() -> None:
    web = a_site('<meta property="og:image" content="/img/x.png">', other=photograph())

    assert (await columns(web))["logo_url"] is None


@pytest.mark.parametrize(
    "body",
    [
        bomb(),
        bomb(5_000),
        b"\x89PNG\r\n\x1a\n broken",
        drawn()[:-60],
        b"x" * 3_000_000,
        b"<html>404</html>",
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>',
        encoded(Image.new("RGB", (80, 40), "white"), "PNG"),
        drawn(size=(4, 4)),
        drawn(size=(900, 10)),
    ],
    ids=["bomb", "many pixels", "broken", "cut off", "3 MB", "a page", "entities", "blank", "a dot", "a line"],
)
async def test_what_is_no_picture_leaves_the_next_best(body: bytes) -> None:
    touch = drawn(size=(180, 180))
    web = a_site(HEADER + '<link rel="apple-touch-icon" href="/touch.png">', logo=body, touch=touch)

    row = await columns(web)

    assert (row["logo_url"], row["logo_source"]) == (TOUCH, "apple-touch-icon")
    assert list(web.shelf.kept.values()) == [touch]


async def test_a_hostile_drawing_is_kept_without_its_scripts() -> None:
    hostile = SVG.replace(b"<rect", b'<script>fetch("https://x.example")</script><foreignObject/><rect onload="x()"')
    web = a_site(HEADER, logo=hostile)

    row = await columns(web)

    kept = web.shelf.kept[str(row["logo_local_url"])]
    assert b"script" not in kept and b"onload" not in kept and b"foreign" not in kept
    assert row["brand_color"] == "#AA3311"


async def test_a_site_is_asked_for_eight_files_at_most() -> None:
    """C-448."""
    marks = "".join(f'<link rel="mask-icon" href="/{n}.svg"><link rel="icon" href="/i{n}.png">' for n in range(30))
    logos = "".join(f'<header><img class="logo" src="/l{n}.png"></header>' for n in range(30))
    web = a_site(f'<link rel="manifest" href="/m.json">{marks}{logos}')

    await columns(web)

    assert len(web.downloaded) == len(set(web.downloaded)) == 8


@pytest.mark.parametrize("body", [b"broken", drawn(size=(4, 4))])
async def test_of_endless_logos_in_the_page_itself_a_few_are_looked_at(body: bytes) -> None:
    told = [f"data:image/png;base64,{base64.b64encode(body + b'%d' % n).decode()}" for n in range(5_000)]
    thing = json.dumps({"@type": "Organization", "logo": told})
    web = a_site(f'<script type="application/ld+json">{thing}</script>')

    row = await columns(web)

    (report,) = web.reports
    assert (row["logo_url"], row["logo_local_url"]) == (None, None)
    assert len(report["tried"]) <= 2 * TRIES_MAX  # type: ignore[arg-type]
    assert len(json.dumps(report)) < 10_000


async def test_a_report_stays_small_whatever_the_addresses() -> None:
    marks = "".join(f'<link rel="mask-icon" href="/{n}{"é" * 1_500}.svg">' for n in range(30))
    web = a_site(HEADER + marks, logo=drawn())

    row = await columns(web)

    (report,) = web.reports
    assert row["logo_url"] == LOGO
    assert report["tried"] and len(json.dumps(report)) < 10_000


@pytest.mark.parametrize("start", ["data:", "DATA:", "Data://[", "data://[::", "DATA://[x]/svg,"])
async def test_a_data_address_is_never_read_as_one_of_the_web(start: str) -> None:
    odd = f"{start}image/x"
    html = (
        f'<header><img class="logo" src="{odd}"></header><link rel="icon" href="{odd}"><link rel="mask-icon" '
        f'href="{odd}"><link rel="apple-touch-icon" href="{odd}"><meta property="og:image" content="{odd}">'
        f'<meta property="og:logo" content="{odd}"><link itemprop="logo" href="{odd}">'
    )
    web = a_site(html, ico=drawn("ICO"))

    row = await columns(web)

    assert (row["logo_url"], row["favicon_url"]) == (None, f"{HOME}favicon.ico")
    assert web.downloaded == [f"{HOME}favicon.ico"]


async def test_a_picture_in_a_data_address_is_decoded_however_its_scheme_is_written() -> None:
    web = a_site(
        f'<header><img class="logo" src="DATA:image/png;base64,{base64.b64encode(drawn()).decode()}"></header>'
    )

    assert (await columns(web))["logo_source"] == "header-img"


@pytest.mark.parametrize("color", ["#fff", "#000000", "transparent", "var(--brand)", "#da532c", ""])
async def test_a_declared_colour_that_says_nothing_gives_way_to_the_logos(color: str) -> None:
    web = a_site(f'<meta name="theme-color" content="{color}">{HEADER}', logo=drawn())

    assert (await columns(web))["brand_color_source"] == "logo"


async def test_a_dark_logo_on_a_ground_that_shows_through_keeps_its_own_colour() -> None:
    assert (await columns(a_site(HEADER, logo=drawn(ink="#181818", size=(20, 300)))))["logo_url"] == LOGO
    ink = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#181818"/></svg>'

    row = await columns(a_site(HEADER, logo=ink.encode()))

    assert row["brand_color"] == "#181818"


async def test_pictures_on_other_hosts_are_fetched_and_their_connections_closed() -> None:
    cdn = "https://cdn.example.net/logo.png"
    web = PictureWeb({HOME: f'<header><img class="logo" src="{cdn}"></header>'}, files={cdn: drawn()})

    assert (await columns(web))["logo_url"] == cdn
    assert web.closed == [cdn, HOME]


async def test_the_page_of_a_directory_shows_nobodys_logo() -> None:
    there = "https://www.facebook.com/dupont"
    web = PictureWeb({HOME: Site(leads_to=there), there: HEADER})

    assert await columns(web) == {}
    assert (web.reports[0]["reason"], web.downloaded) == ("directory", [])


async def test_a_site_that_gives_no_page_is_an_error_of_its_item() -> None:
    """C-446: the runner writes the sentence into `fetch_error`."""
    with pytest.raises(Unreachable):
        await columns(PictureWeb({HOME: Site(status=500)}))

    assert module.error_column == "fetch_error"


async def test_without_room_the_addresses_stay_and_the_notice_says_why() -> None:
    class Full:
        async def keep(self, body: bytes, kind: AssetKind) -> str:
            raise AssetsFull(limit_mb=1)

    web = a_site(HEADER, logo=drawn())
    row = await module.enrich({"site_web": HOME}, BrandConfig(), replace(web.run(), assets=Full()))

    assert (row["logo_url"], row["logo_local_url"]) == (LOGO, None)
    assert set(web.notes) == {WITHOUT_ROOM}


@dataclass
class Window:
    """A browser that shows one picture of every page, or fails."""

    fails: Exception | None = None
    screens: list[Viewport] = field(default_factory=list[Viewport])
    closed: list[str] = field(default_factory=list[str])

    async def look(self, url: str, viewport: Viewport) -> Look:
        self.screens.append(viewport)
        if self.fails:
            raise self.fails
        return Look(url, 200, True, 1366, 1366, "", drawn(size=(1366, 768)))

    async def done_with(self, url: str) -> None:
        self.closed.append(url)


async def shot(window: Window) -> tuple[Row, PictureWeb]:
    web = a_site(HEADER, logo=drawn())
    browser: Any = window
    return await module.enrich({"site_web": HOME}, SHOT, replace(web.run(), browser=browser)), web


async def test_a_screenshot_is_taken_only_when_asked_for_and_costs_five_times_as_much() -> None:
    """C-132, C-445."""
    window = Window()

    row, web = await shot(window)

    assert web.shelf.kept[str(row["screenshot_local_url"])] == drawn(size=(1366, 768))
    assert (window.screens, window.closed) == ([SCREEN], [HOME])
    assert module.cost(1_000, SHOT) == pytest.approx(5 * module.cost(1_000, BrandConfig()))
    assert (module.width(SHOT), module.width(BrandConfig())) == (4, 256)
    assert "screenshot_local_url" not in await columns(a_site(HEADER, logo=drawn()))


@pytest.mark.parametrize("fault", [BrowserMissing(), Unreachable(url=HOME, reason="timeout")])
async def test_a_row_without_its_screenshot_keeps_the_rest(fault: Exception) -> None:
    """C-132."""
    row, web = await shot(Window(fault))

    assert (row["logo_url"], row["screenshot_local_url"]) == (LOGO, None)
    assert web.notes == ([WITHOUT_BROWSER] if isinstance(fault, BrowserMissing) else [])


async def test_the_same_pages_give_the_same_row() -> None:
    html = HEAD + HEADER
    rows = [await columns(a_site(html, logo=drawn(), icon=SVG, touch=drawn("JPEG"))) for _ in range(2)]

    assert rows[0] == rows[1]
