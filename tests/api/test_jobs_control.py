"""The list of jobs, one job, and its control: cancel, resume, delete, the queue."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from engine.context import Principal
from engine.jobs import operations as jobs
from engine.jobs.errors import BadCursor, JobMissing
from tests.api.graphs import chain, follow, node
from tests.api.graphs import created as pipeline_of
from tests.api.job_steps import ROWS, SCRAP, created, ended, over, running
from tests.api_house import ApiHouse, api_house
from tests.house import Shout, order, worker

ITEMS = {"items": [{"nom": "A", "site_web": "https://a.example"}, {"nom": "B", "site_web": "https://b.example"}]}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """The API without a worker: the tests move jobs by hand."""
    with api_house(tmp_path_factory.mktemp("api")) as running:
        yield running


def state(api: httpx.Client, job_id: str) -> str:
    return api.get(f"/api/jobs/{job_id}").json()["status"]


def interrupted(house: ApiHouse, api: httpx.Client, path: str, body: object, *, status: str = "failed") -> str:
    """A job that ended with one of its items done."""
    job = created(api, path, body)
    ended(house.services, job["id"], ROWS[:1], status=status, planned=job["grid_points_count"])
    return job["id"]


def test_the_list_is_most_recent_first_and_ones_own(api: httpx.Client, other_api: httpx.Client) -> None:
    """C-136, C-139."""
    made = [created(api, "/emails", ITEMS)["id"] for _ in range(3)]
    created(other_api, "/emails", ITEMS)

    found = api.get("/api/jobs").json()

    assert [job["id"] for job in found] == made[::-1]
    assert found[0] == api.get(f"/api/jobs/{made[2]}").json()


@pytest.mark.slow(20)
def test_limit_and_offset_are_brought_into_their_ranges(api: httpx.Client) -> None:
    """C-137, C-138."""
    made = [created(api, "/filter", ITEMS)["id"] for _ in range(101)][::-1]

    def ids(query: str) -> list[str]:
        answer = api.get(f"/api/jobs{query}")
        assert answer.status_code == 200
        return [job["id"] for job in answer.json()]

    assert ids("") == made[:100]
    assert ids("?limit=0") == ids("?limit=-5") == made[:1]
    assert ids("?limit=9999") == ids(f"?limit={10**30}") == made
    assert ids("?limit=2&offset=3") == made[3:5]
    assert ids("?limit=2&offset=-7") == made[:2]
    assert ids(f"?offset={10**30}") == []


def test_a_limit_that_is_no_number_is_named(api: httpx.Client) -> None:
    """C-018, C-013."""
    answer = api.get("/api/jobs?limit=many")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "limit")


def test_faster_polling_is_not_punished(api: httpx.Client) -> None:
    """C-189, C-190."""
    job = created(api, "/emails", ITEMS)

    assert {api.get(f"/api/jobs/{job['id']}").status_code for _ in range(50)} == {200}


@pytest.mark.parametrize("path", ["", "/cancel", "/resume", "?cancel=true"])
def test_a_job_of_somebody_else_is_forbidden_and_an_unknown_one_missing(
    api: httpx.Client, other_api: httpx.Client, path: str
) -> None:
    """C-117, C-016, C-017."""
    job = created(api, "/emails", ITEMS)
    method = "DELETE" if "?" in path else "POST" if path else "GET"

    assert other_api.request(method, f"/api/jobs/{job['id']}{path}").status_code == 403
    assert other_api.request(method, f"/api/jobs/j_unknown{path}").status_code == 404
    assert other_api.request(method, f"/api/jobs/%00{path}").status_code == 404
    assert api.get(f"/api/jobs/{job['id']}").json() == job


def test_a_pending_job_is_cancelled_at_once(api: httpx.Client) -> None:
    """C-145, C-177, C-182."""
    job = created(api, "/emails", ITEMS)

    answer = api.post(f"/api/jobs/{job['id']}/cancel")

    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert state(api, job["id"]) == "cancelled"


@pytest.mark.parametrize("status", ["done", "failed", "cancelled"])
def test_an_ended_job_can_not_be_cancelled(house: ApiHouse, api: httpx.Client, status: str) -> None:
    """C-146, C-180."""
    job_id = interrupted(house, api, "/emails", ITEMS, status=status)

    assert api.post(f"/api/jobs/{job_id}/cancel").status_code == 400
    shown = api.get(f"/api/jobs/{job_id}").json()
    assert (shown["status"], shown["error_message"]) == (status, "Panne" if status == "failed" else None)


async def test_a_running_job_is_cancelled_and_keeps_what_it_has(house: ApiHouse) -> None:
    """C-145, C-177."""
    caller, written = house.caller("running@example.com"), asyncio.Event()

    async def hold(row: object) -> None:
        if row == {"word": "b"}:
            written.set()
            await asyncio.sleep(60)

    with house.client("running@example.com") as api:
        job = order(caller, Shout(hold, width=1), [{"word": "a"}, {"word": "b"}])
        async with worker(house.services, Shout(hold, width=1)):
            await written.wait()
            answer = await asyncio.to_thread(api.post, f"/api/jobs/{job.id}/cancel")
            shown = await asyncio.to_thread(over, api, job.id)

        assert answer.json() == {"ok": True}
        assert (shown["status"], shown["results_count"], shown["download_available"]) == ("cancelled", 1, True)


def test_a_scrap_tells_what_each_query_and_zone_brought(house: ApiHouse, api: httpx.Client) -> None:
    """C-112, C-139."""
    job = created(api, "", SCRAP)
    stats = {
        "by_query": {"boulangerie": 3},
        "by_zone": {"37000": 3},
        "query_stats": {"boulangerie": {"tiles": 8, "with_results": 6}},
        "flagged_tiles": 1,
        "attempts": 9,
    }
    ended(house.services, job["id"], ROWS, stats=stats)

    shown = api.get(f"/api/jobs/{job['id']}").json()

    assert shown["breakdown"] == {"by_query": {"boulangerie": 3}, "by_zone": {"37000": 3}}
    assert shown["query_stats"] == {"boulangerie": {"tiles": 8, "with_results": 6, "found_pct": 75}}
    assert (shown["flagged_tiles_count"], shown["total_attempts_count"], shown["dead_queries"]) == (1, 9, [])


def test_an_interrupted_scrap_goes_on_as_a_new_job(house: ApiHouse, api: httpx.Client) -> None:
    """C-148, C-110: what is left is paid alone."""
    former = api.get(f"/api/jobs/{interrupted(house, api, '', SCRAP)}").json()

    answer = api.post(f"/api/jobs/{former['id']}/resume")

    job = answer.json()
    assert (answer.status_code, job["status"], job["source_job_id"]) == (200, "pending", former["id"])
    assert (job["queries"], job["zones"]) == (former["queries"], former["zones"])
    assert (job["processed_points"], job["results_count"]) == (1, 1)
    share_left = 1 - 1 / former["grid_points_count"]
    assert job["ef_cost"] == pytest.approx(former["ef_cost"] * share_left)


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_an_interrupted_job_on_items_is_resumed_by_its_id_in_the_body_too(
    house: ApiHouse, api: httpx.Client, status: str
) -> None:
    """C-151, C-152, C-191."""
    former = interrupted(house, api, "/emails", ITEMS, status=status)

    answer = api.post("/api/jobs/resume", json={"job_id": former})

    assert (answer.status_code, answer.json()["source_job_id"], answer.json()["processed_points"]) == (200, former, 1)


def test_what_can_not_be_resumed_is_a_400(house: ApiHouse, api: httpx.Client) -> None:
    """C-149, C-191: the wrong type, not interrupted, already resumed."""
    resumed = interrupted(house, api, "/emails", ITEMS)
    api.post(f"/api/jobs/{resumed}/resume")
    others = [
        interrupted(house, api, "/filter", ITEMS),
        interrupted(house, api, "/import", {"content": "a;b\n1;2"}),
        interrupted(house, api, "/emails", ITEMS, status="done"),
        created(api, "/emails", ITEMS)["id"],
    ]

    for job_id in (resumed, *others):
        answer = api.post(f"/api/jobs/{job_id}/resume")
        assert (answer.status_code, answer.json()["code"]) == (400, "not_resumable")
        assert api.post("/api/jobs/resume", json={"job_id": job_id}).status_code == 400


def test_a_fully_worked_job_has_nothing_to_resume(house: ApiHouse, api: httpx.Client) -> None:
    """C-149."""
    former = interrupted(house, api, "/emails", {"items": ITEMS["items"][:1]})

    assert api.post(f"/api/jobs/{former}/resume").status_code == 400


def test_resuming_needs_a_verified_address(house: ApiHouse) -> None:
    """C-150, C-115."""
    with house.client("doubtful@example.com", email_verified=False) as api:
        former = interrupted(house, api, "/emails", ITEMS)

        for answer in (
            api.post(f"/api/jobs/{former}/resume"),
            api.post("/api/jobs/resume", json={"job_id": former}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "email_unverified")


def test_a_resume_with_a_key_is_done_once(house: ApiHouse, api: httpx.Client) -> None:
    """C-020."""
    former = interrupted(house, api, "/emails", ITEMS)
    key = {"Idempotency-Key": "again"}

    first, second = (api.post(f"/api/jobs/{former}/resume", headers=key) for _ in range(2))

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()


def test_a_deleted_job_is_gone_with_its_rows(house: ApiHouse, api: httpx.Client) -> None:
    """C-153, C-017."""
    job_id = interrupted(house, api, "/emails", ITEMS, status="done")

    answer = api.delete(f"/api/jobs/{job_id}")

    assert (answer.status_code, answer.content) == (204, b"")
    for path in ("", "/items", "/download"):
        assert api.get(f"/api/jobs/{job_id}{path}").status_code == 404
    assert api.delete(f"/api/jobs/{job_id}").status_code == 404
    assert api.get("/api/jobs").json() == []


def test_an_open_job_is_deleted_only_when_cancelled_with_it(house: ApiHouse, api: httpx.Client) -> None:
    """C-154, C-155."""
    pending, busy = (created(api, "/filter", ITEMS)["id"] for _ in range(2))
    running(house.services, busy)

    for job_id in (pending, busy):
        refused = api.delete(f"/api/jobs/{job_id}")
        assert (refused.status_code, refused.json()["code"]) == (400, "job_still_open")
        assert api.delete(f"/api/jobs/{job_id}?cancel=true").status_code == 204
        assert api.get(f"/api/jobs/{job_id}").status_code == 404


def test_a_deleted_normal_extraction_no_longer_allows_a_deep_one(house: ApiHouse, api: httpx.Client) -> None:
    """C-439."""
    normal = interrupted(house, api, "/emails", ITEMS, status="done")
    api.delete(f"/api/jobs/{normal}")

    answer = api.post("/api/jobs/emails", json={**ITEMS, "mode": "deep"})

    assert (answer.status_code, answer.json()["code"]) == (400, "emails_deep_needs_normal")


def test_an_agent_does_not_learn_that_somebody_elses_job_exists(house: ApiHouse, api: httpx.Client) -> None:
    """C-429, C-017."""
    job = created(api, "/emails", ITEMS)
    account_id = house.caller("agent@example.com").principal.account_id

    for via in ("mcp", "assistant"):
        with pytest.raises(JobMissing):
            house.services.run(Principal(account_id, via=via), jobs.get, job["id"])


def test_the_queue_counts_everybody_and_names_nobody_else(
    house: ApiHouse, api: httpx.Client, other_api: httpx.Client
) -> None:
    """C-163, C-164."""
    before = {lane["lane"]: lane for lane in api.get("/api/jobs/queue").json()["lanes"]}
    theirs, mine = created(other_api, "/emails", ITEMS)["id"], created(api, "/emails", ITEMS)["id"]

    answer = api.get("/api/jobs/queue")

    queue = answer.json()
    lanes = {lane["lane"]: lane for lane in queue["lanes"]}
    assert set(queue) == {"lanes", "mine"}
    assert lanes["serial"] == {**before["serial"], "pending": before["serial"]["pending"] + 2}
    assert (lanes["serial"]["slots"], lanes["parallel"]["slots"]) == (1, 6)
    assert queue["mine"] == [
        {"job_id": mine, "lane": "serial", "status": "pending", "position": lanes["serial"]["pending"]}
    ]
    assert theirs not in answer.text


def test_an_administrator_sees_whose_jobs_wait(house: ApiHouse, api: httpx.Client) -> None:
    """C-164."""
    job = created(api, "/emails", ITEMS)["id"]
    with house.client("admin@example.com", is_admin=True) as admin, house.bearer("admin@example.com") as token:
        shown = {entry["id"]: entry for entry in admin.get("/api/jobs/queue").json()["jobs"]}
        by_token = token.get("/api/jobs/queue").json()

    assert (shown[job]["job_type"], shown[job]["status"], shown[job]["lane"]) == ("emails", "pending", "serial")
    assert isinstance(shown[job]["account_id"], int)
    assert "jobs" not in by_token


def test_a_job_of_a_pipeline_stops_it_and_its_resume_goes_on_with_it(house: ApiHouse, api: httpx.Client) -> None:
    """C-147, C-305, C-148."""
    graph = chain(node("n1", "scrap", **SCRAP), node("n2", "dead_check"))
    pipeline = pipeline_of(api, graph)
    root = pipeline["initial_jobs"][0]
    ended(house.services, root, ROWS, status="done")
    middle = api.get(f"/api/pipelines/{pipeline['id']}").json()["jobs"][-1]["id"]

    api.post(f"/api/jobs/{middle}/cancel")
    stopped = follow(api, pipeline["id"], lambda found: found["status"] != "running")
    again = api.post(f"/api/jobs/{middle}/resume")

    assert stopped["status"] == "cancelled"
    assert (again.status_code, again.json()["pipeline_id"], again.json()["node_id"]) == (200, pipeline["id"], "n2")
    assert api.get(f"/api/pipelines/{pipeline['id']}").json()["status"] == "running"


def test_pages_with_a_cursor_neither_skip_nor_repeat_while_jobs_arrive(house: ApiHouse, api: httpx.Client) -> None:
    """C-136."""
    caller = house.caller("pages@example.com")
    made = [caller.run(jobs.create, "filter", {}, items=ROWS).id for _ in range(7)]
    first = caller.run(jobs.list_page, limit=3)
    later = caller.run(jobs.create, "sort", {"sort_by": "note"}, items=ROWS).id

    second = caller.run(jobs.list_page, limit=3, cursor=first.next_cursor)
    third = caller.run(jobs.list_page, limit=3, cursor=second.next_cursor)

    seen = [job.id for page in (first, second, third) for job in page.jobs]
    assert seen == made[::-1]
    assert third.next_cursor is None
    assert [job.id for job in caller.run(jobs.list_page, job_type="sort").jobs] == [later]
    assert caller.run(jobs.list_page, status="done").jobs == []


@pytest.mark.parametrize("cursor", ["", "x", "é", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_a_cursor_of_ones_own_making_is_refused(house: ApiHouse, cursor: str) -> None:
    """C-014."""
    with pytest.raises(BadCursor):
        house.caller("pages@example.com").run(jobs.list_page, cursor=cursor)
