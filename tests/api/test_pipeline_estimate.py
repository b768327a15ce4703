"""What a pipeline would cost, told before it is started."""

from typing import Any

import httpx
import pytest

from engine.ef import EF_PER_ITEM
from engine.imports.operations import save_upload
from engine.limits import MAX_EF_PER_JOB
from tests.api.graphs import CHAIN, IMPORT, SCRAP, chain, node, run
from tests.api_house import ApiHouse

TOTALS = {"ef_cost", "minutes", "ai_cost_usd_max", "ef_cost_per_1000_rows", "minutes_per_1000_rows"}


def estimated(api: httpx.Client, definition: Any) -> dict[str, Any]:
    answer = api.post("/api/pipelines/estimate", json={"definition": definition})
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_id(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in found["nodes"]}


def listed(count: int) -> dict[str, str]:
    return {"content": "nom;site_web\n" + "".join(f"N{i};n{i}.fr\n" for i in range(count))}


def test_a_list_of_ones_own_is_an_upper_bound_for_what_stands_below(api: httpx.Client) -> None:
    graph = chain(node("n1", "import", **IMPORT), node("n2", "filter", require_site=True), node("n3", "emails"))

    found = estimated(api, graph)

    assert TOTALS | {"valid", "complete", "errors", "warnings", "nodes"} == set(found)
    nodes = by_id(found)
    assert [(one["basis"], one["items"], one["rows"]) for one in found["nodes"]] == [
        ("planned", 1, 3),
        ("at_most", 3, 3),
        ("at_most", 3, 3),
    ]
    assert nodes["n3"]["ef_cost"] == pytest.approx(3 * EF_PER_ITEM, abs=1e-6)
    assert nodes["n3"]["ef_cost_per_1000_rows"] == pytest.approx(1_000 * EF_PER_ITEM, abs=1e-6)
    assert (nodes["n1"]["ef_cost"], nodes["n2"]["ef_cost"], nodes["n1"]["ef_cost_per_1000_rows"]) == (0, 0, None)
    assert (found["valid"], found["complete"], found["errors"], found["warnings"]) == (True, True, [], [])
    assert found["ef_cost"] == nodes["n3"]["ef_cost"]
    assert found["minutes"] == pytest.approx(sum(one["minutes"] for one in found["nodes"]), abs=0.02)
    assert (found["ai_cost_usd_max"], nodes["n3"]["ai_cost_usd_max"]) == (0, 0)


def test_below_a_search_costs_are_told_for_each_thousand_rows(api: httpx.Client) -> None:
    graph = chain(node("n1", "scrap", **SCRAP), node("n2", "dead_check"), node("n3", "filter"), node("n4", "emails"))

    found = estimated(api, graph)

    nodes = by_id(found)
    assert nodes["n1"]["items"] > 0 and nodes["n1"]["rows"] is None
    assert found["ef_cost"] == nodes["n1"]["ef_cost"] > 0
    assert [nodes[name]["basis"] for name in ("n2", "n3", "n4")] == ["unknown"] * 3
    assert (nodes["n2"]["ef_cost"], nodes["n3"]["ef_cost"]) == (None, 0)
    assert not found["complete"]
    assert found["ef_cost_per_1000_rows"] == pytest.approx(2_000 * EF_PER_ITEM, abs=1e-5)
    assert found["minutes_per_1000_rows"] > 0


@pytest.mark.parametrize(
    "cut", [node("cut", "sort", sort_by="note", top_n=50), node("cut", "filter", sample_type="n", sample_n=50)]
)
def test_what_keeps_the_first_rows_is_a_bound_of_its_own(cut: dict[str, Any], api: httpx.Client) -> None:
    found = estimated(api, chain(node("n1", "scrap", **SCRAP), cut, node("n2", "emails")))

    last = by_id(found)["n2"]
    assert (last["basis"], last["items"]) == ("at_most", 50)
    assert found["complete"]


