"""Server-sent events: how they are written, and the response that carries them. Source: HTML standard, section 9.2."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from fastapi.responses import StreamingResponse
from starlette.types import Message, Send

KEEP_ALIVE = b": keep-alive\n\n"
STALLED_SECONDS = 60.0  # a reader that takes nothing for so long is gone
HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


class EventStream(StreamingResponse):
    """Events to one reader. Who goes away, or takes nothing any more, is let go at once."""

    def __init__(self, events: AsyncGenerator[bytes]) -> None:
        super().__init__(events, headers=HEADERS)
        self._events = events

    async def stream_response(self, send: Send) -> None:
        async def bounded(message: Message) -> None:
            async with asyncio.timeout(STALLED_SECONDS):
                await send(message)

        async with aclosing(self._events):
            await super().stream_response(bounded)


def encoded(name: str, data: Mapping[str, Any], event_id: object = None) -> bytes:
    """One event, with its data as a line of JSON."""
    head = f"event: {name}\n" if event_id is None else f"id: {event_id}\nevent: {name}\n"
    # In ASCII: the documented content type names no charset, and many clients then read Latin-1.
    return f"{head}data: {json.dumps(data, separators=(',', ':'))}\n\n".encode()
