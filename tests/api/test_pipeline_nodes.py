"""Looking at what feeds a node, and trying filter rules on it, over HTTP."""

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from engine.limits import PREVIEW_ROWS
from tests.api.graphs import CHAIN, SCRAP, chain, created, jobs_by_node, node, run, shown
from tests.api_house import ApiHouse

PEOPLE: list[dict[str, Any]] = [
    {
        "nom": f"Cabinet {i}",
        "telephone": f"06 12 34 56 {i:02}" if i % 5 else "",
        "email": f"contact{i}@cabinet.fr",
        "site_web": f"https://cabinet{i}.fr",
        "note": i % 5 + 0.5,
        "categorie": "dentiste" if i % 2 else "orthodontiste",
        "code": f"code {i}",
        "blank": "",
    }
    for i in range(201)
]
TABLE = {"content": json.dumps(PEOPLE), "filename": "people.json"}
CONDITIONS: dict[str, Any] = {
    "logic": "AND",
    "conditions": [
        {"column": "note", "op": ">=", "value": 2.5},
        {"column": "categorie", "op": "in", "value": ["dentiste", "endodontiste"]},
    ],
}
RULES: list[dict[str, Any]] = [
    CONDITIONS,
    {"require_phone": True, "rating_min": 3},
    {"dedup_column": "categorie"},
    {"sample_type": "pct", "sample_pct": 10, "sample_seed": 3},
    {"phone_prefix": {"prefixes": ["06"]}, "logic": "OR", "conditions": CONDITIONS["conditions"]},
]


def of_node(pipeline: dict[str, Any], node_id: str, what: str) -> str:
    return f"/api/pipelines/{pipeline['id']}/nodes/{node_id}/{what}"


def columns(api: httpx.Client, pipeline: dict[str, Any], node_id: str) -> dict[str, Any]:
    answer = api.get(of_node(pipeline, node_id, "input-columns"))
    assert answer.status_code == 200, answer.text
    return answer.json()


def preview(api: httpx.Client, pipeline: dict[str, Any], node_id: str, rules: dict[str, Any]) -> httpx.Response:
    return api.post(of_node(pipeline, node_id, "filter-preview"), json={"rules": rules})


def test_the_columns_that_feed_a_node_are_profiled(api: httpx.Client) -> None:
    """C-308, C-309, C-310, C-311."""
    pipeline = run(api, chain(node("n1", "import", **TABLE), node("n2", "filter")))

    found = columns(api, pipeline, "n2")

    assert set(found) == {"columns", "row_count", "predecessor_job_id"}
    assert (found["row_count"], found["predecessor_job_id"]) == (201, jobs_by_node(pipeline)["n1"]["id"])
    by_name = {one["name"]: one for one in found["columns"]}
    types = {name: one["type"] for name, one in by_name.items()}
    assert types == {
        "nom": "text",  # 201 values are too many for a category
        "telephone": "phone",
        "email": "email",
        "site_web": "url",
        "note": "number",
        "categorie": "category",
        "code": "text",
        "blank": "text",
    }
    assert by_name["telephone"]["fill_rate"] == pytest.approx(160 / 201, abs=1e-4)
    assert (by_name["nom"]["fill_rate"], by_name["blank"]["fill_rate"]) == (1, 0)
    assert by_name["categorie"]["distinct_count"] == 2
    assert by_name["categorie"]["distinct_values"] == ["dentiste", "orthodontiste"]
    assert by_name["telephone"]["distinct_count"] is None
    assert by_name["nom"]["sample_values"][0] == "Cabinet 0"


@pytest.mark.parametrize(("like", "kind"), [(8, "url"), (7, "category")])
def test_a_type_needs_four_fifths_of_the_cells_that_are_filled(like: int, kind: str, api: httpx.Client) -> None:
    """C-309."""
    cells = [f"https://a{i}.fr" if i < like else f"word {i}" for i in range(10)]
    rows = [{"site_web": "https://x.fr", "preuve": cell} for cell in [*cells, ""]]
    table = {"content": json.dumps(rows), "filename": "x.json"}
    pipeline = run(api, chain(node("n1", "import", **table), node("n2", "filter")))

    assert {one["name"]: one["type"] for one in columns(api, pipeline, "n2")["columns"]}["preuve"] == kind


def test_two_hundred_values_are_a_category_and_one_more_is_text(api: httpx.Client) -> None:
    """C-310."""
    table = {"content": json.dumps([{"few": f"v{i % 200}", "many": f"v{i}"} for i in range(201)]), "filename": "x.json"}
    pipeline = run(api, chain(node("n1", "import", **table), node("n2", "filter")))

    few, many = columns(api, pipeline, "n2")["columns"]

    assert (few["type"], few["distinct_count"], len(few["distinct_values"])) == ("category", 200, 200)
    assert (many["type"], many["distinct_count"]) == ("text", None)


@pytest.mark.slow(30)
def test_a_look_reads_five_thousand_rows_at_most(api: httpx.Client) -> None:
    """C-312, C-316."""
    rows = [{"nom": f"N{i}", "late": "" if i < PREVIEW_ROWS else "here"} for i in range(PREVIEW_ROWS + 1)]
    table = {"content": json.dumps(rows), "filename": "x.json"}
    pipeline = run(api, chain(node("n1", "import", **table), node("n2", "filter")))

    found = columns(api, pipeline, "n2")
    tried = preview(api, pipeline, "n2", {"conditions": [{"column": "late", "op": "empty"}]}).json()

    assert found["row_count"] == PREVIEW_ROWS + 1
    assert {one["name"]: one["fill_rate"] for one in found["columns"]} == {"nom": 1, "late": 0}
    assert (tried["total"], tried["matched"], tried["capped"]) == (PREVIEW_ROWS, PREVIEW_ROWS, True)


