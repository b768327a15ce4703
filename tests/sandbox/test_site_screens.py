"""The truth of screens is what a real Chromium measures on the pages."""

import pytest
from playwright.async_api import Browser, Page

from engine.sandbox.sites.paths import home_path
from engine.sandbox.sites.render import draw
from engine.sandbox.sites.screens import Screen, screen_of
from engine.sandbox.sites.site import Site
from engine.sandbox.truth import SiteTruth, truth_of
from engine.sandbox.world import build_world
from tests.chromium_fixture import chromium as chromium

WORLD = build_world(150, seed=7)
COLUMNS = ("has_viewport_meta", "overflow_mobile", "overflow_desktop")
MEASURE = """() => {
  const root = document.scrollingElement;
  return [document.querySelector("meta[name=viewport i]") !== null, root.scrollWidth > root.clientWidth];
}"""


def shown_without_script() -> dict[Screen, tuple[Site, SiteTruth]]:
    """One healthy site of each behaviour, those of the tables' time first; a frame set has no page to measure."""
    found: dict[Screen, tuple[Site, SiteTruth]] = {}
    both = list(zip(WORLD.sites, truth_of(WORLD).sites, strict=True))
    for site, truth in sorted(both, key=lambda pair: pair[0].family != "table"):
        if site.bad is None and not site.js_only and site.family != "frameset":
            found.setdefault(screen_of(site), (site, truth))
    return found


async def measured(page: Page, site: Site) -> tuple[bool, bool]:
    """Whether the home page declares a viewport, and whether it is wider than the screen."""
    await page.goto("about:blank")  # else the viewport of the page before holds on
    await page.set_content(draw(site, "home", home_path(site)), wait_until="domcontentloaded")
    declares, overflows = await page.evaluate(MEASURE)
    return declares, overflows


@pytest.mark.slow(30)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_browser_sees_on_a_phone_and_on_a_desk_what_the_truth_says(chromium: Browser) -> None:
    phone = await chromium.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, offline=True
    )
    desk = await chromium.new_context(viewport={"width": 1366, "height": 768}, offline=True)
    pages = (await phone.new_page(), await desk.new_page())
    sites = shown_without_script()

    for site, truth in sites.values():
        (declares, on_phone), (_, on_desk) = [await measured(page, site) for page in pages]

        told = tuple(truth.columns[column] for column in COLUMNS)
        assert told == (declares, on_phone, on_desk), site.host

    assert {truth.columns["overflow_desktop"] for _, truth in sites.values()} == {True, False}
    await phone.close()
    await desk.close()


def test_most_sites_fit_every_screen_and_some_declare_no_viewport() -> None:
    told = [one.columns for one in truth_of(WORLD).of_kind("healthy")]
    fitting = [one for one in told if not one["overflow_mobile"]]

    assert len(fitting) > len(told) / 2
    assert any(not one["has_viewport_meta"] and one["overflow_mobile"] for one in told)
    assert any(not one["has_viewport_meta"] for one in fitting)
