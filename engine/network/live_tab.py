"""One live page of Chromium (see `live`): it loads itself, and what it was answered is kept."""

import asyncio
import json
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from playwright.async_api import CDPSession, Response, Route
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page as PlaywrightPage
from playwright.async_api import TimeoutError as PlaywrightTimeout
from pydantic import JsonValue

from engine.network.isolated import NOT_LOADED, evaluate
from engine.network.live import Crashed, PageAnswer, Reach
from engine.network.pace import site_of
from engine.network.types import Unreachable

ANSWERS_MAX = 200  # of a page that goes on asking, no more are kept
BODY_SECONDS = 20.0
CLICK_SECONDS = 5.0
NEXT_LOOK_SECONDS = 0.05  # where a look was cut off by the next document

_NO_BODY = "net::ERR_HTTP_RESPONSE_CODE_FAILURE"  # an error without a document to show
_UNTIL = """new Promise(done => {
  const tell = value => { watch.disconnect(); clearTimeout(timer); done(value); };
  const look = () => { const value = (%s); if (value) tell(value); };
  const watch = new MutationObserver(look);
  const timer = setTimeout(() => tell(null), %d);
  watch.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
  look();
})"""
_CLICK = "(found => { if (found) found.click(); return !!found; })(document.querySelector(%s))"

T = TypeVar("T")


class LiveTab:
    """Implements `LivePage`."""

    def __init__(self, page: PlaywrightPage, session: CDPSession, reach: Reach) -> None:
        self._page, self._session, self._reach = page, session, reach
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._bodies: list[asyncio.Task[PageAnswer | None]] = []
        self.status = 0

    @classmethod
    async def on(cls, page: PlaywrightPage, reach: Reach) -> Self:
        tab = cls(page, await page.context.new_cdp_session(page), reach)
        page.on("crash", tab._leave)
        page.on("close", tab._leave)
        page.on("response", tab._hear)
        await page.route("**/*", tab._decide)
        return tab

    @property
    def url(self) -> str:
        return self._page.url

    async def goto(self, url: str, *, seconds: float) -> None:
        going = self._page.goto(url, wait_until="commit", timeout=1_000 * seconds)
        try:
            await self._while_there(going, seconds=2 * seconds)
        except PlaywrightTimeout:
            raise Unreachable(url=url, reason="timeout") from None
        except PlaywrightError as error:
            if _NO_BODY in error.message:
                return  # the status is known
            if "net::" not in error.message:
                raise Crashed(str(error)) from None
            raise Unreachable(url=url, reason="refused", detail=error.message) from None

    async def read(self, expression: str, *, seconds: float) -> JsonValue:
        try:
            return await self._while_there(evaluate(self._session, expression), seconds=seconds)
        except PlaywrightError as error:
            raise Crashed(str(error)) from None

    async def until(self, expression: str, *, seconds: float) -> JsonValue:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (left := end - loop.time()) > 0:
            try:
                look = evaluate(self._session, _UNTIL % (expression, 1_000 * left))
                return await self._while_there(look, seconds=left)
            except PlaywrightError:
                await self._while_there(asyncio.sleep(NEXT_LOOK_SECONDS), seconds=1.0)
        return None

    async def click(self, selector: str) -> bool:
        return bool(await self.read(_CLICK % json.dumps(selector), seconds=CLICK_SECONDS))

    async def answers(self) -> Sequence[PageAnswer]:
        if self._bodies:
            await asyncio.wait(self._bodies, timeout=BODY_SECONDS)  # those of a page that goes are cancelled
        if self._gone.done():
            raise Crashed("the page went away")
        done = (reading for reading in self._bodies if reading.done() and not reading.cancelled())
        return tuple(answer for reading in done if (answer := reading.result()) is not None)

    async def _while_there(self, act: Coroutine[Any, Any, T], *, seconds: float) -> T | None:
        """What `act` gives; None after that time. Raises Crashed as soon as the page is gone."""
        acting = asyncio.ensure_future(act)
        try:
            await asyncio.wait({acting, self._gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if self._gone.done():
                raise Crashed("the page went away")
            return acting.result() if acting.done() else None
        finally:
            acting.cancel()
            with suppress(PlaywrightError, asyncio.CancelledError):
                await acting

    async def _decide(self, route: Route) -> None:
        """What the page may load, and where it may lead."""
        request = route.request
        with suppress(PlaywrightError):  # the page may be gone by now
            leads = request.is_navigation_request() and request.frame is self._page.main_frame
            if leads and not self._may_stand_at(request.url):
                await route.abort("aborted")  # any other failure would put an error page in its place
            elif request.resource_type in NOT_LOADED:
                await route.abort()
            else:
                await route.continue_()

    def _may_stand_at(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and site_of(parts.hostname or "") in self._reach.sites

    def _hear(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request():
            if response.frame is self._page.main_frame:
                self.status = response.status
        elif urlsplit(response.url).path.startswith(self._reach.kept_paths) and len(self._bodies) < ANSWERS_MAX:
            self._bodies.append(asyncio.create_task(_read(response)))

    def _leave(self, _: PlaywrightPage) -> None:
        if not self._gone.done():
            self._gone.set_result(None)
        for reading in self._bodies:
            reading.cancel()


async def _read(response: Response) -> PageAnswer | None:
    try:
        return PageAnswer(response.url, response.status, await response.body())
    except PlaywrightError:
        return None  # it was cut off, or it is a redirect
