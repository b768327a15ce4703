"""Runs duties by interval, each in a thread, none twice at once. What one raises is logged, and it runs again."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Duty:
    name: str
    every_seconds: float
    act: Callable[[], object]


async def keep(duties: Sequence[Duty]) -> None:
    """Carry the duties out until cancelled."""
    async with asyncio.TaskGroup() as group:
        for duty in duties:
            group.create_task(_repeat(duty))


async def _repeat(duty: Duty) -> None:
    while True:
        try:
            await asyncio.to_thread(duty.act)
        except Exception:
            log.exception("Duty %s failed; it runs again in %s s", duty.name, duty.every_seconds)
        await asyncio.sleep(duty.every_seconds)
