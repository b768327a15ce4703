"""Render public pages in a real browser: what their scripts build is there, as a person would see it, and how it looks.

The document itself is fetched as all pages are (guard, robots.txt, pace, redirects by hand, caps, egress) and handed to
Chromium, which loads what the document asks for through `browser_proxy`. Where a page's script leads elsewhere, the
same happens again. Chromium starts with the first page that needs it.
"""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from aiohttp import CookieJar
from yarl import URL

from engine.clock import Clock
from engine.lazy import load
from engine.network.body import decode_text, is_text, media_type
from engine.network.fetcher import PAGE, as_asked
from engine.network.guard import parse_url
from engine.network.live import Crashed as Crashed
from engine.network.live import LivePage, Reach, way_name
from engine.network.pace import site_of
from engine.network.site import Exchange, Way
from engine.network.types import Look, Page, Unreachable, Viewport
from engine.network.visits import REDIRECTS_MAX, Shared, Visits

HTML_CHARACTERS_MAX = 2 * 1024 * 1024
# One page, its documents and showing them; waits for the pace, a free tab and the browser's start are not counted.
TOTAL_SECONDS = PAGE.seconds
LOOK_SECONDS = 15.0  # the same on a screen: three of them are looked at in a minute
SHOW_SECONDS_MIN = 2.0  # for a document that took nearly all of it
TRIES = 2  # a browser that crashed is started anew

_MARKUP = frozenset({"text/html", "application/xhtml+xml"})

T = TypeVar("T")


class Tab(Protocol):
    """One page of the browser, for as long as it is borrowed."""

    async def cookies(self, url: str) -> Mapping[str, str]:
        """What earlier documents left for `url`. Raises Crashed."""
        ...

    async def show(self, document: Exchange, cookies: Mapping[str, str], *, seconds: float) -> str | None:
        """Show `document` until it is loaded and quiet, or the time is up; the address its script leads to, if any.

        Raises:
            Crashed.
        """
        ...

    async def read(self, *, max_characters: int) -> tuple[str, str] | None:
        """The address and the document as they now stand, cut off at `max_characters`; None from a page that hangs.

        Raises:
            Crashed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Capture:
    """What a screen shows, see `Look`."""

    url: str
    has_viewport_meta: bool
    room_px: int
    wide_px: int
    widest: str
    screenshot: bytes | None


class Screen(Tab, Protocol):
    """One page of the browser on a screen of some size, with its images and fonts."""

    async def capture(self) -> Capture | None:
        """The page as it now stands; None from one that hangs.

        Raises:
            Crashed.
        """
        ...


class Tabs(Protocol):
    """One browser of a process, started by the first tab."""

    def tab(self, owner: object, site: str) -> AbstractAsyncContextManager[Tab]:
        """A new page as soon as one of the few is free; those of one owner and site share their cookies.

        Raises:
            BrowserMissing, Crashed.
        """
        ...

    def screen(self, owner: object, site: str, viewport: Viewport) -> AbstractAsyncContextManager[Screen]:
        """As `tab`, on that screen. Of a browser that shows images."""
        ...

    def live(self, owner: object, way: int, reach: Reach) -> AbstractAsyncContextManager[LivePage]:
        """A new page that loads itself by that way out; those of one owner and way share their cookies.

        Raises:
            BrowserMissing, Crashed.
        """
        ...

    async def forget(self, owner: object, site: str | None = None) -> None:
        """Close what is open of that owner's site (or way out), or of all."""
        ...

    async def version(self) -> str:
        """What the started browser calls itself. Raises BrowserMissing."""
        ...

    async def close(self) -> None: ...


class Chromium:
    """The process's browsers, whose heavy parts are loaded when somebody asks for a tab.

    Two, since whether images are loaded is told a browser at its start: pages that are read cost far less without.
    """

    def __init__(self, executable: Path | None, way: Way) -> None:
        """`executable`: the Chromium to start, otherwise the first that is found."""
        self._executable = executable
        self._way = way
        self._started: dict[bool, Tabs] = {}

    @property
    def tabs(self) -> Tabs:
        """Tabs for reading; nothing is started yet. The first call takes half a second."""
        return self._tabs(with_images=False)

    @property
    def screens(self) -> Tabs:
        """Tabs for looking, likewise."""
        return self._tabs(with_images=True)

    async def forget(self, owner: object, site: str | None = None) -> None:
        """Close what is open of that owner's site, or of all its sites."""
        for tabs in list(self._started.values()):
            await tabs.forget(owner, site)

    async def close(self) -> None:
        """End the browsers that ever were started."""
        while self._started:
            _, tabs = self._started.popitem()
            await tabs.close()

    def _tabs(self, *, with_images: bool) -> Tabs:
        if with_images not in self._started:
            make = load("engine.network.chromium").ChromiumTabs
            self._started[with_images] = make(self._executable, self._way, with_images=with_images)
        return self._started[with_images]


class LiveBrowser:
    """Implements `LivePages` on the Chromium that reads."""

    def __init__(self, chromium: Chromium, *, ways: int) -> None:
        self._chromium = chromium
        self.ways = ways

    def page(self, way: int, reach: Reach) -> AbstractAsyncContextManager[LivePage]:
        """See `LivePages`."""
        return self._chromium.tabs.live(self, way, reach)

    async def renew(self, way: int) -> None:
        """See `LivePages`."""
        await self._chromium.forget(self, way_name(way))


