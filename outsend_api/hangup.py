"""Work that is worth nothing without its reader: it ends when the client hangs up."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

T = TypeVar("T")


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What the work gives. A client that goes away cancels it, and its own cleaning up is waited for.

    Raises:
        ClientDisconnect; what the work raises.
    """
    working, listening = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((working, listening), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect()
        return working.result()
    finally:
        for task in (working, listening):
            task.cancel()
        await asyncio.gather(working, listening, return_exceptions=True)


async def _gone(request: Request) -> None:
    """Ends when the client has left. The body was read before, so nothing else is to come."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
