"""The durable item loop, through a real worker on a real database."""

import asyncio

from engine.context import Services
from engine.jobs import operations as jobs
from engine.jobs import results
from engine.jobs.models import Status
from engine.rows.types import Row
from tests.house import Shout, account, ended, job_now, order, rows_of, worker


def words(count: int) -> list[Row]:
    return [{"word": f"w{i}", "kept": i} for i in range(count)]


async def test_rows_come_out_in_the_order_they_came_in_with_the_new_column_behind(services: Services) -> None:
    async def backwards(row: Row) -> None:
        await asyncio.sleep(0.05 - int(str(row["kept"])) / 1000)

    async with worker(services, Shout(backwards)):
        job = await ended(services, order(account(services), Shout(), words(40)))

    assert (job.status, job.processed, job.results, job.errors) == (Status.done, 40, 40, 0)
    assert job.columns == ["word", "kept", "shouted"]
    assert rows_of(services, job) == [{"word": f"w{i}", "kept": i, "shouted": f"W{i}"} for i in range(40)]


async def test_a_failing_item_keeps_its_row_and_is_counted(services: Services) -> None:
    """C-180, C-434."""

    async def fails_at_three(row: Row) -> None:
        if row["kept"] == 3:
            raise ValueError("secret detail")

    async with worker(services, Shout(fails_at_three)):
        job = await ended(services, order(account(services), Shout(), words(5)))

    assert (job.status, job.results, job.errors) == (Status.done, 5, 1)
    assert rows_of(services, job)[3] == {"word": "w3", "kept": 3, "shouted": None}
    lines = account(services).run(results.logs, job.id)
    assert [line.message for line in lines] == ["élément 4 : erreur interne"]


async def test_cancelling_a_running_job_keeps_what_is_done(services: Services) -> None:
    """C-145, C-176."""

    async def slow(row: Row) -> None:
        await asyncio.sleep(0.01 if int(str(row["kept"])) < 10 else 60)

    caller = account(services)
    async with worker(services, Shout(slow, width=4)):
        job = order(caller, Shout(), words(100))
        while job_now(services, job).processed < 10:
            await asyncio.sleep(0.05)
        caller.run(jobs.cancel, job.id)
        over = await ended(services, job)

    assert (over.status, over.processed, over.results) == (Status.cancelled, 10, 10)
    assert len(rows_of(services, job)) == 10


async def test_five_thousand_items_are_saved_once_each(services: Services) -> None:
    async with worker(services, Shout(width=256)):
        job = await ended(services, order(account(services), Shout(), words(5_000)))

    assert job.results == 5_000
    assert [row["kept"] for row in rows_of(services, job)] == list(range(5_000))


async def test_a_stopped_worker_releases_its_job_and_the_next_one_goes_on_at_once(services: Services) -> None:
    async def slow(row: Row) -> None:
        await asyncio.sleep(0.3)

    async with worker(services, Shout(slow, width=5)) as stopping:
        job = order(account(services), Shout(), words(20))
        while job_now(services, job).processed < 5:
            await asyncio.sleep(0.02)
        stopping.set()
    released = job_now(services, job)
    async with worker(services, Shout(), name="w2"):
        over = await ended(services, job)

    assert released.status == Status.running and released.processed < 20
    assert (over.status, over.results, over.strikes, over.owner) == (Status.done, 20, 0, "w2")
    assert len(rows_of(services, job)) == 20
