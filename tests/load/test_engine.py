"""The job engine's figures: start latency, items a second, the price of durability, small jobs. By `make bench`."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.context import Services
from engine.module import NoConfig, RowModule, Run
from engine.rows.types import Row
from tests.engine.jobs.modules import Backwards
from tests.house import Shout, account, ended, house, job_now, order, rows_of, worker
from tests.load.table import tell

pytestmark = pytest.mark.slow(120)
ITEMS = 10_000
START_MS, RATE, PRICE = 20.0, 5_000, 1.05
JOBS, JOBS_SECONDS = 20, 3.0


@pytest.fixture(params=["sqlite", "postgres"])
def services(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Services]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with house(tmp_path, url=url) as services:
        yield services


class NoOp(RowModule[NoConfig]):
    """Does nothing, as fast as it can."""

    slug = "no_op"
    label = {"fr": "Rien", "en": "Nothing"}
    category, node_category, entry_category = "enrichment", "enrich", "enrich"
    lane = "parallel"
    accepts, output = "pois_any", "pois"
    produces = ("own",)
    unit = "rows"

    async def enrich(self, row: Row, config: NoConfig, run: Run) -> Row:
        return {"own": "x"}


def items(count: int) -> list[Row]:
    return [{"word": f"w{n}", "n": n, "text": "x" * 200} for n in range(count)]


def on(services: Services, what: str) -> str:
    """What is measured, with its database."""
    return f"{what}, {'SQLite' if services.db.is_sqlite else 'PostgreSQL'}"


async def test_a_pending_job_runs_at_once(services: Services) -> None:
    caller, waits = account(services), list[float]()
    async with worker(services, Shout()):
        for _ in range(40):
            job = await ended(services, await asyncio.to_thread(order, caller, Shout(), items(1)))
            assert job.started_at is not None
            waits.append(1_000 * (job.started_at - job.created_at).total_seconds())

    tell(
        on(services, "start latency: pending to running, median of 40"),
        f"{statistics.median(waits):.1f} ms, worst {max(waits):.1f} ms",
        aim=f"{START_MS:.0f} ms",
    )
    assert statistics.median(waits) <= START_MS


async def test_five_thousand_items_a_second_are_saved(services: Services) -> None:
    async with worker(services, NoOp()):
        job = await ended(services, await asyncio.to_thread(order, account(services), NoOp(), items(ITEMS)), seconds=30)

    assert job.started_at is not None and job.completed_at is not None and job.results == ITEMS
    rate = ITEMS / (job.completed_at - job.started_at).total_seconds()
    tell(on(services, f"item loop: {ITEMS:,} items that do nothing, saved"), f"{rate:,.0f}/s", aim=f"{RATE:,}/s")
    assert rate >= RATE


async def test_durability_costs_at_most_five_percent(services: Services) -> None:
    async def bare() -> float:
        begun, feed = time.monotonic(), iter(range(ITEMS))

        async def pull() -> None:
            for _ in feed:
                await asyncio.sleep(0.05)

        await asyncio.gather(*(pull() for _ in range(50)))
        return time.monotonic() - begun

    async def nap(row: Row) -> None:
        await asyncio.sleep(0.05)

    without = await bare()
    job = await asyncio.to_thread(order, account(services), Shout(), items(ITEMS))
    begun = time.monotonic()
    async with worker(services, Shout(nap, width=50)):
        await ended(services, job, seconds=60)
    durable = time.monotonic() - begun

    tell(
        on(services, f"item loop: {ITEMS:,} items of 50 ms, 50 in flight"),
        f"{durable:.2f} s",
        beside=f"bare loop {without:.2f} s",
        ratio=durable / without,
        aim=f"{PRICE} times at most",
    )
    assert durable <= PRICE * without


async def test_twenty_table_jobs_over_ten_thousand_rows_take_three_seconds(services: Services) -> None:
    caller = account(services)
    rows: list[Row] = items(ITEMS)
    placed = [await asyncio.to_thread(order, caller, Backwards(), rows) for _ in range(JOBS)]

    begun = time.monotonic()
    async with worker(services, Backwards()):
        for job in placed:
            await ended(services, job, seconds=30)
    took = time.monotonic() - begun

    tell(
        on(services, f"pipeline: {JOBS} table jobs in turn over {ITEMS:,} rows each"),
        f"{took:.2f} s",
        aim=f"{JOBS_SECONDS:.0f} s",
    )
    assert job_now(services, placed[0]).results == ITEMS // 2
    assert rows_of(services, placed[0])[0]["n"] == ITEMS - 1
    assert took <= JOBS_SECONDS
