"""viewport_test: one row a site and screen, what is told of each, and what leaves a site without rows."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
import pytest_asyncio
from pydantic import ValidationError

from engine.errors import OutsendError
from engine.module import BrowserMissing, Look, NotOwnSite, Run, Unreachable, Viewport
from engine.modules.viewport_test import ViewportTestConfig, module
from engine.network.types import Browser
from engine.reach import AssetsFull
from engine.rows.types import Row
from tests.engine.network.browsing import Browsing, browsing_in, shop
from tests.engine.network.outside import WebSite, response
from tests.modules.small_web import Site, SmallWeb

HOME = "https://www.dupont.fr/"
ALL = ViewportTestConfig()


def seen(**changes: Any) -> Look:
    known: dict[str, Any] = {"final_url": HOME, "status": 200, "has_viewport_meta": True, "room_px": 390}
    return Look(**{**known, "wide_px": 390, "widest": "", "screenshot": b"png", **changes})


@dataclass
class Screens:
    """A browser and a store of images in memory: each look gets what the test says for that screen."""

    looks: dict[str, Look | Exception] = field(default_factory=dict)
    is_full: bool = False
    hangs_on: str = ""  # a screen
    asked: list[tuple[str, str]] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    async def look(self, url: str, viewport: Viewport) -> Look:
        self.asked.append((url, viewport.name))
        if viewport.name == self.hangs_on:
            await asyncio.Event().wait()
        told = self.looks.get(viewport.name, seen())
        if isinstance(told, Exception):
            raise told
        return told

    async def done_with(self, url: str) -> None:
        self.closed.append(url)

    async def keep(self, body: bytes, kind: str) -> str:
        if self.is_full:
            raise AssetsFull(limit_mb=100)
        return f"/api/brand-assets/1/{len(body)}.{kind}"

    def run(self, web: SmallWeb) -> Run:
        return replace(web.run(), browser=cast("Browser", self), assets=cast("Any", self), note=self.notes.append)


async def expand(
    screens: Screens, web: SmallWeb | None = None, config: ViewportTestConfig = ALL, site: str = HOME
) -> tuple[list[Row], OutsendError | None, SmallWeb]:
    web = web or SmallWeb({HOME: "<h1>Dupont</h1>"})
    found = await module.expand({"site_web": site}, config, screens.run(web))
    return list(found.rows), found.cut, web


async def test_each_screen_is_a_row_in_the_order_asked_for() -> None:
    """C-466."""
    wide = seen(has_viewport_meta=False, room_px=980, wide_px=1400, widest="body > table")
    screens = Screens({"mobile": wide, "desktop": seen(room_px=1366, wide_px=1366, screenshot=None)})

    rows, cut, web = await expand(screens)

    assert cut is None
    assert [tuple(row.values()) for row in rows] == [
        ("mobile", 390, 844, False, True, "/api/brand-assets/1/3.png"),
        ("tablet", 820, 1180, True, False, "/api/brand-assets/1/3.png"),
        ("desktop", 1366, 768, True, False, None),
    ]
    assert tuple(rows[0]) == module.produces
    (report,) = web.reports
    assert cast("Any", report["screens"])[0] == {
        "viewport": "mobile", "page": HOME, "status": 200, "room_px": 980, "wide_px": 1400, "widest": "body > table",
    }  # fmt: skip
    assert (screens.closed, web.closed) == ([HOME], [HOME])


async def test_the_screens_can_be_chosen_each_counts_once() -> None:
    screens = Screens()

    rows, _, _ = await expand(screens, config=ViewportTestConfig(viewports=("desktop", "mobile", "desktop")))

    assert [row["viewport"] for row in rows] == ["desktop", "mobile"]
    assert module.rows_at_most(ALL, 10, None) == 30


@pytest.mark.parametrize("viewports", [["watch"], [], "mobile", ["mobile", 3]])
def test_other_screens_are_refused(viewports: Any) -> None:
    with pytest.raises(ValidationError):
        ViewportTestConfig(viewports=viewports)


@pytest.mark.parametrize(
    ("site", "web", "looks", "error"),
    [
        ("nothing here", {}, {}, Unreachable),
        ("https://www.facebook.com/dupont", {}, {}, NotOwnSite),
        (HOME, {HOME: Site(leads_to="https://www.facebook.com/dupont")}, {}, NotOwnSite),
        (HOME, {HOME: Site("<p>gone", status=503)}, {}, Unreachable),
        (HOME, {HOME: Site(fails="robots")}, {}, Unreachable),
        (HOME, {HOME: "<p>here"}, {"mobile": Unreachable(url=HOME, reason="timeout")}, Unreachable),
        (HOME, {HOME: "<p>here"}, {"mobile": seen(status=403)}, Unreachable),
        (HOME, {HOME: "<p>here"}, {"mobile": seen(final_url="https://www.facebook.com/dupont")}, NotOwnSite),
    ],
)
async def test_a_site_that_gives_no_page_of_its_own_has_no_row(
    site: str, web: Any, looks: dict[str, Look | Exception], error: type[OutsendError]
) -> None:
    with pytest.raises(error):
        await expand(Screens(looks), SmallWeb(web), site=site)


async def test_the_rows_before_a_screen_that_did_not_come_stay() -> None:
    rows, cut, web = await expand(Screens({"desktop": Unreachable(url=HOME, reason="timeout")}))

    assert [row["viewport"] for row in rows] == ["mobile", "tablet"]
    assert isinstance(cut, Unreachable)
    assert web.reports[0]["found"] == 2


async def test_a_screen_that_takes_too_long_leaves_those_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.modules.viewport_test.LOOK_SECONDS", 0.2)

    rows, cut, _ = await expand(Screens(hangs_on="tablet"))

    assert [row["viewport"] for row in rows] == ["mobile"]
    assert isinstance(cut, Unreachable) and cut.reason == "timeout"
    with pytest.raises(Unreachable):
        await expand(Screens(hangs_on="mobile"))
    assert module.item_timeout_seconds(ALL) >= 180


async def test_what_a_redirect_opened_on_another_domain_is_closed_too() -> None:
    moved, elsewhere = "https://dupont-artisan.fr/", "https://www.facebook.com/dupont"
    web = SmallWeb({HOME: Site(leads_to=moved), moved: "<h1>Dupont</h1>"})
    screens = Screens({"mobile": seen(final_url=moved), "tablet": seen(final_url=elsewhere)})

    await expand(screens, web)

    assert screens.closed == [HOME, moved, elsewhere]


async def test_without_a_browser_the_notice_says_so() -> None:
    screens = Screens({"mobile": BrowserMissing()})

    with pytest.raises(BrowserMissing):
        await expand(screens)

    assert screens.notes == ["Aucun navigateur Chromium sur cette machine : des sites n'ont pas été ouverts."]


async def test_without_room_for_screenshots_the_rest_is_told() -> None:
    screens = Screens(is_full=True)

    rows, _, _ = await expand(screens)

    assert [row["screenshot_local_url"] for row in rows] == [None] * 3
    assert set(screens.notes) == {"Espace d'images épuisé : 100 Mo au plus par compte : des captures d'écran manquent."}


def test_a_site_that_stands_in_two_rows_is_one_item() -> None:
    assert module.key({"site_web": "dupont.fr"}) == module.key({"site_web": "https://dupont.fr"})
    assert module.key({"site_web": "nothing here"}) is None


@pytest_asyncio.fixture
async def browsing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browsing]:
    async with browsing_in(tmp_path_factory.mktemp("looking")) as browsing:
        yield browsing


@pytest.mark.slow(30)
async def test_a_real_page_is_told_as_it_stands_in_chromium(browsing: Browsing) -> None:
    page = '<!doctype html><meta name=viewport content="width=device-width"><p style="width:1000px">wide'
    screens = Screens()
    async with shop(WebSite({"/": response(page.encode())}), "shop.fr") as root:
        run = replace(screens.run(SmallWeb({})), fetcher=browsing.world.fetcher, browser=browsing.world.browser)
        try:
            found = await module.expand({"site_web": root}, ALL, run)
        except BrowserMissing as error:
            pytest.skip(f"NO CHROMIUM STARTS HERE, so nothing is looked at. {error.next_step}")

    assert [(row["viewport"], row["overflow_x"]) for row in found.rows] == [
        ("mobile", True), ("tablet", True), ("desktop", False),
    ]  # fmt: skip
    assert all(row["has_viewport_meta"] and row["screenshot_local_url"] for row in found.rows)
