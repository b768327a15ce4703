"""PostgreSQL crashes and comes back in the middle of a job: nothing lost, nothing doubled, never two owners."""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.clock import Clock
from engine.context import Context, write
from engine.errors import DatabaseUnavailable
from engine.jobs import operations as jobs
from engine.jobs.models import Job, Status
from engine.rows.types import Row
from tests.engine.faults.processes import Workers, all_ended, rows_held, until
from tests.engine.faults.test_kills import Watched, check, twelve_jobs
from tests.engine.jobs.invariants import Journal, check_consistent
from tests.engine.jobs.loops import Watch, progressed
from tests.house import Shout, account, ended, house, job_now, order, rows_of, worker
from tests.postgres import RestartablePostgres

A_LEASE = timedelta(seconds=31)

log = logging.getLogger(__name__)


def numbered(count: int) -> list[Row]:
    return [{"word": f"w{n}", "n": n} for n in range(count)]


@pytest.mark.slow(40)
async def test_a_crash_in_mid_flush_neither_loses_nor_doubles_a_row(
    tmp_path: Path, restartable_postgres: RestartablePostgres
) -> None:
    async def brief(row: Row) -> None:
        await asyncio.sleep(0.02)

    with house(tmp_path, url=restartable_postgres.url) as services:
        caller = account(services)
        async with worker(services, Shout(brief, width=3)):
            placed = [order(caller, Shout(), numbered(250)) for _ in range(3)]
            await progressed(services, placed[0], 30)
            with rows_held(services) as waiting:
                await until(lambda: waiting() == len(placed))
                await asyncio.to_thread(restartable_postgres.crash)
            with pytest.raises(DatabaseUnavailable):
                await caller.call(jobs.list_jobs)
            await asyncio.to_thread(restartable_postgres.start)
            over = [await ended(services, job, seconds=30) for job in placed]

        for job in over:
            assert (job.status, job.errors, job.fence) == (Status.done, 0, 1)
            assert [row["n"] for row in rows_of(services, job)] == list(range(250))
            check_consistent(services, job)


class InFlight:
    """A module's work that notes in one journal who works on what, and may be told to last."""

    def __init__(self, journal: Journal, who: str, key: Callable[[Row], tuple[str, int, int]]) -> None:
        self._journal, self._who, self._key = journal, who, key
        self.now = 0
        self.lasts_seconds = 0.02

    async def __call__(self, row: Row) -> None:
        self._journal.enter(self._key(row), self._who)
        self.now += 1
        try:
            await asyncio.sleep(self.lasts_seconds)
        finally:
            self.now -= 1
            self._journal.exit(self._key(row), self._who)


@pytest.mark.slow(60)
async def test_a_worker_without_its_database_for_a_lease_stops_itself_before_another_goes_on(
    tmp_path: Path, restartable_postgres: RestartablePostgres
) -> None:
    journal, mine, clock = Journal(), dict[str, Job](), Watch()

    def job_of(row: Row) -> tuple[str, int, int]:
        job = mine[str(row["job"])]
        return job.lane, job.account_id, job.seq or 0

    for folder in "ab":
        (tmp_path / folder).mkdir()
    first, second = (InFlight(journal, who, job_of) for who in ("first", "second"))
    with (
        house(tmp_path / "a", url=restartable_postgres.url, clock=clock) as services,
        house(tmp_path / "b", url=restartable_postgres.url, clock=Clock(A_LEASE)) as later,
    ):
        for name in "xyz":
            rows: list[Row] = [{"word": "w", "n": n, "job": name} for n in range(250)]
            mine[name] = order(account(services), Shout(lane="serial" if name == "x" else "parallel"), rows)
        async with worker(services, Shout(first, width=3), name="first"):
            for job in mine.values():
                await progressed(services, job, 5)
            first.lasts_seconds = 60.0
            await asyncio.to_thread(restartable_postgres.crash)
            clock.ahead_seconds = 25.5  # half a minute less the margin since the last flush
            await until(lambda: first.now == 0)

            await asyncio.to_thread(restartable_postgres.start)
            async with worker(later, Shout(second, width=3), name="second"):
                over = [await ended(later, job, seconds=30) for job in mine.values()]

        for job in over:
            assert (job.status, job.errors, job.owner, job.fence) == (Status.done, 0, "second", 2)
            assert [row["n"] for row in rows_of(later, job)] == list(range(250))
            check_consistent(later, job)


@write
def bury(context: Context, owner: str) -> None:
    """As a lease's time later: what a dead worker held may be taken over."""
    leases = "UPDATE jobs SET lease_until = created_at WHERE owner = :owner AND status = 'running'"
    context.session.connection().execute(text(leases), {"owner": owner})


@pytest.mark.chaos
@pytest.mark.slow(400)
async def test_twenty_five_kills_of_two_workers_and_three_crashes_of_the_database_lose_and_double_nothing(
    tmp_path: Path, restartable_postgres: RestartablePostgres
) -> None:
    chance = random.Random(5)
    with house(tmp_path, url=restartable_postgres.url) as services:
        workers = Workers(services, tmp_path)
        watched = Watched(services, workers, twelve_jobs(services, 600))
        try:
            for role in ("one", "two"):
                workers.start(role=role)
            for kill in range(25):
                await workers.ready(2 + kill)
                if watched.over:
                    watched.jobs += twelve_jobs(services, 600)
                await asyncio.sleep(chance.uniform(0.3, 1))
                watched.look()
                victim = chance.choice(workers.living)
                await asyncio.to_thread(workers.kill, victim)
                if kill % 8 == 7:
                    await asyncio.to_thread(restartable_postgres.crash)
                    await asyncio.to_thread(restartable_postgres.start)
                services.run(None, bury, str(victim.pid))
                workers.start(role=f"after {kill}")
            over = await all_ended(services, watched.jobs, seconds=150)

            for job in over:
                check(services, job)
            watched.check()
            workers.check_journal(watched.jobs)
            log.info("25 kills, %.1f items repeated a kill", workers.repeated(watched.jobs) / 25)
        finally:
            workers.close()


@pytest.mark.chaos
@pytest.mark.slow(150)
async def test_a_database_away_for_longer_than_a_lease_is_survived_in_real_time(
    tmp_path: Path, restartable_postgres: RestartablePostgres
) -> None:
    with house(tmp_path, url=restartable_postgres.url) as services:
        workers = Workers(services, tmp_path)
        placed = twelve_jobs(services, 400)
        try:
            for role in ("one", "two"):
                workers.start(role=role)
            await progressed(services, placed[1], 20)
            await asyncio.to_thread(restartable_postgres.crash)
            await asyncio.sleep(33)
            await asyncio.to_thread(restartable_postgres.start)
            over = await all_ended(services, placed, seconds=90)

            for job in over:
                check(services, job)
            workers.check_journal(placed)
            assert max(job_now(services, job).fence for job in over) > 1
        finally:
            workers.close()
