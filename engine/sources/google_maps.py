"""Google Maps by its public search page, in Chromium: at most 120 places for one search, as the page shows them.

No account is used and no captcha solved. A way out that is refused rests, and the next try goes by another.
"""

import asyncio
from collections.abc import AsyncGenerator, Container
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from engine.clock import Clock
from engine.network.live import Crashed, LivePage, LivePages
from engine.network.types import Unreachable
from engine.sources.errors import PlaceUnknown, TileBlocked
from engine.sources.google_page import REACH, MapsPage, Waits
from engine.sources.google_reviews import ReviewPage
from engine.sources.google_ways import SOURCE, UNREADABLE, Manners, Way, Ways
from engine.sources.review_pages import latest
from engine.sources.types import SearchResult, Tile

HOST = "https://www.google.com"
SEARCH_SECONDS = 75.0  # one page, the wait for its way not counted; what is there by then is the result
TRIES = 2  # of a page that crashed


class GoogleMaps:
    """Searches, and reads reviews. One a process: its ways out are shared by all jobs."""

    name = SOURCE

    def __init__(
        self,
        pages: LivePages,
        clock: Clock,
        *,
        manners: Manners = Manners(),  # noqa: B008 (frozen)
        waits: Waits = Waits(),  # noqa: B008 (frozen)
    ) -> None:
        self._pages, self._clock = pages, clock
        self._manners, self._waits = manners, waits
        self._ways = Ways(pages.ways, clock, manners)

    async def search(self, query: str, tile: Tile) -> SearchResult:
        """Places that Maps lists for `query` around the middle of `tile`, in its order. Saturated at 120.

        Raises:
            TileBlocked: every try was refused, crashed or can't be read.
            LayoutChanged: the page no longer tells places as it did.
            BrowserMissing: no Chromium starts.
            Unreachable: no way out leads to Maps.
        """
        async with self._way() as way:
            for _ in range(TRIES):
                try:
                    return await self._search(way, search_url(query, tile))
                except Crashed:
                    continue
        raise TileBlocked(source=SOURCE, reason="crashed")

    async def reviews(self, place: str, *, newest: bool, limit: int, known: Container[str] = ()) -> ReviewPage:
        """See `ReviewSource`."""
        url = place_url(place)
        async with self._way() as way:
            for _ in range(TRIES):
                try:
                    return await self._reviews(way, url, place, newest=newest, limit=limit, known=known)
                except Crashed:
                    continue
        raise TileBlocked(source=SOURCE, reason="crashed")

    async def _search(self, way: Way, url: str) -> SearchResult:
        async with self._page(way) as page:
            maps = MapsPage(page, self._waits)
            try:
                async with asyncio.timeout(SEARCH_SECONDS):
                    state = await maps.open(url)
                    if state == "list":
                        await maps.scroll()
            except TimeoutError:
                pass  # what it shows by now is the result
            else:
                if state == "nothing":
                    return SearchResult(())
            result = await maps.result()
        if not result.places:
            raise TileBlocked(source=SOURCE, reason="empty_page")
        return result

    async def _reviews(
        self, way: Way, url: str, place: str, *, newest: bool, limit: int, known: Container[str]
    ) -> ReviewPage:
        async with self._page(way) as page:
            maps = MapsPage(page, self._waits)
            state = await maps.open(url)
            feature = await maps.feature_id()
            if maps.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise TileBlocked(source=SOURCE, reason=f"http_{maps.status}")
            if maps.status == HTTPStatus.NOT_FOUND or (feature is None and state != "place"):
                raise PlaceUnknown(place=place)
            if feature is None:
                raise TileBlocked(source=SOURCE, reason="empty_page")
            return await latest(page, feature, self._clock.now(), newest=newest, limit=limit, known=known)

    @asynccontextmanager
    async def _way(self) -> AsyncGenerator[Way]:
        """A way out, told whether it was let through."""
        async with self._ways.one() as way:
            try:
                yield way
                self._ways.served(way)
            except TileBlocked as blocked:
                if blocked.values["reason"] != UNREADABLE:  # an answer that broke off is no refusal
                    self._ways.refused(way)
                    await self._renew(way)
                raise
            except Unreachable as error:
                self._ways.refused(way)
                if self._ways.are_at_rest:
                    raise
                raise TileBlocked(source=SOURCE, reason=error.reason) from None
            if way.pages >= self._manners.renew_after:
                await self._renew(way)

    @asynccontextmanager
    async def _page(self, way: Way) -> AsyncGenerator[LivePage]:
        async with self._pages.page(way.number, REACH) as page:
            way.pages += 1
            yield page

    async def _renew(self, way: Way) -> None:
        """Without the cookies and the memory of the pages so far."""
        way.pages = 0
        await self._pages.renew(way.number)


def search_url(query: str, tile: Tile) -> str:
    """The page of a search in French around the middle of `tile`, at its zoom."""
    latitude, longitude = tile.center
    return f"{HOST}/maps/search/{quote(query, safe='')}/@{latitude:.6f},{longitude:.6f},{tile.zoom}z?hl=fr"


def place_url(place: str) -> str:
    """The page of a place in French, by its `place_id` or its `lien_google_maps`.

    Raises:
        PlaceUnknown: it is neither.
    """
    parts = urlsplit(place)
    if not parts.scheme and place.isascii() and place.replace("-", "").replace("_", "").isalnum():
        return f"{HOST}/maps/place/?q=place_id:{place}&hl=fr"
    if parts.scheme != "https" or parts.hostname not in ("www.google.com", "maps.google.com"):
        raise PlaceUnknown(place=place)
    kept = "&".join(part for part in parts.query.split("&") if part and not part.startswith("hl="))
    return f"https://{parts.hostname}{parts.path}?{kept}{'&' if kept else ''}hl=fr"
