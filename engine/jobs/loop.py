"""The durable item loop: many items in flight, one iterator for all, one commit every half second with it all.

A kill repeats what was in flight, never what was saved. A worker that can't renew its lease stops by itself before
anybody else may take the job over.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from enum import StrEnum
from itertools import islice
from typing import Any, Protocol, TypeVar

from engine.clock import Clock
from engine.db.engine import DATABASE_FAULTS
from engine.errors import StorageFull
from engine.jobs.errors import ItemKilledWorker
from engine.jobs.gate import LEASE
from engine.jobs.progress import Outcome, Progress, Turn, Unit
from engine.jobs.screen import Screen
from engine.jobs.store import Ack, Batch
from engine.worker.driver import Claim

FLUSH_SECONDS = 0.5
RETRY_SECONDS = 1.0
SELF_STOP_MARGIN_SECONDS = 5.0
CANCEL_SECONDS = 4.0  # for cancelled items to end; less than the margin above
# When the process is asked to stop: for items in flight, for cancelled ones, for the last flush. Below 10 together.
DRAIN_SECONDS, STOP_CANCEL_SECONDS, STOP_FLUSH_SECONDS = 8.0, 0.9, 0.9

log = logging.getLogger(__name__)

T = TypeVar("T")


class Ending(StrEnum):
    complete = "complete"
    cancelled = "cancelled"
    too_long = "too_long"
    released = "released"  # asked to stop; another worker goes on
    lost = "lost"  # somebody else may hold the job: nothing more is written


class Labour(Protocol):
    """What the loop is told about a job's kind of work."""

    width: int
    grows: bool  # items may bring further items

    def read(self) -> list[Unit]:
        """The next page of units, finished ones left out; empty at the end. Called in a thread."""
        ...

    async def attempt(self, unit: Unit, turn: Turn) -> Outcome:
        """Work a unit; a failure is an outcome. Raises StorageFull alone: there is no room to work.

        `turn` returns when every unit that was handed out before this one is worked.
        """
        ...

    def failure(self, unit: Unit, error: Exception) -> Outcome:
        """The outcome of a unit that was not worked because of `error`."""
        ...


class Feed:
    """The one iterator that all items in flight share: no batch barrier."""

    def __init__(self, labour: Labour) -> None:
        self._labour = labour
        self._ready: deque[Unit] = deque()
        self._grown: deque[Unit] = deque()  # behind all that is stored, so that each run hands out the same order
        self._read_all = False
        # In the order they were handed out; an event is set when all before are worked.
        self._in_flight: dict[tuple[int, ...], asyncio.Event] = {}
        self._reading = asyncio.Lock()
        self._changed = asyncio.Event()

    async def next(self) -> Unit | None:
        """A unit to work; None when there is none and none can come."""
        while not self._ready:
            if not self._read_all:
                await self._read_page()
            elif self._grown:
                self._ready, self._grown = self._grown, self._ready
            elif self._labour.grows and self._in_flight:
                self._changed.clear()
                await self._changed.wait()
            else:
                return None
        unit, turn = self._ready.popleft(), asyncio.Event()
        if not self._in_flight:
            turn.set()
        self._in_flight[unit.indexes] = turn
        return unit

    async def turn(self, unit: Unit) -> None:
        """Return when every unit that was handed out before this one is worked."""
        await self._in_flight[unit.indexes].wait()

    def worked(self, unit: Unit, grown: list[Unit]) -> None:
        """A unit is finished, and made these known."""
        del self._in_flight[unit.indexes]
        for first in islice(self._in_flight.values(), 1):
            first.set()
        self._grown.extend(grown)
        self._changed.set()

    async def _read_page(self) -> None:
        async with self._reading:
            if self._ready or self._read_all:
                return
            page = await patiently(lambda: asyncio.to_thread(self._labour.read), DATABASE_FAULTS)
            self._ready.extend(page)
            self._read_all = not page


async def patiently(act: Callable[[], Awaitable[T]], faults: tuple[type[Exception], ...] = (Exception,)) -> T:
    """Repeat while one of `faults` keeps `act` from its end; the caller bounds how long."""
    while True:
        try:
            return await act()
        except faults:
            log.exception("The database did not take or give what it should; trying again")
            await asyncio.sleep(RETRY_SECONDS)


