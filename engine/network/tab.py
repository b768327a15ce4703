"""One page of Chromium: it is handed a document, shows it until it is quiet, and tells what became of it."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Self, cast

from playwright.async_api import CDPSession, Request, Route
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page as PlaywrightPage

from engine.network.browser import Crashed
from engine.network.isolated import NOT_LOADED, evaluate
from engine.network.site import Exchange

QUIET_MS = 300
QUIET_MS_MAX = 2_000
SETTLE_SECONDS = 5.0  # after `load`, for what scripts still fetch
READ_SECONDS = 3.0

# The document is handed over decoded and in one piece; what concerns its connection is not for Chromium.
_LEFT_OUT = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie", "alt-svc"}
)

_QUIET = f"""new Promise(done => {{
  let timer = setTimeout(done, {QUIET_MS});
  setTimeout(done, {QUIET_MS_MAX});
  new MutationObserver(() => {{ clearTimeout(timer); timer = setTimeout(done, {QUIET_MS}); }})
    .observe(document, {{subtree: true, childList: true, characterData: true}});
}})"""
# Elements named like a property of the document stand in front of it, so the property is read from its prototype.
_READ = """(() => {
  const root = Object.getOwnPropertyDescriptor(Document.prototype, "documentElement").get.call(document);
  return [location.href, root ? root.outerHTML.slice(0, %d).toWellFormed() : ""];
})()"""


class PageTab:
    """Implements `Tab`."""

    not_loaded = NOT_LOADED
    awaited = frozenset({"xhr", "fetch", "script"})  # what may still change the page after `load`

    def __init__(self, page: PlaywrightPage, session: CDPSession) -> None:
        self._page = page
        self._session = session
        self._document: Exchange | None = None
        self._onward: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._awaited: set[Request] = set()
        self._ended = asyncio.Event()

    @classmethod
    async def on(cls, page: PlaywrightPage) -> Self:
        tab = cls(page, await page.context.new_cdp_session(page))
        page.on("crash", tab._leave)
        page.on("close", tab._leave)
        page.on("requestfinished", tab._end)
        page.on("requestfailed", tab._end)
        await page.route("**/*", tab._decide)
        return tab

    async def cookies(self, url: str) -> Mapping[str, str]:
        try:
            cookies = await self._page.context.cookies(url)
        except PlaywrightError as error:
            raise Crashed(str(error)) from None
        return {cookie["name"]: cookie["value"] for cookie in cookies if "name" in cookie and "value" in cookie}

    async def show(self, document: Exchange, cookies: Mapping[str, str], *, seconds: float) -> str | None:
        url = str(document.url)
        self._document, self._onward = document, asyncio.get_running_loop().create_future()
        self._awaited.clear()
        try:
            async with asyncio.timeout(seconds):
                for name, value in cookies.items():
                    with suppress(PlaywrightError):  # one that the browser does not take
                        await self._page.context.add_cookies([{"name": name, "value": value, "url": url}])
                await self._until_settled(url)
        except TimeoutError:
            pass  # it stays as it stands
        except PlaywrightError as error:
            raise Crashed(str(error)) from None
        if self._gone.done():
            raise Crashed("the page went away")
        return self._onward.result() if self._onward.done() else None

    async def read(self, *, max_characters: int) -> tuple[str, str] | None:
        try:
            async with asyncio.timeout(READ_SECONDS):
                url, html = cast("tuple[str, str]", await evaluate(self._session, _READ % max_characters))
        except TimeoutError:
            return None
        except PlaywrightError as error:
            raise Crashed(str(error)) from None
        return (url, html) if url.startswith(("http://", "https://")) else None

    async def _until_settled(self, url: str) -> None:
        """Until the page is loaded and quiet, leads elsewhere, or is gone."""
        settling = asyncio.create_task(self._settle(url))
        try:
            await asyncio.wait({settling, self._onward, self._gone}, return_when=asyncio.FIRST_COMPLETED)
            if settling.done() and not self._onward.done():
                settling.result()
        finally:
            settling.cancel()
            with suppress(PlaywrightError, asyncio.CancelledError):
                await settling

    async def _settle(self, url: str) -> None:
        await self._page.goto(url, wait_until="commit", timeout=0)
        # Not DOMContentLoaded: what deferred scripts write comes after it.
        await self._page.wait_for_load_state("load", timeout=0)
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await evaluate(self._session, _QUIET)
                while self._awaited:
                    self._ended.clear()
                    await self._ended.wait()
                    await evaluate(self._session, _QUIET)

    async def _decide(self, route: Route) -> None:
        """What the page may load. Its own document we fetch ourselves, wherever a script leads."""
        request = route.request
        with suppress(PlaywrightError):  # the page may be gone by now
            if request.resource_type in self.not_loaded:
                await route.abort()
            elif request.is_navigation_request() and request.frame is self._page.main_frame:
                await self._navigate(route)
            else:
                if request.resource_type in self.awaited:
                    self._awaited.add(request)
                await route.continue_()

    async def _navigate(self, route: Route) -> None:
        document, self._document = self._document, None
        if document is not None:
            kept = {name: value for name, value in document.headers.items() if name.lower() not in _LEFT_OUT}
            headers = kept | {"Set-Cookie": "\n".join(document.cookies)} if document.cookies else kept
            headers = {name: value for name, value in headers.items() if value.isascii()}
            await route.fulfill(status=document.status, headers=headers, body=document.body)
            return
        if route.request.method == "GET" and not self._onward.done():
            self._onward.set_result(route.request.url)
        await route.abort("aborted")  # any other failure would put an error page in its place

    def _end(self, request: Request) -> None:
        self._awaited.discard(request)
        if not self._awaited:
            self._ended.set()

    def _leave(self, _: PlaywrightPage) -> None:
        if not self._gone.done():
            self._gone.set_result(None)
