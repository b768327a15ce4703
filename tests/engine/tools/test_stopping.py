"""Stopping a job, and going on with one that was stopped."""

import asyncio

import pytest

from engine.accounts.errors import EmailUnverified
from engine.accounts.repeats import KeyReused
from engine.context import Caller, Context, Services, write
from engine.jobs import gate, store
from engine.jobs import operations as jobs
from engine.jobs.errors import JobAlreadyOver, NotResumable
from engine.jobs.models import Job
from engine.jobs.store import Batch
from engine.tools.hints import next_step
from engine.worker.driver import Claim
from tests.engine.tools.toolshed import agent, call, job_with
from tests.house import Shout, order, worker

ITEMS = [{"nom": f"Commerce {at}", "email": f"c{at}@example.com"} for at in range(4)]


def interrupted(me: Caller, *, ends: str = "cancelled", done: int = 1) -> str:
    """A job on four rows of which `done` are worked when it ends."""
    job = me.run(jobs.create, "dead_check", {}, items=[{"site_web": f"https://s{at}.invalid"} for at in range(4)])
    claim = me.services.run(None, gate.claim, "w1", job.id)
    assert isinstance(claim, Claim)

    @write
    def end(context: Context) -> None:
        bitmap = bytes([(1 << done) - 1])
        batch = Batch(bitmap, done, done, 0, 4, ["site_web", "site_alive"], {}, [])
        batch.rows = [(at, 0, {"site_web": f"https://s{at}.invalid", "site_alive": False}) for at in range(done)]
        store.flush(context.session, claim, batch)
        if ends == "cancelled":
            gate.cancel(context, context.session.get_one(Job, claim.seq))
            gate.finish_cancelled(context, claim)
        else:
            gate.finish(context, claim, "failed", code="x", message="Arrêt")

    me.services.run(None, end)
    return job.id


async def test_a_pending_job_is_cancelled_at_once(me: Caller) -> None:
    job = order(me, Shout(), [{"word": "a"}])

    stopped = await call(me, "cancel_job", job_id=job.id)

    assert (stopped.job.status, stopped.next) == ("cancelled", None)
    assert stopped.summary == f"Job {job.id} (shout) was cancelled after 0 of 1 item; 0 rows kept."


async def test_a_running_job_has_stopped_when_the_answer_comes(services: Services, me: Caller) -> None:
    begun, forever = asyncio.Event(), asyncio.Event()

    async def hold(_: object) -> None:
        begun.set()
        await forever.wait()

    shout = Shout(hold)
    job = order(me, shout, [{"word": "a"}])
    async with worker(services, shout):
        await begun.wait()
        stopped = await call(me, "cancel_job", job_id=job.id)

    assert stopped.job.status == "cancelled"


async def test_a_job_that_nobody_lets_go_is_told_to_stop(
    services: Services, me: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.tools.cancel_job.STOP_SECONDS", 0.05)
    job = order(me, Shout(), [{"word": "a"}])
    assert isinstance(services.run(None, gate.claim, "w1", job.id), Claim)

    stopped = await call(me, "cancel_job", job_id=job.id)

    assert stopped.job.status == "running"
    assert stopped.summary == f"Job {job.id} (shout) has been told to stop."


async def test_the_rows_of_a_cancelled_job_can_be_read(me: Caller) -> None:
    job = job_with(me, ITEMS, ends="cancelled")

    again = await call(me, "cancel_job", job_id=job.id)
    rows = await call(me, again.next.tool, **again.next.args)

    assert again.summary.startswith("Nothing was changed: the job had been cancelled before.")
    assert [row["nom"] for row in rows.rows] == [row["nom"] for row in ITEMS]


async def test_what_is_done_can_not_be_cancelled(me: Caller) -> None:
    with pytest.raises(JobAlreadyOver) as refused:
        await call(me, "cancel_job", job_id=job_with(me, ITEMS).id)

    assert "get_job_results has the rows" in next_step(refused.value)


async def test_no_result_proposes_to_cancel(services: Services, me: Caller) -> None:
    open_jobs = [order(me, Shout(), [{"word": "a"}]).id, job_with(me, ITEMS, ends=None).id]

    seen = [await call(me, "list_jobs"), *[await call(me, "get_job", job_id=one) for one in open_jobs]]

    assert all("cancel" not in f"{one.summary} {one.next}" for one in seen)


@pytest.mark.parametrize("ends", ["cancelled", "failed"])
async def test_a_resumed_job_goes_on_behind_the_rows_that_are_there(me: Caller, ends: str) -> None:
    former = interrupted(me, ends=ends)
    seen = await call(me, "get_job", job_id=former)

    resumed = await call(me, "resume_job", job_id=former)

    assert "resume_job goes on with the rest." in seen.summary
    assert (resumed.job.status, resumed.job.results_count, resumed.job.processed_points) == ("pending", 1, 1)
    assert resumed.job.id != former
    assert resumed.summary.startswith("Resumed: 3 items left, ")
    assert resumed.next.args == {"job_id": resumed.job.id, "wait_s": 45}


async def test_a_resume_that_is_repeated_gives_the_same_job(me: Caller) -> None:
    former = interrupted(me)

    first = await call(me, "resume_job", job_id=former)
    again = await call(me, "resume_job", job_id=former)
    keyed = await call(me, "resume_job", job_id=interrupted(me), idempotency_key="k")

    assert (again.job.id, first.already_started, again.already_started) == (first.job.id, None, True)
    assert again.summary.startswith("Nothing new was started")
    with pytest.raises(KeyReused):
        await call(me, "resume_job", job_id=former, idempotency_key="k")
    assert keyed.job.status == "pending"


async def test_of_two_resumes_at_once_one_starts(me: Caller) -> None:
    former = interrupted(me)

    both = await asyncio.gather(*(call(me, "resume_job", job_id=former) for _ in range(4)))

    assert len({one.job.id for one in both}) == 1
    assert [one.already_started for one in both].count(None) == 1


@pytest.mark.parametrize(("slug", "ends"), [("dead_check", "pending"), ("sort", "cancelled")])
async def test_what_can_not_go_on_is_refused(me: Caller, slug: str, ends: str) -> None:
    options = {"sort_by": "nom"} if slug == "sort" else {}
    job = me.run(jobs.create, slug, options, items=[{"nom": "A", "site_web": "https://a.invalid"}])
    if ends == "cancelled":
        me.run(jobs.cancel, job.id)

    with pytest.raises(NotResumable) as refused:
        await call(me, "resume_job", job_id=job.id)

    assert "get_job tells how this one stands" in next_step(refused.value)


async def test_an_unverified_address_can_not_resume(services: Services, me: Caller) -> None:
    """C-150."""
    former = interrupted(me)

    with pytest.raises(EmailUnverified) as refused:
        await call(agent(services, verified=False), "resume_job", job_id=former)

    assert "/api/" not in next_step(refused.value)
