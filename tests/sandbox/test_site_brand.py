"""Logos, icons and colours of the truth stand on the pages and are what the site serves; the rest are lures."""

import html
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import pytest
from PIL import Image

from engine.sandbox.http import Request
from engine.sandbox.sites.brand import FAVICONS, FORMS, THEMES, brand_of
from engine.sandbox.sites.brand_markup import brand_files
from engine.sandbox.sites.paths import home_path
from engine.sandbox.sites.render import draw
from engine.sandbox.sites.site import Site
from engine.sandbox.truth import SiteTruth, truth_of
from engine.sandbox.world import build_world

WORLD = build_world(200, seed=7)
TRUTH = truth_of(WORLD)
ADDRESS = re.compile(r'(?:href|src|content)="([^"\s]+\.(?:png|svg|ico|jpg|webmanifest))"|"(?:url|logo)":"([^"]+)"')
Told = tuple[Site, SiteTruth]


def pairs(wanted: Callable[[Site], bool] = lambda site: True) -> list[Told]:
    """Healthy sites with their truth."""
    both = zip(WORLD.sites, TRUTH.sites, strict=True)
    return [(site, truth) for site, truth in both if site.bad is None and wanted(site)]


def of_form(*names: str) -> list[Told]:
    return pairs(lambda site: brand_of(site).form in names)


def home(site: Site) -> str:
    return draw(site, "home", home_path(site))


def served(site: Site, url: str) -> tuple[int, str, bytes]:
    """Status, content type and body of one of the site's files."""
    answer = WORLD.hosts[site.host].answer(Request("GET", urlsplit(url).path, site.host, {}, secure=site.secure))
    head = answer.head.decode()
    return int(head.split(" ")[1]), head.partition("Content-Type: ")[2].partition("\r\n")[0], answer.body


def named(site: Site) -> set[str]:
    """The addresses of images on the home page, and those of its manifest."""
    found = {html.unescape(first or second) for first, second in ADDRESS.findall(home(site))}
    addresses = {urljoin(f"{site.root}/", one) for one in found}
    for manifest in [one for one in addresses if one.endswith(".webmanifest")]:
        icons = json.loads(served(site, manifest)[2])["icons"]
        addresses |= {urljoin(manifest, icon["src"]) for icon in icons}
    return addresses


def main_colour(image: bytes) -> str:
    """The most frequent colour that is neither transparent nor white."""
    pixels = Image.open(io.BytesIO(image)).convert("RGBA")
    counted = Counter[tuple[int, ...]]()
    for count, colour in pixels.getcolors(1 << 20) or []:
        counted[colour if isinstance(colour, tuple) else (0,)] += count
    seen = [colour for colour, _ in counted.most_common() if colour[3] == 255 and colour[:3] != (255, 255, 255)]
    return f"#{bytes(seen[0][:3]).hex().upper()}"


@pytest.mark.parametrize("column", ["logo_url", "favicon_url"])
def test_an_address_of_the_truth_stands_on_the_home_page_and_leads_to_an_image(column: str) -> None:
    told = [(site, str(truth.columns[column])) for site, truth in pairs() if truth.columns.get(column)]

    assert len(told) > 60
    for site, url in told:
        assert url in named(site) or url == f"{site.root}/favicon.ico", site.host
        status, kind, body = served(site, url)
        assert (status, kind.partition("/")[0]) == (200, "image")
        assert len(body) < 30_000


def test_the_colour_of_the_truth_is_the_one_that_the_site_declares_or_its_logo_shows() -> None:
    drawn = declared = 0
    for site, truth in pairs():
        colour, logo = truth.columns.get("brand_color"), truth.columns.get("logo_url")
        theme = brand_of(site).theme
        if colour and theme == "rgb":
            red, green, blue = bytes.fromhex(str(colour)[1:])
            assert f'name="theme-color" content="rgb({red}, {green}, {blue})"' in home(site)
        elif colour and theme != "none":
            either = rf'name="theme-color" content="{colour}"|content="{colour}" name="theme-color"'
            assert re.search(either, home(site), re.IGNORECASE)
            declared += 1
        if colour and str(logo).endswith(".png"):
            assert main_colour(served(site, str(logo))[2]) == colour, site.host
            drawn += 1

    assert declared > 10 and drawn > 40


def test_a_site_without_a_logo_shows_its_name_and_says_so_in_the_truth() -> None:
    found = of_form("none")

    assert found
    for site, truth in found:
        assert truth.columns["logo_url"] is truth.columns["logo_source"] is None
        assert html.escape(site.business.name) in home(site)
        assert not {one for one in named(site) if one.endswith(("/logo.png", "-2023.png", "/logo.svg"))}


def test_what_is_broken_too_large_or_hostile_is_served_so() -> None:
    (broken, _), *_ = of_form("broken")
    (large, _), *_ = of_form("oversized")
    readable = [(site, told.columns) for site, told in of_form("header_hostile") if "logo_url" in told.columns]
    hostile, columns = readable[0]
    vector = served(hostile, str(columns["logo_url"]))[2]

    assert 404 in {served(broken, one)[0] for one in named(broken) if one.startswith(broken.root)}
    assert max(len(served(large, one)[2]) for one in named(large) if one.startswith(large.root)) > 3_000_000
    assert b"<script>" in vector and b"<foreignObject" in vector and b"onload=" in vector


def test_of_two_right_logos_the_truth_names_none() -> None:
    for _, truth in of_form("header_srcset", "header_data", "many", "photo_alone"):
        assert "logo_url" not in truth.columns


def test_what_a_script_or_a_frame_draws_is_not_in_the_truth() -> None:
    hidden = pairs(lambda site: site.js_only or site.family == "frameset")

    assert hidden
    for site, truth in hidden:
        assert truth.columns.get("logo_source") not in ("header-img", "header-svg"), site.host


def test_a_world_of_400_sites_holds_every_way_of_showing_a_brand() -> None:
    brands = [brand_of(site) for site in build_world(400, seed=7).sites if site.bad is None]

    assert {one.form for one in brands} == set(FORMS)
    assert {one.favicon for one in brands} == {*FAVICONS, "hosted"}
    assert {one.theme for one in brands} == set(THEMES)


def test_the_same_seed_draws_the_same_files_byte_by_byte() -> None:
    for site in WORLD.sites[:40]:
        first, again = brand_files(site), brand_files(site)
        assert {path: one().body for path, one in first.items()} == {path: one().body for path, one in again.items()}


def test_a_broken_site_has_no_columns_of_looks() -> None:
    broken = [one for one in (*TRUTH.sites, *TRUTH.special_sites) if one.kind != "healthy"]

    assert broken and not any(one.columns for one in broken)
