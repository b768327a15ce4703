"""Collect each business's logo, favicon, brand colour and palette, kept in your own storage.

Reads the home page and the web app manifest that it names, then a handful of its pictures: eight downloads a site at
most. Source: the public site named in `site_web`; nothing is sent to it, nobody signs in. What is kept is a picture by
its own bytes, and an SVG without anything but drawing.
"""

from engine.extract.brand_visit import collect, read_home
from engine.extract.images import Picture
from engine.limits import BRAND_SCREENSHOT_FACTOR
from engine.module import (
    AssetKind,
    AssetsFull,
    BrowserMissing,
    ModuleConfig,
    NotOwnSite,
    Run,
    SiteModule,
    Unreachable,
    Viewport,
    option,
)
from engine.rows.sites import is_aggregator
from engine.rows.types import Row, Value

SCREEN = Viewport("desktop", 1366, 768, mobile=False)
SCREENSHOT_WIDTH = 4  # the pages that a process's browser shows at once
SCREENSHOT_SECONDS = 120.0  # what the site takes without one, and a shared browser
WITHOUT_BROWSER = "Captures d'écran : aucun navigateur Chromium sur cette machine, elles manquent."
WITHOUT_ROOM = "Espace d'images épuisé : des images n'ont pas été copiées."


class BrandConfig(ModuleConfig):
    capture_screenshot: bool = option(
        False, fr="Capture d'écran", en="Adds a screenshot of the home page; about five times slower and dearer a row"
    )


class BrandAssets(SiteModule[BrandConfig]):
    slug = "brand_assets"
    label = {"fr": "Logo et couleurs", "en": "Brand assets"}
    category, node_category, entry_category = "enrichment", "enrich", "enrich"
    lane = "parallel"
    produces = (
        *("logo_url", "logo_local_url", "logo_source", "logo_variants_local_urls", "favicon_url", "favicon_local_url"),
        *("brand_color", "brand_color_source", "brand_palette", "screenshot_local_url", "fetch_error"),
    )
    error_column = "fetch_error"
    usual_seconds = 4.0
    config = BrandConfig

    def width(self, config: BrandConfig) -> int:
        return SCREENSHOT_WIDTH if config.capture_screenshot else super().width(config)

    def item_timeout_seconds(self, config: BrandConfig) -> float:
        return SCREENSHOT_SECONDS if config.capture_screenshot else super().item_timeout_seconds(config)

    def cost(self, count: int, config: BrandConfig) -> float:
        return super().cost(count, config) * (BRAND_SCREENSHOT_FACTOR if config.capture_screenshot else 1)

    async def read(self, site: str, row: Row, config: BrandConfig, run: Run) -> Row:
        """See `SiteModule`. Several values of a cell are joined by ', '.

        Raises:
            Unreachable, NotOwnSite, StorageFull.
        """
        home = await read_home(run.fetcher, site)
        if is_aggregator(home.final_url):
            raise NotOwnSite

        async def keep(picture: Picture) -> str | None:
            return await _kept(picture.body, picture.kind, run)

        found = await collect(home, run.fetcher, keep)
        columns, report = {name: _cell(value) for name, value in found.columns.items()}, found.report
        if config.capture_screenshot:
            columns["screenshot_local_url"], report["screenshot"] = await _screenshot(home.final_url, run)
        run.report(report)
        return columns


async def _screenshot(url: str, run: Run) -> tuple[str | None, str]:
    """The path of the home page's picture, and how it went."""
    try:
        look = await run.browser.look(url, SCREEN)
    except BrowserMissing:
        run.note(WITHOUT_BROWSER)
        return None, "no browser"
    except Unreachable as error:
        return None, error.reason
    finally:
        await run.browser.done_with(url)
    if look.screenshot is None:
        return None, "no page"
    path = await _kept(look.screenshot, "png", run)
    return path, "kept" if path else "no room"


async def _kept(body: bytes, kind: AssetKind, run: Run) -> str | None:
    try:
        return await run.assets.keep(body, kind)
    except AssetsFull:
        run.note(WITHOUT_ROOM)
        return None


def _cell(value: Value) -> Value:
    return (", ".join(map(str, value)) or None) if isinstance(value, list) else value


module = BrandAssets()
