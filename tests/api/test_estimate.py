"""POST /api/estimate: the price of a scrap before it is one; and that of any other job, as the engine tells it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from engine.errors import OutsendError
from engine.jobs import operations as jobs
from engine.jobs.errors import BadConfig, JobForbidden, JobMissing, UnknownModule
from engine.rows.types import Row
from tests.api.job_steps import ROWS, SCRAP, created, ended
from tests.api_house import ApiHouse, api_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """The API without a worker."""
    with api_house(tmp_path_factory.mktemp("api")) as running:
        yield running


def estimated(api: httpx.Client, **change: Any) -> dict[str, Any]:
    answer = api.post("/api/estimate", json={**SCRAP, **change})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_estimate_tells_what_the_scrap_will_cost_and_creates_nothing(api: httpx.Client) -> None:
    """C-156, C-157, C-161."""
    found = estimated(api, queries=["boulangerie", "kiné"])

    assert set(found) == {
        "valid", "grid_points", "total_requests", "queries_count", "ef_cost", "estimated_duration_seconds", "errors",
        "warnings",
    }  # fmt: skip
    assert (found["valid"], found["errors"], found["warnings"], found["queries_count"]) == (True, [], [], 2)
    assert found["total_requests"] == 2 * found["grid_points"] > 0
    assert found["estimated_duration_seconds"] > 0
    assert api.get("/api/jobs").json() == []


def test_the_estimate_is_the_price_of_the_job(house: ApiHouse) -> None:
    """C-156, C-110."""
    caller = house.caller("price@example.com")
    found = caller.run(jobs.estimate, SCRAP)
    job = caller.run(jobs.create, "scrap", SCRAP)

    assert (found.ef_cost, found.total_requests) == (job.ef_cost, job.grid_points_count)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, ["Aucune recherche", "Aucune zone"]),
        ({"queries": [], "zones": []}, ["Aucune recherche", "Aucune zone"]),
        ({"queries": ["a"], "zones": []}, ["Aucune zone"]),
        ({"queries": [], "zones": ["Tours"]}, ["Aucune recherche"]),
    ],
)
def test_without_queries_or_zones_nothing_is_valid(api: httpx.Client, body: Any, errors: list[str]) -> None:
    """C-158, C-159."""
    answer = api.post("/api/estimate", json=body)

    assert answer.status_code == 200
    assert (answer.json()["valid"], answer.json()["errors"]) == (False, errors)
    assert (answer.json()["total_requests"], answer.json()["ef_cost"]) == (0, 0)
    assert bool(answer.json()["grid_points"]) == bool(body.get("zones"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"zones": ["Tours", "Trifouillis"]}, "Zone introuvable : « Trifouillis »"),
        ({"queries": ["a", "b", "c"], "zones": ["Bretagne"], "scrape_mode": "ultra"}, "Quota dépassé : 1.249 EF"),
    ],
)
def test_what_would_stop_the_scrap_stands_in_errors(api: httpx.Client, change: dict[str, Any], says: str) -> None:
    """C-159."""
    found = estimated(api, **change)

    assert found["valid"] is False
    assert [error[: len(says)] for error in found["errors"]] == [says]
    assert found["grid_points"] > 0


def test_a_zone_counts_once_however_often_it_is_named(api: httpx.Client) -> None:
    """C-160."""
    one = estimated(api, zones=["Paris"])["grid_points"]

    assert estimated(api, zones=["Paris", " Paris", "paris", "75015"])["grid_points"] == one
    assert estimated(api, zones=["Paris", "Tours"])["grid_points"] > one


def test_the_mode_and_reviews_multiply_the_price(api: httpx.Client) -> None:
    """C-162, C-121."""
    fast = estimated(api)["ef_cost"]

    assert estimated(api, scrape_mode="advanced")["ef_cost"] == pytest.approx(2 * fast)
    assert estimated(api, scrape_mode="ultra")["ef_cost"] == pytest.approx(6 * fast)
    assert estimated(api, include_reviews=True)["ef_cost"] > fast


def test_a_field_of_the_wrong_type_is_named_as_for_a_job(api: httpx.Client) -> None:
    """C-013, C-018."""
    answer = api.post("/api/estimate", json={"queries": "dentiste", "zones": ["Tours"]})

    assert answer.status_code == 422
    assert answer.json()["detail"]["errors"][0]["field"] == "queries"


def test_estimating_is_free_of_limits(api: httpx.Client) -> None:
    """C-156, C-190."""
    assert {api.post("/api/estimate", json=SCRAP).status_code for _ in range(40)} == {200}


def test_an_estimate_of_items_counts_the_usable_ones(house: ApiHouse) -> None:
    """C-436."""
    caller = house.caller("items@example.com")

    found = caller.run(jobs.estimate_module, "dead-check", {}, items=ROWS)

    assert (found.valid, found.grid_points, found.total_requests) == (True, 2, 2)
    assert found.ef_cost == pytest.approx(2 / 11_100)
    assert found.estimated_duration_seconds > 0


def test_an_estimate_on_the_rows_of_a_job_follows_where(house: ApiHouse) -> None:
    """C-156: nothing is created for other modules either."""
    caller = house.caller("rows@example.com")
    with house.client("rows@example.com") as api:
        first = created(api, "/import", {"items": ROWS})["id"]
    ended(house.services, first, ROWS)

    whole = caller.run(jobs.estimate_module, "emails", {}, source_job_id=first)
    part = caller.run(jobs.estimate_module, "emails", {}, source_job_id=first, where={"rating_min": 4})

    assert (whole.grid_points, part.grid_points) == (2, 1)
    assert len(caller.run(jobs.list_jobs)) == 1


BLOCKED: list[tuple[str, dict[str, Any], list[Row], str]] = [
    ("emails", {}, [{"nom": "A"}], "Aucun établissement avec site web"),
    ("emails", {"mode": "deep"}, ROWS, "Le mode Deep Extract n'est dispo qu'après"),
    ("filter", {"rules": {"couleur": 1}}, ROWS, "Règle invalide"),
    ("import", {"content": " "}, [], "Import vide"),
    ("scrap", {"queries": ["a"], "zones": ["Trifouillis"]}, [], "Zone introuvable"),
]


@pytest.mark.parametrize(("slug", "config", "items", "says"), BLOCKED, ids=[f"{case[0]}-{case[3]}" for case in BLOCKED])
def test_what_would_stop_any_job_stands_in_errors(
    house: ApiHouse, slug: str, config: dict[str, Any], items: list[Row], says: str
) -> None:
    """C-159."""
    found = house.caller("blocked@example.com").run(jobs.estimate_module, slug, config, items=items)

    assert found.valid is False
    assert found.errors[0].startswith(says)


def test_a_meaningless_question_is_refused_not_estimated(house: ApiHouse, api: httpx.Client) -> None:
    """C-117, C-018."""
    theirs = created(api, "/import", {"items": ROWS})["id"]
    questions: list[tuple[type[OutsendError], str, dict[str, Any], str | None]] = [
        (UnknownModule, "nonsense", {}, None),
        (BadConfig, "sort", {"top_n": 0}, None),
        (JobMissing, "emails", {}, "j_unknown"),
        (JobForbidden, "emails", {}, theirs),
    ]
    for refusal, slug, config, source in questions:
        with pytest.raises(refusal):
            house.caller("curious@example.com").run(jobs.estimate_module, slug, config, source_job_id=source)
