"""Cancelling beside a real worker: one terminal state each; rows, bitmap and counters agree."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.context import Services
from engine.jobs import operations as jobs
from engine.jobs.errors import JobAlreadyOver
from engine.jobs.models import Job, Status
from engine.rows.types import Row
from tests.engine.faults.processes import all_ended
from tests.engine.jobs.invariants import check_consistent, check_limits, running
from tests.engine.jobs.loops import progressed
from tests.house import Shout, account, ended, order, rows_of, worker

THREADS = 8


def words(count: int) -> list[Row]:
    return [{"word": f"w{n}", "n": n} for n in range(count)]


async def brief(row: Row) -> None:
    await asyncio.sleep(0.01)


def hear(services: Services) -> Counter[str]:
    """Counts how often the end of each job is told."""
    told: Counter[str] = Counter()
    services.on_job_finished = (lambda _, finished: told.update([finished.job_id]),)
    return told


def cancelling(services: Services, email: str) -> Callable[[Job], bool]:
    """Cancels a job; False: it was over before."""
    caller = account(services, email)

    def cancel(job: Job) -> bool:
        try:
            caller.run(jobs.cancel, job.id)
        except JobAlreadyOver:
            return False
        return True

    return cancel


@pytest.mark.slow(40)
async def test_sixty_cancels_from_eight_threads_leave_one_terminal_state_each(services: Services) -> None:
    """C-145, C-177, C-179."""
    told, chance = hear(services), random.Random(3)
    placed = [
        (email, order(account(services, email), Shout(), words(chance.randint(1, 40))))
        for email in ("a@example.com", "b@example.com")
        for _ in range(30)
    ]
    chance.shuffle(placed)

    def cancel(at: tuple[str, Job]) -> bool:
        check_limits(services.run(None, running))
        return cancelling(services, at[0])(at[1])

    async with worker(services, Shout(brief, width=3)):
        await progressed(services, min((job for _, job in placed), key=lambda job: job.seq or 0), 1)
        with ThreadPoolExecutor(THREADS) as threads:
            taken = await asyncio.to_thread(lambda: list(threads.map(cancel, placed)))
        over = await all_ended(services, [job for _, job in placed], seconds=30)

    for job, was_open in zip(over, taken, strict=True):
        assert job.status in (Status.done, Status.cancelled)
        assert was_open or job.status == Status.done
        check_consistent(services, job)
        assert [row["n"] for row in rows_of(services, job)] == sorted(row["n"] for row in rows_of(services, job))  # type: ignore[type-var]
    assert told == {job.id: 1 for job in over}
    assert Status.cancelled in {job.status for job in over}


@pytest.mark.slow(20)
async def test_one_job_cancelled_by_eight_threads_at_once_ends_once(services: Services) -> None:
    """C-145, C-179."""
    told, cancel = hear(services), cancelling(services, "owner@example.com")
    async with worker(services, Shout(brief, width=2)):
        job = order(account(services), Shout(), words(1_000))
        await progressed(services, job, 5)
        with ThreadPoolExecutor(THREADS) as threads:
            await asyncio.to_thread(lambda: list(threads.map(cancel, [job] * 60)))
        over = await ended(services, job)

    assert (over.status, told) == (Status.cancelled, {job.id: 1})
    assert 5 <= over.processed < 1_000
    assert not cancel(job)
    check_consistent(services, job)
