"""The gate under threads that race: one winner, limits never exceeded, one terminal state."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import pytest
from sqlmodel import col, select

from engine.context import Context, Services, read, write
from engine.jobs import gate, store
from engine.jobs import operations as jobs
from engine.jobs.errors import JobAlreadyOver
from engine.jobs.models import Job, Status
from engine.jobs.store import Batch
from engine.worker.driver import Claim
from tests.engine.jobs.invariants import Journal, check_consistent, check_limits, running
from tests.house import Shout, account, job_now, order

T = TypeVar("T")
WORDS = [{"word": "a"}]


def at_once(acts: list[Callable[[], T]]) -> list[T]:
    """Run these in a thread each, started together."""
    barrier = threading.Barrier(len(acts))

    def together(act: Callable[[], T]) -> T:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(together, acts))


@write
def save_all(context: Context, claim: Claim) -> bool:
    batch = Batch(b"\x01", 1, 1, 0, 1, ["word"], {}, [], rows=[(0, 0, {"word": "a"})])
    return store.flush(context.session, claim, batch) is not None


@pytest.mark.slow(20)
def test_of_workers_that_race_for_a_job_one_gets_it(services: Services) -> None:
    """C-179."""
    caller = account(services)
    for _ in range(25):
        job = order(caller, Shout(), WORDS)
        answers = at_once([lambda me=me, job=job: services.run(None, gate.claim, me, job.id) for me in "abcd"])

        claims = [answer for answer in answers if isinstance(answer, Claim)]
        assert len(claims) == 1
        assert services.run(None, gate.finish, claims[0], "done")


def repeat(act: Callable[[], object], until: Callable[[], bool], failed: threading.Event) -> Callable[[], None]:
    """`act` again and again, until there is nothing left to do or another thread has failed."""

    def repeated() -> None:
        while not until() and not failed.is_set():
            try:
                act()
            except BaseException:
                failed.set()
                raise

    return repeated


@pytest.mark.slow(30)
def test_the_limits_hold_at_every_sample(services: Services) -> None:
    """C-183, C-184, C-185."""
    chance = random.Random(7)
    callers = [account(services, f"{name}@example.com") for name in "abc"]
    placed: dict[str, Job] = {}
    for _ in range(60):
        job = order(chance.choice(callers), Shout(lane=chance.choice(["serial", "parallel", "parallel"])), WORDS)
        placed[job.id] = job
    entries: list[tuple[str, str]] = []
    together = threading.Event()

    def work() -> None:
        claim = services.run(None, gate.claim, "w")
        if not isinstance(claim, Claim):
            time.sleep(0.005)
            return
        entries.append(("enter", claim.job_id))
        held = [what for what, _ in entries]
        if held.count("enter") - held.count("exit") >= 5:
            together.set()
        together.wait(5)  # however slow the machine: the slots shall really be used
        time.sleep(0.05)
        entries.append(("exit", claim.job_id))
        assert services.run(None, gate.finish, claim, "done")

    def sample() -> None:
        check_limits(services.run(None, running))

    failed = threading.Event()
    acts = [repeat(act, lambda: len(entries) == 2 * len(placed), failed) for act in [work] * 9 + [sample]]
    at_once(acts)

    journal = Journal()
    for what, job_id in entries:
        job = placed[job_id]
        (journal.enter if what == "enter" else journal.exit)((job.lane, job.account_id, job.seq or 0), "threads")
    assert journal.most >= 5


@pytest.mark.slow(30)
def test_cancel_against_claim_and_finish_leaves_one_terminal_state(services: Services) -> None:
    """C-177, C-179."""
    caller = account(services)
    placed = [order(caller, Shout(), WORDS) for _ in range(60)]
    waiting, too_late = list(placed), list[str]()

    def cancel_one() -> None:
        with suppress(IndexError):
            job = waiting.pop()
            try:
                caller.run(jobs.cancel, job.id)
            except JobAlreadyOver:
                too_late.append(job.id)

    def work_one() -> None:
        claim = services.run(None, gate.claim, "w")
        if isinstance(claim, Claim):
            services.run(None, save_all, claim)
            services.run(None, gate.finish, claim, "done")

    def all_over() -> bool:
        return not waiting and services.run(None, nothing_open)

    failed = threading.Event()
    at_once([repeat(act, all_over, failed) for act in [cancel_one, work_one] * 4])

    for job in placed:
        now = job_now(services, job)
        assert now.status in (Status.done, Status.cancelled), now.status
        assert now.status == Status.done or now.id not in too_late
        check_consistent(services, job)


@read
def nothing_open(context: Context) -> bool:
    return context.session.exec(select(Job.seq).where(col(Job.completed_at).is_(None))).first() is None


@pytest.mark.slow(20)
def test_of_a_finish_and_a_cancel_and_a_take_over_that_race_one_wins(services: Services) -> None:
    caller, heard = account(services), []
    services.on_job_finished = (lambda _, finished: heard.append((finished.job_id, finished.status)),)
    for _ in range(20):
        job = order(caller, Shout(), WORDS)
        claim = services.run(None, gate.claim, "w1", job.id)
        assert isinstance(claim, Claim)
        services.run(None, gate.reclaim_all)

        def finish(claim: Claim = claim) -> object:
            return services.run(None, gate.finish, claim, "done")

        def cancel(job: Job = job) -> object:
            return caller.run(jobs.cancel, job.id) if job_now(services, job).status == Status.running else None

        def take_over(job: Job = job) -> object:
            return services.run(None, gate.claim, "w2", job.id)

        def cancel_safely(cancel: Callable[[], object] = cancel) -> object:
            try:
                return cancel()
            except JobAlreadyOver:
                return None

        finished, _, taken = at_once([finish, cancel_safely, take_over])

        if isinstance(taken, Claim):  # then nothing was terminal, and nothing may have been overwritten
            assert not finished
            assert services.run(None, gate.finish, taken, "done") or job_now(services, job).status == Status.cancelled
    assert len(heard) == len({job_id for job_id, _ in heard}) == 20
