"""A Chromium, by Playwright: started, restarted, and given out tab by tab.

Heavy: loaded by `engine.network.browser` alone, when a page needs it.
"""

import asyncio
import os
from collections import OrderedDict
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from playwright.async_api import Browser, BrowserContext, Playwright, ProxySettings, Route, async_playwright
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page as PlaywrightPage

from engine.network.browser import Crashed
from engine.network.browser_proxy import BrowserProxy
from engine.network.executable import find_chromium as find_chromium
from engine.network.live import Reach, way_name, way_named
from engine.network.live_tab import LiveTab
from engine.network.look import ScreenTab
from engine.network.site import Way
from engine.network.tab import PageTab
from engine.network.types import BrowserMissing, Viewport

TABS_MAX = 4
TABS_BEFORE_RESTART = 200  # it grows with each
CONTEXTS_MAX = 16  # idle ones included; the oldest loses its cookies
START_SECONDS = 30.0
CLOSE_SECONDS = 3.0
MISSING_SECONDS = 60.0  # before another try to start what did not start

# Ours: no multicast for WebRTC; no suggestions under an address bar that nobody sees and no process kept in reserve:
# together they were two thirds of a page's cost. Only the last list counts, so it repeats what matters of Playwright's:
# the scheme stays as asked, nothing is fetched from the maker, intercepted requests survive redirects.
FEATURES_OFF = (
    "WebRtcHideLocalIpsWithMdns",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "SpareRendererForSitePerProcess",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "MediaRouter",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "PaintHolding",
)
# Nothing goes out but by the proxy: no name is resolved, no datagram sent (WebRTC, QUIC). No window opens.
FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--disable-notifications",
    "--block-new-web-contents",
    "--mute-audio",
    f"--disable-features={','.join(FEATURES_OFF)}",
    "--js-flags=--max-old-space-size=512",
)
TEXT_ALONE = ("--blink-settings=imagesEnabled=false", "--disable-remote-fonts")  # nothing that no text depends on
# It needs nothing of our environment, which holds secrets, and finds no home to write to.
_KEPT_VARIABLES = ("PATH", "LANG", "TMPDIR", "FONTCONFIG_PATH")

_Key: TypeAlias = tuple[object, str, Viewport | None]  # owner, site or way, screen


@dataclass(slots=True)
class _Context:
    """The cookies and connections of one owner, site and screen; `open_now` counts its tabs."""

    opening: asyncio.Task[BrowserContext]
    open_now: int = 0

    async def close(self) -> None:
        with suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await (await self.opening).close()


@dataclass(slots=True)
class _Started:
    """A running Chromium. `given` counts its tabs, `open_now` those not yet closed."""

    driver: Playwright
    browser: Browser
    contexts: OrderedDict[_Key, _Context] = field(default_factory=OrderedDict[_Key, _Context])  # last used last
    given: int = 0
    open_now: int = 0
    is_sick: bool = False
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_worn(self) -> bool:
        return self.is_sick or self.given >= TABS_BEFORE_RESTART

    def take(self) -> None:
        self.given += 1
        self.open_now += 1
        self.idle.clear()

    def give_back(self) -> None:
        self.open_now -= 1
        if not self.open_now:
            self.idle.set()

    def spare_contexts(self) -> list[_Context]:
        """Those that are too many and have no tab, taken out of the list."""
        idle = [key for key, context in self.contexts.items() if not context.open_now]
        return [self.contexts.pop(key) for key in idle[: max(len(self.contexts) - CONTEXTS_MAX, 0)]]

    async def stop(self) -> None:
        for context in self.contexts.values():
            context.opening.cancel()
        for close in (self.browser.close, self.driver.stop):  # what does not close ends with its driver
            with suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await close()


