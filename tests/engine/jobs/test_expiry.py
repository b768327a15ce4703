"""Rows live seven days after the end of a job; nobody ever takes a part of them for the whole."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import func, select

from engine.context import Caller, Context, Services, read, write
from engine.jobs import gate, results, store
from engine.jobs import operations as jobs
from engine.jobs.errors import JobMissing, OutputGone
from engine.jobs.expiry import expire_due
from engine.jobs.intake import Order, place
from engine.jobs.models import Job, JobInput, JobLog, JobReport, JobRow, Status
from engine.jobs.store import Batch
from engine.limits import RETENTION
from engine.rows.types import Row
from engine.worker.driver import Claim
from tests.house import NoConfig, Shout, account, ended, job_now, order, worker

A_MOMENT = timedelta(minutes=1)


def done_job(services: Services, rows: int = 3) -> Job:
    job = order(account(services), Shout(), [{"word": "a"}])
    claim = services.run(None, gate.claim, "w1", job.id)
    assert isinstance(claim, Claim)
    batch = Batch(b"\x01", 1, rows, 0, 1, ["word"], {}, [], rows=[(0, sub, {"word": str(sub)}) for sub in range(rows)])
    batch.reports, batch.logs = [(0, {"seen": True})], [(services.clock.now(), "info", "bonjour")]

    @write
    def save(context: Context) -> None:
        store.flush(context.session, claim, batch)
        gate.finish(context, claim, "done")

    services.run(None, save)
    return job


def reader_of(caller: Caller, source: Job, *, planned: int = 3) -> Job:
    """A pending job whose items are the rows of another."""

    @write
    def make(context: Context) -> Job:
        return place(context, Order(Shout(), NoConfig(), context.account_id, input_job_seq=source.seq, planned=planned))

    return caller.run(make)


@read
def held(context: Context, seq: int) -> list[int]:
    """How many rows, items, reports and log lines of a job are stored."""
    tables = (JobRow, JobInput, JobReport, JobLog)
    return [
        context.session.exec(select(func.count()).select_from(table).where(table.job_seq == seq)).one()
        for table in tables
    ]


def test_after_seven_days_the_rows_go_and_the_record_stays(services: Services) -> None:
    """C-181, C-177."""
    job, caller = done_job(services), account(services)
    services.clock.offset += RETENTION - A_MOMENT
    assert expire_due(services) == 0

    services.clock.offset += 2 * A_MOMENT
    assert expire_due(services) == 1

    now = caller.run(jobs.get, job.id)
    assert (now.status, now.results_count, now.download_available) == ("expired", 3, False)
    assert services.run(None, held, job.seq or 0) == [0, 0, 0, 0]
    with pytest.raises(OutputGone):
        caller.run(results.open_download, job.id)
    assert expire_due(services) == 0


def test_rows_that_an_open_job_reads_wait_for_it(services: Services) -> None:
    job, caller = done_job(services), account(services)
    reader = reader_of(caller, job)
    services.clock.offset += RETENTION + A_MOMENT

    assert expire_due(services) == 0
    assert job_now(services, job).status == Status.done
    caller.run(jobs.cancel, reader.id)
    assert expire_due(services) == 1


def test_a_deleted_job_is_gone_at_once_and_its_rows_after_their_last_reader(services: Services) -> None:
    job, caller = done_job(services), account(services)
    reader = reader_of(caller, job)

    caller.run(jobs.delete, job.id)
    with pytest.raises(JobMissing):
        caller.run(jobs.get, job.id)
    assert expire_due(services) == 0
    assert services.run(None, held, job.seq or 0) == [3, 1, 1, 1]

    caller.run(jobs.cancel, reader.id)
    assert expire_due(services) == 1
    assert services.run(None, held, job.seq or 0) == [0, 0, 0, 0]
    with services.db.transaction("read") as session:
        assert session.get(Job, job.seq) is None


@pytest.mark.slow(10)
async def test_a_job_at_work_reads_all_rows_of_a_source_that_is_deleted_meanwhile(services: Services) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def hold(row: Row) -> None:
        begun.set()
        await go_on.wait()

    job, caller = done_job(services, rows=2 * store.PAGE + 5), account(services)
    async with worker(services, Shout(hold, width=1)):
        reader = reader_of(caller, job, planned=2 * store.PAGE + 5)
        await begun.wait()  # one page is read, the others are not
        caller.run(jobs.delete, job.id)
        kept = await asyncio.to_thread(expire_due, services)
        go_on.set()
        over = await ended(services, reader)

    assert (kept, over.status, over.results) == (0, Status.done, 2 * store.PAGE + 5)
    assert expire_due(services) == 1
    assert services.run(None, held, job.seq or 0) == [0, 0, 0, 0]


def test_a_download_during_an_expiry_is_whole_or_breaks(services: Services) -> None:
    job, caller = done_job(services, rows=3 * store.PAGE), account(services)
    output = caller.run(results.open_download, job.id)
    rows: list[Row] = []
    services.clock.offset += RETENTION + A_MOMENT

    with pytest.raises(OutputGone):
        for row in results.output_rows(services, output):
            rows.append(row)
            if len(rows) == 10:
                expire_due(services)

    assert len(rows) < 3 * store.PAGE


def test_a_download_of_a_job_deleted_meanwhile_is_still_whole(services: Services) -> None:
    job, caller = done_job(services, rows=2 * store.PAGE), account(services)
    output = caller.run(results.open_download, job.id)
    rows = results.output_rows(services, output)
    next(rows)

    caller.run(jobs.delete, job.id)

    assert len(list(rows)) == 2 * store.PAGE - 1


def test_a_purge_that_was_interrupted_is_finished_by_the_next_one(services: Services) -> None:
    job = done_job(services, rows=20)
    services.clock.offset += RETENTION + A_MOMENT

    @write
    def half(context: Context) -> None:
        gate.expire(context, job.seq or 0)
        store.purge(context.session, job.seq or 0, 5)

    services.run(None, half)

    assert expire_due(services) == 1
    assert services.run(None, held, job.seq or 0) == [0, 0, 0, 0]


def test_the_file_shrinks_when_rows_are_purged(services: Services) -> None:
    if not services.db.is_sqlite:
        pytest.skip("PostgreSQL frees its files by itself")
    file = services.settings.data_dir / "outsend.db"
    for _ in range(3):
        done_job(services, rows=6_000)
    caller = account(services)
    checkpoint(services)
    before = file.stat().st_size
    for job in caller.run(jobs.list_jobs):
        caller.run(jobs.delete, job.id)

    expire_due(services)

    checkpoint(services)
    assert file.stat().st_size < before / 2


def checkpoint(services: Services) -> None:
    with services.db.engine.connect() as connection:
        connection.rollback()
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined]
