"""How a worker process ends: asked to, killed, or stuck; and who goes on."""

import asyncio
import logging
import time

import pytest

from engine.context import Services
from engine.jobs.models import Status
from engine.modules.filter import Filter
from engine.rows.types import Row
from engine.runtime import work
from tests.engine.faults.processes import Workers, all_ended, place_job
from tests.engine.faults.worker_process import Steps
from tests.engine.jobs.invariants import check_consistent
from tests.engine.jobs.loops import outage, progressed
from tests.house import account, ended, job_now, order

log = logging.getLogger(__name__)


def steps(count: int, **more: object) -> list[Row]:
    return [{"word": f"w{n}", "n": n, **more} for n in range(count)]  # type: ignore[dict-item]


def sqlite_alone(services: Services) -> None:
    if not services.db.is_sqlite:
        pytest.skip("takes seconds, and no database has a part in it")


async def begun(workers: Workers, items: int) -> None:
    while len(workers.entries("enter")) < items:
        await asyncio.sleep(0.02)


@pytest.mark.slow(30)
async def test_a_worker_asked_to_stop_is_gone_at_once_and_the_next_goes_on(
    services: Services, workers: Workers
) -> None:
    job = place_job(services, Steps(), steps(200, seconds=0.05))
    first = workers.start()
    await workers.ready(1)
    second = workers.start()
    await workers.ready(2)
    await progressed(services, job, 10)

    asked = time.monotonic()
    workers.terminate(first)
    await asyncio.to_thread(workers.gone, first)
    stopped = time.monotonic() - asked
    while job_now(services, job).owner != str(second.pid):
        await asyncio.sleep(0.01)
    taken_over = time.monotonic() - asked - stopped
    [over] = await all_ended(services, [job], seconds=15)

    log.info("gone in %.3f s, taken over %.3f s later", stopped, taken_over)
    assert first.exitcode == 0 and stopped < 2, stopped
    assert taken_over < 1.0, taken_over
    assert (over.status, over.strikes, over.results) == (Status.done, 0, 200)
    check_consistent(services, job)


@pytest.mark.slow(40)
async def test_a_worker_asked_to_stop_amid_long_items_is_gone_within_ten_seconds(
    services: Services, workers: Workers
) -> None:
    sqlite_alone(services)
    job = place_job(services, Steps(), steps(12, seconds=25))
    first = workers.start()
    await begun(workers, 6)

    asked = time.monotonic()
    workers.terminate(first)
    await asyncio.to_thread(workers.gone, first)
    stopped = time.monotonic() - asked
    released = job_now(services, job)

    assert first.exitcode == 0 and 7 < stopped < 10, stopped
    assert (released.status, released.processed, released.claim_processed) == (Status.running, 0, -1)
    assert released.lease_until is not None and released.lease_until <= services.clock.now()


@pytest.mark.slow(20)
async def test_a_worker_starts_what_waits_in_the_order_it_came(services: Services, workers: Workers) -> None:
    """C-178."""
    placed = [place_job(services, Steps(lane=lane), steps(2)) for lane in ("serial", "parallel") * 5]

    workers.start()
    over = await all_ended(services, placed, seconds=15)

    for lane in ("serial", "parallel"):
        started = [job.started_at for job in over if job.lane == lane]
        assert started == sorted(started, key=str)
    workers.check_journal(placed)


@pytest.mark.slow(30)
async def test_the_other_process_takes_the_role_when_the_worker_is_killed(services: Services, workers: Workers) -> None:
    job = place_job(services, Steps(), steps(200, seconds=0.05))
    first = workers.start()
    await progressed(services, job, 10)
    second = workers.start()
    await workers.ready(2)
    await asyncio.to_thread(workers.kill, first)

    killed = time.monotonic()
    while job_now(services, job).owner != str(second.pid):
        await asyncio.sleep(0.01)
    took = time.monotonic() - killed
    [over] = await all_ended(services, [job], seconds=15)

    log.info("taken over %.3f s behind a kill", took)
    assert took < 1.0, took
    assert {line[1] for line in workers.entries("enter")} == {str(first.pid), str(second.pid)}
    assert (over.status, over.results) == (Status.done, 200)
    workers.check_journal([job])


@pytest.mark.slow(30)
async def test_a_worker_whose_event_loop_is_stuck_ends_itself(services: Services, workers: Workers) -> None:
    sqlite_alone(services)
    place_job(services, Steps(), steps(1, blocks=True))
    first = workers.start(stuck_seconds=2.0)
    await begun(workers, 1)

    begun_at = time.monotonic()
    await asyncio.to_thread(workers.gone, first)

    assert first.exitcode == 70
    assert time.monotonic() - begun_at < 5


@pytest.mark.slow(20)
async def test_a_worker_that_gets_its_role_while_the_database_is_away_waits_for_it(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    job, stopping, has_role = order(account(services), Filter(), steps(3)), asyncio.Event(), asyncio.Event()
    with outage(services):
        working = asyncio.create_task(work(services, stopping, has_role=has_role))
        await has_role.wait()
        while "trying again" not in caplog.text:
            await asyncio.sleep(0.02)
        waits = not working.done()
    over = await ended(services, job)
    stopping.set()
    await working

    assert waits and over.status == Status.done


@pytest.mark.slow(20)
async def test_a_worker_that_waits_for_its_database_can_still_be_stopped(services: Services) -> None:
    stopping, has_role = asyncio.Event(), asyncio.Event()
    with outage(services):
        working = asyncio.create_task(work(services, stopping, has_role=has_role))
        await has_role.wait()
        stopping.set()
        await asyncio.wait_for(working, 5)
