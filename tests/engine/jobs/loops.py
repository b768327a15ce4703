"""The durable loop without its worker: a claim, a module, and a saver that the test may disturb."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import event, exc

from engine.clock import Clock
from engine.context import Context, Services, write
from engine.jobs import gate, store
from engine.jobs.kinds import Items, kind_of
from engine.jobs.loop import Ending, Loop
from engine.jobs.models import Job
from engine.jobs.progress import Progress
from engine.jobs.runner import SeenKeys
from engine.jobs.screen import Screen
from engine.jobs.store import Ack, Batch
from engine.module import AnyModule, NoConfig, Run
from engine.worker.driver import Claim
from tests.house import job_now

Save = Callable[[Batch], Awaitable[Ack | None]]


class Watch(Clock):
    """A clock whose monotonic time can be pushed ahead."""

    ahead_seconds = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead_seconds


def claimed(services: Services, job: Job, *, me: str = "w1") -> Claim:
    """The claim on this job."""
    claim = services.run(None, gate.claim, me, job.id)
    assert isinstance(claim, Claim), claim
    return claim


@write
def _flush(context: Context, claim: Claim, batch: Batch) -> Ack | None:
    return store.flush(context.session, claim, batch)


def saver(services: Services, claim: Claim) -> Save:
    """What the runner saves with: the real flush, in a thread."""

    async def save(batch: Batch) -> Ack | None:
        return await services.call(None, _flush, claim, batch)

    return save


def a_loop(
    services: Services,
    claim: Claim,
    module: AnyModule,
    save: Save | None = None,
    *,
    clock: Clock | None = None,
    stopping: asyncio.Event | None = None,
) -> Loop:
    """The loop as the runner builds it."""
    with services.db.transaction("read") as session:
        job = session.get_one(Job, claim.seq)
        logs_written = store.count_logs(session, claim.seq)
    clock, nothing = clock or services.clock, cast("Any", None)
    run = Run(claim.job_id, *([nothing] * 5), SeenKeys(set()), *([nothing] * 4))
    labour = kind_of(module)(module, NoConfig(), Items(services.db, job, module.needs), run, clock)
    progress = Progress(job, logs_written=logs_written)
    return Loop(
        claim,
        labour,
        progress,
        Screen(services, job.account_id),
        save or saver(services, claim),
        clock=clock,
        stopping=stopping or asyncio.Event(),
        alone=asyncio.Lock(),
    )


async def worked(services: Services, claim: Claim, module: AnyModule, save: Save | None = None) -> Ending:
    """Work a claim to its end, and finish the job where that is due."""
    ending = await a_loop(services, claim, module, save).run()
    if ending is Ending.complete:
        await services.call(None, gate.finish, claim, "done")
    return ending


async def progressed(services: Services, job: Job, items: int) -> None:
    """Return once so many items are saved."""
    while job_now(services, job).processed < items:
        await asyncio.sleep(0.02)


@contextmanager
def outage(services: Services) -> Generator[None]:
    """A database that answers nothing meanwhile."""

    def refuse(_connection: object) -> None:
        raise exc.OperationalError("BEGIN", {}, ConnectionError("gone"))

    event.listen(services.db.engine, "begin", refuse, insert=True)
    try:
        yield
    finally:
        event.remove(services.db.engine, "begin", refuse)
