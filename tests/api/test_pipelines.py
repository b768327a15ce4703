"""Pipelines over HTTP: creation, list, look, stop, repeated requests, what is not there."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.api.graphs import CHAIN, IMPORT, SCRAP, chain, created, jobs_by_node, node, over, run, shown
from tests.api_house import ApiHouse

STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
ENVELOPE = {
    "schema_version": 1,
    "name": "Dentistes",
    "definition": CHAIN,
    "meta": {"exported_from": "outsend.xyz", "kind": "pipeline"},
}
NOWHERE = chain(node("n1", "scrap", queries=["x"], zones=["Nullepart-sur-Rien"]))


def test_the_schema_is_public_and_the_same_for_everybody(nobody: httpx.Client, api: httpx.Client) -> None:
    """C-240, C-243, C-247."""
    found = nobody.get("/api/pipelines/schema")

    assert found.status_code == 200
    assert found.json() == api.get("/api/pipelines/schema").json()
    assert found.json()["schema_version"] == 1
    expected = {"category", "is_root", "input", "output", "needs", "produces", "config_schema"}
    assert all(expected <= set(one) for one in found.json()["nodes"].values())


def test_creating_answers_with_the_root_jobs_and_the_pipeline_runs_by_itself(api: httpx.Client) -> None:
    """C-282, C-284, C-295, C-303."""
    answer = created(api, CHAIN)

    assert set(answer) == {"id", "status", "initial_jobs"}
    assert answer["status"] == "running"
    found = over(api, answer["id"])
    assert found["status"] == "done"
    assert [job["id"] for job in found["jobs"]][:1] == answer["initial_jobs"]
    assert list(jobs_by_node(found)) == ["n1", "n2", "n3"]
    jobs = [api.get(f"/api/jobs/{job['id']}").json() for job in found["jobs"]]
    assert {job["pipeline_id"] for job in jobs} == {answer["id"]}


@pytest.mark.parametrize("body", [CHAIN, ENVELOPE, {"name": "Dentistes", "definition": CHAIN}])
def test_an_envelope_and_a_bare_definition_are_both_taken(body: dict[str, Any], api: httpx.Client) -> None:
    """C-261, C-283."""
    found = shown(api, created(api, body)["id"])

    assert found["name"] == body.get("name", "Pipeline")
    assert [one["id"] for one in found["definition"]["nodes"]] == ["n1", "n2", "n3"]


def test_a_minimal_definition_is_completed(api: httpx.Client) -> None:
    """C-254, C-255, C-256, C-257, C-258, C-259."""
    nodes = [
        {"id": "n1", "type": "scrap", "config": {"queries": "dentiste\nboulangerie", "zones": "Tours"}, "inputs": []},
        {"id": "n2", "type": "emails", "config": {"colour": "red"}, "inputs": ["n1"]},
    ]

    found = api.post("/api/pipelines/validate", json={"nodes": nodes, "edges": [{"from": "n1", "to": "n2"}]}).json()

    first, second = found["definition"]["nodes"]
    assert found["definition"]["edges"] == [{"id": "e1", "from": "n1", "to": "n2"}]
    assert first["config"]["queries"] == ["dentiste", "boulangerie"]
    assert first["config"]["scrape_mode"] == "fast"
    assert second["config"] == {"mode": "normal", "details": False}
    assert set(second) == {"id", "type", "config", "x", "y"}


def test_a_name_has_120_characters_at_most(api: httpx.Client) -> None:
    """C-283, C-012."""
    assert shown(api, created(api, {**ENVELOPE, "name": "é" * 120})["id"])["name"] == "é" * 120

    for name in ("x" * 121, 7, ["x"]):
        refused = api.post("/api/pipelines", json={**ENVELOPE, "name": name})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "name"


def test_a_root_that_cannot_start_is_refused_and_leaves_a_failed_pipeline(api: httpx.Client) -> None:
    """C-285."""
    refused = api.post("/api/pipelines", json=NOWHERE)

    assert refused.status_code == 400
    assert refused.json()["detail"].startswith("Zone introuvable")
    (kept,) = api.get("/api/pipelines").json()
    found = shown(api, kept["id"])
    assert (found["status"], found["jobs"], found["output_job"]) == ("failed", [], None)
    assert found["error_message"] == refused.json()["detail"]


def test_searching_needs_a_verified_address_and_ones_own_list_does_not(house: ApiHouse) -> None:
    """C-115."""
    with house.client("unverified@example.com", email_verified=False) as newcomer:
        refused = newcomer.post("/api/pipelines", json=chain(node("n1", "scrap", **SCRAP)))

        assert refused.status_code == 403
        assert refused.json()["code"] == "email_unverified"
        assert newcomer.get("/api/pipelines").json() == []
        assert run(newcomer, CHAIN)["status"] == "done"


def test_a_deactivated_account_changes_nothing(house: ApiHouse) -> None:
    """C-241."""
    with house.client("leaves@example.com") as leaving:
        pipeline = created(leaving, CHAIN)["id"]
        house.caller("leaves@example.com", is_active=False)

        assert leaving.post("/api/pipelines", json=CHAIN).status_code == 403
        assert leaving.post(f"/api/pipelines/{pipeline}/cancel").status_code == 403


def test_a_token_that_may_only_read_creates_nothing(house: ApiHouse) -> None:
    with house.bearer("reader@example.com", scope="read") as reader:
        assert reader.post("/api/pipelines/validate", json=CHAIN).json()["ok"] is True
        assert reader.post("/api/pipelines/estimate", json={"definition": CHAIN}).status_code == 200
        assert reader.post("/api/pipelines", json=CHAIN).status_code == 403


def test_the_list_is_the_callers_most_recent_first(api: httpx.Client, other_api: httpx.Client) -> None:
    """C-286, C-306, C-307, C-024."""
    created(other_api, CHAIN)
    made = [created(api, ENVELOPE)["id"] for _ in range(3)]
    for pipeline in made:
        over(api, pipeline)

    listed = api.get("/api/pipelines").json()

    assert [one["id"] for one in listed] == made[::-1]
    documented = "id name status created_at completed_at nodes_count done_count results_count progress_pct"
    assert set(documented.split()) <= set(listed[0])
    assert STAMP.fullmatch(listed[0]["created_at"]) and STAMP.fullmatch(listed[0]["completed_at"])


def test_the_list_ends_at_fifty(api: httpx.Client) -> None:
    """C-287."""
    made = [created(api, chain(node("n1", "import", **IMPORT)))["id"] for _ in range(51)]

    assert [one["id"] for one in api.get("/api/pipelines").json()] == made[:0:-1]


def test_a_done_pipeline_counts_its_stages_and_rows(api: httpx.Client) -> None:
    """C-288, C-289, C-291, C-292, C-293, C-024."""
    found = run(api, ENVELOPE)

    (listed,) = api.get("/api/pipelines").json()
    assert (listed["nodes_count"], listed["done_count"], listed["progress_pct"]) == (3, 3, 100)
    assert (listed["results_count"], listed["headline_count"]) == (3 + 2 + 2, 2)
    assert (found["name"], found["status"], found["progress_pct"]) == ("Dentistes", "done", 100)
    assert isinstance(found["user_id"], int)
    job = jobs_by_node(found)["n3"]
    assert {"job_type": "sort", "status": "done", "results_count": 2, "error_message": None}.items() <= job.items()
    assert STAMP.fullmatch(job["created_at"]) and STAMP.fullmatch(job["completed_at"])
    assert found["output_job"] == {
        "id": job["id"],
        "job_type": "sort",
        "results_count": 2,
        "status": "done",
        "download_available": True,
    }


def test_an_unknown_pipeline_is_missing_and_a_foreign_one_forbidden(api: httpx.Client, other_api: httpx.Client) -> None:
    """C-242, C-307."""
    foreign = created(other_api, CHAIN)["id"]

    for pipeline, status in ((foreign, 403), ("f1a2", 404), ("%00", 404)):
        assert api.get(f"/api/pipelines/{pipeline}").status_code == status
        assert api.post(f"/api/pipelines/{pipeline}/cancel").status_code == status
        assert api.post("/api/pipelines/estimate", json={"pipeline_id": pipeline}).status_code == status


@pytest.mark.parametrize(("method", "path"), [("PATCH", ""), ("DELETE", ""), ("POST", "/run"), ("GET", "/run")])
def test_what_is_not_implemented_says_so(method: str, path: str, api: httpx.Client) -> None:
    """C-297, C-298, C-299."""
    pipeline = created(api, CHAIN)["id"]

    refused = api.request(method, f"/api/pipelines/{pipeline}{path}")

    assert refused.status_code == 405
    assert refused.headers["Allow"] == ("" if path else "GET")
    assert refused.json()["code"] == "method_not_allowed"
    assert len(api.get("/api/pipelines").json()) == 1


def test_an_ended_pipeline_cannot_be_cancelled(api: httpx.Client) -> None:
    found = run(api, CHAIN)

    refused = api.post(f"/api/pipelines/{found['id']}/cancel")

    assert (refused.status_code, refused.json()["detail"]) == (400, "Pipeline déjà terminé (done)")


def test_the_same_key_and_body_start_one_pipeline_however_many_ask_at_once(house: ApiHouse) -> None:
    """C-020."""
    with house.client("impatient@example.com") as api, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: created(api, CHAIN, **{"Idempotency-Key": "k"}), range(16)))

        assert len({answer["id"] for answer in answers}) == 1
        assert len(api.get("/api/pipelines").json()) == 1


def test_a_key_serves_one_body(api: httpx.Client) -> None:
    created(api, CHAIN, **{"Idempotency-Key": "k"})

    refused = api.post("/api/pipelines", json=ENVELOPE, headers={"Idempotency-Key": "k"})

    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


def test_a_refused_start_is_refused_again_under_its_key_and_kept_once(api: httpx.Client) -> None:
    """C-285."""
    first, second = (api.post("/api/pipelines", json=NOWHERE, headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert first.status_code == second.status_code == 400
    assert first.json() == second.json()
    assert [one["status"] for one in api.get("/api/pipelines").json()] == ["failed"]


def test_an_invalid_definition_does_not_use_its_key_up(api: httpx.Client) -> None:
    for _ in range(2):
        assert api.post("/api/pipelines", json={"nodes": []}, headers={"Idempotency-Key": "k"}).status_code == 400

    created(api, CHAIN, **{"Idempotency-Key": "k"})
