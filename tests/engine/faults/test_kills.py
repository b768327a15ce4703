"""kill -9 at any moment: rows cover the items, once each; counters tell the truth; every job ends; limits hold."""

import asyncio
import random

import pytest
from sqlmodel import select

from engine.context import Services
from engine.jobs.models import Job, Status
from engine.rows.types import Row
from tests.engine.faults.processes import Workers, all_ended, place_job
from tests.engine.faults.worker_process import Forest, Steps
from tests.engine.jobs.invariants import check_consistent
from tests.engine.jobs.modules import nodes_of
from tests.house import job_now, rows_of


def steps(count: int) -> list[Row]:
    return [{"word": f"w{n}", "n": n} for n in range(count)]


def many_jobs(services: Services, items: int, *, count: int = 8) -> list[Job]:
    """Jobs of two accounts, serial and parallel, some of which grow."""
    placed: list[Job] = []
    for n in range(count):
        email, lane = f"{'ab'[n % 2]}@example.com", "serial" if n % 4 == 0 else "parallel"
        if n % 3 == 2:
            roots: list[Row] = [{"name": f"r{i}", "depth": 4} for i in range(max(items // 30, 1))]
            placed.append(place_job(services, Forest(lane=lane), roots, email=email))
        else:
            placed.append(place_job(services, Steps(lane=lane), steps(items), email=email))
    return placed


def check(services: Services, job: Job) -> None:
    """The job is done, and holds what it should."""
    assert job.status == Status.done
    check_consistent(services, job)
    rows = rows_of(services, job)
    if job.job_type == "forest":
        roots = [{"name": f"r{i}", "depth": 4} for i in range(job.planned // 31)]
        # A node whose kill left it as a suspect is an error without rows, and so are its children.
        assert job.errors or {str(row["name"]) for row in rows} == nodes_of(roots)
        assert len({row["name"] for row in rows}) == len(rows)
    else:
        assert [row["n"] for row in rows] == list(range(job.planned))


async def killed_again_and_again(services: Services, workers: Workers, *, kills: int, items: int, seed: int) -> None:
    """Kill the worker a moment after it has begun to work, while a second one waits for its role."""
    chance, jobs = random.Random(seed), many_jobs(services, items)
    workers.start(seed=seed)
    for kill in range(kills):
        workers.start(seed=seed + kill + 1)
        process = await workers.at_work()
        await asyncio.sleep(chance.uniform(0, 1))
        if all(job_now(services, job).completed_at for job in jobs):
            jobs += many_jobs(services, items)  # a fast machine: the later kills shall hit work, too
        workers.kill(process)
    over = await all_ended(services, jobs, seconds=100)

    for job in over:
        check(services, job)
    assert workers.check_journal(jobs) >= 5


@pytest.mark.slow(90)
async def test_eight_kills_lose_and_double_nothing(services: Services, workers: Workers) -> None:
    await killed_again_and_again(services, workers, kills=8, items=600, seed=1)


@pytest.mark.chaos
@pytest.mark.slow(400)
@pytest.mark.parametrize("seed", [11, 22])
async def test_twenty_five_kills_lose_and_double_nothing(services: Services, workers: Workers, seed: int) -> None:
    await killed_again_and_again(services, workers, kills=25, items=2_000, seed=seed)


@pytest.mark.slow(30)
async def test_a_kill_behind_the_commit_of_a_flush_repeats_nothing_that_is_saved(
    services: Services, workers: Workers
) -> None:
    job = place_job(services, Steps(), steps(500))
    first = workers.start(die_at_commit="flush")
    await asyncio.to_thread(workers.gone, first)
    begun = {line[3] for line in workers.entries("enter")}

    workers.start()
    [over] = await all_ended(services, [job], seconds=20)

    assert first.returncode == 9 and len(begun) < 500
    check(services, over)


@pytest.mark.slow(30)
async def test_a_kill_between_the_end_of_a_job_and_its_successors_start_makes_one_successor(
    services: Services, workers: Workers
) -> None:
    job = place_job(services, Steps(), steps(5), node="first")
    first = workers.start(die_at_commit="finish")
    await asyncio.to_thread(workers.gone, first)

    workers.start()
    [over] = await all_ended(services, [job], seconds=5)
    with services.db.transaction("read") as session:
        successors = list(session.exec(select(Job).where(Job.node_id == "second")))
    [after] = await all_ended(services, successors, seconds=10)

    assert (first.returncode, over.status, over.fence, len(successors)) == (9, Status.done, 1, 1)
    check(services, after)
    items = [line[3] for line in workers.entries("enter") if line[2] == after.id]
    assert sorted(items) == [str(n) for n in range(5)]


@pytest.mark.slow(60)
async def test_an_item_that_kills_its_worker_is_set_aside_and_the_rest_is_done(
    services: Services, workers: Workers
) -> None:
    deadly: list[Row] = [{"word": f"w{n}", "n": n, "deadly": n == 13} for n in range(40)]
    job, other = place_job(services, Steps(), deadly), place_job(services, Steps(), steps(400))
    deaths = 0
    process = workers.start()
    while not (await all_or_dead(services, job, process)):
        await asyncio.to_thread(workers.gone, process)
        deaths += 1
        process = workers.start()
    over, innocent = await all_ended(services, [job, other], seconds=30)

    rows = rows_of(services, over)
    assert (over.status, over.errors) == (Status.done, 1)
    assert [row["n"] for row in rows if row["shouted"] is None] == [13]
    assert 4 <= deaths <= 5
    assert innocent.errors == 0
    check(services, innocent)


async def all_or_dead(services: Services, job: Job, process: object) -> bool:
    """True once the job is over; False when the process has died before."""
    while process.poll() is None:  # type: ignore[attr-defined]
        try:
            await all_ended(services, [job], seconds=0.1)
        except TimeoutError:
            continue
        return True
    return False