def test_without_input_a_look_says_why(api: httpx.Client) -> None:
    """C-313, C-317."""
    done = run(api, chain(node("n1", "import", **TABLE), node("n2", "filter"), node("n3", "filter")))
    empty = run(api, chain(node("n1", "import", **TABLE), node("n2", "filter", rating_min=9), node("n3", "filter")))

    assert columns(api, done, "n1") == {"columns": [], "reason": "no_predecessor"}
    assert api.delete(f"/api/jobs/{jobs_by_node(done)['n1']['id']}").status_code == 204
    assert columns(api, done, "n2") == {"columns": [], "reason": "no_csv_found"}
    nothing = {"total": 0, "matched": 0, "samples": [], "reason": "no_csv_found"}
    assert preview(api, done, "n2", CONDITIONS).json() == nothing
    assert columns(api, empty, "n3")["row_count"] == 0


def test_a_predecessor_that_has_not_run_has_no_data_yet(api: httpx.Client) -> None:
    """C-313, C-317."""
    nowhere = chain(node("n1", "scrap", queries=["x"], zones=["Nullepart-sur-Rien"]), node("n2", "filter"))
    api.post("/api/pipelines", json=nowhere)
    (kept,) = api.get("/api/pipelines").json()

    assert columns(api, kept, "n2") == {"columns": [], "reason": "no_data_yet"}
    found = preview(api, kept, "n2", CONDITIONS).json()
    assert found == {"total": 0, "matched": 0, "samples": [], "reason": "no_data_yet"}


@pytest.mark.parametrize("rules", RULES)
def test_a_preview_counts_what_the_node_keeps_with_the_same_rules(rules: dict[str, Any], api: httpx.Client) -> None:
    """C-314, C-315, C-321, C-322."""
    pipeline = run(api, chain(node("n1", "import", **TABLE), node("n2", "filter", rules=rules)))

    found = preview(api, pipeline, "n2", rules).json()

    assert set(found) == {"total", "matched", "samples", "predecessor_job_id", "fieldnames", "capped"}
    kept = jobs_by_node(pipeline)["n2"]
    assert 0 < found["matched"] == kept["results_count"] < found["total"] == 201
    assert found["predecessor_job_id"] == jobs_by_node(pipeline)["n1"]["id"]
    assert (found["fieldnames"], found["capped"]) == (list(PEOPLE[0]), False)
    assert 0 < len(found["samples"]) <= 5
    assert all("" not in row.values() and "blank" not in row for row in found["samples"])
    first = api.get(f"/api/jobs/{kept['id']}/items").json()["items"][0]
    assert found["samples"][0].items() <= first.items()


def test_a_preview_creates_nothing_and_changes_nothing(api: httpx.Client) -> None:
    """C-320."""
    pipeline = run(api, chain(node("n1", "import", **TABLE), node("n2", "filter", require_site=True)))

    preview(api, pipeline, "n2", CONDITIONS)

    assert shown(api, pipeline["id"]) == pipeline
    assert len(api.get("/api/jobs").json()) == 2


@pytest.mark.parametrize(
    ("node_id", "rules", "message"),
    [
        ("n3", CONDITIONS, "Le node 'n3' n'est pas un filtre"),
        ("n2", {"conditions": [{"column": "nom", "op": "~"}]}, "Règle invalide : "),
        ("n2", {"rating_min": "beaucoup"}, "Règle invalide : "),
        ("n2", {"rules": 3}, "Node 'n2', champ « rules » : "),
    ],
)
def test_what_cannot_be_applied_is_refused(node_id: str, rules: Any, message: str, api: httpx.Client) -> None:
    """C-318."""
    refused = preview(api, run(api, CHAIN), node_id, rules)

    assert refused.status_code == 400
    assert refused.json()["detail"].startswith(message)


@pytest.mark.parametrize("body", [{}, {"rules": []}, {"rules": None}, []])
def test_a_preview_needs_rules(body: Any, api: httpx.Client) -> None:
    """C-018."""
    answer = api.post(of_node(created(api, CHAIN), "n2", "filter-preview"), json=body)

    assert answer.status_code == 422


def test_rows_that_cannot_be_read_are_a_reason_for_one_and_a_fault_for_the_other(
    house: ApiHouse, api: httpx.Client
) -> None:
    """C-313, C-319."""
    pipeline = run(api, CHAIN)
    source = jobs_by_node(pipeline)["n1"]["id"]
    with house.services.db.transaction("write") as session:
        broken = text("UPDATE job_rows SET data = '{' WHERE job_seq = (SELECT seq FROM jobs WHERE id = :id)")
        session.connection().execute(broken, {"id": source})

    assert columns(api, pipeline, "n2") == {"columns": [], "reason": "csv_read_error"}
    failed = preview(api, pipeline, "n2", CONDITIONS)
    assert (failed.status_code, failed.json()["code"]) == (500, "internal_error")


def test_unknown_nodes_are_missing_and_foreign_pipelines_forbidden(api: httpx.Client, other_api: httpx.Client) -> None:
    """C-242."""
    own, foreign = created(api, CHAIN), created(other_api, chain(node("n1", "scrap", **SCRAP), node("n2", "filter")))

    for pipeline, node_id, status in ((own, "n9", 404), ({"id": "none"}, "n2", 404), (foreign, "n2", 403)):
        assert api.get(of_node(pipeline, node_id, "input-columns")).status_code == status
        assert preview(api, pipeline, node_id, CONDITIONS).status_code == status
    other_api.post(f"/api/pipelines/{foreign['id']}/cancel")
