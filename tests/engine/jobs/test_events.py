"""The hub: every stream hears every line once, the error before the end, and nobody waits for a slow reader."""

import asyncio
from contextlib import aclosing
from typing import cast

import pytest
from sqlmodel import col, delete

from engine.context import Caller, Context, Services, write
from engine.jobs import events, gate, store
from engine.jobs.errors import JobForbidden, JobMissing
from engine.jobs.events import EventHub
from engine.jobs.models import Job
from engine.jobs.schemas import JobEvent
from engine.jobs.store import Batch
from engine.rows.types import Row
from engine.worker.driver import Claim
from tests.engine.jobs.loops import claimed, outage
from tests.engine.jobs.modules import Tree, never
from tests.house import Shout, account, ended, order, worker


def hub_of(services: Services) -> EventHub:
    return cast("EventHub", services.hub)


@write
def log_lines(context: Context, claim: Claim, first: int, count: int) -> None:
    lines = [(context.now(), "info", f"ligne {n}") for n in range(first, first + count)]
    batch = Batch(b"", 0, 0, 0, 1, [], {}, [], logs_before=first, logs=lines)
    assert store.flush(context.session, claim, batch) is not None


async def until_done(caller: Caller, job: Job, *, since: int = 0) -> list[JobEvent]:
    return [event async for event in hub_of(caller.services).watch(caller, job.id, since=since)]


def messages(heard: list[JobEvent]) -> list[str]:
    return [event.data["message"] for event in heard if event.name == "log"]


async def test_a_stream_tells_of_progress_and_ends_with_done(services: Services) -> None:
    async def brief(row: Row) -> None:
        await asyncio.sleep(0.05)

    caller = account(services)
    async with worker(services, Shout(brief, width=5)):
        job = order(caller, Shout(), [{"word": "a"}] * 100)
        heard = await until_done(caller, job)

    counts = [event.data["processed_points"] for event in heard if event.name == "progress"]
    assert counts == sorted(set(counts)) and counts[-1] == 100
    assert heard[-1].name == "done"
    assert (heard[-1].data["status"], heard[-1].data["results_count"]) == ("done", 100)
    assert [event.name for event in heard].count("done") == 1


async def test_the_error_of_a_failed_job_comes_before_done(services: Services) -> None:
    caller = account(services)
    async with worker(services, Tree(never)):
        heard = await until_done(caller, order(caller, Tree(), [{"name": "a", "depth": 0}]))

    assert [event.name for event in heard[-2:]] == ["error", "done"]
    assert heard[-2].data == {"code": "job_failed", "message": "Arbre refusé"}
    assert messages(heard) == ["élément 1 : Arbre refusé"]


async def test_a_reconnecting_stream_hears_every_line_exactly_once(services: Services) -> None:
    caller, job = account(services), order(account(services), Shout(), [{"word": "a"}])
    claim, heard, since = claimed(services, job), list[str](), 0

    async def write_on() -> None:
        for first in range(0, 300, 20):
            await services.call(None, log_lines, claim, first, 20)
            hub_of(services).poke()
            await asyncio.sleep(0.03)
        await services.call(None, gate.finish, claim, "done")

    writing, over = asyncio.create_task(write_on()), False
    while not over:
        async with aclosing(hub_of(services).watch(caller, job.id, since=since)) as stream:
            lines = 0
            async for event in stream:
                over = event.name == "done"
                if event.name == "log":
                    heard.append(event.data["message"])
                    since, lines = event.id or 0, lines + 1
                if over or lines == 37:
                    break
    await writing

    assert heard == [f"ligne {n}" for n in range(300)]


async def test_a_stream_that_comes_late_hears_all_lines_then_the_end(services: Services) -> None:
    caller, job = account(services), order(account(services), Shout(), [{"word": "a"}])
    claim = claimed(services, job)
    services.run(None, log_lines, claim, 0, 1_700)
    services.run(None, gate.finish, claim, "done")

    heard = await until_done(caller, job)

    assert messages(heard) == [f"ligne {n}" for n in range(1_700)]
    assert heard[-1].name == "done"


@pytest.mark.slow(10)
async def test_a_slow_reader_loses_no_line_and_delays_nobody(services: Services) -> None:
    caller, job = account(services), order(account(services), Shout(), [{"word": "a"}])
    claim = claimed(services, job)
    slow = hub_of(services).watch(caller, job.id)
    first = await anext(slow)
    services.run(None, log_lines, claim, 0, 4_000)
    services.run(None, gate.finish, claim, "done")

    fast = await asyncio.wait_for(until_done(caller, job), 4)
    late = [first] + [event async for event in slow]

    assert len(messages(fast)) == 4_000
    assert messages(late) == [f"ligne {n}" for n in range(4_000)]
    assert late[-1].name == "done"


async def test_a_database_that_is_away_for_a_moment_ends_no_stream(services: Services) -> None:
    caller, job = account(services), order(account(services), Shout(), [{"word": "a"}])
    claim = claimed(services, job)
    stream = hub_of(services).watch(caller, job.id)
    await anext(stream)

    with outage(services):
        hub_of(services).poke()
        await asyncio.sleep(0.8)
    services.run(None, gate.finish, claim, "done")

    assert [event.name async for event in stream][-1] == "done"


async def test_a_stream_ends_with_its_job_when_that_is_deleted(services: Services) -> None:
    caller, job = account(services), order(account(services), Shout(), [{"word": "a"}])
    stream = hub_of(services).watch(caller, job.id)
    await anext(stream)

    @write
    def vanish(context: Context) -> None:
        context.session.exec(delete(store.JobInput).where(col(store.JobInput.job_seq) == job.seq))
        context.session.exec(delete(Job).where(col(Job.seq) == job.seq))

    services.run(None, vanish)

    assert all(event.name in ("status", "progress") for event in [event async for event in stream])


async def test_a_wait_returns_when_the_job_is_over_or_the_time_is_up(services: Services) -> None:
    caller, job = account(services), order(account(services), Shout(), [{"word": "a"}])
    clock = asyncio.get_running_loop().time
    begun, heard = clock(), list[str]()

    await hub_of(services).wait(caller, job.id, seconds=0.2)
    assert clock() - begun < 0.5

    async with worker(services, Shout()):
        await hub_of(services).wait(caller, job.id, seconds=4, report=lambda event: heard.append(event.name))
        over = await ended(services, job)
    assert over.status == "done"
    assert set(heard) == {"progress"}


async def test_streams_belong_to_their_owner(services: Services) -> None:
    job, other = order(account(services), Shout(), [{"word": "a"}]), account(services, "other@example.com")

    with pytest.raises(JobForbidden):
        await anext(hub_of(services).watch(other, job.id))
    with pytest.raises(JobMissing):
        await anext(hub_of(services).watch(other, "j_unknown"))


def test_a_page_of_lines_fits_into_a_readers_queue() -> None:
    assert events.LOG_PAGE < events.QUEUE / 2
