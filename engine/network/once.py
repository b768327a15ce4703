"""Do one piece of work once, however many ask for it at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class _Running(Generic[V]):
    task: asyncio.Task[V]
    waiting: int = 0


class Once(Generic[K, V]):
    """Shares work in flight by key. It is given up when the last one who waits for it is cancelled."""

    def __init__(self) -> None:
        self._running: dict[K, _Running[V]] = {}

    async def do(self, key: K, work: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """The result of the work that runs under `key`, started now unless it runs already. Its errors reach all."""
        running = self._running.get(key)
        if running is None:
            running = self._running[key] = _Running(asyncio.create_task(work()))
            running.task.add_done_callback(lambda _: self._forget(key, running))
        running.waiting += 1
        try:
            return await asyncio.shield(running.task)
        finally:
            running.waiting -= 1
            if not running.waiting and not running.task.done():
                self._forget(key, running)
                running.task.cancel()

    async def close(self) -> None:
        """Cancel what runs, and wait until it ended."""
        tasks: list[Awaitable[V]] = []
        for running in list(self._running.values()):
            running.task.cancel()
            tasks.append(running.task)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, key: K, running: "_Running[V]") -> None:
        if self._running.get(key) is running:
            del self._running[key]
