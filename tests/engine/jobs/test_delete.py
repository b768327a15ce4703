"""A job that is deleted while it runs, or while another one begins to read it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import select

from engine.context import Context, Services, read
from engine.errors import OutsendError
from engine.jobs import gate, store
from engine.jobs import operations as jobs
from engine.jobs.errors import JobMissing
from engine.jobs.expiry import expire_due
from engine.jobs.models import Job, Status
from engine.jobs.store import Batch
from engine.jobs.sweep import sweep
from tests.engine.jobs.loops import claimed
from tests.house import Shout, account, job_now, order, worker

WORDS: list[dict[str, Any]] = [{"word": "a"}, {"word": "b"}, {"word": "c"}]


def is_kept(services: Services, seq: int | None) -> bool:
    @read
    def look(context: Context) -> bool:
        return context.session.exec(select(Job.seq).where(Job.seq == seq)).first() is not None

    return services.run(None, look)


async def test_a_job_deleted_while_it_runs_stops_and_does_not_come_back(services: Services) -> None:
    """C-155, C-153, C-177."""
    caller, at_work, over = account(services), asyncio.Event(), asyncio.Event()

    async def hold(row: object) -> None:
        at_work.set()
        try:
            await asyncio.sleep(60)
        finally:
            over.set()

    job = order(caller, Shout(hold), WORDS)
    async with worker(services, Shout(hold)):
        await at_work.wait()
        await asyncio.to_thread(caller.run, jobs.delete, job.id, cancel=True)
        with pytest.raises(JobMissing):
            await asyncio.to_thread(caller.run, jobs.get, job.id)
        await asyncio.to_thread(expire_due, services)  # its worker has not let go yet
        await over.wait()

    assert job_now(services, job).status == Status.cancelled
    sweep(services)
    expire_due(services)
    assert not is_kept(services, job.seq)


def test_what_follows_a_job_that_was_deleted_while_it_ran_happens_once_it_stops(services: Services) -> None:
    """C-147: a purge before that would lose the end of its pipeline."""
    heard: list[str] = []
    services.on_job_finished = (lambda context, job: heard.append(job.status),)
    caller = account(services)
    job = order(caller, Shout(), WORDS)
    claim = claimed(services, job)

    caller.run(jobs.delete, job.id, cancel=True)
    expire_due(services)
    kept_meanwhile = is_kept(services, job.seq)
    services.run(None, gate.finish_cancelled, claim)
    expire_due(services)

    assert (kept_meanwhile, heard, is_kept(services, job.seq)) == (True, ["cancelled"], False)


def with_rows(services: Services, count: int) -> Job:
    """A job that is done, with rows."""
    job = order(account(services), Shout(), [{"word": "x"}])
    claim = claimed(services, job)
    rows: list[Any] = [(0, sub, {"word": f"w{sub}"}) for sub in range(count)]
    with services.db.transaction("write") as session:
        assert store.flush(session, claim, Batch(b"\x01", 1, count, 0, 1, ["word"], {}, [], rows=rows))
    services.run(None, gate.finish, claim, "done")
    return job


@pytest.mark.slow(20)
def test_a_job_that_begins_to_read_another_finds_all_rows_or_is_refused(services: Services) -> None:
    """C-179, C-020: creation, deletion and purge at the same moment."""
    caller, begun = account(services), list[Job]()

    def begin(source: Job) -> str | None:
        try:
            return caller.run(jobs.create, "filter", {}, source_job_id=source.id).id
        except OutsendError as refusal:
            assert isinstance(refusal, JobMissing)
            return None

    def remove(source: Job) -> None:
        caller.run(jobs.delete, source.id)
        expire_due(services)

    for _ in range(10):
        source = with_rows(services, 30)
        with ThreadPoolExecutor(2) as pool:
            made, _ = pool.submit(begin, source), pool.submit(remove, source)
            if made.result() is not None:
                begun.append(source)
        if begun and begun[-1] is source:
            assert source.seq is not None
            assert len(list(store.stream(services.db, source.seq))) == 30
