"""Open each home page as a phone, a tablet and a desktop would, and tell whether it fits, with a screenshot of each.

One row per site and screen. A page overflows when it can be scrolled sideways once its images and fonts are there; on
phones one without a viewport meta is shown 980 pixels wide and made smaller. Source: the site named in `site_web`.
"""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator

from engine.extract.reports import short_url
from engine.extract.visit import fetch_home
from engine.module import (
    AssetsFull,
    BrowserMissing,
    Expanded,
    ExpandModule,
    Look,
    ModuleConfig,
    NotOwnSite,
    OutsendError,
    Run,
    Unreachable,
    Viewport,
    option,
)
from engine.rows.sites import is_aggregator, normal_site
from engine.rows.types import Row, Value, text_of

Name = Literal["mobile", "tablet", "desktop"]
SCREENS: dict[Name, Viewport] = {
    "mobile": Viewport("mobile", 390, 844, mobile=True),
    "tablet": Viewport("tablet", 820, 1180, mobile=True),
    "desktop": Viewport("desktop", 1366, 768, mobile=False),
}
WIDTH = 4  # the pages that a process's browser shows at once
LOOK_SECONDS = 45.0  # for one screen, waiting for a tab, the browser's start and the site's pace included
SITE_SECONDS = 180.0
WITHOUT_BROWSER = "Aucun navigateur Chromium sur cette machine : des sites n'ont pas été ouverts."


def _each_once(names: object) -> object:
    return list(dict.fromkeys(cast("Sequence[Any]", names))) if isinstance(names, (list, tuple)) else names


class ViewportTestConfig(ModuleConfig):
    viewports: Annotated[tuple[Name, ...], BeforeValidator(_each_once)] = option(
        tuple(SCREENS), fr="Écrans", en="The screens to try: mobile, tablet, desktop", min_length=1
    )


class ViewportTest(ExpandModule[ViewportTestConfig]):
    slug = "viewport_test"
    label = {"fr": "Test d'affichage", "en": "Viewport test"}
    category, node_category, entry_category = "intelligence", "signals", "signals"
    lane = "parallel"
    pipelinable = False
    accepts, output = "pois_any", "report"
    needs = ("site_web",)
    produces = ("viewport", "width", "height", "has_viewport_meta", "overflow_x", "screenshot_local_url")
    unit = "sites"
    result_unit = "viewports"
    usual_seconds = 6.0
    resumable = False
    reusable = False
    config = ViewportTestConfig

    def width(self, config: ViewportTestConfig) -> int:
        return WIDTH

    def item_timeout_seconds(self, config: ViewportTestConfig) -> float:
        return SITE_SECONDS

    def rows_at_most(self, config: ViewportTestConfig, rows: int | None, upload: object) -> int | None:
        return None if rows is None else rows * len(config.viewports)

    def key(self, row: Row) -> str | None:
        """The address of the site."""
        return normal_site(text_of(row.get("site_web"))) or None

    async def expand(self, row: Row, config: ViewportTestConfig, run: Run) -> Expanded:
        """One row a screen; those before a screen that did not come stay.

        Raises:
            Unreachable: the cell names no address, or the site gave no page.
            NotOwnSite: it is a directory's.
            BrowserMissing: no browser is here. The job's notice says so once.
        """
        cell = text_of(row.get("site_web"))
        site = normal_site(cell)
        if not site:
            raise Unreachable(url=cell, reason="bad_url")
        if is_aggregator(site):
            raise NotOwnSite
        opened = [site]
        try:
            return await _expanded(site, config, run, opened)
        except BrowserMissing:
            run.note(WITHOUT_BROWSER)
            raise
        finally:
            for address in dict.fromkeys(opened):
                await run.browser.done_with(address)
            await run.fetcher.done_with(site)


async def _expanded(site: str, config: ViewportTestConfig, run: Run, opened: list[str]) -> Expanded:
    """`opened` takes the addresses where the browser has been: a redirect may lead to another domain."""
    # Asked first as all modules do: by http where nothing speaks https, and no screen is tried where no page is.
    home = await fetch_home(run.fetcher, site)
    opened.append(home.final_url)
    _ensure_own_page(site, home.final_url, is_page=home.ok and "html" in (home.content_type or "html"))
    rows: list[Row] = []
    told: list[Value] = []
    cut: OutsendError | None = None
    for screen in (SCREENS[name] for name in config.viewports):
        try:
            look = await _look(home.final_url, screen, run)
            opened.append(look.final_url)
            _ensure_own_page(site, look.final_url, is_page=200 <= look.status < 300)
        except (Unreachable, NotOwnSite) as error:
            if not rows:
                raise
            cut = error
            break
        rows.append(await _row(screen, look, run))
        told.append(_evidence(screen, look))
    run.report({"found": len(rows), "screens": told})
    return Expanded(rows, cut=cut)


async def _look(url: str, screen: Viewport, run: Run) -> Look:
    """Raises Unreachable, BrowserMissing."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return await run.browser.look(url, screen)
    except TimeoutError:
        raise Unreachable(url=url, reason="timeout") from None


def _ensure_own_page(site: str, final_url: str, *, is_page: bool) -> None:
    """Raises NotOwnSite, Unreachable."""
    if is_aggregator(final_url):
        raise NotOwnSite
    if not is_page:
        raise Unreachable(url=site, reason="bad_answer")


async def _row(screen: Viewport, look: Look, run: Run) -> Row:
    try:
        kept = await run.assets.keep(look.screenshot, "png") if look.screenshot else None
    except AssetsFull as error:
        run.note(f"{error.text} : des captures d'écran manquent.")
        kept = None
    return {
        "viewport": screen.name,
        "width": screen.width,
        "height": screen.height,
        "has_viewport_meta": look.has_viewport_meta,
        "overflow_x": look.wide_px > look.room_px,
        "screenshot_local_url": kept,
    }


def _evidence(screen: Viewport, look: Look) -> dict[str, Value]:
    """Widths in CSS pixels; `widest` is the element that sticks out most."""
    return {
        "viewport": screen.name,
        "page": short_url(look.final_url),
        "status": look.status,
        "room_px": look.room_px,
        "wide_px": look.wide_px,
        "widest": look.widest or None,
    }


module = ViewportTest()
