"""One job, and waiting for it."""

import asyncio

import pytest

from engine.context import Caller, Context, Services, write
from engine.jobs import gate, store
from engine.jobs import operations as jobs
from engine.jobs.errors import JobMissing
from engine.jobs.store import Batch
from engine.pipelines import operations as pipelines
from engine.tools import wait
from engine.worker.driver import Claim
from tests.engine.tools.toolshed import Ear, call, expire, job_with, working
from tests.house import Shout, order, worker

PEOPLE = [{"nom": f"Commerce {at}", "email": None if at % 2 else f"c{at}@example.com", "vide": None} for at in range(8)]


async def test_a_job_shows_status_counters_and_a_sample(me: Caller) -> None:
    """C-426."""
    job = job_with(me, PEOPLE, warnings=5)

    seen = await call(me, "get_job", job_id=job.id)

    assert (seen.job.status, seen.job.results_count, seen.job.error_count) == ("done", 8, 5)
    assert seen.sample_rows[:2] == [{"nom": "Commerce 0", "email": "c0@example.com"}, {"nom": "Commerce 1"}]
    assert len(seen.sample_rows) == 5
    assert [(one.name, one.fill_rate) for one in seen.columns] == [("nom", 1.0), ("email", 0.5), ("vide", 0.0)]
    assert seen.warnings == ["warn: site 2 silent", "warn: site 3 silent", "warn: site 4 silent"]
    assert seen.summary.startswith(f"Job {job.id} (shout) is done: 8 rows, 5 errors.")
    assert seen.next.args == {"job_id": job.id}
    assert seen.next.tool == "get_job_results"


async def test_a_job_with_rows_links_to_its_file_in_each_format(me: Caller) -> None:
    seen = await call(me, "get_job", job_id=job_with(me, PEOPLE).id)

    assert [one.format for one in seen.downloads] == ["csv", "json", "xlsx"]
    assert all("token=" in one.url and f"format={one.format}" in one.url for one in seen.downloads)
    assert seen.downloads[0].mime_type.startswith("text/csv")


async def test_the_sample_may_be_larger_or_none(me: Caller) -> None:
    job = job_with(me, PEOPLE)

    assert (await call(me, "get_job", job_id=job.id, sample=0)).sample_rows == []
    assert len((await call(me, "get_job", job_id=job.id, sample=20)).sample_rows) == 8


async def test_a_waiting_job_has_no_rows_and_says_how_to_wait(me: Caller) -> None:
    job = order(me, Shout(), [{"word": "a"}])

    seen = await call(me, "get_job", job_id=job.id)

    assert (seen.sample_rows, seen.downloads) == ([], [])
    assert (seen.next.tool, seen.next.args) == ("get_job", {"job_id": job.id, "wait_s": 45})
    assert "list_jobs finds it again" in seen.summary


@pytest.mark.parametrize(("ends", "says"), [("failed", "failed after"), ("cancelled", "was cancelled after")])
async def test_an_interrupted_job_keeps_its_rows(me: Caller, ends: str, says: str) -> None:
    job = job_with(me, PEOPLE, ends=ends)

    seen = await call(me, "get_job", job_id=job.id)

    assert says in seen.summary
    assert len(seen.sample_rows) == 5
    assert seen.next.tool == "get_job_results"


async def test_an_expired_job_is_told_without_rows(me: Caller) -> None:
    job = job_with(me, PEOPLE)
    expire(me, job)

    seen = await call(me, "get_job", job_id=job.id, sample=20)

    assert (seen.job.status, seen.sample_rows, seen.downloads, seen.next) == ("expired", [], [], None)


async def test_a_wait_ends_with_the_job(services: Services, me: Caller) -> None:
    go = asyncio.Event()

    async def hold(_: object) -> None:
        await go.wait()

    shout = Shout(hold)
    job = order(me, shout, [{"word": "a"}])
    async with worker(services, shout):
        waiting = asyncio.create_task(call(me, "get_job", job_id=job.id, wait_s=45))
        while me.run(jobs.get, job.id).status != "running":
            await asyncio.sleep(0.02)
        assert not waiting.done()
        go.set()
        seen = await waiting

    assert seen.job.status == "done"
    assert seen.sample_rows == [{"word": "a", "shouted": "A"}]


