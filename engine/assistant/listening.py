"""Something that tells events, run in a task of its own, so that it can end in order when its listener goes away."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, TypeAlias

from engine.assistant.schemas import Event

QUIET_SECONDS = 15.0  # without an event, after which the listener hears that there is none

Tell: TypeAlias = Callable[[Event], None]
Events: TypeAlias = AsyncGenerator[Event | None]

_ending = set[asyncio.Task[None]]()  # asyncio itself holds no task that nobody waits for


def begun(go: Callable[[Tell], Coroutine[Any, Any, None]]) -> Events:
    """Begin `go` at once. Its events as they come; None after each 15 quiet seconds. Closed, they end it."""
    queue = asyncio.Queue[Event | None]()

    async def run() -> None:
        try:
            await go(queue.put_nowait)
        finally:
            queue.put_nowait(None)

    task = asyncio.create_task(run())
    _ending.add(task)
    task.add_done_callback(_ending.discard)
    return _heard(task, queue)


async def _heard(task: asyncio.Task[None], queue: asyncio.Queue[Event | None]) -> Events:
    try:
        while True:
            try:
                async with asyncio.timeout(QUIET_SECONDS):
                    event = await queue.get()
            except TimeoutError:
                yield None
                continue
            if event is None:
                return
            yield event
    finally:
        task.cancel()
