"""The map's page in a real browser: its script, its scrolling, its consent, its ways to fail."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import Error as PlaywrightError

from engine.sandbox.apis.maps_desk import MapsFault
from engine.sandbox.apis.maps_zones import MEDIUM, SPARSE
from engine.sandbox.process import RunningSandbox
from tests.sandbox.maps_client import GOOGLE, MIDDLE, search_url
from tests.sandbox.test_chromium import CHROMIUM, key_of

LINKS = 'div[role="feed"] a[href*="/maps/place/"]'
END = "Vous êtes arrivé à la fin de la liste."
GROWN = """([links, end, before]) =>
    document.querySelectorAll(links).length > before || document.body.innerText.includes(end)"""
CAHORS, MARVEJOLS = ((zone.circle.latitude, zone.circle.longitude) for zone in (MEDIUM, SPARSE))

pytestmark = [
    pytest.mark.slow(40),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM ON THIS MACHINE: the map's script is untested"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(maps_sandbox: RunningSandbox) -> AsyncIterator[Browser]:
    flags = [f"--ignore-certificate-errors-spki-list={key_of(maps_sandbox.ca)}", "--js-flags=--max-old-space-size=64"]
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=CHROMIUM,
            proxy={"server": maps_sandbox.proxy},
            args=[*flags, *(("--no-sandbox",) if os.geteuid() == 0 else ())],
        )
        yield browser
        await browser.close()


@pytest.fixture(autouse=True)
def behaving(maps_sandbox: RunningSandbox) -> None:
    maps_sandbox.set_epoch(0)
    maps_sandbox.maps.set()
    maps_sandbox.maps.forget_requests()


@asynccontextmanager
async def new_page(browser: Browser, *, has_chosen: bool = True) -> AsyncGenerator[Page]:
    """A page of a context of its own, in French, that has answered the page of consent or not."""
    context = await browser.new_context(locale="fr-FR")
    if has_chosen:
        cookie = {"name": "SOCS", "value": "CAESHAgBEhIaAB", "domain": ".google.com", "path": "/"}
        await context.add_cookies([{**cookie, "secure": True}])  # type: ignore[list-item]
    page = await context.new_page()
    page.set_default_timeout(15_000)
    try:
        yield page
    finally:
        await context.close()


async def count(page: Page) -> int:
    return await page.locator(LINKS).count()


async def scroll(page: Page) -> None:
    await page.locator('div[role="feed"]').evaluate("feed => feed.scrollTo(0, feed.scrollHeight)")


async def scroll_to_the_end(page: Page) -> list[int]:
    """How many places the list holds after each time that it grew."""
    await page.locator(LINKS).first.wait_for()
    counts = [await count(page)]
    while not await page.get_by_text(END).count():
        await scroll(page)
        await page.wait_for_function(GROWN, arg=[LINKS, END, counts[-1]])
        counts.append(await count(page))
    return counts


async def test_the_list_grows_while_it_is_scrolled_and_ends_at_120(
    browser: Browser, maps_sandbox: RunningSandbox
) -> None:
    async with new_page(browser) as page:
        await page.goto(GOOGLE + search_url("restaurant", at=MIDDLE, zoom=14))

        assert await scroll_to_the_end(page) == [20, 40, 60, 80, 100, 120]

        names = await page.locator(LINKS).evaluate_all("all => all.map(one => one.getAttribute('href'))")
        assert len(set(names)) == 120
    assert [one.page for one in maps_sandbox.maps.requests("results")] == list(range(6))


async def test_a_short_list_ends_too(browser: Browser, maps_sandbox: RunningSandbox) -> None:
    async with new_page(browser) as page:
        await page.goto(GOOGLE + search_url("restaurant", at=CAHORS, zoom=13))

        counts = await scroll_to_the_end(page)

    wanted = maps_sandbox.truth().maps("Cahors", "restaurant")
    assert counts[0] == 20 and 20 < counts[-1] < len(wanted) + 30


async def test_consent_is_asked_once_a_context(browser: Browser, maps_sandbox: RunningSandbox) -> None:
    async with new_page(browser, has_chosen=False) as page:
        await page.goto(GOOGLE + search_url("avocat"))
        assert page.url.startswith("https://consent.google.com/m?continue=")
        await page.get_by_role("button", name="Tout refuser").click()
        await page.locator(LINKS).first.wait_for()
        await page.goto(GOOGLE + search_url("garage"))
        await page.locator(LINKS).first.wait_for()

    assert [one.answer for one in maps_sandbox.maps.requests("search")] == ["consent", "given", "given"]


async def test_nothing_found_says_so(browser: Browser) -> None:
    async with new_page(browser) as page:
        await page.goto(GOOGLE + search_url("ramoneur de licornes"))
        await page.get_by_text("Google Maps ne trouve pas ramoneur de licornes").wait_for()

        assert await page.locator('div[role="feed"]').count() == 0


async def test_a_single_result_opens_its_panel(browser: Browser, maps_sandbox: RunningSandbox) -> None:
    truth = maps_sandbox.truth()
    [place_id] = truth.maps("Marvejols", "opticien")
    place = truth.maps_places()[place_id]

    async with new_page(browser) as page:
        await page.goto(GOOGLE + search_url("opticien", at=MARVEJOLS))
        await page.locator("h1").wait_for()

        assert "/maps/place/" in page.url and place_id in page.url
        assert await page.locator("h1").inner_text() == place.nom
        assert await page.locator('button[data-item-id="address"]').inner_text() == place.adresse


async def test_a_result_opens_its_panel_and_its_reviews_grow(browser: Browser, maps_sandbox: RunningSandbox) -> None:
    truth = maps_sandbox.truth()
    place = next(one for one in truth.places if 25 <= (one.nb_avis or 0) <= 60 and one.categorie != "Hôtel")

    async with new_page(browser) as page:
        await page.goto(f"{GOOGLE}/maps/place/?q=place_id:{place.place_id}&hl=fr")
        await page.get_by_role("tab", name="Avis").click()
        await page.locator(".jftiEf").first.wait_for()
        await page.get_by_role("menuitemradio", name="Les plus récents").click()
        await page.wait_for_function(
            "id => document.querySelector('.jftiEf')?.dataset.reviewId === id", arg=truth.reviews(place.place_id)[0].id
        )
        while (shown := await page.locator(".jftiEf").count()) < (place.nb_avis or 0):
            await page.locator(".m6QErb.DxyBCb").evaluate("body => body.scrollTo(0, body.scrollHeight)")
            await page.wait_for_function("n => document.querySelectorAll('.jftiEf').length > n", arg=shown)
        ids = await page.locator(".jftiEf").evaluate_all("all => all.map(one => one.dataset.reviewId)")

    assert ids == [one.id for one in truth.reviews(place.place_id)]


async def test_a_blocked_search_shows_the_captcha(browser: Browser, maps_sandbox: RunningSandbox) -> None:
    maps_sandbox.maps.set(MapsFault(kind="block"))

    async with new_page(browser) as page:
        answer = await page.goto(GOOGLE + search_url("avocat"))

        assert answer is not None and answer.status == 429
        assert page.url.startswith(f"{GOOGLE}/sorry/index?continue=")
        assert await page.get_by_text("trafic inhabituel").count()


@pytest.mark.parametrize("kind", ["stuck", "broken_json", "block"])
async def test_a_list_that_fails_on_the_way_stops_without_a_word(
    browser: Browser, maps_sandbox: RunningSandbox, kind: str
) -> None:
    maps_sandbox.maps.set(MapsFault.model_validate({"kind": kind, "at": "results", "from_page": 1}))

    async with new_page(browser) as page:
        await page.goto(GOOGLE + search_url("avocat"))
        await page.locator(LINKS).first.wait_for()
        async with page.expect_response(lambda answer: "!8i20" in answer.url or "%218i20" in answer.url):
            await scroll(page)
        await page.wait_for_function("() => !list.busy")

        assert await count(page) == 20
        assert await page.get_by_text(END).count() == 0
        assert await page.get_by_role("progressbar").count() == 1


async def test_a_page_that_crashes_takes_its_process_with_it(browser: Browser, maps_sandbox: RunningSandbox) -> None:
    maps_sandbox.maps.set(MapsFault(kind="crash", times=1))

    async with new_page(browser) as page:
        crashed = asyncio.Event()
        page.on("crash", lambda _: crashed.set())
        with pytest.raises(PlaywrightError):
            await page.goto(GOOGLE + search_url("avocat"))
        await crashed.wait()
    async with new_page(browser) as page:
        await page.goto(GOOGLE + search_url("avocat"))
        await page.locator(LINKS).first.wait_for()
