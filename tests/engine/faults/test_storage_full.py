"""A full disk: jobs wait and then complete, creating says why it can't, reading goes on."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from engine.context import Services
from engine.errors import StorageFull
from engine.jobs import operations as jobs
from engine.jobs.models import Status
from engine.rows.types import Row
from tests.engine.jobs.invariants import check_consistent
from tests.engine.jobs.loops import progressed
from tests.house import Shout, account, ended, job_now, order, rows_of, worker

FULL_TRIGGER = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER full_rows BEFORE INSERT ON job_rows EXECUTE FUNCTION refuse();
CREATE TRIGGER full_inputs BEFORE INSERT ON job_inputs EXECUTE FUNCTION refuse();
"""
ROOM_AGAIN = "DROP TRIGGER full_rows ON job_rows; DROP TRIGGER full_inputs ON job_inputs; DROP FUNCTION refuse();"


@contextmanager
def full_disk(services: Services) -> Generator[None]:
    """No room for a further page meanwhile."""
    if services.db.is_sqlite:
        with _no_further_page(services):
            yield
        return
    _execute(services, FULL_TRIGGER)
    try:
        yield
    finally:
        _execute(services, ROOM_AGAIN)


@contextmanager
def _no_further_page(services: Services) -> Generator[None]:
    """SQLite counts pages a connection, so each one is told as it begins."""
    limit = [1]  # at most what there is

    def bound(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit[0]}")

    event.listen(services.db.engine, "begin", bound, insert=True)
    try:
        yield
    finally:
        limit[0] = 2**30


def _execute(services: Services, statements: str) -> None:
    with services.db.engine.begin() as connection:
        connection.execute(text(statements))


def words(count: int) -> list[Row]:
    return [{"word": f"{n:04}" * 500, "n": n} for n in range(count)]


@pytest.mark.slow(20)
async def test_a_job_waits_for_room_and_then_completes(services: Services) -> None:
    async def brief(row: Row) -> None:
        await asyncio.sleep(0.02)

    caller = account(services)
    async with worker(services, Shout(brief, width=5)):
        job = order(caller, Shout(), words(200))
        await progressed(services, job, 10)
        with full_disk(services):
            await asyncio.sleep(2.5)
            waiting = job_now(services, job)
        over = await ended(services, job, seconds=10)

    assert (waiting.status, waiting.processed < 200) == (Status.running, True)
    assert (over.status, over.results, over.fence) == (Status.done, 200, 1)
    assert [row["n"] for row in rows_of(services, job)] == list(range(200))
    check_consistent(services, job)


async def test_creating_says_that_there_is_no_room_and_reading_goes_on(services: Services) -> None:
    caller, job = account(services), order(account(services), Shout(), words(5))

    with full_disk(services):
        with pytest.raises(StorageFull):
            order(caller, Shout(), words(500))
        listed = caller.run(jobs.list_jobs)
        caller.run(jobs.cancel, job.id)

    assert [found.id for found in listed] == [job.id]
    assert job_now(services, job).status == Status.cancelled
    order(caller, Shout(), words(500))
