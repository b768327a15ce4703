"""GET /api/pipelines/schema: everything is read from the modules."""

import json
from typing import Any

import pytest

from engine.pipelines.schema import config_fields, pipeline_schema
from engine.registry.load import node_types


def schema() -> dict[str, Any]:
    return json.loads(pipeline_schema().model_dump_json())


def test_version_compat_and_roots_are_those_of_the_page() -> None:
    found = schema()

    assert found["schema_version"] == 1
    assert found["compat"] == {
        "pois_any": ["pois", "pois_email"],
        "pois_email": ["pois_email"],
        "any_pois": ["pois", "pois_email", "verified"],
    }
    assert found["root_types"] == ["import", "scrap"]


@pytest.mark.parametrize("node_type", node_types())
def test_every_module_that_can_stand_in_a_pipeline_is_described(node_type: str) -> None:
    described, module = schema()["nodes"][node_type], node_types()[node_type]

    assert described["is_root"] == (described["input"] is None)
    assert (described["needs"], described["produces"]) == (list(module.needs), list(module.produces))
    for option in described["config_schema"].values():
        assert option["type"] in {"string", "string[]", "int", "float", "bool", "enum", "object"}
        assert option["label"] and option["description"]
        assert ("enum" in option) == (option["type"] == "enum")


def test_scrap_asks_for_queries_and_zones_and_gives_coordinates_by_default() -> None:
    options = config_fields(node_types()["scrap"])

    assert (options["queries"].type, options["queries"].required) == ("string[]", True)
    assert (options["zones"].type, options["zones"].required) == ("string[]", True)
    assert options["extra_columns"].default == ["gps"]


def test_emails_has_a_mode_with_two_values() -> None:
    mode = config_fields(node_types()["emails"])["mode"]

    assert (mode.type, mode.enum, mode.default) == ("enum", ["normal", "deep"], "normal")


def test_only_passthrough_nodes_say_so() -> None:
    nodes: dict[str, dict[str, object]] = schema()["nodes"]

    assert {name for name, one in nodes.items() if "pipeline_passthrough" in one} == {"filter", "sort"}
    assert nodes["filter"]["pipeline_passthrough"] is True
    assert (nodes["filter"]["needs"], nodes["filter"]["produces"]) == ([], [])
