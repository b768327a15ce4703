"""A worker that stands still for longer than its lease, with a transaction open: another goes on, it writes nothing."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.context import Services
from engine.db.engine import readable
from engine.errors import DatabaseUnavailable
from engine.jobs.gate import LEASE
from engine.jobs.models import Status
from engine.rows.types import Row
from tests.engine.faults.processes import Workers, all_ended, place_job, rows_held, saved_items, until
from tests.engine.faults.worker_process import Steps
from tests.engine.jobs.invariants import check_consistent
from tests.engine.jobs.loops import progressed
from tests.house import job_now, rows_of


@asynccontextmanager
async def mid_flush(services: Services) -> AsyncGenerator[None]:
    """The worker waits in a flush: on PostgreSQL with its job locked, on SQLite before it: a lock there is for all."""
    if services.db.is_sqlite:
        with services.db.transaction("write"):
            yield
        return
    with rows_held(services) as waiting:
        await until(waiting)
        yield


@pytest.mark.slow(30)
async def test_a_worker_that_was_paused_past_its_lease_writes_nothing_when_it_wakes(
    services: Services, workers: Workers
) -> None:
    rows: list[Row] = [{"word": f"w{n}", "n": n, "seconds": 0.2} for n in range(40)]
    job = place_job(services, Steps(), rows)
    first = workers.start(cut_off="500ms")
    await progressed(services, job, 5)
    async with mid_flush(services):
        await asyncio.to_thread(workers.pause, first)
    saved = saved_items(services, job)

    workers.start(role="second", later_seconds=31)
    [over] = await all_ended(services, [job], seconds=20)
    workers.wake(first)
    workers.terminate(first)
    await asyncio.to_thread(workers.gone, first)

    assert (first.exitcode, over.status, over.fence) == (0, Status.done, 2)
    counts = workers.begun(job)
    assert {counts[item] for item in saved} == {1}
    assert job_now(services, job) == over
    assert [row["n"] for row in rows_of(services, over)] == list(range(40))
    check_consistent(services, over)


def test_the_server_forgets_an_idle_transaction_well_before_a_lease_ends(services: Services) -> None:
    if services.db.is_sqlite:
        pytest.skip("a server's setting")
    with services.db.engine.connect() as connection:
        patience = connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one()
        connection.execute(text("SET idle_in_transaction_session_timeout = 1"))
        time.sleep(0.2)  # the transaction is open, and nothing happens in it
        with pytest.raises(DBAPIError) as cut:
            connection.execute(text("SELECT 1"))

    assert patience == "10s" and LEASE.total_seconds() > 2 * 10
    assert isinstance(readable(cut.value), DatabaseUnavailable)
