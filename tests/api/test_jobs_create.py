"""POST /api/jobs: what a scrap may ask for, who may, and how often the same request counts."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from engine.modules import scrap
from tests.api.job_steps import SCRAP, created
from tests.api_house import ApiHouse, api_house

SHOWN = {
    "id", "job_type", "queries", "zones", "include_reviews", "status", "grid_points_count", "processed_points",
    "results_count", "error_count", "ef_cost", "created_at", "started_at", "completed_at", "expires_at",
    "error_message", "output_filename", "download_available", "source_job_id", "pipeline_id", "email_mode",
    "breakdown", "dead_queries", "flagged_tiles_count", "total_attempts_count", "query_stats",
}  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """The API without a worker: what is created stays pending."""
    with api_house(tmp_path_factory.mktemp("api")) as running:
        yield running


def refusal(api: httpx.Client, body: Any, path: str = "") -> tuple[int, str, Any]:
    """Status, message and errors of a refused creation."""
    answer = api.post(f"/api/jobs{path}", json=body)
    detail = answer.json()["detail"]
    return answer.status_code, detail if isinstance(detail, str) else detail["message"], answer.json().get("errors")


@pytest.mark.parametrize("path", ["", "/scrap"])
def test_a_scrap_is_created_pending_and_told_whole(api: httpx.Client, path: str) -> None:
    """C-118, C-127, C-108, C-109, C-111, C-003, C-009."""
    job = created(api, path, SCRAP)

    assert set(job) >= SHOWN
    assert (job["job_type"], job["status"]) == ("scrap", "pending")
    assert (job["queries"], job["zones"]) == (["boulangerie"], ["37000"])
    assert 8 <= len(job["id"]) <= 64
    assert job["breakdown"] == {"by_query": {}, "by_zone": {}}
    assert api.get(f"/api/jobs/{job['id']}").json() == job


def test_times_of_a_job_are_iso_8601_utc_in_whole_seconds(api: httpx.Client) -> None:
    """C-023, C-182."""
    job = created(api, "", SCRAP)

    made, ends = (datetime.strptime(job[name], "%Y-%m-%dT%H:%M:%SZ") for name in ("created_at", "expires_at"))
    assert ends - made == timedelta(days=30)


def test_queries_are_trimmed_and_each_counts_once(api: httpx.Client) -> None:
    """C-119, C-120."""
    job = created(api, "", {"queries": [" dentiste", "dentiste ", "kiné"], "zones": ["Paris", "75015", "Lyon 2e"]})

    assert job["queries"] == ["dentiste", "kiné"]
    assert job["grid_points_count"] % 2 == 0


def test_unknown_extra_columns_are_ignored_and_known_ones_add_theirs(api: httpx.Client) -> None:
    """C-122."""
    plain = created(api, "", SCRAP)
    more = created(api, "", {**SCRAP, "extra_columns": ["gps", "couleur", "region"]})

    assert set(more["columns"]) - set(plain["columns"]) == {"lat", "lon", "region"}


def test_reviews_raise_the_price(api: httpx.Client) -> None:
    """C-121, C-110."""
    plain, reviewed = created(api, "", SCRAP), created(api, "", {**SCRAP, "include_reviews": True})

    assert reviewed["include_reviews"] is True
    assert reviewed["ef_cost"] > plain["ef_cost"] > 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"queries": []}, "queries"),
        ({"queries": [str(i) for i in range(21)]}, "queries"),
        ({"queries": ["x" * 201]}, "queries.0"),
        ({"zones": []}, "zones"),
        ({"zones": [str(i) for i in range(51)]}, "zones"),
        ({"zones": "Paris"}, "zones"),
        ({"queries": ["\ud800"]}, "queries.0"),
        ({"scrape_mode": "turbo"}, "scrape_mode"),
        ({"max_ef": 1.5}, "max_ef"),
    ],
)
def test_a_field_out_of_bounds_is_named(api: httpx.Client, change: dict[str, Any], field: str) -> None:
    """C-119, C-120, C-013, C-018."""
    answer = api.post(
        "/api/jobs", content=json.dumps({**SCRAP, **change}), headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert answer.json()["detail"]["errors"] == answer.json()["errors"]
    assert field in answer.json()["detail"]["message"]


def test_a_type_is_refused_and_the_typed_shortcut_named(api: httpx.Client) -> None:
    """C-123."""
    status, message, errors = refusal(api, {**SCRAP, "type": "verify_emails"})

    assert status == 422
    assert "POST /api/jobs/verify-emails" in message
    assert [error["field"] for error in errors] == ["type"]
    assert api.get("/api/jobs").json() == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"queries": ["a"], "zones": ["Trifouillis"]}, "Zone introuvable : « Trifouillis »"),
        ({"queries": ["a", "b", "c"], "zones": ["Bretagne"], "scrape_mode": "ultra"}, "Quota dépassé : 1.249 EF"),
    ],
)
def test_what_can_not_be_searched_is_a_400(api: httpx.Client, body: Any, says: str) -> None:
    """C-124, C-188, C-014."""
    status, message, errors = refusal(api, body)

    assert (status, errors) == (400, None)
    assert message.startswith(says)


def test_an_empty_grid_is_a_400(api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """C-124."""
    monkeypatch.setattr(scrap, "cells", lambda zones: [])  # no zone of the bundle is empty

    assert refusal(api, SCRAP)[:2] == (400, "Grille vide")


def test_more_than_max_ef_is_refused_before_anything_starts(api: httpx.Client) -> None:
    """C-124: the caller's own bound, below the quota."""
    cost = created(api, "", SCRAP)["ef_cost"]
    answer = api.post("/api/jobs", json={**SCRAP, "max_ef": cost / 2})

    assert (answer.status_code, answer.json()["code"]) == (400, "max_ef_exceeded")
    assert f"{cost:.4g}" in answer.json()["detail"]
    assert f"{cost / 2:.4g}" in answer.json()["detail"]
    assert len(api.get("/api/jobs").json()) == 1
    assert created(api, "", {**SCRAP, "max_ef": cost})["ef_cost"] == cost