def test_a_root_over_the_quota_is_an_error_and_a_warning(api: httpx.Client) -> None:
    regions = ["Bretagne", "Normandie", "Occitanie", "Grand Est", "Île-de-France"]
    graph = chain(node("n1", "scrap", queries=["a", "b", "c", "d"], zones=regions, scrape_mode="ultra"))

    found = estimated(api, graph)

    assert found["ef_cost"] > MAX_EF_PER_JOB
    assert not found["valid"]
    assert found["errors"][0].startswith("Node 'n1' : Quota dépassé")
    assert found["warnings"][0].startswith("Quota dépassé au node 'n1' (scrap)")


def test_a_step_over_the_quota_is_warned_of_and_does_not_hinder_the_start(api: httpx.Client) -> None:
    found = estimated(api, chain(node("n1", "import", **listed(11_200)), node("n2", "emails")))

    assert found["valid"]
    (warning,) = found["warnings"]
    assert warning.startswith("Quota dépassé au node 'n2' (emails) : 1.009 EF")


def test_a_search_that_may_bring_too_much_for_a_step_is_warned_of(api: httpx.Client) -> None:
    step = node("n2", "emails")

    small = estimated(api, chain(node("n1", "scrap", **SCRAP), step))
    large = estimated(api, chain(node("n1", "scrap", queries=["dentiste"], zones=["Bretagne"]), step))

    assert small["warnings"] == []
    assert large["warnings"][0].startswith("Quota : le node 'n2' (emails) serait refusé au-delà de 11100 lignes")


def test_what_would_keep_a_root_from_starting_is_told(api: httpx.Client) -> None:
    nowhere = node("n1", "scrap", queries=["x"], zones=["Nullepart-sur-Rien"])
    lost = node("n2", "import", upload_id="u_none")

    found = estimated(api, {"nodes": [nowhere, lost]})

    assert not found["valid"]
    assert found["errors"][0].startswith("Node 'n1' : Zone introuvable")
    assert found["errors"][1].startswith("Node 'n2' : Fichier importé introuvable")


def test_the_rows_of_an_upload_are_counted(house: ApiHouse) -> None:
    owner = house.caller("uploader@example.com")
    upload = save_upload(house.services, owner.principal.account_id, listed(7)["content"].encode())
    graph = chain(node("n1", "import", upload_id=upload), node("n2", "emails"))

    with house.client("uploader@example.com") as api, house.client("curious@example.com") as stranger:
        found, refused = estimated(api, graph), estimated(stranger, graph)

    assert by_id(found)["n2"]["items"] == 7
    assert "Fichier importé introuvable" in refused["errors"][0]


def test_a_pipeline_that_has_run_is_estimated_by_its_own_counts(api: httpx.Client) -> None:
    pipeline = run(api, CHAIN)

    found = api.post("/api/pipelines/estimate", json={"pipeline_id": pipeline["id"]}).json()

    assert [(one["basis"], one["items"], one["rows"]) for one in found["nodes"]] == [
        ("planned", 1, 3),
        ("counted", 3, 2),
        ("counted", 2, 2),
    ]
    assert found["complete"] and found["valid"]


def test_nothing_is_created(api: httpx.Client) -> None:
    estimated(api, CHAIN)

    assert api.get("/api/pipelines").json() == []


@pytest.mark.parametrize("body", [{}, {"definition": CHAIN, "pipeline_id": "f1a2"}, {"definition": None}])
def test_exactly_one_graph_is_estimated(body: dict[str, Any], api: httpx.Client) -> None:
    refused = api.post("/api/pipelines/estimate", json=body)

    assert (refused.status_code, refused.json()["code"]) == (422, "pipeline_nothing_to_estimate")


def test_an_invalid_graph_is_refused_with_its_rule(api: httpx.Client) -> None:
    refused = api.post("/api/pipelines/estimate", json={"definition": {"nodes": []}})

    assert (refused.status_code, refused.json()["detail"]) == (400, "Pipeline vide")
