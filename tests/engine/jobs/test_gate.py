"""The gate, moved by hand: who may start, in which order, and how a job ends."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from engine.accounts.models import Account
from engine.context import Context, FinishedJob, Services, write
from engine.jobs import gate, store
from engine.jobs import operations as jobs
from engine.jobs.errors import JobAlreadyOver
from engine.jobs.models import Job, Status
from engine.jobs.store import Ack, Batch
from engine.limits import RETENTION
from engine.worker.driver import Claim, Refusal
from tests.engine.jobs.loops import claimed
from tests.house import Shout, account, house, job_now, order

WORDS = [{"word": "a"}, {"word": "b"}]
OLDER_THAN_A_LEASE = timedelta(seconds=31)


def place(services: Services, *, lane: str = "parallel", email: str = "owner@example.com") -> Job:
    return order(account(services, email), Shout(lane=lane), WORDS)


def take(services: Services, *, me: str = "w1", job: Job | None = None) -> Claim:
    claim = services.run(None, gate.claim, me, job.id if job else None)
    assert isinstance(claim, Claim), claim
    return claim


def refusal(services: Services, job: Job | None = None) -> Refusal:
    refused = services.run(None, gate.claim, "w2", job.id if job else None)
    assert isinstance(refused, Refusal)
    return refused


@write
def flush(context: Context, claim: Claim, batch: Batch) -> Ack | None:
    return store.flush(context.session, claim, batch)


def one_done() -> Batch:
    return Batch(b"\x01", 1, 1, 0, 2, ["word"], {}, [], rows=[(0, 0, {"word": "a"})])


def test_a_job_is_handed_out_once(services: Services) -> None:
    """C-179."""
    job = place(services)

    claim = take(services)

    assert (claim.job_id, claim.fence) == (job.id, 1)
    assert refusal(services, job) is Refusal.leased
    assert refusal(services) is Refusal.none_open


def test_two_serial_jobs_run_one_after_the_other(services: Services) -> None:
    """C-184, C-185."""
    first, second = place(services, lane="serial"), place(services, lane="serial", email="other@example.com")

    claim = take(services)

    assert claim.job_id == first.id
    assert refusal(services, second) is Refusal.lane
    services.run(None, gate.finish, claim, "done")
    assert take(services).job_id == second.id


def test_the_sixth_job_of_an_account_waits_whatever_its_lane(services: Services) -> None:
    """C-183."""
    for _ in range(5):
        place(services)
    sixth = place(services, lane="serial")
    claims = [take(services) for _ in range(5)]

    assert refusal(services, sixth) is Refusal.account
    assert refusal(services) is Refusal.none_open
    services.run(None, gate.finish, claims[2], "failed")
    assert take(services).job_id == sixth.id


def test_the_seventh_parallel_job_waits_whoever_owns_it(services: Services) -> None:
    """C-184, C-185."""
    for email in ("a@example.com", "b@example.com"):
        for _ in range(4):
            place(services, email=email)
    claims = [take(services) for _ in range(6)]

    assert refusal(services) is Refusal.none_open
    services.run(None, gate.finish, claims[0], "done")
    assert isinstance(take(services), Claim)


def test_jobs_start_in_the_order_they_came_among_accounts_with_room(services: Services) -> None:
    """C-178."""
    greedy = [place(services, email="greedy@example.com") for _ in range(7)]
    modest = [place(services, email="modest@example.com") for _ in range(2)]

    claims = [take(services) for _ in range(6)]

    assert [claim.seq for claim in claims] == [job.seq for job in (*greedy[:5], modest[0])]
    services.run(None, gate.finish, claims[0], "done")
    assert take(services).seq == greedy[5].seq
    services.run(None, gate.finish, claims[1], "done")
    assert take(services).seq == greedy[6].seq


def test_the_same_request_again_does_not_wait_for_the_first_run(services: Services) -> None:
    """C-186."""
    first, again = (order(account(services), Shout(), [{"word": "a"}]) for _ in range(2))

    assert claimed(services, first).job_id == first.id
    assert claimed(services, again, me="w2").job_id == again.id


def test_a_full_account_with_many_waiting_jobs_does_not_hide_the_next_one(services: Services) -> None:
    for _ in range(70):  # more than a page of the gate
        place(services, email="greedy@example.com")
    modest = place(services, email="modest@example.com")

    claims = [take(services) for _ in range(6)]

    assert claims[-1].seq == modest.seq


def test_a_dead_lease_is_taken_over_even_when_its_lane_is_full(services: Services) -> None:
    """C-187."""
    job = place(services, lane="serial")
    lost = take(services)

    services.clock.offset += OLDER_THAN_A_LEASE
    taken = take(services, me="w2", job=job)

    assert (taken.fence, taken.started_at) == (lost.fence + 1, lost.started_at)


def test_who_lost_a_job_can_write_nothing_of_it(services: Services) -> None:
    job = place(services)
    lost = take(services)
    services.clock.offset += OLDER_THAN_A_LEASE
    take(services, me="w2")

    assert services.run(None, flush, lost, one_done()) is None
    assert not services.run(None, gate.finish, lost, "done")
    assert not services.run(None, gate.finish_cancelled, lost)
    assert not services.run(None, gate.release, lost)
    now = job_now(services, job)
    assert (now.status, now.owner, now.processed) == (Status.running, "w2", 0)


def test_a_flush_renews_the_lease(services: Services) -> None:
    job = place(services)
    claim = take(services)

    for _ in range(3):
        services.clock.offset += timedelta(seconds=20)
        services.run(None, flush, claim, one_done())

    assert refusal(services, job) is Refusal.leased


def test_an_ended_job_says_when_its_rows_expire(services: Services) -> None:
    """C-182."""
    job = place(services)
    claim = take(services)

    services.run(None, gate.finish, claim, "done")

    now = job_now(services, job)
    assert now.completed_at is not None and now.expires_at == now.completed_at + RETENTION
    assert (now.lease_until, now.output_filename) == (None, "results_shout.csv")


def test_cancelling_a_pending_job_ends_it_at_once(services: Services) -> None:
    """C-145, C-177."""
    job, caller = place(services), account(services)

    caller.run(jobs.cancel, job.id)

    assert job_now(services, job).status == Status.cancelled
    assert refusal(services) is Refusal.none_open
    with pytest.raises(JobAlreadyOver):
        caller.run(jobs.cancel, job.id)


def test_cancelling_a_running_job_twice_asks_once(services: Services) -> None:
    job, caller = place(services), account(services)
    claim = take(services)

    caller.run(jobs.cancel, job.id)
    asked_at = job_now(services, job).cancel_requested_at
    caller.run(jobs.cancel, job.id)

    ack = services.run(None, flush, claim, one_done())
    assert ack is not None and ack.cancel_requested
    assert services.run(None, gate.finish_cancelled, claim)
    now = job_now(services, job)
    assert (now.status, now.cancel_requested_at, now.results) == (Status.cancelled, asked_at, 1)


def test_a_job_whose_worker_died_is_cancelled_at_once(services: Services) -> None:
    job, caller = place(services), account(services)
    lost = take(services)
    services.clock.offset += OLDER_THAN_A_LEASE

    caller.run(jobs.cancel, job.id)

    assert job_now(services, job).status == Status.cancelled
    assert services.run(None, flush, lost, one_done()) is None


def test_a_job_that_is_to_be_cancelled_is_not_taken_over(services: Services) -> None:
    job, caller = place(services), account(services)
    take(services)
    caller.run(jobs.cancel, job.id)

    services.clock.offset += OLDER_THAN_A_LEASE

    assert refusal(services, job) is Refusal.cancel_due
    assert refusal(services) is Refusal.none_open


def test_a_terminal_state_is_set_once(services: Services) -> None:
    """C-177, C-179."""
    job = place(services)
    claim = take(services)

    assert services.run(None, gate.finish, claim, "done")
    assert not services.run(None, gate.finish, claim, "failed", code="x", message="x")
    assert not services.run(None, gate.finish_cancelled, claim)
    assert job_now(services, job).status == Status.done


def test_what_follows_a_job_is_in_its_finishing_transaction(tmp_path: Path, database_url: str | None) -> None:
    """C-179."""

    def follow(context: Context, finished: FinishedJob) -> None:
        context.session.add(Account(email=f"{finished.status}@example.com", created_at=context.now()))
        context.session.flush()
        if finished.status == "done":
            raise ValueError("a hook failed")

    with house(tmp_path, url=database_url, hooks=(follow,)) as services:
        job = place(services)
        claim = take(services)
        with pytest.raises(ValueError, match="a hook failed"):
            services.run(None, gate.finish, claim, "done")
        after_failure = job_now(services, job).status
        services.run(None, gate.finish, claim, "failed")

        with services.db.transaction("read") as session:
            accounts = session.exec(select(Account.email).where(Account.email != "owner@example.com")).all()
        assert after_failure == Status.running
        assert accounts == ["failed@example.com"]


def test_a_cancelled_pending_job_has_its_follow_up_too(tmp_path: Path, database_url: str | None) -> None:
    heard: list[str] = []
    with house(tmp_path, url=database_url, hooks=(lambda _, finished: heard.append(finished.status),)) as services:
        job = place(services)

        account(services).run(jobs.cancel, job.id)

        assert heard == ["cancelled"]


def test_three_take_overs_without_progress_make_the_next_worker_careful(services: Services) -> None:
    place(services)
    careful = [take(services).careful]
    for _ in range(3):
        services.clock.offset += OLDER_THAN_A_LEASE
        careful.append(take(services).careful)

    assert careful == [False, False, False, True]


def test_progress_and_an_orderly_release_clear_the_suspicion(services: Services) -> None:
    job = place(services)
    for _ in range(3):
        claim = take(services)
        services.clock.offset += OLDER_THAN_A_LEASE
    claim = take(services)
    services.run(None, flush, claim, one_done())
    services.clock.offset += OLDER_THAN_A_LEASE

    claim = take(services)
    services.run(None, gate.release, claim)
    again = take(services, me="w2")

    assert (claim.careful, again.careful, job_now(services, job).strikes) == (False, False, 0)


def test_the_named_suspect_reaches_the_next_worker(services: Services) -> None:
    place(services)
    claim = take(services)
    batch = one_done()
    batch.suspect = 1
    services.run(None, flush, claim, batch)
    services.clock.offset += OLDER_THAN_A_LEASE

    assert take(services).suspect == 1


def test_who_gets_the_worker_role_may_take_every_running_job_at_once(services: Services) -> None:
    placed = [place(services) for _ in range(3)]
    for _ in placed:
        take(services, me="dead")

    assert services.run(None, gate.reclaim_all) == 3
    assert [take(services, me="w2").seq for _ in placed] == [job.seq for job in placed]