@dataclass(frozen=True, slots=True)
class _Loan:
    """A tab that was given out, perhaps not open yet."""

    started: _Started
    context: _Context
    opening: asyncio.Task[PlaywrightPage]

    async def close(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await (await self.opening).close()
        except TimeoutError:
            self.started.is_sick = True
        except PlaywrightError:
            pass  # it went away by itself
        finally:
            self.context.open_now -= 1
            self.started.give_back()


class ChromiumTabs:
    """Implements `Tabs`: 4 at once, restarted after 200 or a crash."""

    def __init__(self, executable: Path | None, way: Way, *, with_images: bool) -> None:
        self._executable = executable
        self._flags = FLAGS if with_images else (*FLAGS, *TEXT_ALONE)
        self._user_agent = way.user_agent
        self._proxy = BrowserProxy(way)
        self._places = asyncio.Semaphore(TABS_MAX)
        self._lock = asyncio.Lock()  # one start at a time
        self._starting: asyncio.Task[_Started] | None = None
        self._missing_until = 0.0
        self._errands: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def tab(self, owner: object, site: str) -> AsyncGenerator[PageTab]:
        async with self._page((owner, site, None)) as page:
            yield await PageTab.on(page)

    @asynccontextmanager
    async def screen(self, owner: object, site: str, viewport: Viewport) -> AsyncGenerator[ScreenTab]:
        async with self._page((owner, site, viewport)) as page:
            yield await ScreenTab.on(page)

    @asynccontextmanager
    async def live(self, owner: object, way: int, reach: Reach) -> AsyncGenerator[LiveTab]:
        async with self._page((owner, way_name(way), None)) as page:
            yield await LiveTab.on(page, reach)

    @asynccontextmanager
    async def _page(self, key: _Key) -> AsyncGenerator[PlaywrightPage]:
        await self._places.acquire()
        loan: _Loan | None = None
        try:
            loan = self._lend(await self._running(), key)
            yield await asyncio.shield(loan.opening)
        except (PlaywrightError, Crashed) as error:
            if loan is not None:
                loan.started.is_sick = True  # its other pages may end; the next one gets a new browser
            raise Crashed(str(error)) from None
        finally:
            self._later(self._give_back(loan))

    async def forget(self, owner: object, site: str | None = None) -> None:
        started = self._known()
        if started is not None:
            keys = [key for key in started.contexts if key[0] is owner and site in (None, key[1])]
            await asyncio.gather(*(context.close() for context in map(started.contexts.pop, keys)))

    async def version(self) -> str:
        return (await self._running()).browser.version

    async def close(self) -> None:
        """End Chromium and its proxy."""
        async with self._lock:
            if self._starting is not None:
                with suppress(BrowserMissing):
                    await (await self._starting).stop()
                self._starting = None
        await asyncio.gather(*self._errands, return_exceptions=True)
        await self._proxy.close()

    async def _running(self) -> _Started:
        async with self._lock:
            started = self._known()
            if started is not None and started.is_worn and started.open_now:
                await started.idle.wait()
            if started is not None and (started.is_worn or not started.browser.is_connected()):
                self._starting = None
                await started.stop()
            if self._starting is None:
                # Its own task too: a start that is given up half-way would leave processes behind.
                self._starting = asyncio.create_task(self._start())
            try:
                return await asyncio.shield(self._starting)
            except BrowserMissing:
                self._starting = None
                raise

    def _known(self) -> _Started | None:
        task = self._starting
        return task.result() if task is not None and task.done() and task.exception() is None else None

    async def _start(self) -> _Started:
        loop = asyncio.get_running_loop()
        if loop.time() < self._missing_until:
            raise BrowserMissing
        await self._proxy.start()
        try:
            driver = await async_playwright().start()
            try:
                return _Started(driver, await self._launch(driver))
            except BaseException:
                await driver.stop()
                raise
        except (PlaywrightError, OSError):
            self._missing_until = loop.time() + MISSING_SECONDS
            raise BrowserMissing from None

    async def _launch(self, driver: Playwright) -> Browser:
        proxy = self._proxy
        kept: dict[str, str | float | bool] = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        executable = self._executable or find_chromium()
        return await driver.chromium.launch(
            executable_path=executable,
            channel=None if executable else "chromium",  # Playwright's own, the whole browser as everywhere else
            # Chromium's own sandbox refuses to run as root.
            chromium_sandbox=os.geteuid() != 0,
            args=[*self._flags, f"--ignore-certificate-errors-spki-list={proxy.pin}"],
            proxy=self._proxy_as(proxy.username),
            env=kept | {"HOME": os.devnull},
            timeout=1_000 * START_SECONDS,
            # The process that started it ends it; a terminal's Ctrl-C is for that one.
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )

    def _proxy_as(self, username: str) -> ProxySettings:
        return {"server": self._proxy.address, "username": username, "password": self._proxy.password}

    def _lend(self, started: _Started, key: _Key) -> _Loan:
        if key not in started.contexts:
            started.contexts[key] = _Context(asyncio.create_task(self._open_context(started.browser, *key[1:])))
        started.contexts.move_to_end(key)
        context = started.contexts[key]
        started.take()
        context.open_now += 1
        # A task of its own, so that a cancelled render knows the page that it has to close.
        return _Loan(started, context, asyncio.create_task(_open_page(started, context)))

    async def _open_context(self, browser: Browser, site: str, screen: Viewport | None) -> BrowserContext:
        by_way = way_named(site) is not None
        context = await browser.new_context(
            # A page that is used as a person uses it needs what it shows to browsers.
            user_agent=None if by_way else self._user_agent,
            proxy=self._proxy_as(site if by_way else self._proxy.username),
            locale="fr-FR",
            accept_downloads=False,
            service_workers="block",
            reduced_motion="reduce",
            viewport={"width": screen.width, "height": screen.height} if screen else None,
            device_scale_factor=1 if screen else None,
            is_mobile=screen is not None and screen.mobile,
            has_touch=screen is not None and screen.mobile,
        )
        await context.route("**/*", _abort)  # for what is no tab of ours; a tab's own routes come first
        return context

    async def _give_back(self, loan: _Loan | None) -> None:
        """Close the page, then let the next one have its place."""
        try:
            if loan is not None:
                await loan.close()
        finally:
            self._places.release()

    def _later(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)


async def _open_page(started: _Started, context: _Context) -> PlaywrightPage:
    await asyncio.gather(*(spare.close() for spare in started.spare_contexts()))
    return await (await asyncio.shield(context.opening)).new_page()


async def _abort(route: Route) -> None:
    with suppress(PlaywrightError):
        await route.abort()
