"""Post a message to a receiver that a user named: through the guard, once, without following where it leads."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import cast

import httpx

from engine.clock import Clock
from engine.limits import WEBHOOK_ANSWER_BYTES
from engine.network.api_client import GuardedTransport
from engine.network.guard import parse_url
from engine.network.pace import retry_after_seconds
from engine.network.types import NotConnected, Posted, Unreachable


class Post:
    """Nothing is kept between messages, neither cookies nor connections: each one is checked anew."""

    def __init__(self, transport: GuardedTransport, clock: Clock, *, user_agent: str) -> None:
        self._transport, self._clock, self._user_agent = transport, clock, user_agent

    async def post(self, url: str, body: bytes, headers: dict[str, str], *, timeout_seconds: float) -> Posted:
        """What the receiver answered, whatever its status; redirects are not followed, the answer's body is not kept.

        Raises:
            Unreachable: no answer within `timeout_seconds`, which holds for everything from the look-up of the name on.
        """
        parse_url(url)
        own = {"User-Agent": self._user_agent, "Accept-Encoding": "identity", "Connection": "close"}
        try:
            request = httpx.Request("POST", url, content=body, headers=headers | own)
        except httpx.InvalidURL as error:  # the two readers of addresses disagree
            raise Unreachable(url=url, reason="bad_url", detail=str(error)) from None
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._transport.handle_async_request(request)
        except TimeoutError:
            raise Unreachable(url=url, reason="timeout") from None
        except httpx.TransportError as error:
            raise Unreachable(url=url, reason="bad_answer", detail=str(error)) from None
        try:
            # The status is known; a body that comes late or breaks off changes nothing.
            with suppress(TimeoutError, httpx.TransportError, NotConnected):
                async with asyncio.timeout_at(deadline):
                    await _read_away(response)
        finally:
            await response.aclose()
        return Posted(response.status_code, retry_after_seconds(response.headers, self._clock.now()))

    async def close(self) -> None:
        await self._transport.aclose()


async def _read_away(response: httpx.Response) -> None:
    """Take the beginning of the body off the line, as it came; a receiver may not like to be cut off."""
    left = WEBHOOK_ANSWER_BYTES
    async for piece in cast("AsyncIterator[bytes]", response.stream):
        left -= len(piece)
        if left <= 0:
            return
