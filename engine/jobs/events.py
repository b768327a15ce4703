"""The hub: one reader a process, any number of streams and waits. It works alike in every process and driver."""

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from sqlmodel import col, func, select

from engine.context import Caller, Context, Services, read
from engine.jobs import store
from engine.jobs.models import Job, JobLog, Status
from engine.jobs.queries import owned_job, public
from engine.jobs.schemas import JobEvent, JobEventName, JobPublic
from engine.limits import LOG_INTERVAL_SECONDS, PROGRESS_INTERVAL_SECONDS, STATUS_INTERVAL_SECONDS

Position = tuple[int, int]  # (job seq, id of the last log line told)

QUEUE = 2_000  # events that a slow reader may lag behind
LOG_PAGE = 500
COUNTERS = ("processed_points", "grid_points_count", "results_count", "error_count")

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Watch:
    """One stream or wait: what it has told so far, and what it still has to tell."""

    seq: int
    last_log: int
    ended: bool = False  # nothing comes after the batch at hand
    counters: tuple[int, ...] | None = None  # told last
    progress_at: float = -math.inf
    status_at: float = -math.inf
    _events: "asyncio.Queue[JobEvent | None]" = field(default_factory=lambda: asyncio.Queue(QUEUE))  # None: the end

    async def batch(self, seconds: float | None = None) -> list[JobEvent]:
        """All events that are there, or the next ones; empty when none came in time."""
        try:
            async with asyncio.timeout(seconds):
                events = [await self._events.get()]
        except TimeoutError:
            return []
        while not self._events.empty():
            events.append(self._events.get_nowait())
        self.ended = events[-1] is None
        return [event for event in events if event is not None]

    def tell(self, event: JobEvent | None) -> None:
        self._events.put_nowait(event)

    def cut(self) -> None:
        """End it at once. Who comes back names the last line heard, so what waits here is not lost."""
        while not self._events.empty():
            self._events.get_nowait()
        self.tell(None)

    @property
    def has_room(self) -> bool:
        """Whether it can take a page of lines and what goes with it. A slow reader gets the newest state later."""
        return self._events.qsize() <= QUEUE - LOG_PAGE - len(get_args(JobEventName))

    @property
    def position(self) -> Position:
        return self.seq, self.last_log


class EventHub:
    """Follows jobs for everybody in this process. Built by `engine.runtime`; reads only while somebody watches."""

    def __init__(self) -> None:
        self._watches: set[Watch] = set()
        self._reader: asyncio.Task[None] | None = None
        self._changed: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.closed = False

    @property
    def watching(self) -> int:
        """How many streams and waits are open."""
        return len(self._watches)

    def poke(self) -> None:
        """Something was committed: look now. Any thread may call this."""
        loop, changed = self._loop, self._changed
        if loop is not None and changed is not None and not loop.is_closed():
            loop.call_soon_threadsafe(changed.set)

    def close(self) -> None:
        """End every stream and wait, those that come later at once: the process is about to stop."""
        self.closed = True
        while self._watches:
            self._watches.pop().cut()

    @asynccontextmanager
    async def follow(self, caller: Caller, job_id: str, *, since: int = 0) -> AsyncGenerator[Watch]:
        """The job's events from now on, log lines beyond log id `since` first; they end after `done`.

        They end early with their job (deleted and purged), and when this hub closes.

        Raises:
            JobMissing, JobForbidden.
        """
        watch = Watch(await caller.call(_seq_of, job_id), since)
        self._add(watch, caller.services)
        try:
            yield watch
        finally:
            self._watches.discard(watch)

    async def watch(self, caller: Caller, job_id: str, *, since: int = 0) -> AsyncGenerator[JobEvent]:
        """The events of `follow`, one by one."""
        async with self.follow(caller, job_id, since=since) as watch:
            while not watch.ended:
                for event in await watch.batch():
                    yield event

    async def wait(
        self, caller: Caller, job_id: str, *, seconds: float, report: Callable[[JobEvent], None] | None = None
    ) -> None:
        """Return when the job is over, after `seconds`, or when this hub closes. `report` hears of progress."""
        try:
            async with asyncio.timeout(seconds), aclosing(self.watch(caller, job_id)) as events:
                async for event in events:
                    if report is not None and event.name == "progress":
                        report(event)
        except TimeoutError:
            return

    def _add(self, watch: Watch, services: Services) -> None:
        if self.closed:
            watch.cut()
            return
        self._watches.add(watch)
        if self._reader is None or self._reader.done():
            self._loop, self._changed = asyncio.get_running_loop(), asyncio.Event()
            self._reader = asyncio.create_task(self._read(services, self._changed))
        self.poke()

    async def _read(self, services: Services, changed: asyncio.Event) -> None:
        """Read for all watches together until there is none."""
        while self._watches:
            watches = [watch for watch in self._watches if watch.has_room]
            lines: dict[Position, list[JobLog]] = {}
            try:
                jobs, lines = await services.call(None, _look, {watch.position for watch in watches})
            except Exception:
                log.exception("The watched jobs could not be read; looking again")
            else:
                for watch in self._watches.intersection(watches):  # the others went away meanwhile
                    self._tell(watch, jobs.get(watch.seq), lines.get(watch.position, []))
            if not any(len(page) == LOG_PAGE for page in lines.values()):
                await _news(changed)
            changed.clear()

    def _tell(self, watch: Watch, job: JobPublic | None, lines: list[JobLog]) -> None:
        if job is None:  # deleted and purged
            self._end(watch)
            return
        now = asyncio.get_running_loop().time()
        for line in lines:
            watch.tell(JobEvent(name="log", data=_log_data(line), id=line.id))
            watch.last_log = line.id or 0
        counters = tuple(getattr(job, name) for name in COUNTERS)
        if counters != watch.counters and now - watch.progress_at >= PROGRESS_INTERVAL_SECONDS:
            watch.counters, watch.progress_at = counters, now
            watch.tell(JobEvent(name="progress", data={"id": job.id, **_picked(job, COUNTERS)}))
        # Else more lines, or the last counters, come first.
        over = Status(job.status).terminal and len(lines) < LOG_PAGE and counters == watch.counters
        if over or now - watch.status_at >= STATUS_INTERVAL_SECONDS:
            watch.status_at = now
            watch.tell(JobEvent(name="status", data=_status_data(job)))
        if over:
            for event in _last_events(job):
                watch.tell(event)
            self._end(watch)

    def _end(self, watch: Watch) -> None:
        self._watches.discard(watch)
        watch.tell(None)


