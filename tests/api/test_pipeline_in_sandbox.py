"""The main job over HTTP in the sandbox internet: scrap, dead_check, emails, verify, filter, sort."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from engine.sandbox.process import RunningSandbox
from engine.sandbox.score import score_emails, wrong_verdicts
from tests.api.graphs import chain, created, jobs_by_node, node, over
from tests.api_house import ApiHouse, api_house

SECONDS = 120.0
VALID: dict[str, Any] = {"alive_only": True, "conditions": [{"column": "email_status", "op": "=", "value": "valid"}]}
MAIN_JOB = chain(
    node("found", "scrap", queries=["restaurant", "plombier"], zones=["Tours"]),
    node("alive", "dead_check"),
    node("addressed", "emails"),
    node("verified", "verify"),
    node("kept", "filter", rules=VALID),
    node("best", "sort", sort_by="note", top_n=5),
)


@pytest.fixture(scope="module")
def outdoors(running_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("outdoors"), works=True, **running_sandbox.overrides) as house:
        yield house


@pytest.mark.slow(SECONDS)
def test_the_main_job_ends_in_verified_leads_with_every_column(
    outdoors: ApiHouse, running_sandbox: RunningSandbox
) -> None:
    """C-282, C-294, C-296, C-300, C-301, C-303, C-321."""
    with outdoors.client() as api:
        estimate = api.post("/api/pipelines/estimate", json={"definition": MAIN_JOB}).json()
        pipeline = over(api, created(api, {"name": "Leads", "definition": MAIN_JOB})["id"], seconds=SECONDS)
        jobs = jobs_by_node(pipeline)
        rows = {name: items(api, job["id"]) for name, job in jobs.items()}
        preview = api.post(f"/api/pipelines/{pipeline['id']}/nodes/kept/filter-preview", json={"rules": VALID}).json()
        again = api.post("/api/pipelines/estimate", json={"pipeline_id": pipeline["id"]}).json()
        leads = api.get(f"/api/jobs/{pipeline['output_job']['id']}/download", params={"format": "json"}).json()

    assert pipeline["status"] == "done", pipeline
    assert [job["job_type"] for job in jobs.values()] == [
        "scrap", "dead_check", "emails", "verify_emails", "filter", "sort",
    ]  # fmt: skip
    assert estimate["valid"] and not estimate["complete"]
    assert again["complete"] and again["ef_cost"] > estimate["ef_cost"]
    assert preview["matched"] == jobs["kept"]["results_count"] == len(rows["kept"]) > 0
    assert 0 < len(leads) == pipeline["output_job"]["results_count"] <= 5
    for lead in leads:
        assert {"nom", "place_id", "lat", "lon", "site_alive", "email", "email_status"} <= lead.keys()
        assert lead["email_status"] == "valid"
    truth = running_sandbox.truth()
    score = score_emails(truth, rows["addressed"])
    assert score.recall >= 0.95
    assert score.precision >= 0.97
    assert wrong_verdicts(truth, rows["verified"]) == 0


def items(api: httpx.Client, job_id: str) -> list[dict[str, Any]]:
    return api.get(f"/api/jobs/{job_id}/items", params={"limit": 10_000}).json()["items"]