def test_a_body_that_is_no_json_is_a_400(api: httpx.Client) -> None:
    """C-014, C-011."""
    answer = api.post("/api/jobs", content=b"{", headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert isinstance(answer.json()["detail"], str)


def test_a_scrap_needs_a_verified_address_and_other_modules_do_not(house: ApiHouse) -> None:
    """C-115, C-116, C-016."""
    with house.client("unverified@example.com", email_verified=False) as api:
        scraped = api.post("/api/jobs", json=SCRAP)
        shortcut = api.post("/api/jobs/scrap", json=SCRAP)

        assert (scraped.status_code, scraped.json()["code"]) == (403, "email_unverified")
        assert shortcut.status_code == 403
        assert created(api, "/import", {"content": "nom;ville\nA;Tours"})["status"] == "pending"
        assert created(api, "/emails", {"items": [{"site_web": "https://a.example"}]})["status"] == "pending"


def test_a_deactivated_account_creates_nothing(house: ApiHouse) -> None:
    """C-114, C-016."""
    with house.client("inactive@example.com", is_active=False) as api:
        for path in ("/api/jobs", "/api/jobs/emails", "/api/estimate", "/api/jobs/j_x/cancel", "/api/jobs/j_x/resume"):
            assert api.post(path, json=SCRAP).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/jobs"),
        ("POST", "/api/jobs/scrap"),
        ("POST", "/api/jobs/emails"),
        ("POST", "/api/jobs/nonsense"),
        ("POST", "/api/jobs/resume"),
        ("POST", "/api/estimate"),
        ("GET", "/api/jobs"),
        ("GET", "/api/jobs/queue"),
        ("GET", "/api/jobs/j_x"),
        ("DELETE", "/api/jobs/j_x"),
        ("POST", "/api/jobs/j_x/cancel"),
        ("POST", "/api/jobs/j_x/resume"),
    ],
)
def test_every_endpoint_of_jobs_needs_a_session(nobody: httpx.Client, method: str, path: str) -> None:
    """C-113, C-015, C-022."""
    assert nobody.request(method, path).status_code == 401


def test_a_token_to_read_starts_nothing_and_one_to_run_does(house: ApiHouse) -> None:
    """C-114."""
    with house.bearer("tokens@example.com", scope="read") as reader, house.bearer("tokens@example.com") as runner:
        assert reader.post("/api/jobs", json=SCRAP).status_code == 403
        assert reader.post("/api/estimate", json=SCRAP).status_code == 200
        assert runner.post("/api/jobs", json=SCRAP).status_code == 200
        assert len(reader.get("/api/jobs").json()) == 1


def test_a_sixth_and_seventh_job_are_taken_and_wait(api: httpx.Client) -> None:
    """C-183, C-190."""
    jobs = [created(api, "", SCRAP) for _ in range(7)]

    assert {job["status"] for job in jobs} == {"pending"}


def at_once(times: int, ask: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(ask, range(times)))


@pytest.mark.slow(20)
def test_twenty_equal_requests_at_once_with_one_key_make_one_job(api: httpx.Client) -> None:
    """C-020: a creation may be repeated safely."""
    answers = at_once(20, lambda _: api.post("/api/jobs", json=SCRAP, headers={"Idempotency-Key": "k1"}))

    assert [answer.status_code for answer in answers] == [200] * 20
    assert len({answer.text for answer in answers}) == 1
    assert len(api.get("/api/jobs").json()) == 1


def test_a_key_serves_one_body_of_one_account(api: httpx.Client, other_api: httpx.Client) -> None:
    """C-020."""
    key = {"Idempotency-Key": "k2"}
    first = api.post("/api/jobs/import", json={"content": "nom\nA\nB"}, headers=key)

    again = api.post("/api/jobs/import", json={"content": "nom\nA\nB"}, headers=key)
    changed = api.post("/api/jobs/import", json={"content": "nom\nA\nC"}, headers=key)
    elsewhere = other_api.post("/api/jobs/import", json={"content": "nom\nA\nB"}, headers=key)

    assert again.json() == first.json()
    assert (changed.status_code, changed.json()["code"]) == (422, "idempotency_key_reused")
    assert elsewhere.json()["id"] != first.json()["id"]


def test_a_refused_creation_leaves_its_key_free(api: httpx.Client) -> None:
    """C-020."""
    key = {"Idempotency-Key": "k3"}
    assert api.post("/api/jobs", json={**SCRAP, "zones": ["Trifouillis"]}, headers=key).status_code == 400

    assert api.post("/api/jobs", json=SCRAP, headers=key).status_code == 200
