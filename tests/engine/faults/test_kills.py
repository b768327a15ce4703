"""kill -9 at any moment: rows cover the items, once each; counters tell the truth; every job ends; limits hold."""

import asyncio
import logging
import random

import pytest
from sqlmodel import select

from engine.context import Services
from engine.jobs.models import Job, Status
from engine.rows.types import Row
from tests.engine.faults.processes import Workers, all_ended, place_job, saved_items
from tests.engine.faults.worker_process import Forest, Steps
from tests.engine.jobs.invariants import check_consistent, check_limits, running
from tests.engine.jobs.modules import nodes_of
from tests.house import job_now, rows_of

log = logging.getLogger(__name__)


def steps(count: int) -> list[Row]:
    return [{"word": f"w{n}", "n": n} for n in range(count)]


def twelve_jobs(services: Services, items: int) -> list[Job]:
    """Jobs of two accounts, serial and parallel, some of which grow."""
    placed: list[Job] = []
    for n in range(12):
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


class Watched:
    """What is seen of the jobs while their workers are killed: nothing saved is done again, no limit is passed."""

    def __init__(self, services: Services, workers: Workers, jobs: list[Job]) -> None:
        self.services, self.workers, self.jobs = services, workers, jobs
        self._finished: list[tuple[Job, set[str], int]] = []

    @property
    def over(self) -> bool:
        return all(job_now(self.services, job).completed_at for job in self.jobs)

    def look(self) -> None:
        """Compare the running jobs with the limits, and note which items need no worker any more."""
        check_limits(self.services.run(None, running))
        for job in self.jobs:
            if job.job_type == "steps":  # the items of a tree have names of their own
                saved = saved_items(self.services, job)  # first: what ends meanwhile counts for the next look
                self._finished.append((job, saved, self._begun(job, saved)))

    def check(self) -> None:
        for job, saved, begun in self._finished:
            assert self._begun(job, saved) == begun, "an item that was saved has been worked again"

    def _begun(self, job: Job, items: set[str]) -> int:
        counts = self.workers.begun(job)
        return sum(counts[item] for item in items)


async def killed_again_and_again(services: Services, workers: Workers, *, kills: int, items: int, seed: int) -> None:
    """Kill the worker a moment after it has begun to work, while a second one waits for its role."""
    chance, watched = random.Random(seed), Watched(services, workers, twelve_jobs(services, items))
    workers.start(seed=seed)
    for kill in range(kills):
        workers.start(seed=seed + kill + 1)
        while (process := workers.at_work()) is None:
            if watched.over:
                watched.jobs += twelve_jobs(services, items)  # a fast machine: the later kills shall hit work, too
            await asyncio.sleep(0.02)
        await asyncio.sleep(chance.uniform(0, 0.6))
        watched.look()
        await asyncio.to_thread(workers.kill, process)
    over = await all_ended(services, watched.jobs, seconds=200)

    for job in over:
        check(services, job)
    watched.check()
    assert workers.check_journal(watched.jobs) >= 5
    log.info("%d kills, %.1f items repeated a kill", kills, workers.repeated(watched.jobs) / kills)


@pytest.mark.slow(60)
async def test_a_few_kills_lose_and_double_nothing(services: Services, workers: Workers) -> None:
    await killed_again_and_again(services, workers, kills=4, items=200, seed=1)


@pytest.mark.chaos
@pytest.mark.slow(400)
@pytest.mark.parametrize("seed", [11, 22])
async def test_twenty_five_kills_lose_and_double_nothing(services: Services, workers: Workers, seed: int) -> None:
    await killed_again_and_again(services, workers, kills=25, items=600, seed=seed)


@pytest.mark.slow(30)
async def test_a_kill_behind_the_commit_of_a_flush_repeats_nothing_that_is_saved(
    services: Services, workers: Workers
) -> None:
    job = place_job(services, Steps(), steps(500))
    first = workers.start(dies="behind flush")
    await asyncio.to_thread(workers.gone, first)
    saved, begun = saved_items(services, job), workers.begun(job)

    workers.start()
    [over] = await all_ended(services, [job], seconds=20)

    assert first.exitcode == 9 and saved and len(begun) < 500
    counts = workers.begun(job)
    assert {counts[item] for item in saved} == {1}
    assert workers.repeated([job]) == len(begun) - len(saved)
    check(services, over)


@pytest.mark.slow(30)
async def test_a_kill_between_the_end_of_a_job_and_its_successors_start_makes_one_successor(
    services: Services, workers: Workers
) -> None:
    job = place_job(services, Steps(), steps(5), node="first")
    first = workers.start(dies="behind finish")
    await asyncio.to_thread(workers.gone, first)

    workers.start()
    [over] = await all_ended(services, [job], seconds=5)
    with services.db.transaction("read") as session:
        successors = list(session.exec(select(Job).where(Job.node_id == "second")))
    [after] = await all_ended(services, successors, seconds=10)

    assert (first.exitcode, over.status, over.fence, len(successors)) == (9, Status.done, 1, 1)
    check(services, after)
    assert workers.begun(after) == {str(n): 1 for n in range(5)}


@pytest.mark.slow(30)
async def test_a_kill_before_the_commit_that_ends_a_job_leaves_the_end_to_the_next_worker(
    services: Services, workers: Workers
) -> None:
    job = place_job(services, Steps(), steps(5), node="first")
    first = workers.start(dies="before finish")
    await asyncio.to_thread(workers.gone, first)
    left = job_now(services, job)

    workers.start()
    [over] = await all_ended(services, [job], seconds=10)
    with services.db.transaction("read") as session:
        successors = list(session.exec(select(Job).where(Job.node_id == "second")))

    assert (left.status, left.processed) == (Status.running, 5)
    assert (over.status, over.fence, len(successors), workers.repeated([job])) == (Status.done, 2, 1, 0)


@pytest.mark.slow(60)
async def test_an_item_that_kills_its_worker_is_set_aside_and_the_rest_is_done(
    services: Services, workers: Workers
) -> None:
    deadly: list[Row] = [{"word": f"w{n}", "n": n, "deadly": n == 5} for n in range(16)]
    job, other = place_job(services, Steps(), deadly), place_job(services, Steps(), steps(100))
    deaths = 0
    process = workers.start(width=2)
    while not (await all_or_dead(services, job, process)):
        await asyncio.to_thread(workers.gone, process)
        deaths += 1
        process = workers.start(width=2)
    over, innocent = await all_ended(services, [job, other], seconds=30)

    rows = rows_of(services, over)
    assert (over.status, over.errors) == (Status.done, 1)
    assert [row["n"] for row in rows if row["shouted"] is None] == [5]
    assert 4 <= deaths <= 5
    assert innocent.errors == 0
    check(services, innocent)


async def all_or_dead(services: Services, job: Job, process: object) -> bool:
    """True once the job is over; False when the process has died before."""
    while process.is_alive():  # type: ignore[attr-defined]
        if job_now(services, job).completed_at:
            return True
        await asyncio.sleep(0.05)
    return False
