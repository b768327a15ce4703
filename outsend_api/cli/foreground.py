"""The engine in the foreground of a terminal: a worker in this process, live bars, and an orderly Ctrl-C."""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from engine.context import Caller, Services
from engine.errors import StorageFull
from engine.jobs import operations as jobs
from engine.jobs.schemas import JobPublic
from engine.pipelines import operations as pipelines
from engine.runtime import local_owner, work
from outsend_api.cli.display import Bars
from outsend_api.cli.plan import Started

LOOK_SECONDS = 0.2
OPEN = ("pending", "running")


@dataclass(slots=True)
class State:
    """How what was started stands: its jobs in the order of their creation, and the one whose rows are the result."""

    status: str
    jobs: list[JobPublic] = field(default_factory=list[JobPublic])
    output_job_id: str | None = None
    error: str | None = None

    @property
    def ef_cost(self) -> float:
        return sum(job.ef_cost for job in self.jobs)

    @property
    def to_resume(self) -> str | None:
        """The job from which to go on, when the end was not the wanted one."""
        stopped = (job.id for job in self.jobs if job.status in ("cancelled", "failed"))
        return next(stopped, None)


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine at work for the local owner. `trouble` holds why it can't go on, once it can't."""

    caller: Caller
    trouble: list[StorageFull]


@asynccontextmanager
async def engine(services: Services) -> AsyncGenerator[Engine]:
    """A worker in this process, unless another one works on the data directory already."""
    stopping = asyncio.Event()
    trouble: list[StorageFull] = []
    services.on_full = trouble.append
    working = asyncio.create_task(work(services, stopping))
    try:
        yield Engine(await asyncio.to_thread(local_owner, services), trouble)
    finally:
        stopping.set()
        await working


@asynccontextmanager
async def interruptible() -> AsyncGenerator[asyncio.Event]:
    """An event that the first Ctrl-C sets; the second one ends the process as usual."""
    loop, pressed = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        pressed.set()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(sign)

    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop)
    try:
        yield pressed
    finally:
        if not pressed.is_set():
            stop()
            pressed.clear()


async def follow(engine: Engine, started: Started, bars: Bars, pressed: asyncio.Event) -> State:
    """Draw the bars until it is over; a Ctrl-C cancels it, and what is done is kept.

    Raises:
        StorageFull: nothing can be saved any more; what is saved stays, and the next run goes on with it.
    """
    caller, cancelled = engine.caller, False
    while True:
        if engine.trouble:
            raise engine.trouble[0]
        state = await look(caller, started)
        for job in state.jobs:
            bars.show(
                job.id,
                job.job_type,
                done=job.processed_points,
                planned=job.grid_points_count,
                rows=job.results_count,
                errors=job.error_count,
                state=job.status,
            )
        if state.status not in OPEN:
            return state
        if pressed.is_set() and not cancelled:
            cancelled = True
            await _cancel(caller, started)
        await asyncio.sleep(LOOK_SECONDS)


async def look(caller: Caller, started: Started) -> State:
    """How it stands now."""
    if started.kind == "job":
        job = await caller.call(jobs.get, started.id)
        return State(job.status, [job], job.id if job.download_available else None, job.error_message)
    pipeline = await caller.call(pipelines.get, started.id)
    found = [await caller.call(jobs.get, job.id) for job in pipeline.jobs]
    errors = (job.error_message for job in found if job.error_message)
    output = pipeline.output_job.id if pipeline.output_job else None
    return State(pipeline.status, found, output, pipeline.error_message or next(errors, None))


async def _cancel(caller: Caller, started: Started) -> None:
    if started.kind == "job":
        await caller.call(jobs.cancel, started.id)
    else:
        await caller.call(pipelines.cancel, started.id)
