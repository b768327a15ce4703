"""Each layout is built like the product it stands for, and a world is the same each time."""

import re
from typing import get_args

import pytest

from engine.sandbox.http import Request
from engine.sandbox.sites.paths import page_paths
from engine.sandbox.sites.render import SiteServer, draw
from engine.sandbox.sites.site import Family
from engine.sandbox.truth import Truth, truth_of
from engine.sandbox.world import World, build_world
from tests.sandbox.client import Client

# One public sign of each product that its owner can't switch off.
SIGNS: dict[Family, str] = {
    "wordpress": "/wp-includes/",
    "wordpress_block": "wp-block-",
    "builder": "static.wixstatic.com",
    "shop": "cdn.shopify.com",
    "webflow": "data-wf-site",
    "squarespace": "static1.squarespace.com",
    "prestashop": "var prestashop",
    "joomla": "joomla-script-options",
    "drupal": "/sites/default/files/",
    "jimdo": "assets.jimstatic.com",
    "typo3": "/typo3temp/",
    "spip": "spip.php?page=backend",
    "e_monsite": "s3.e-monsite.com",
    "next_js": "/_next/static/",
    "app": '<div id="root"></div>',
}
HEADERS: dict[Family, tuple[str, str]] = {
    "wordpress": ("Link", "api.w.org"),
    "shop": ("X-Shopify-Stage", "production"),
    "builder": ("X-Wix-Request-Id", "."),
    "prestashop": ("Set-Cookie", "PrestaShop-"),
    "drupal": ("X-Drupal-Cache", ""),
    "spip": ("Composed-By", "SPIP"),
    "next_js": ("X-Powered-By", "Next.js"),
}


def drawn(world: World) -> list[str]:
    return [
        draw(site, kind, path) for site in world.sites if site.bad is None for kind, path in page_paths(site).items()
    ]


def test_a_world_of_60_sites_has_healthy_sites_of_every_layout() -> None:
    truth = truth_of(build_world(60, seed=7))

    assert {site.family for site in truth.of_kind("healthy")} == set(get_args(Family))


def test_the_same_seed_gives_the_same_pages_byte_by_byte() -> None:
    assert drawn(build_world(60, seed=3)) == drawn(build_world(60, seed=3))


@pytest.mark.parametrize("family", SIGNS)
async def test_a_page_bears_the_signs_of_its_product_and_of_no_other(
    client: Client, truth: Truth, family: Family
) -> None:
    for site in (one for one in truth.of_kind("healthy") if one.family == family and not one.lure):
        page = (await client.follow(site.site_web)).text
        others = {
            sign for other, sign in SIGNS.items() if not other.startswith(family) and not family.startswith(other)
        }
        assert SIGNS[family] in page
        assert not [sign for sign in others if sign in page]


@pytest.mark.parametrize("family", HEADERS)
async def test_a_server_sends_the_headers_of_its_product(client: Client, truth: Truth, family: Family) -> None:
    site = next(one for one in truth.of_kind("healthy") if one.family == family)

    page = await client.follow(site.site_web)

    name, value = HEADERS[family]
    assert value in page.headers[name]


async def test_a_frame_set_leads_to_its_pages_by_frames_and_by_links(client: Client, truth: Truth) -> None:
    site = next(one for one in truth.of_kind("healthy") if one.family == "frameset")
    home = await client.follow(site.site_web)

    frames = [await client.get(home.url + name) for name in re.findall(r'<FRAME SRC="([^"]+)"', home.text)]

    assert [frame.status for frame in frames] == [200, 200]
    assert "accueil.htm" in home.text.partition("<NOFRAMES>")[2]


def test_pages_are_drawn_when_asked_for_and_then_kept() -> None:
    site = next(one for one in build_world(60, seed=7).sites if one.family == "webflow" and one.bad is None)
    server = SiteServer(site)
    ask = Request("GET", page_paths(site)["contact"], site.host, {}, secure=site.secure)

    assert server.answer(ask) is server.answer(ask)


def test_pages_are_as_large_as_those_of_real_sites() -> None:
    sizes = sorted(len(page) // 1024 for page in drawn(build_world(120, seed=7)))

    assert 20 <= sizes[len(sizes) // 2] <= 120
    assert sizes[-1] <= 250
