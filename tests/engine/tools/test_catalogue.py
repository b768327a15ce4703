"""Laws that hold for every tool; the id of each test is the tool's name."""

import inspect
import json
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from engine.context import Caller, Services
from engine.pipelines import operations as pipelines
from engine.tools import catalog
from engine.tools.catalog import TOOLS, tool_named
from engine.tools.tool import Answer, AnyTool, Arguments
from tests.engine.tools.toolshed import agent, call, job_with

SNAPSHOT = Path(__file__).parents[2] / "snapshots" / "tools.json"
ORDER = [
    "list_jobs",
    "get_job",
    "create_scrap_job",
    "create_enrich_job",
    "list_pipelines",
    "create_pipeline",
    "run_pipeline",
    "list_veilles",
    "create_veille",
    "get_signals",
    "get_job_results",
    "cancel_job",
    "resume_job",
    "estimate_job",
    "list_modules",
    "get_pipeline",
    "get_usage",
]
LATER = {"create_veille"}  # only what it leads to reaches the world
STOPS = {"cancel_job"}  # changes something, and costs nothing
ORDERING = re.compile(r"\b(always|never|must|should|please|do not|don't|you)\b", re.IGNORECASE)

every_tool = pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)


@every_tool
def test_the_file_bears_the_name_of_its_tool(tool: AnyTool) -> None:
    assert Path(inspect.getfile(tool.run)).stem == tool.name
    assert getattr(catalog, tool.name).tool is tool
    assert tool_named(tool.name) is tool


@every_tool
def test_the_description_states_facts_in_600_characters(tool: AnyTool) -> None:
    assert tool.title
    assert 0 < len(tool.description) <= 600
    assert not ORDERING.search(tool.description)


@every_tool
def test_arguments_and_result_are_plain_objects(tool: AnyTool) -> None:
    assert issubclass(tool.params, Arguments)
    assert issubclass(tool.result, Answer)
    for schema in (tool.input_schema, tool.output_schema):
        assert schema["type"] == "object"
        assert not {"anyOf", "oneOf", "allOf", "$ref"} & set(schema)
    assert tool.input_schema["additionalProperties"] is False


@every_tool
def test_what_only_reads_needs_the_scope_to_read_and_spends_nothing(tool: AnyTool) -> None:
    assert tool.scope == ("read" if tool.hints.read_only else "run")
    assert tool.spends == (not tool.hints.read_only and tool.name not in STOPS)
    assert tool.hints.destructive == (tool.name in STOPS)
    assert tool.hints.idempotent == (tool.hints.read_only or tool.name in STOPS)
    assert tool.hints.open_world == (tool.spends and tool.name not in LATER)


@every_tool
def test_an_unknown_argument_is_refused_by_name(tool: AnyTool) -> None:
    with pytest.raises(ValidationError) as refused:
        tool.params.model_validate({"webhook_url": "https://example.com"})

    assert ("webhook_url",) in {error["loc"] for error in refused.value.errors()}


@every_tool
def test_no_argument_touches_account_billing_or_invitations(tool: AnyTool) -> None:
    """C-429."""
    names = " ".join(tool.params.model_fields)

    assert not re.search("url|account|password|email_|invitation|billing|token|admin", names)


@every_tool
def test_the_example_passes(tool: AnyTool) -> None:
    assert tool.example
    tool.params.model_validate(tool.example)


def test_the_order_is_the_one_that_agents_know() -> None:
    """MCP security point 20."""
    assert [tool.name for tool in TOOLS] == ORDER
    assert tool_named("cancel_everything") is None


def test_the_list_of_tools_stays_small() -> None:
    told = [{"name": t.name, "description": t.description, "in": t.input_schema, "out": t.output_schema} for t in TOOLS]

    assert len(json.dumps(told, ensure_ascii=False, separators=(",", ":"))) <= 22_500  # without titles and hints


def test_a_change_of_a_tool_is_seen() -> None:
    """MCP security point 20."""
    now = [
        {
            "name": tool.name,
            "title": tool.title,
            "description": tool.description,
            "scope": tool.scope,
            "input": tool.input_schema,
            "output": tool.output_schema,
        }
        for tool in TOOLS
    ]
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(json.dumps(now, ensure_ascii=False, indent=1) + "\n")
        pytest.fail(f"{SNAPSHOT.name} was written anew: look at it, commit it, and add a line to CHANGELOG.md")

    assert now == json.loads(SNAPSHOT.read_text()), f"wanted? delete tests/snapshots/{SNAPSHOT.name} and run again"


async def test_lists_show_nothing_of_others(services: Services, me: Caller) -> None:
    """C-429."""
    other = agent(services, "other@example.com")
    job_with(other, [{"nom": "x"}])
    other.run(
        pipelines.create, {"nodes": [{"id": "a", "type": "import", "config": {"content": "nom\nx"}}], "edges": []}
    )

    assert (await call(me, "list_jobs")).jobs == []
    assert (await call(me, "list_pipelines")).pipelines == []
