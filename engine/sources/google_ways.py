"""The ways out to Google Maps: one page at a time by each, with a pause after it, and a rest for one that was refused.

PRODUCT decides that the public search page is used, whatever robots.txt says of it; these are its manners instead.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from engine.clock import Clock
from engine.sources.errors import TileBlocked

SOURCE = "google_maps"
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Manners:
    """How a way is spared, in seconds.

    `pause` lies between two pages of one way; a refusal gives it a `rest`, each time in a row twice as long, up to
    `rest_max`. Who finds every way at rest waits for `patience`. After `renew_after` pages a way starts anew.
    """

    pause: float = 1.0
    rest: float = 30.0
    rest_max: float = 600.0
    patience: float = 60.0
    renew_after: int = 40


@dataclass(slots=True)
class Way:
    """One way out. `pages` were opened since it was last renewed; times as of `Clock.monotonic`."""

    number: int
    busy: bool = False
    free_at: float = 0.0
    rests_until: float = 0.0
    refusals: int = 0  # in a row
    pages: int = 0
    used_at: float = 0.0


class Ways:
    """Gives out the ways of one process."""

    def __init__(self, count: int, clock: Clock, manners: Manners) -> None:
        self._ways = [Way(number) for number in range(count)]
        self._clock, self._manners = clock, manners
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def one(self) -> AsyncGenerator[Way]:
        """The way that was used longest ago, of those that are free and not at rest, as soon as there is one.

        Raises:
            TileBlocked: all are at rest, and will be for longer than it is worth waiting.
        """
        way = await self._take()
        try:
            yield way
        finally:
            now = self._clock.monotonic()
            way.busy, way.used_at, way.free_at = False, now, now + self._manners.pause
            async with self._changed:
                self._changed.notify_all()

    def served(self, way: Way) -> None:
        """It was let through."""
        way.refusals = 0

    def refused(self, way: Way) -> None:
        """It was not, so it rests."""
        seconds = min(self._manners.rest * 2**way.refusals, self._manners.rest_max)
        way.refusals = min(way.refusals + 1, 16)
        way.rests_until = self._clock.monotonic() + seconds

    @property
    def are_at_rest(self) -> bool:
        """Whether no way may be used now."""
        now = self._clock.monotonic()
        return all(way.rests_until > now for way in self._ways)

    async def _take(self) -> Way:
        give_up = self._clock.monotonic() + self._manners.patience
        async with self._changed:
            while True:
                now = self._clock.monotonic()
                ready = [way for way in self._ways if not way.busy and max(way.free_at, way.rests_until) <= now]
                if ready:
                    way = min(ready, key=lambda one: (one.used_at, one.number))
                    way.busy = True
                    return way
                if min(way.rests_until for way in self._ways) > max(give_up, now):
                    raise TileBlocked(source=SOURCE, reason="every_way")
                await self._wait(now)

    async def _wait(self, now: float) -> None:
        """Until a way is given back, or one that is free ends its pause or rest."""
        times = [max(way.free_at, way.rests_until) for way in self._ways if not way.busy]
        try:
            async with asyncio.timeout(min(times) - now if times else None):
                await self._changed.wait()
        except TimeoutError:
            pass
