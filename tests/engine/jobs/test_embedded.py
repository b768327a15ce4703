"""The embedded driver: who runs next, at once; and who may be the worker of a data directory."""

import asyncio
import statistics
from collections.abc import Set
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.context import Services
from engine.jobs import gate
from engine.jobs import operations as jobs
from engine.jobs.models import Job, Status
from engine.jobs.sweep import sweep
from engine.worker.driver import LANES, Claim, Lane, Refusal, Ticket
from engine.worker.embedded import EmbeddedDriver, worker_role
from tests.house import Shout, account, ended, house, job_now, order, worker

TICKET = Ticket("j_1", "parallel", 1, 1)


def claim_of(job_id: str, fence: int = 1) -> Claim:
    return Claim(1, job_id, fence, "parallel", datetime.now(UTC), 0.0)


class Script:
    """Work that hands out these claims, then nothing."""

    def __init__(self, *claims: Claim) -> None:
        self.waiting, self.asked, self.ran = list(claims), asyncio.Event(), list[Claim]()
        self.at_work = asyncio.Semaphore(0)
        self.hold = asyncio.Event()
        self.most = 0

    async def claim(self, job_id: str | None, lanes: Set[Lane]) -> Claim | Refusal:
        self.asked.set()
        return self.waiting.pop(0) if self.waiting else Refusal.none_open

    async def run(self, claim: Claim) -> None:
        self.ran.append(claim)
        self.most = max(self.most, len([ran for ran in self.ran if ran.job_id == claim.job_id]))
        self.at_work.release()
        await self.hold.wait()


async def test_a_submit_wakes_the_worker_at_once(tmp_path: Path) -> None:
    driver, work = EmbeddedDriver(tmp_path), Script()
    serving = asyncio.create_task(driver.serve(work, LANES))
    await work.asked.wait()
    await asyncio.sleep(0.05)
    work.asked.clear()

    other_process = EmbeddedDriver(tmp_path)
    other_process.submit(TICKET)
    other_process.close()
    await asyncio.wait_for(work.asked.wait(), 0.3)

    serving.cancel()
    await asyncio.wait([serving], timeout=1)
    driver.close()


async def test_a_submit_without_any_worker_is_harmless(tmp_path: Path) -> None:
    driver = EmbeddedDriver(tmp_path)

    driver.submit(TICKET)

    assert driver.alive(["j_1"]) == set()
    driver.close()


async def test_a_stop_is_heard_even_when_it_comes_with_a_poke(tmp_path: Path) -> None:
    driver = EmbeddedDriver(tmp_path)
    for round_ in range(40):
        work = Script()
        serving = asyncio.create_task(driver.serve(work, LANES))
        await work.asked.wait()
        await asyncio.sleep(0.002)
        driver.poke()
        for _ in range(round_ % 4):
            await asyncio.sleep(0)
        serving.cancel()
        done, _ = await asyncio.wait([serving], timeout=0.5)
        assert done, "the driver went on serving"
    driver.close()


async def test_a_data_directory_may_have_a_path_longer_than_a_socket_allows(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30) / ("longer" * 20)
    folder.mkdir(parents=True)
    driver, work = EmbeddedDriver(folder), Script()
    serving = asyncio.create_task(driver.serve(work, LANES))
    await work.asked.wait()
    await asyncio.sleep(0.05)
    work.asked.clear()

    driver.submit(TICKET)
    await asyncio.wait_for(work.asked.wait(), 0.3)

    serving.cancel()
    await asyncio.wait([serving], timeout=1)
    driver.close()


async def test_a_job_claimed_again_starts_when_its_former_run_has_ended(tmp_path: Path) -> None:
    driver, work = EmbeddedDriver(tmp_path), Script(claim_of("j_1"), claim_of("j_1", fence=2))
    serving = asyncio.create_task(driver.serve(work, LANES))
    await work.at_work.acquire()
    await asyncio.sleep(0.05)
    alone = len(work.ran)

    work.hold.set()
    await work.at_work.acquire()

    assert (alone, [claim.fence for claim in work.ran]) == (1, [1, 2])
    serving.cancel()
    await asyncio.wait([serving], timeout=1)
    assert driver.alive(["j_1"]) == set()
    driver.close()


async def test_a_claim_under_way_when_the_worker_stops_is_worked_and_not_lost(tmp_path: Path) -> None:
    class Slow(Script):
        async def claim(self, job_id: str | None, lanes: Set[Lane]) -> Claim | Refusal:
            claim = await super().claim(job_id, lanes)
            await asyncio.sleep(0.1)
            return claim

    driver, work = EmbeddedDriver(tmp_path), Slow(claim_of("j_1"))
    work.hold.set()
    serving = asyncio.create_task(driver.serve(work, LANES))
    await work.asked.wait()

    serving.cancel()
    await asyncio.wait([serving], timeout=1)

    assert [claim.job_id for claim in work.ran] == ["j_1"]
    driver.close()


def test_one_process_at_a_time_has_the_worker_role(tmp_path: Path) -> None:
    with worker_role(tmp_path / "new") as first, worker_role(tmp_path / "new") as second:
        assert (first, second) == (True, False)
    with worker_role(tmp_path / "new") as third:
        assert third


async def test_the_sweep_ends_a_cancelled_job_whose_worker_died(services: Services) -> None:
    caller = account(services)
    job = order(caller, Shout(), [{"word": "a"}])
    services.run(None, gate.claim, "dead")
    caller.run(jobs.cancel, job.id)
    services.run(None, gate.reclaim_all)

    await asyncio.to_thread(sweep, services)

    assert job_now(services, job).status == Status.cancelled


async def test_the_sweep_submits_what_nobody_holds(tmp_path: Path, database_url: str | None) -> None:
    with house(tmp_path, url=database_url, deaf=True) as services:
        pending, dead, leased = (order(account(services), Shout(), [{"word": "a"}]) for _ in range(3))
        submitted: list[str] = []
        services.driver.submit = lambda ticket: submitted.append(ticket.job_id)  # type: ignore[method-assign]
        services.run(None, gate.claim, "dead", dead.id)
        services.run(None, gate.reclaim_all)
        services.run(None, gate.claim, "alive", leased.id)

        sweep(services)

        assert submitted == [pending.id, dead.id]


@pytest.mark.slow(15)
async def test_a_pending_job_starts_within_twenty_milliseconds(services: Services) -> None:
    caller = account(services)
    async with worker(services, Shout()):
        await ended(services, order(caller, Shout(), [{"word": "warm"}]))
        placed: list[Job] = []
        for _ in range(15):
            placed.append(await asyncio.to_thread(order, caller, Shout(), [{"word": "a"}]))
            await ended(services, placed[-1])

    started = [job_now(services, job) for job in placed]
    waits = [(job.started_at - job.created_at).total_seconds() for job in started if job.started_at]
    assert statistics.median(waits) <= 0.02, waits
