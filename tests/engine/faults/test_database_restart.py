"""PostgreSQL crashes and comes back in the middle of a job: nothing lost, nothing doubled."""

import asyncio
from pathlib import Path

import pytest

from engine.errors import DatabaseUnavailable
from engine.jobs import operations as jobs
from engine.jobs.models import Status
from engine.rows.types import Row
from tests.engine.jobs.invariants import check_consistent
from tests.engine.jobs.loops import progressed
from tests.house import Shout, account, ended, house, order, rows_of, worker
from tests.postgres import RestartablePostgres


@pytest.mark.slow(60)
async def test_jobs_go_on_when_the_server_is_back(tmp_path: Path, restartable_postgres: RestartablePostgres) -> None:
    async def brief(row: Row) -> None:
        await asyncio.sleep(0.02)

    rows: list[Row] = [{"word": f"w{n}", "n": n} for n in range(600)]
    with house(tmp_path, url=restartable_postgres.url) as services:
        caller = account(services)
        async with worker(services, Shout(brief, width=3)):
            placed = [order(caller, Shout(), rows) for _ in range(3)]
            for crash in range(2):
                await progressed(services, placed[0], 30 + 150 * crash)
                await asyncio.to_thread(restartable_postgres.crash)
                with pytest.raises(DatabaseUnavailable):
                    await caller.call(jobs.list_jobs)
                await asyncio.sleep(1)
                await asyncio.to_thread(restartable_postgres.start)
            over = [await ended(services, job, seconds=30) for job in placed]

        for job in over:
            assert (job.status, job.errors, job.fence) == (Status.done, 0, 1)
            assert [row["n"] for row in rows_of(services, job)] == list(range(600))
            check_consistent(services, job)
