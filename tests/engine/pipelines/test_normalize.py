"""Normalisation: what is given and good stays, what is missing is filled in."""

import math
from typing import Any

import pytest

from engine.pipelines.errors import DefinitionUnreadable
from engine.pipelines.normalize import normalize
from engine.pipelines.schemas import Definition
from tests.engine.pipelines.bench import SCRAP, chain, node


def dump(definition: Definition) -> dict[str, Any]:
    return definition.model_dump(mode="json")


def config_of(node_type: str, config: dict[str, Any]) -> dict[str, Any]:
    return normalize({"nodes": [node("n1", node_type, **config)]}).nodes[0].config


def test_an_envelope_and_its_bare_definition_are_the_same() -> None:
    """C-261."""
    bare = chain(node("a", "scrap", **SCRAP), node("b", "emails"))
    envelope = {"schema_version": 1, "name": "x", "definition": bare, "meta": {"kind": "pipeline"}}

    assert normalize(envelope) == normalize(bare)


def test_a_definition_that_is_complete_stays_as_it_is() -> None:
    """C-260."""
    options = {**SCRAP, "include_reviews": True, "extra_columns": []}
    complete: dict[str, Any] = {
        "nodes": [
            {"id": "n1", "type": "scrap", "config": options, "x": 1.5, "y": -3},
            {"id": "deux", "type": "emails", "config": {"mode": "normal"}, "x": 0, "y": 7},
        ],
        "edges": [{"id": "arc", "from": "n1", "to": "deux"}],
    }  # fmt: skip

    found = dump(normalize(complete))

    assert found["edges"] == complete["edges"]
    assert found["nodes"][1] == complete["nodes"][1] | {"config": found["nodes"][1]["config"]}
    assert found["nodes"][0]["config"].items() >= complete["nodes"][0]["config"].items()
    assert (found["nodes"][0]["x"], found["nodes"][0]["y"]) == (1.5, -3)


def test_missing_edge_and_node_ids_are_made_without_taking_one_twice() -> None:
    """C-255."""
    found = normalize(
        {
            "nodes": [{"type": "scrap"}, {"id": "n1", "type": "emails"}],
            "edges": [{"from": "n2", "to": "n1"}, {"id": "e1", "from": "n2", "to": "n1"}],
        }
    )

    assert [one.id for one in found.nodes] == ["n2", "n1"]
    assert [one.id for one in found.edges] == ["e2", "e1"]


def test_nodes_without_a_place_are_laid_out_by_depth_without_covering_others() -> None:
    """C-256."""
    graph = {
        "nodes": [
            node("root", "scrap"),
            {**node("placed", "emails"), "x": 320, "y": 100},
            node("left", "dead_check"),
            node("leaf", "verify"),
        ],
        "edges": [
            {"from": "root", "to": "placed"},
            {"from": "root", "to": "left"},
            {"from": "placed", "to": "leaf"},
        ],
    }

    places = {one.id: (one.x, one.y) for one in normalize(graph).nodes}

    assert places == {"root": (100, 100), "placed": (320, 100), "left": (320, 240), "leaf": (540, 100)}


def test_defaults_of_options_are_filled_in_and_null_means_not_given() -> None:
    """C-257."""
    config = config_of("scrap", {**SCRAP, "scrape_mode": None})

    assert config["scrape_mode"] == "fast"
    assert config["extra_columns"] == ["gps"]


def test_lines_of_text_become_a_list_where_a_list_is_meant() -> None:
    """C-258."""
    config = config_of("scrap", {"queries": "dentiste\n\n  boulangerie \r\n", "zones": "Paris"})

    assert config["queries"] == ["dentiste", "boulangerie"]
    assert config["zones"] == ["Paris"]


def test_unknown_options_and_inputs_are_left_out() -> None:
    """C-254, C-259."""
    graph = {"nodes": [{**node("a", "emails", mode="normal", colour="red"), "inputs": ["z"], "selected": True}]}

    found = dump(normalize(graph))["nodes"][0]

    assert "colour" not in found["config"]
    assert set(found) == {"id", "type", "config", "x", "y"}


def test_params_is_another_name_for_config_and_a_slug_for_a_type() -> None:
    found = normalize({"nodes": [{"id": "a", "type": "verify_emails", "params": {"smtp": False}}]}).nodes[0]

    assert (found.type, found.config["smtp"]) == ("verify", False)


def test_options_of_an_unknown_type_are_kept_for_the_validator() -> None:
    assert config_of("seo_audit", {"depth": 3}) == {"depth": 3}


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "pipeline",
        {"definition": None},
        {"definition": "{}"},
        {"definition": {"nodes": []}, "schema_version": 2},
        {"nodes": {}},
        {"nodes": ["scrap"]},
        {"nodes": [], "edges": 3},
        {"nodes": [], "edges": [["a", "b"]]},
        {"nodes": [{"id": {"a": 1}, "type": "scrap"}]},
        {"nodes": [{"id": True, "type": "scrap"}]},
        {"nodes": [{"id": "x" * 65, "type": "scrap"}]},
        {"nodes": [{"id": "a\x00b", "type": "scrap"}]},
        {"nodes": [{"id": "a", "type": "scrap", "config": "fast"}]},
        {"nodes": [{"id": "\ud800", "type": "scrap"}]},
    ],
)
def test_what_is_no_graph_is_refused_with_a_reason(body: object) -> None:
    with pytest.raises(DefinitionUnreadable) as refused:
        normalize(body)

    assert refused.value.text.startswith("Définition de pipeline illisible : ")
    assert "{nodes, edges}" in refused.value.next_step


def test_nesting_without_end_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5_000):
        deep = {"a": deep}

    with pytest.raises(DefinitionUnreadable):
        normalize({"nodes": [node("a", "filter", rules=deep)]})


def test_numbers_that_json_does_not_know_count_as_not_given() -> None:
    found = normalize({"nodes": [{**node("a", "scrap"), "x": math.nan, "y": True}]}).nodes[0]

    assert (found.x, found.y) == (100, 100)