@dataclass(slots=True)
class _Trip:
    """A page on its way: the document it stands at, and the cookies that its redirects set."""

    document: Exchange
    cookies: Mapping[str, str] = field(default_factory=dict[str, str])
    passed: list[str] = field(default_factory=list[str])
    seconds: float = 0.0

    @property
    def has_markup(self) -> bool:
        """Whether a browser would show it as a page: not as plain text, and not save it."""
        headers, body = self.document.headers, self.document.body.lstrip()
        kind = media_type(headers.get("Content-Type", ""))
        saved = headers.get("Content-Disposition", "").strip().lower().startswith("attachment")
        return bool(body) and not saved and (kind in _MARKUP or (not kind and body.startswith(b"<")))

    def page(self, url: str, read: tuple[str, str] | None) -> Page:
        """The page as asked for by `url`. `read` is what the browser made of it, None where that is not known."""
        document = self.document
        header = document.headers.get("Content-Type", "")
        kind = media_type(header)
        html = decode_text(document.body, header) if is_text(kind, document.body) else ""
        final_url, html = read or (str(document.url), html)
        return Page(
            url=url,
            final_url=final_url,
            status=document.status,
            headers=document.headers,
            html=html[:HTML_CHARACTERS_MAX],
            content_type=kind,
            truncated=document.truncated or len(html) > HTML_CHARACTERS_MAX,
            redirects=tuple(self.passed),
            cookies=document.cookies,
            tls=document.tls,
            elapsed_ms=1_000 * self.seconds,
        )


class PageBrowser:
    """The `Browser` of one job: its own cookies and connections; Chromium and the rest are the process's."""

    def __init__(self, shared: Shared, chromium: Chromium) -> None:
        self._clock: Clock = shared.clock
        self._visits = Visits(shared)
        self._chromium = chromium

    async def render(self, url: str) -> Page:
        trip, read = await self._shown(url, self._read)
        return trip.page(url, read)

    async def look(self, url: str, viewport: Viewport) -> Look:
        trip, found = await self._shown(url, lambda trip: self._capture(trip, viewport))
        status = trip.document.status
        if found is not None:
            sizes = found.room_px, found.wide_px
            return Look(found.url, status, found.has_viewport_meta, *sizes, found.widest, found.screenshot)
        if trip.has_markup:
            raise Unreachable(url=url, reason="timeout", detail="the page hangs")
        return Look(str(trip.document.url), status, False, viewport.width, viewport.width, "", None)

    async def done_with(self, url: str) -> None:
        try:
            site = _site_of(parse_url(url))
        except Unreachable:
            return  # nothing was ever rendered from there
        await self._chromium.forget(self, site)
        await self._visits.leave(site)

    async def close(self) -> None:
        """Forget every site. Renders must have ended."""
        await self._chromium.forget(self)
        await self._visits.close()

    async def _shown(self, url: str, show: Callable[[_Trip], Awaitable[T | None]]) -> tuple[_Trip, T | None]:
        """The way to the page, and what `show` made of it, once more where the browser crashed; None of no page."""
        target = parse_url(url)
        try:
            trip = await self._set_out(target)
            for _ in range(TRIES):
                try:
                    return trip, await show(trip) if trip.has_markup else None
                except Crashed:
                    continue
        except Unreachable as error:
            raise as_asked(error, url) from None
        raise Unreachable(url=url, reason="bad_answer", detail="the browser crashed each time")

    async def _read(self, trip: _Trip) -> tuple[str, str] | None:
        async with self._chromium.tabs.tab(self, _site_of(trip.document.url)) as tab:
            if not await self._settled(tab, trip, seconds=TOTAL_SECONDS):
                return None
            return await tab.read(max_characters=HTML_CHARACTERS_MAX + 1)

    async def _capture(self, trip: _Trip, viewport: Viewport) -> Capture | None:
        async with self._chromium.screens.screen(self, _site_of(trip.document.url), viewport) as screen:
            return await screen.capture() if await self._settled(screen, trip, seconds=LOOK_SECONDS) else None

    async def _settled(self, tab: Tab, trip: _Trip, *, seconds: float) -> bool:
        """Show the trip's document, and those that scripts lead to from there; False at one that is no page."""
        while True:
            started = self._clock.monotonic()
            left = max(seconds - trip.seconds, SHOW_SECONDS_MIN)
            onward = await tab.show(trip.document, trip.cookies, seconds=left)
            trip.seconds += self._clock.monotonic() - started
            if onward is None or len(trip.passed) >= REDIRECTS_MAX:
                return True
            await self._go_on(trip, parse_url(onward), await tab.cookies(onward))
            if not trip.has_markup:
                return False

    async def _set_out(self, url: URL) -> _Trip:
        document, visit = await self._visits.follow(url, PAGE, verify_tls=True)
        cookies = _cookies(visit.jar, document.url) if visit.jar else {}
        return _Trip(document, cookies, visit.passed, visit.seconds_used)

    async def _go_on(self, trip: _Trip, url: URL, cookies: Mapping[str, str]) -> None:
        """Fetch the document that a script leads to, with the cookies that the browser has for it."""
        jar = CookieJar()
        jar.update_cookies(cookies, url)
        limits = dataclasses.replace(PAGE, seconds=max(TOTAL_SECONDS - trip.seconds, SHOW_SECONDS_MIN))
        trip.passed.append(str(trip.document.url))
        trip.document, visit = await self._visits.follow(url, limits, verify_tls=True, jar=jar)
        trip.passed += visit.passed
        trip.seconds += visit.seconds_used
        trip.cookies = _cookies(jar, trip.document.url)


def _cookies(jar: CookieJar, url: URL) -> dict[str, str]:
    return {name: cookie.value for name, cookie in jar.filter_cookies(url).items()}


def _site_of(url: URL) -> str:
    return site_of(url.raw_host or "")
