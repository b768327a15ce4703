"""The list of jobs."""

import pytest

from engine.context import Caller, Services
from engine.jobs import operations as jobs
from engine.jobs.errors import BadCursor, UnknownModule
from engine.tools import shape
from tests.engine.tools.toolshed import call, job_with
from tests.house import Shout, order

ROWS = [{"nom": "Dupont"}]


async def test_jobs_come_newest_first_with_their_counters(services: Services, me: Caller) -> None:
    """C-425, C-427."""
    ended, waiting = job_with(me, ROWS), order(me, Shout(), [{"word": "a"}])

    listed = await call(me, "list_jobs")

    assert [job.id for job in listed.jobs] == [waiting.id, ended.id]
    assert listed.jobs[1].results_count == 1
    assert listed.summary == "2 jobs, newest first: 1 pending, 1 done."
    assert listed.next_cursor is None
    assert (listed.next.tool, listed.next.args["job_id"]) == ("get_job", waiting.id)


async def test_a_search_is_labelled_by_what_it_looks_for(me: Caller) -> None:
    config = {"queries": ["dentiste", "orthodontiste"], "zones": ["37000"]}
    me.run(jobs.create, "scrap", config)

    assert (await call(me, "list_jobs")).jobs[0].label == "dentiste · 37000 +1"


async def test_empty_fields_are_left_out(me: Caller) -> None:
    job_with(me, ROWS)

    told = shape.structured(await call(me, "list_jobs"))

    assert "error_message" not in told["jobs"][0]
    assert "next_cursor" not in told
    assert None not in told["jobs"][0].values()


async def test_detailed_gives_the_fields_of_the_rest_api(me: Caller) -> None:
    job_with(me, ROWS)

    detailed = (await call(me, "list_jobs", response_format="detailed")).jobs[0].model_dump()

    assert detailed["expires_at"].endswith("Z")
    assert detailed["download_available"] is True
    assert detailed["columns"] == ["nom"]


async def test_status_and_module_choose(me: Caller) -> None:
    done = job_with(me, ROWS)
    order(me, Shout(), [{"word": "a"}])

    assert [job.id for job in (await call(me, "list_jobs", status="done")).jobs] == [done.id]
    nothing = await call(me, "list_jobs", job_type="verify-emails")
    assert (nothing.jobs, nothing.summary) == ([], "No further job fits these arguments.")


async def test_an_unknown_module_names_the_known_ones(me: Caller) -> None:
    with pytest.raises(UnknownModule) as refused:
        await call(me, "list_jobs", job_type="telepathy")

    assert "verify_emails" in refused.value.next_step


async def test_following_the_cursor_tells_each_job_once(me: Caller) -> None:
    made = [order(me, Shout(), [{"word": "a"}]).id for _ in range(7)]

    seen, cursor = list[str](), None
    while True:
        page = await call(me, "list_jobs", limit=3, cursor=cursor)
        seen += [job.id for job in page.jobs]
        order(me, Shout(), [{"word": "late"}])  # what arrives meanwhile shifts nothing
        if (cursor := page.next_cursor) is None:
            break

    assert seen == made[::-1]


async def test_a_wrong_cursor_is_refused(me: Caller) -> None:
    with pytest.raises(BadCursor):
        await call(me, "list_jobs", cursor="page-two")


async def test_an_account_without_jobs_hears_how_to_begin(me: Caller) -> None:
    listed = await call(me, "list_jobs")

    assert listed.jobs == []
    assert "create_scrap_job" in listed.summary
