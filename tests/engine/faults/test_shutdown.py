"""How a worker process ends: asked to, killed, or stuck; and who goes on."""

import asyncio
import time

import pytest

from engine.context import Services
from engine.jobs.models import Status
from engine.rows.types import Row
from tests.engine.faults.processes import Workers, all_ended, place_job, terminate
from tests.engine.faults.worker_process import Steps
from tests.engine.jobs.invariants import check_consistent
from tests.engine.jobs.loops import progressed
from tests.house import job_now


def steps(count: int, **more: object) -> list[Row]:
    return [{"word": f"w{n}", "n": n, **more} for n in range(count)]  # type: ignore[dict-item]


async def begun(workers: Workers, items: int) -> None:
    while len(workers.entries("enter")) < items:
        await asyncio.sleep(0.02)


@pytest.mark.slow(30)
async def test_a_worker_asked_to_stop_is_gone_at_once_and_the_next_goes_on(
    services: Services, workers: Workers
) -> None:
    job = place_job(services, Steps(), steps(600, seconds=0.05))
    first = workers.start()
    await workers.ready(1)
    second = workers.start()
    await workers.ready(2)
    await progressed(services, job, 10)

    asked = time.monotonic()
    terminate(first)
    await asyncio.to_thread(workers.gone, first)
    stopped = time.monotonic() - asked
    while job_now(services, job).owner != str(second.pid):
        await asyncio.sleep(0.01)
    taken_over = time.monotonic() - asked - stopped
    [over] = await all_ended(services, [job], seconds=15)

    assert first.returncode == 0 and stopped < 2, stopped
    assert taken_over < 1.0, taken_over
    assert (over.status, over.strikes, over.results) == (Status.done, 0, 600)
    check_consistent(services, job)


@pytest.mark.slow(40)
async def test_a_worker_asked_to_stop_amid_long_items_is_gone_within_ten_seconds(
    services: Services, workers: Workers
) -> None:
    job = place_job(services, Steps(), steps(12, seconds=25))
    first = workers.start()
    await begun(workers, 6)

    asked = time.monotonic()
    terminate(first)
    await asyncio.to_thread(workers.gone, first)
    stopped = time.monotonic() - asked
    released = job_now(services, job)

    assert first.returncode == 0 and 7 < stopped < 10, stopped
    assert (released.status, released.processed, released.claim_processed) == (Status.running, 0, -1)
    assert released.lease_until is not None and released.lease_until <= services.clock.now()


@pytest.mark.slow(30)
async def test_the_other_process_takes_the_role_when_the_worker_is_killed(services: Services, workers: Workers) -> None:
    job = place_job(services, Steps(), steps(600, seconds=0.05))
    first = workers.start()
    await progressed(services, job, 10)
    second = workers.start()
    await workers.ready(2)
    workers.kill(first)

    killed = time.monotonic()
    while job_now(services, job).owner != str(second.pid):
        await asyncio.sleep(0.01)
    took = time.monotonic() - killed
    [over] = await all_ended(services, [job], seconds=15)

    assert took < 1.0, took
    assert {line[1] for line in workers.entries("enter")} == {str(first.pid), str(second.pid)}
    assert (over.status, over.results) == (Status.done, 600)
    workers.check_journal([job])


@pytest.mark.slow(30)
async def test_a_worker_whose_event_loop_is_stuck_ends_itself(services: Services, workers: Workers) -> None:
    place_job(services, Steps(), steps(1, blocks=True))
    first = workers.start(stuck_seconds=2.0)
    await begun(workers, 1)

    begun_at = time.monotonic()
    await asyncio.to_thread(workers.gone, first)

    assert first.returncode == 70
    assert time.monotonic() - begun_at < 5
