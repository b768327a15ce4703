"""The loop when the database is away, slow, or somebody else's: nothing lost, nothing doubled, no overlap."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text

from engine.clock import Clock
from engine.context import Services
from engine.errors import StorageFull
from engine.jobs import gate, results
from engine.jobs import operations as jobs
from engine.jobs.loop import Ending
from engine.jobs.models import Status
from engine.jobs.progress import UNSAVED_ROWS_MAX
from engine.jobs.runner import JobRunner, Outside
from engine.jobs.store import Ack, Batch
from engine.limits import JOB_TIMEOUT, LOG_LINES_PER_JOB
from engine.module import NoConfig
from engine.rows.types import Row
from tests.engine.jobs.invariants import check_consistent
from tests.engine.jobs.loops import Watch, a_loop, claimed, outage, progressed, saver, worked
from tests.engine.jobs.modules import Backwards, Tree
from tests.house import Shout, account, ended, job_now, no_places, nowhere, order, rows_of, worker


def words(count: int) -> list[Row]:
    return [{"word": f"w{i}", "kept": i} for i in range(count)]


async def brief(row: Row) -> None:
    await asyncio.sleep(0.01)


@pytest.mark.slow(15)
async def test_results_of_a_database_that_is_away_for_a_while_are_saved_later(services: Services) -> None:
    job = order(account(services), Shout(), words(300))
    claim, tries = claimed(services, job), 0
    real = saver(services, claim)

    async def away_twice(batch: Batch) -> Ack | None:
        nonlocal tries
        tries += 1
        if tries in (1, 2):
            raise OSError("gone")
        return await real(batch)

    assert await worked(services, claim, Shout(brief, width=20), away_twice) is Ending.complete

    assert [row["kept"] for row in rows_of(services, job)] == list(range(300))
    check_consistent(services, job)


@pytest.mark.slow(15)
async def test_a_commit_whose_answer_was_lost_doubles_neither_rows_nor_log_lines(services: Services) -> None:
    async def fails(row: Row) -> None:
        await asyncio.sleep(0.01)
        if int(str(row["kept"])) % 10 == 0:
            raise ValueError("no")

    job = order(account(services), Shout(), words(200))
    claim, landed = claimed(services, job), 0
    real = saver(services, claim)

    async def answers_get_lost(batch: Batch) -> Ack | None:
        nonlocal landed
        ack = await real(batch)
        landed += 1
        if landed in (1, 2):
            raise OSError("connection reset behind the COMMIT")
        return ack

    assert await worked(services, claim, Shout(fails, width=5), answers_get_lost) is Ending.complete

    assert len(rows_of(services, job)) == 200
    assert len(account(services).run(results.logs, job.id)) == 20
    check_consistent(services, job)


@pytest.mark.slow(20)
async def test_work_waits_while_two_thousand_rows_are_unsaved(services: Services) -> None:
    job = order(account(services), Shout(), words(4_000))
    claim, worked_items, most = claimed(services, job), 0, 0
    real, saved, away = saver(services, claim), 0, asyncio.Event()

    async def count(row: Row) -> None:
        nonlocal worked_items, most
        await asyncio.sleep(0.02)
        worked_items += 1
        most = max(most, worked_items - saved)

    async def slow(batch: Batch) -> Ack | None:
        nonlocal saved
        await asyncio.sleep(0.6)
        if not away.is_set():
            away.set()
            raise OSError("gone")
        ack = await real(batch)
        saved += len(batch.rows)
        return ack

    assert await worked(services, claim, Shout(count, width=50), slow) is Ending.complete

    assert UNSAVED_ROWS_MAX <= most <= UNSAVED_ROWS_MAX + 50
    assert len(rows_of(services, job)) == 4_000


@pytest.mark.slow(10)
async def test_a_worker_that_cannot_renew_its_lease_stops_before_a_successor_may_start(services: Services) -> None:
    in_flight: Counter[str] = Counter()
    overlaps: list[Row] = []

    async def watched(row: Row) -> None:
        overlaps.extend([row] if in_flight[str(row["word"])] else [])
        in_flight[str(row["word"])] += 1
        try:
            await asyncio.sleep(0.02 if int(str(row["kept"])) < 20 else 3)
        finally:
            in_flight[str(row["word"])] -= 1

    job, clock = order(account(services), Shout(), words(30)), Watch()
    claim, away, late = claimed(services, job), False, 0
    real = saver(services, claim)

    async def cut_off(batch: Batch) -> Ack | None:
        nonlocal late
        late += away and clock.ahead_seconds > 0
        if away:
            raise OSError("gone")
        return await real(batch)

    loop = asyncio.create_task(a_loop(services, claim, Shout(watched, width=10), cut_off, clock=clock).run())
    await progressed(services, job, 20)
    away = True
    clock.ahead_seconds = 25.5  # half a minute less the margin since the last flush

    assert await asyncio.wait_for(loop, 3) is Ending.lost
    assert in_flight.total() == 0
    services.clock.offset += timedelta(seconds=31)
    assert await worked(services, claimed(services, job, me="w2"), Shout(width=10)) is Ending.complete
    assert overlaps == []
    assert late <= 2  # tries, none of which wrote
    assert len(rows_of(services, job)) == 30
    check_consistent(services, job)


async def test_a_lease_that_ran_out_before_the_work_began_is_not_used(services: Services) -> None:
    job, clock, begun = order(account(services), Shout(), words(3)), Watch(), []
    claim = claimed(services, job)
    clock.ahead_seconds = 26  # the claim's answer took this long

    async def begin(row: Row) -> None:
        begun.append(row)
        await asyncio.sleep(1)

    assert await a_loop(services, claim, Shout(begin), clock=clock).run() is Ending.lost
    assert job_now(services, job).processed == 0


async def test_a_worker_that_was_replaced_stops_and_writes_nothing(services: Services) -> None:
    async def slow(row: Row) -> None:
        await asyncio.sleep(0.01 if int(str(row["kept"])) < 5 else 60)

    job = order(account(services), Shout(), words(10))
    loop = asyncio.create_task(a_loop(services, claimed(services, job), Shout(slow, width=2)).run())
    await progressed(services, job, 5)
    services.run(None, gate.reclaim_all)
    successor = claimed(services, job, me="w2")

    assert await asyncio.wait_for(loop, 2) is Ending.lost
    assert await worked(services, successor, Shout()) is Ending.complete
    assert len(rows_of(services, job)) == 10
    check_consistent(services, job)


async def test_growing_work_goes_on_where_a_lost_worker_stopped(services: Services) -> None:
    visits: Counter[str] = Counter()

    async def slow(item: dict[str, object]) -> None:
        visits[str(item["name"])] += 1
        await asyncio.sleep(0.01)
        if visits.total() > 60:
            await asyncio.sleep(60)

    job = order(account(services), Tree(), [{"name": "a", "depth": 5}, {"name": "b", "depth": 5}])
    loop = asyncio.create_task(a_loop(services, claimed(services, job), Tree(slow, width=5)).run())
    await progressed(services, job, 40)
    loop.cancel()  # as dead as a process: nothing more is saved
    await asyncio.gather(loop, return_exceptions=True)
    services.run(None, gate.reclaim_all)

    assert await worked(services, claimed(services, job, me="w2"), Tree(width=5)) is Ending.complete

    now = job_now(services, job)
    assert (now.planned, now.processed, now.results) == (126, 126, 126)
    assert len({row["name"] for row in rows_of(services, job)}) == 126
    check_consistent(services, job)


@pytest.mark.slow(10)
async def test_a_job_is_stopped_after_six_hours_with_its_rows_kept(services: Services) -> None:
    """C-187."""

    async def slow(row: Row) -> None:
        await asyncio.sleep(0.01 if int(str(row["kept"])) < 5 else 60)

    async with worker(services, Shout(slow, width=5)):
        job = order(account(services), Shout(), words(20))
        await progressed(services, job, 5)
        services.clock.offset += JOB_TIMEOUT + timedelta(seconds=1)
        over = await ended(services, job)

    assert (over.status, over.error_code, over.results) == (Status.failed, "job_timeout", 5)
    assert over.error_message == "Durée maximale dépassée (6 h)"
    assert over.output_filename == "results_shout.csv"


async def test_a_cancel_stops_the_work_within_a_second(services: Services) -> None:
    stopped = asyncio.Event()

    async def endless(row: Row) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()

    caller = account(services)
    async with worker(services, Shout(endless)):
        job = order(caller, Shout(), words(3))
        while job_now(services, job).status != Status.running:
            await asyncio.sleep(0.01)
        caller.run(jobs.cancel, job.id)
        await asyncio.wait_for(stopped.wait(), 1.0)
        over = await ended(services, job, seconds=1.0)

    assert over.status == Status.cancelled


@pytest.mark.slow(15)
async def test_a_worker_outlives_a_database_that_is_away(services: Services) -> None:
    async with worker(services, Shout(brief, width=4)):
        job = order(account(services), Shout(), words(200))
        await progressed(services, job, 20)
        with outage(services):
            await asyncio.sleep(1.5)  # the work ends meanwhile, and can't be written
        over = await ended(services, job, seconds=8)

    assert (over.status, over.error_code, over.results, over.fence) == (Status.done, None, 200, 1)
    check_consistent(services, job)


async def test_a_database_that_is_away_right_after_a_claim_fails_no_job(services: Services) -> None:
    job = order(account(services), Shout(), words(3))
    claim = claimed(services, job)
    runner = JobRunner(
        services,
        Outside(nowhere, no_places),
        name="w1",
        stopping=asyncio.Event(),
        module_of=lambda slug: Shout(),
    )

    with outage(services):
        await asyncio.wait_for(runner.run(claim), 2)

    assert job_now(services, job).status == Status.running
    services.run(None, gate.reclaim_all)
    await runner.run(claimed(services, job, me="w2"))
    assert job_now(services, job).status == Status.done


@pytest.mark.slow(10)
async def test_a_job_whose_end_could_not_be_written_at_first_is_done_and_not_failed(services: Services) -> None:
    refused = []

    def full_once(context: object, finished: object) -> None:
        if not refused:
            refused.append(finished)
            raise StorageFull

    services.on_job_finished = (full_once,)
    async with worker(services, Shout()):
        job = await ended(services, order(account(services), Shout(), words(3)))

    assert (job.status, job.error_code, job.results) == (Status.done, None, 3)


@pytest.mark.slow(20)
async def test_a_job_keeps_at_most_its_share_of_log_lines(services: Services) -> None:
    async def fails(row: Row) -> None:
        raise ValueError("no")

    async with worker(services, Shout(fails, width=500)):
        job = await ended(services, order(account(services), Shout(), words(LOG_LINES_PER_JOB + 100)))

    assert job.errors == LOG_LINES_PER_JOB + 100
    assert len(account(services).run(results.logs, job.id)) == LOG_LINES_PER_JOB


class Ponder(Backwards):
    """Chooses rows once it is told to."""

    slug = "ponder"

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def select(self, rows: Sequence[Row], config: NoConfig, note: Callable[[str], None]) -> Sequence[int]:
        self.begun.set()
        assert self.go_on.wait(20)
        return super().select(rows, config, note)


@pytest.mark.slow(15)
async def test_a_table_module_that_takes_longer_than_a_lease_keeps_its_job(services: Services) -> None:
    module = Ponder()
    async with worker(services, module):
        job = order(account(services), module, [{"n": n} for n in range(5)])
        await asyncio.to_thread(module.begun.wait)
        for _ in range(2):
            services.clock.offset += timedelta(seconds=20)
            now = services.clock.now()
            while (job_now(services, job).lease_until or now) < now + timedelta(seconds=25):
                await asyncio.sleep(0.02)
        other = services.run(None, gate.claim, "w2", job.id)
        module.go_on.set()
        over = await ended(services, job)

    assert other is gate.Refusal.leased
    assert (over.status, over.fence, [row["n"] for row in rows_of(services, job)]) == (Status.done, 1, [3, 1])


@pytest.mark.slow(10)
async def test_a_table_module_at_work_is_cancelled_within_a_second_or_two(services: Services) -> None:
    """C-145."""
    module, caller = Ponder(), account(services)
    async with worker(services, module):
        job = order(caller, module, [{"n": n} for n in range(5)])
        await asyncio.to_thread(module.begun.wait)
        caller.run(jobs.cancel, job.id)
        over = await ended(services, job, seconds=4)
        module.go_on.set()

    assert (over.status, over.results) == (Status.cancelled, 0)


@pytest.mark.slow(20)
async def test_connections_cut_by_the_server_cost_nothing_but_time(services: Services) -> None:
    if services.db.is_sqlite:
        pytest.skip("SQLite has no connections to cut")
    job = order(account(services), Shout(), words(400))
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    cut = text(f"SELECT pg_terminate_backend(pid) {others}")

    async with worker(services, Shout(brief, width=4)):
        for _ in range(5):
            await asyncio.sleep(0.2)
            with services.db.engine.connect() as connection:
                connection.execute(cut)
        over = await ended(services, job, seconds=15)

    assert (over.status, over.errors) == (Status.done, 0)
    assert [row["kept"] for row in rows_of(services, job)] == list(range(400))
    check_consistent(services, job)


async def test_the_servers_clock_decides_and_not_a_workers_wrong_one(services: Services) -> None:
    if services.db.is_sqlite:
        pytest.skip("SQLite has no clock but this machine's")

    class Fast(Clock):
        def now(self):  # type: ignore[no-untyped-def]
            return super().now() + timedelta(hours=1)

    job = order(account(services), Shout(), words(1))
    claimed(services, job)
    services.clock = services.db.clock = Fast()

    assert services.run(None, gate.claim, "w2", job.id) is gate.Refusal.leased