async def test_at_the_deadline_the_present_state_is_the_answer(me: Caller) -> None:
    job = order(me, Shout(), [{"word": "a"}])

    async with asyncio.timeout(9):
        seen = await call(me, "get_job", job_id=job.id, wait_s=1)

    assert seen.job.status == "pending"


async def test_a_wait_blocks_nobody(me: Caller) -> None:
    job = order(me, Shout(), [{"word": "a"}])
    waits = [asyncio.create_task(call(me, "get_job", job_id=job.id, wait_s=45)) for _ in range(8)]

    async with asyncio.timeout(8):
        await call(me, "list_jobs")

    for waiting in waits:
        waiting.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


async def test_who_goes_away_stops_the_wait_and_not_the_job(services: Services, me: Caller) -> None:
    job = order(me, Shout(), [{"word": "a"}])
    waiting = asyncio.create_task(call(me, "get_job", job_id=job.id, wait_s=45))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    async with worker(services, Shout()):
        assert (await call(me, "get_job", job_id=job.id, wait_s=10)).job.status == "done"


async def test_progress_is_told_in_the_words_of_the_summary_and_never_falls(
    services: Services, me: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wait, "TELL_SECONDS", 0.05)
    monkeypatch.setattr(wait, "SILENCE_SECONDS", 0.3)
    job = order(me, Shout(), [{"word": "a"}] * 40)
    claim = services.run(None, gate.claim, "w1", job.id)
    assert isinstance(claim, Claim)
    ear = Ear()

    waiting = asyncio.create_task(call(me, "get_job", ear, job_id=job.id, wait_s=45))
    for processed in (10, 30, 30, 40):
        services.run(None, _save, claim, processed)
        heard = len(ear.heard)
        while len(ear.heard) <= heard:  # also when nothing has changed: silence would end the call
            await asyncio.sleep(0.02)
    services.run(None, gate.finish, claim, "done")
    await waiting

    done = [told for told, _, _ in ear.heard]
    assert done == sorted(set(done))
    assert {10.0, 30.0, 40.0} <= {round(one, 1) for one in done}
    assert {total for _, total, _ in ear.heard} == {40}
    assert any(f"Job {job.id} (shout) is running: 30 of 40 items worked, 30 rows so far" in m for *_, m in ear.heard)


async def test_progress_is_told_at_most_once_a_second(
    services: Services, me: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wait, "TELL_SECONDS", 60.0)
    job = order(me, Shout(), [{"word": "a"}] * 40)
    ear = Ear()

    async with worker(services, Shout()):
        await call(me, "get_job", ear, job_id=job.id, wait_s=45)

    assert len(ear.heard) <= 1


async def test_a_listener_that_breaks_does_not_break_the_answer(services: Services, me: Caller) -> None:
    class Gone:
        async def report(self, done: float, total: float | None, message: str) -> None:
            raise ConnectionError("gone")

    job = order(me, Shout(), [{"word": "a"}])
    async with worker(services, Shout()):
        assert (await call(me, "get_job", Gone(), job_id=job.id, wait_s=10)).job.status == "done"


async def test_the_next_calls_lead_through_a_pipeline_to_its_rows(services: Services, me: Caller) -> None:
    """C-426, C-428."""
    definition = {
        "nodes": [
            {"id": "a", "type": "import", "config": {"content": "nom;note\nDupont;4\nDurand;5"}},
            {"id": "b", "type": "sort", "config": {"sort_by": "note"}},
        ],
        "edges": [{"from": "a", "to": "b"}],
    }
    created = me.run(pipelines.create, definition)
    async with working(services):
        seen = await call(me, "get_job", job_id=created.initial_jobs[0], wait_s=20)
        calls = 0
        while seen.next.tool == "get_job" and calls < 5:
            seen, calls = await call(me, "get_job", **seen.next.args), calls + 1

    rows = await call(me, seen.next.tool, **seen.next.args)
    assert [row["nom"] for row in rows.rows] == ["Durand", "Dupont"]


async def test_an_unknown_job_points_to_the_list(me: Caller) -> None:
    with pytest.raises(JobMissing) as refused:
        await call(me, "get_job", job_id="j_nothing")

    assert "List the jobs" in refused.value.next_step


@write
def _save(context: Context, claim: Claim, processed: int) -> None:
    batch = Batch(b"", processed, processed, 0, 40, ["word"], {}, [])
    assert store.flush(context.session, claim, batch) is not None
    context.after_commit.append(context.services.hub.poke)