class Loop:
    """One claim being worked. `save` commits a batch in a thread of its own; `alone` is one lock a process."""

    def __init__(
        self,
        claim: Claim,
        labour: Labour,
        progress: Progress,
        screen: Screen,
        save: Callable[[Batch], Awaitable[Ack | None]],
        *,
        clock: Clock,
        stopping: asyncio.Event,
        alone: asyncio.Lock,
        on_full: Callable[[StorageFull], None] = lambda error: None,
    ) -> None:
        self._claim, self._labour, self._progress, self._save = claim, labour, progress, save
        self._screen = screen
        self._clock, self._stopping, self._alone, self._on_full = clock, stopping, alone, on_full
        self._feed = Feed(labour)
        self._pullers: list[asyncio.Task[None]] = []
        self._unsaved: Batch | None = None
        self._saving: asyncio.Task[Ack | None] | None = None
        self._renewed = claim.taken_at

    async def run(self) -> Ending:
        """Work through the items that are not done; what is worked is saved when this returns, unless `lost`."""
        pulling = asyncio.ensure_future(self._pull_all())
        watching = [
            asyncio.ensure_future(watch) for watch in (self._flush_until_told(), self._self_stop(), self._drain())
        ]
        try:
            await asyncio.wait([pulling, *watching], return_when=asyncio.FIRST_COMPLETED)
            ending = self._ending(pulling, watching)
        finally:
            patience = STOP_CANCEL_SECONDS if self._stopping.is_set() else CANCEL_SECONDS
            await _cancel(pulling, *self._pullers, *watching, seconds=patience)
        if ending is not Ending.lost:
            return await self._last_flush(ending)
        if self._saving is not None:
            self._saving.cancel()
        return ending

    def _ending(self, pulling: "asyncio.Future[None]", watching: "Sequence[asyncio.Future[Ending]]") -> Ending:
        for watch in watching:
            if watch.done():
                return watch.result()
        pulling.result()  # raises what a fault of ours raised
        complete = self._progress.processed >= self._progress.planned
        return Ending.complete if complete or not self._stopping.is_set() else Ending.released

    async def _pull_all(self) -> None:
        if self._claim.careful and not await self._pull_carefully():
            return
        self._pullers = [asyncio.ensure_future(self._pull()) for _ in range(self._labour.width)]
        await asyncio.gather(*self._pullers)

    async def _pull(self) -> None:
        while not self._stopping.is_set() and (unit := await self._feed.next()) is not None:
            await self._progress.room()
            await self._work(unit)

    async def _pull_carefully(self) -> bool:
        """One unit at a time, each named first: should it kill this process, the next one knows. False: fenced off.

        What killed the worker had begun before the first flush, within a second. One at a time, that second takes as
        many as the job is wide; the rest need not crawl.
        """
        width, units = self._labour.width, 0
        until = self._clock.monotonic() + width
        while units < width or self._clock.monotonic() < until:
            if self._stopping.is_set() or (unit := await self._feed.next()) is None:
                break
            # Alone in this process, or a job that is as careful would be suspected for what this one does.
            async with self._alone:
                if not await self._suspect(unit.indexes[0]):
                    return False
                await self._work(unit)
                if not await self._suspect(None):
                    return False
            units += 1
        return True

    async def _suspect(self, idx: int | None) -> bool:
        """Write down which item is at work, with all that is done. False: fenced off."""
        self._progress.suspect = idx
        return await self._save_all() is not None

    async def _work(self, handed_out: Unit) -> None:
        # The items of a source are no rows: they name what is asked for.
        unit, left = (handed_out, {}) if self._labour.grows else await self._screen.before(handed_out)
        outcome = await self._screen.after(await self._attempt(unit), left)
        self._feed.worked(handed_out, self._progress.absorb(unit, outcome))

    async def _attempt(self, unit: Unit) -> Outcome:
        if self._claim.suspect in unit.indexes:
            return self._labour.failure(unit, ItemKilledWorker())
        while True:
            try:
                return await self._labour.attempt(unit, lambda: self._feed.turn(unit))
            except StorageFull as error:
                log.warning("An item finds no room on the disk; it is tried again")
                self._on_full(error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _flush_until_told(self) -> Ending:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self._progress.full.wait()
            try:
                ack = await self._flush()
            except Exception:
                log.exception("A flush failed; the results are kept and saved again")
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if ack is None:
                return Ending.lost
            if ack.cancel_requested:
                return Ending.cancelled
            if ack.too_long:
                return Ending.too_long

    async def _flush(self) -> Ack | None:
        """Save a batch, or join the saving that is under way: it outlives whoever waits for it."""
        if self._saving is None:
            self._saving = asyncio.ensure_future(self._save_batch())
        return await asyncio.shield(self._saving)

    async def _save_batch(self) -> Ack | None:
        """Save what is not saved yet; a batch whose saving failed goes first, as it was."""
        try:
            begun = self._clock.monotonic()
            batch = self._unsaved = self._unsaved or self._progress.take()
            ack = await self._save(batch)
            self._unsaved = None
            if ack is not None:
                self._renewed = begun
            self._progress.saved(batch, ack)
            return ack
        finally:
            self._saving = None

    async def _save_all(self) -> Ack | None:
        """Save everything that is known at this moment. None: fenced off."""
        while self._unsaved is not None:
            if await patiently(self._flush) is None:
                return None
        return await patiently(self._flush)

    async def _last_flush(self, ending: Ending) -> Ending:
        """Save the rest. The lease bounds how long this is tried."""
        self._progress.suspect = None
        seconds = self._lease_left()
        if self._stopping.is_set():
            seconds = min(seconds, STOP_FLUSH_SECONDS)
        try:
            async with asyncio.timeout(seconds):
                return Ending.lost if await self._save_all() is None else ending
        except TimeoutError:
            return Ending.lost

    async def _self_stop(self) -> Ending:
        while (left := self._lease_left()) > 0:  # noqa: ASYNC110 (each flush moves the end of the lease)
            await asyncio.sleep(min(left, 1.0))
        log.error("Job %s: the lease could not be renewed; stopping", self._claim.job_id)
        return Ending.lost

    def _lease_left(self) -> float:
        return self._renewed + LEASE.total_seconds() - SELF_STOP_MARGIN_SECONDS - self._clock.monotonic()

    async def _drain(self) -> Ending:
        await self._stopping.wait()
        await asyncio.sleep(DRAIN_SECONDS)
        return Ending.released


async def _cancel(*futures: "asyncio.Future[Any]", seconds: float) -> None:
    """Cancel, and wait until each has really ended: an item holds connections that it must close."""
    for future in futures:
        future.cancel()
    ended, stuck = await asyncio.wait(futures, timeout=seconds)
    for future in ended:
        if not future.cancelled():
            future.exception()  # known already, or of no more interest
    if stuck:
        log.error("%d items go on although they were cancelled; nothing of theirs is saved", len(stuck))
