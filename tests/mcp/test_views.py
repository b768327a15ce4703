"""What the address of a connection chooses, over the product's tools: `?tools=read`, `?tools=a,b`, `?lockdown=1`."""

import json
import re
from collections.abc import Collection
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult

from engine.context import Caller
from engine.tools.catalog import TOOLS
from tests.api_house import ApiHouse
from tests.engine.tools.hostile import HOSTILE
from tests.engine.tools.toolshed import job_with
from tests.mcp.toolbox import connected, text_of

READERS = [tool.name for tool in TOOLS if tool.scope == "read"]
UNLISTED = "j_0123456789"


def names_in(text: str) -> set[str]:
    """The tools that a text names."""
    return set(re.findall(r"[a-z_]+", text)) & {tool.name for tool in TOOLS}


def told(result: CallToolResult) -> dict[str, Any]:
    return result.structured_content or json.loads(text_of(result))


def advice(result: CallToolResult) -> set[str]:
    """The tools that an answer or a refusal sends its reader to."""
    found = told(result)
    return names_in(f"{found.get('summary')} {found.get('hint')} {found.get('next', {}).get('tool')}")


def only(names: Collection[str]) -> str:
    return f"?tools={','.join(names)}"


async def test_the_reading_tools_are_listed_in_their_order(idle: ApiHouse, mode: str) -> None:
    async with connected(idle.url, idle.token(), mode=mode, query="?tools=read") as client:
        listed = (await client.list_tools()).tools
        with pytest.raises(MCPError, match="Unknown tool"):
            await client.call_tool("create_scrap_job", {"queries": ["dentiste"], "zones": ["Tours"]})

    assert [tool.name for tool in listed] == READERS
    assert all(tool.annotations is not None and tool.annotations.read_only_hint for tool in listed)


async def test_a_choice_keeps_the_order_and_leaves_unknown_names_out(idle: ApiHouse, mode: str) -> None:
    query = only(["get_usage", "list_jobs", "no_such_tool"])

    async with connected(idle.url, idle.token(), mode=mode, query=query) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["list_jobs", "get_usage"]


async def test_who_only_reads_is_sent_to_no_tool_that_starts(idle: ApiHouse, mode: str) -> None:
    email = f"reader-{mode}@example.com"
    job = job_with(idle.caller(email), [{"nom": "A"}], ends="failed", slug="dead_check")
    calls: list[tuple[str, dict[str, Any]]] = [
        ("list_jobs", {}),
        ("get_job", {"job_id": job.id}),
        ("get_job", {"job_id": UNLISTED}),
        ("get_job_results", {"job_id": job.id, "columns": ["shoe size"]}),
        ("estimate_job", {"queries": ["dentiste"], "zones": ["Tours"]}),
        ("estimate_job", {}),
        ("list_modules", {}),
        ("list_pipelines", {}),
        ("list_veilles", {}),
        ("get_usage", {}),
    ]

    async with connected(idle.url, idle.token(email), mode=mode, query="?tools=read") as client:
        answers = [await client.call_tool(name, arguments) for name, arguments in calls]

    for answer in answers:
        assert advice(answer) <= set(READERS), told(answer)
        assert told(answer).get("summary") or told(answer)["hint"]


async def test_a_hint_names_only_what_is_listed(idle: ApiHouse, mode: str) -> None:
    async with connected(idle.url, idle.token(), mode=mode, query=only(["get_job"])) as client:
        alone = await client.call_tool("get_job", {"job_id": UNLISTED})
    async with connected(idle.url, idle.token(), mode=mode) as client:
        whole = await client.call_tool("get_job", {"job_id": UNLISTED})

    assert "hint" not in told(alone)
    assert told(whole)["hint"] == "list_jobs shows the ids that there are."
    assert told(alone)["message"] == told(whole)["message"]


async def test_the_lockdown_lets_no_text_of_strangers_out(idle: ApiHouse, mode: str) -> None:
    """MCP security point 17."""
    email = f"locked-{mode}@example.com"
    job_id = hostile_job(idle.caller(email))
    calls = [("list_jobs", {}), ("get_job", {"job_id": job_id}), ("get_job_results", {"job_id": job_id, "limit": 100})]

    async with connected(idle.url, idle.token(email), mode=mode, query="?lockdown=1") as client:
        locked = [await client.call_tool(name, arguments) for name, arguments in calls]
    async with connected(idle.url, idle.token(email), mode=mode, query="?lockdown=0") as client:
        free = [await client.call_tool(name, arguments) for name, arguments in calls]

    assert not any("OBEY" in answer.model_dump_json() for answer in locked)
    assert any("OBEY" in answer.model_dump_json() for answer in free)
    assert "+33123456789" in text_of(locked[-1])


async def test_both_choices_go_together(idle: ApiHouse, mode: str) -> None:
    email = f"both-{mode}@example.com"
    job_id = hostile_job(idle.caller(email))

    async with connected(idle.url, idle.token(email), mode=mode, query="?tools=get_job&lockdown=1") as client:
        seen = await client.call_tool("get_job", {"job_id": job_id})

    assert "next" not in told(seen)
    assert "OBEY" not in seen.model_dump_json()


def hostile_job(me: Caller) -> str:
    rows: list[Any] = [{"nom": text, "avis": text, "telephone": "+33123456789"} for text in HOSTILE]
    return job_with(me, rows, warnings=3).id
