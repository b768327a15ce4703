"""GET /api/pipelines/schema: everything is read from the modules."""

import json
from typing import Any

import pytest

from engine.pipelines.schema import pipeline_schema
from engine.registry.load import node_types


def schema() -> dict[str, Any]:
    return json.loads(pipeline_schema().model_dump_json())


def test_version_compat_and_roots_are_those_of_the_page() -> None:
    """C-243, C-244, C-245."""
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
    """C-247, C-251."""
    described, module = schema()["nodes"][node_type], node_types()[node_type]

    assert described["is_root"] == (described["input"] is None)
    assert (described["needs"], described["produces"]) == (list(module.needs), list(module.produces))
    for option in described["config_schema"].values():
        assert option["type"] in {"string", "string[]", "int", "float", "bool", "enum", "object"}
        assert option["label"] and option["description"]
        assert ("enum" in option) == (option["type"] == "enum")


def test_each_type_takes_and_gives_what_the_page_says() -> None:
    """C-248."""
    table = {
        "scrap": (None, "pois"),
        "import": (None, "pois"),
        "reviews": ("pois_any", "reviews"),
        "emails": ("pois_any", "pois_email"),
        "verify": ("pois_email", "verified"),
        "filter": ("any_pois", "passthrough"),
        "sort": ("any_pois", "passthrough"),
    }

    for name, described in schema()["nodes"].items():
        assert (described["input"], described["output"]) == table.get(name, ("pois_any", "pois"))


def test_scrap_asks_for_queries_and_zones_and_gives_coordinates_by_default() -> None:
    """C-249."""
    described = schema()["nodes"]["scrap"]
    options = described["config_schema"]

    assert (described["category"], described["is_root"], described["needs"]) == ("source", True, [])
    assert described["produces"][:3] == ["nom", "site_web", "telephone"]
    for name in ("queries", "zones"):
        assert (options[name]["type"], options[name]["required"]) == ("string[]", True)
        assert options[name]["label"]
    assert options["extra_columns"]["default"] == ["gps"]


def test_emails_has_a_mode_with_two_values() -> None:
    """C-250."""
    described = schema()["nodes"]["emails"]
    mode = described["config_schema"]["mode"]

    assert (described["category"], described["needs"]) == ("enrich", ["site_web"])
    assert described["produces"] == ["email", "email_personal"]
    assert (mode["type"], mode["enum"], mode["default"]) == ("enum", ["normal", "deep"], "normal")


def test_only_passthrough_nodes_say_so() -> None:
    """C-253."""
    nodes: dict[str, dict[str, object]] = schema()["nodes"]

    assert {name for name, one in nodes.items() if "pipeline_passthrough" in one} == {"filter", "sort"}
    assert nodes["filter"]["pipeline_passthrough"] is True
    assert (nodes["filter"]["needs"], nodes["filter"]["produces"]) == ([], [])
