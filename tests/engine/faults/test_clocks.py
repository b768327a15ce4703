"""Clocks that are wrong or jump: no lease is stolen, and six hours are six hours of the database."""

import asyncio
from datetime import timedelta

import pytest

from engine.clock import Clock
from engine.context import Services
from engine.jobs.models import Status
from engine.limits import JOB_TIMEOUT
from engine.rows.types import Row
from tests.engine.faults.processes import Workers, all_ended, place_job
from tests.engine.faults.worker_process import Steps
from tests.engine.jobs.invariants import check_consistent
from tests.engine.jobs.loops import progressed
from tests.house import Shout, account, ended, job_now, order, rows_of, worker

AN_HOUR = 3_600.0


def steps(count: int, **more: float) -> list[Row]:
    return [{"word": f"w{n}", "n": n, **more} for n in range(count)]


def needs_a_server(services: Services) -> None:
    if services.db.is_sqlite:
        pytest.skip("SQLite has no clock but this machine's")


@pytest.mark.slow(30)
@pytest.mark.parametrize("ahead_seconds", [AN_HOUR, -AN_HOUR])
async def test_a_worker_whose_clock_is_an_hour_wrong_takes_nothing_from_another(
    services: Services, workers: Workers, ahead_seconds: float
) -> None:
    needs_a_server(services)
    placed = [place_job(services, Steps(), steps(200)) for _ in range(4)]
    wrong = workers.start(role="wrong", wrong_clock_seconds=ahead_seconds)
    await workers.ready(1)
    workers.start(role="right")

    over = await all_ended(services, placed, seconds=20)

    for job in over:
        assert (job.status, job.fence, job.results) == (Status.done, 1, 200)
        check_consistent(services, job)
    assert str(wrong.pid) in {line[1] for line in workers.entries("enter")}
    assert workers.repeated(placed) == 0
    workers.check_journal(placed)


@pytest.mark.slow(30)
@pytest.mark.parametrize(
    ("worked", "wrong_seconds", "end"),
    [
        (JOB_TIMEOUT - timedelta(minutes=30), AN_HOUR, Status.done),
        (JOB_TIMEOUT + timedelta(minutes=30), -AN_HOUR, Status.failed),
    ],
)
async def test_six_hours_are_counted_by_the_databases_clock(
    services: Services, workers: Workers, worked: timedelta, wrong_seconds: float, end: Status
) -> None:
    """C-187."""
    needs_a_server(services)
    job = place_job(services, Steps(), steps(80, seconds=0.1))
    first = workers.start()
    await progressed(services, job, 5)
    await asyncio.to_thread(workers.kill, first)

    workers.start(later_seconds=worked.total_seconds(), wrong_clock_seconds=wrong_seconds)
    [over] = await all_ended(services, [job], seconds=15)

    assert over.status == end
    check_consistent(services, job)


class Jumping(Clock):
    """A machine's clock that somebody sets while jobs run."""

    def jump(self, hours: int) -> None:
        self.offset += timedelta(hours=hours)


@pytest.mark.slow(20)
@pytest.mark.parametrize("hours", [1, -1])
async def test_a_clock_that_jumps_while_a_job_runs_loses_and_doubles_nothing(services: Services, hours: int) -> None:
    async def brief(row: Row) -> None:
        await asyncio.sleep(0.02)

    services.clock = services.db.clock = clock = Jumping()
    async with worker(services, Shout(brief, width=3)):
        job = order(account(services), Shout(), steps(150))
        await progressed(services, job, 20)
        clock.jump(hours)
        over = await ended(services, job, seconds=10)

    assert (over.status, over.errors, over.suspect) == (Status.done, 0, None)
    assert [row["n"] for row in rows_of(services, job)] == list(range(150))
    check_consistent(services, job)


async def test_a_job_of_before_a_clock_was_set_back_is_taken_over_at_once(services: Services, workers: Workers) -> None:
    services.clock.offset += timedelta(hours=1)
    job = place_job(services, Steps(), steps(20, seconds=0.2))
    first = workers.start(later_seconds=AN_HOUR)
    await progressed(services, job, 3)
    await asyncio.to_thread(workers.kill, first)
    services.clock.offset -= timedelta(hours=1)

    workers.start()
    [over] = await all_ended(services, [job], seconds=4)

    assert (over.status, over.fence, job_now(services, job).results) == (Status.done, 2, 20)
