"""`only_new` over HTTP in the sandbox internet: a second search brings what the first did not."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine.sandbox.process import RunningSandbox
from tests.api.graphs import chain, jobs_by_node, node
from tests.api.graphs import created as pipeline_created
from tests.api.graphs import over as pipeline_over
from tests.api.job_steps import created, over, rows_of
from tests.api_house import ApiHouse, api_house

SECONDS = 60.0
FIRST: dict[str, Any] = {"queries": ["restaurant"], "zones": ["Tours"]}
WIDER: dict[str, Any] = {"queries": ["restaurant", "plombier"], "zones": ["Tours"]}


@pytest.fixture(scope="module")
def outdoors(running_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("outdoors"), works=True, **running_sandbox.overrides) as house:
        yield house


@pytest.mark.slow(SECONDS)
def test_a_wider_search_brings_new_places_alone_and_a_pipeline_of_it_none(outdoors: ApiHouse) -> None:
    with outdoors.client("only-new@example.com") as api:
        prices = [api.post("/api/estimate", json={**FIRST, "only_new": wish}).json() for wish in (False, True)]
        first = over(api, created(api, "", FIRST)["id"], seconds=SECONDS)
        whole = over(api, created(api, "", WIDER)["id"], seconds=SECONDS)
        new = over(api, created(api, "/scrap", {**WIDER, "only_new": True})["id"], seconds=SECONDS)
        graph = chain(node("found", "scrap", **FIRST, only_new=True), node("kept", "filter"))
        pipeline = pipeline_over(api, pipeline_created(api, {"definition": graph})["id"], seconds=SECONDS)

        assert {row["place_id"] for row in rows_of(api, first["id"])} < {
            row["place_id"] for row in rows_of(api, whole["id"])
        }
    assert prices[0] == prices[1]
    assert (new["status"], new["results_count"]) == ("done", 0)
    count = whole["results_count"]
    assert new["notice"].endswith(f"{count} établissements déjà obtenus ont été laissés de côté.")
    assert sum(new["breakdown"]["by_query"].values()) == 0
    assert (pipeline["status"], jobs_by_node(pipeline)["found"]["results_count"]) == ("done", 0)


@pytest.mark.slow(SECONDS)
def test_a_further_query_brings_what_the_first_did_not(outdoors: ApiHouse) -> None:
    with outdoors.client("further@example.com") as api:
        first = rows_of(api, over(api, created(api, "", FIRST)["id"], seconds=SECONDS)["id"])
        new = over(api, created(api, "", {**WIDER, "only_new": True})["id"], seconds=SECONDS)
        rows = rows_of(api, new["id"])

    assert rows and {row["requete"] for row in rows} == {"plombier"}
    assert not {row["place_id"] for row in rows} & {row["place_id"] for row in first}
    assert new["results_count"] == len(rows) == sum(new["breakdown"]["by_query"].values())


def test_the_option_is_a_boolean(outdoors: ApiHouse) -> None:
    with outdoors.client() as api:
        assert api.post("/api/jobs", json={**FIRST, "only_new": "perhaps"}).status_code == 422
