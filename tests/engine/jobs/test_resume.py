"""A new attempt inherits what is done, and pays for the rest alone."""

import asyncio

import pytest
from sqlmodel import select

from engine.context import Caller, Context, Services, write
from engine.jobs import gate
from engine.jobs import operations as jobs
from engine.jobs.errors import NotResumable
from engine.jobs.expiry import expire_due
from engine.jobs.intake import Order, place
from engine.jobs.models import Job, Status
from engine.jobs.resume import resume
from engine.limits import RETENTION
from engine.module import AnyModule, NoConfig
from engine.rows.types import Row
from tests.engine.jobs.invariants import check_consistent
from tests.engine.jobs.loops import a_loop, claimed, progressed
from tests.engine.jobs.modules import Backwards, Tree
from tests.house import Shout, account, ended, job_now, order, rows_of, worker


@pytest.fixture(autouse=True)
def known_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry finds the modules of this test."""
    known: dict[str, AnyModule] = {module.slug: module for module in (Shout(), Tree(), Backwards())}
    monkeypatch.setattr("engine.jobs.intake.modules", lambda: known)


def words(count: int) -> list[Row]:
    return [{"word": f"w{i}", "kept": i} for i in range(count)]


async def stopped_after(services: Services, job: Job, module: AnyModule, items: int) -> None:
    """Work the job until so many items are saved, then cancel it."""
    caller = account(services)
    loop = asyncio.create_task(a_loop(services, claim := claimed(services, job), module).run())
    await progressed(services, job, items)
    caller.run(jobs.cancel, job.id)
    await loop
    services.run(None, gate.finish_cancelled, claim)


def first_only(count: int) -> Shout:
    async def slow_after(row: Row) -> None:
        if int(str(row["kept"])) >= count:
            await asyncio.sleep(60)

    return Shout(slow_after, width=count + 2)


def on_rows_of(caller: Caller, source: Job, planned: int) -> Job:
    @write
    def make(context: Context) -> Job:
        return place(context, Order(Shout(), NoConfig(), context.account_id, input_job_seq=source.seq, planned=planned))

    return caller.run(make)


async def test_a_resumed_job_works_and_pays_for_what_is_left(services: Services) -> None:
    """C-151, C-110."""
    caller, job = account(services), order(account(services), Shout(), words(10))
    await stopped_after(services, job, first_only(4), 4)

    again = caller.run(resume, job.id)

    assert (again.status, again.source_job_id) == ("pending", job.id)
    assert (again.processed_points, again.results_count, again.grid_points_count) == (4, 4, 10)
    assert again.ef_cost == pytest.approx(Shout().cost(6, NoConfig()))
    shouted: list[Row] = []

    async def listen(row: Row) -> None:
        shouted.append(row)

    async with worker(services, Shout(listen)):
        over = await ended(services, await asyncio.to_thread(find, services, again.id))
    assert (over.status, over.results, len(shouted)) == (Status.done, 10, 6)
    assert [row["kept"] for row in rows_of(services, over)] == list(range(10))
    check_consistent(services, over)
    check_consistent(services, job)


async def test_a_resumed_source_keeps_its_grown_items_and_finds_nothing_twice(services: Services) -> None:
    """C-148."""
    visits = 0

    async def tire(item: dict[str, object]) -> None:
        nonlocal visits
        visits += 1
        if visits > 20:
            await asyncio.sleep(60)

    caller, job = account(services), order(account(services), Tree(), [{"name": "a", "depth": 6}])
    await stopped_after(services, job, Tree(tire, width=4), 20)

    again = caller.run(resume, job.id)
    async with worker(services, Tree()):
        over = await ended(services, await asyncio.to_thread(find, services, again.id))

    assert (over.status, over.planned, over.results, over.stats["nodes"]) == (Status.done, 127, 127, 127)
    assert len({row["name"] for row in rows_of(services, over)}) == 127
    check_consistent(services, over)


async def test_a_job_on_the_rows_of_another_resumes_on_the_same_rows(services: Services) -> None:
    caller = account(services)
    async with worker(services, Shout()):
        source = await ended(services, order(caller, Shout(), words(8)))
    job = on_rows_of(caller, source, 8)
    await stopped_after(services, job, first_only(3), 3)

    again = caller.run(resume, job.id)
    async with worker(services, Shout()):
        over = await ended(services, await asyncio.to_thread(find, services, again.id))

    assert [row["kept"] for row in rows_of(services, over)] == list(range(8))


async def test_a_job_is_resumed_once_and_then_its_last_attempt(services: Services) -> None:
    caller, job = account(services), order(account(services), Shout(), words(10))
    await stopped_after(services, job, first_only(4), 4)
    again = caller.run(resume, job.id)

    with pytest.raises(NotResumable, match="déjà repris"):
        caller.run(resume, job.id)

    caller.run(jobs.cancel, again.id)
    assert caller.run(resume, again.id).source_job_id == again.id


async def test_of_two_resumes_at_once_one_is_refused(services: Services) -> None:
    caller, job = account(services), order(account(services), Shout(), words(10))
    await stopped_after(services, job, first_only(4), 4)

    answers = await asyncio.gather(*(caller.call(resume, job.id) for _ in range(4)), return_exceptions=True)

    assert sorted(isinstance(answer, NotResumable) for answer in answers) == [False, True, True, True]


async def test_what_is_not_interrupted_or_has_no_items_left_is_not_resumable(services: Services) -> None:
    """C-149."""
    caller, running = account(services), order(account(services), Shout(), words(2))
    table = order(caller, Backwards(), [{"n": 1}])
    caller.run(jobs.cancel, table.id)
    async with worker(services, Shout()):
        done = await ended(services, running)
    pending = order(caller, Shout(), words(2))

    for job, reason in ((pending, "état pending"), (done, "état done"), (table, "type backwards")):
        with pytest.raises(NotResumable, match=reason):
            caller.run(resume, job.id)


async def test_a_job_whose_source_has_expired_is_not_resumable(services: Services) -> None:
    """C-191."""
    caller = account(services)
    async with worker(services, Shout()):
        source = await ended(services, order(caller, Shout(), words(4)))
    services.clock.offset += RETENTION / 2
    job = on_rows_of(caller, source, 4)
    caller.run(jobs.cancel, job.id)
    services.clock.offset += RETENTION * 2 / 3
    expire_due(services)

    with pytest.raises(NotResumable, match="expiré"):
        caller.run(resume, job.id)
    assert job_now(services, job).status == Status.cancelled


def find(services: Services, job_id: str) -> Job:
    with services.db.transaction("read") as session:
        return session.exec(select(Job).where(Job.id == job_id)).one()