def hub_of(services: Services) -> EventHub:
    """The hub that follows jobs in this process."""
    assert isinstance(services.hub, EventHub), "these services were built without a hub that can be listened to"
    return services.hub


async def _news(changed: asyncio.Event) -> None:
    """Return when something was committed here, or when it is time to look anyway."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LOG_INTERVAL_SECONDS):
            await changed.wait()
            # A burst of commits is one look.
            await asyncio.sleep(LOG_INTERVAL_SECONDS / 5)


def _last_events(job: JobPublic) -> list[JobEvent]:
    """How a stream ends: the error of a failed job, then `done`."""
    data = {
        "id": job.id,
        "status": job.status,
        "results_count": job.results_count,
        "duration_seconds": _duration(job.started_at, job.completed_at),
    }
    done = JobEvent(name="done", data=data)
    if job.status != Status.failed:
        return [done]
    return [JobEvent(name="error", data={"code": "job_failed", "message": job.error_message or ""}), done]


def _picked(job: JobPublic, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(job, name) for name in names}


def _status_data(job: JobPublic) -> dict[str, Any]:
    return _picked(job, ("id", "status", *COUNTERS, "download_available", "query_stats", "eta_seconds"))


def _log_data(line: JobLog) -> dict[str, Any]:
    return {"message": line.message, "level": line.level, "timestamp": line.at.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _duration(started: datetime | None, completed: datetime | None) -> int:
    return round((completed - started).total_seconds()) if started and completed else 0


@read
def _seq_of(context: Context, job_id: str) -> int:
    seq = owned_job(context, job_id).seq
    assert seq is not None
    return seq


@read
def _look(context: Context, positions: set[Position]) -> tuple[dict[int, JobPublic], dict[Position, list[JobLog]]]:
    """The watched jobs, and for each position the log lines behind it (a page)."""
    now = context.now()
    watched = {seq for seq, _ in positions}
    jobs = context.session.exec(select(Job).where(col(Job.seq).in_(watched)))
    shown = {job.seq: public(job, now) for job in jobs if job.seq is not None}
    newest = dict(
        context.session.exec(
            select(JobLog.job_seq, func.max(JobLog.id))
            .where(col(JobLog.job_seq).in_(watched))
            .group_by(col(JobLog.job_seq))
        ).all()
    )
    behind = {position for position in positions if (newest.get(position[0]) or 0) > position[1]}
    return shown, {(seq, last): store.logs(context.session, seq, last, LOG_PAGE) for seq, last in behind}
