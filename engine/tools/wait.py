"""Waiting for work without holding anything: the hub tells of news, and a listener hears how far it is."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from engine.context import Caller
from engine.jobs import operations as jobs
from engine.jobs.events import EventHub
from engine.limits import LOG_INTERVAL_SECONDS
from engine.pipelines import operations as pipelines
from engine.pipelines.models import PipelineStatus
from engine.tools.briefs import brief_of_pipeline, open_jobs, pipeline_state, state_of
from engine.tools.tool import Progress

TELL_SECONDS = 1.0  # progress is told at most so often
SILENCE_SECONDS = 10.0  # and at least so often: clients give silent calls up
STEP = 0.001  # progress must grow, even where nothing has happened


@dataclass(frozen=True, slots=True)
class _Far:
    """How far the work is: `done` of `total`, and in words."""

    done: float
    total: float | None
    words: str


async def wait_for_job(caller: Caller, job_id: str, *, seconds: float, progress: Progress) -> None:
    """Return when the job is over, or after `seconds`. A caller that goes away stops the wait, never the job.

    Raises:
        JobMissing, JobForbidden.
    """

    async def look() -> _Far:
        job = await caller.call(jobs.get, job_id)
        return _Far(job.processed_points, job.grid_points_count or None, state_of(job))

    async with _telling(progress, look) as changed:
        await _hub(caller).wait(caller, job_id, seconds=seconds, report=lambda _: changed.set())


async def wait_for_pipeline(caller: Caller, pipeline_id: str, *, seconds: float, progress: Progress) -> None:
    """Return when the pipeline is over, or after `seconds`. Raises PipelineMissing, PipelineForbidden."""

    async def look() -> _Far:
        found = await caller.call(brief_of_pipeline, pipeline_id)
        return _Far(found.progress_pct, 100, pipeline_state(found))

    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), _telling(progress, look) as changed:
            while (found := await caller.call(pipelines.get, pipeline_id)).status == PipelineStatus.running:
                if _hub(caller).closed:  # nothing lasts any more: the process is about to stop
                    return
                await _one_ends(caller, open_jobs(found), changed, seconds)


async def _one_ends(caller: Caller, job_ids: list[str], changed: asyncio.Event, seconds: float) -> None:
    """Return when one of the jobs is over."""
    if not job_ids:
        await asyncio.sleep(LOG_INTERVAL_SECONDS)
        return
    hub = _hub(caller)
    waits = [
        asyncio.create_task(hub.wait(caller, job_id, seconds=seconds, report=lambda _: changed.set()))
        for job_id in job_ids
    ]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


@asynccontextmanager
async def _telling(progress: Progress, look: Callable[[], Awaitable[_Far]]) -> AsyncGenerator[asyncio.Event]:
    """Tell how far the work is when the event is set, and now and then anyway."""
    changed = asyncio.Event()
    telling = asyncio.create_task(_tell(progress, look, changed))
    try:
        yield changed
    finally:
        telling.cancel()
        # Somebody who no longer listens is no reason to fail.
        await asyncio.gather(telling, return_exceptions=True)


async def _tell(progress: Progress, look: Callable[[], Awaitable[_Far]], changed: asyncio.Event) -> None:
    told = -STEP
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(SILENCE_SECONDS):
                await changed.wait()
        changed.clear()
        far = await look()
        told = max(far.done, told + STEP)
        await progress.report(told, far.total, far.words)
        await asyncio.sleep(TELL_SECONDS)


def _hub(caller: Caller) -> EventHub:
    hub = caller.services.hub
    assert isinstance(hub, EventHub), "waiting needs the hub that reads events"
    return hub
