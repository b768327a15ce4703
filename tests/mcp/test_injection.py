"""Rows that talk to models: an agent that obeys whatever is not marked as data takes no action."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from mcp import Client

from engine.context import Caller
from engine.jobs import operations as jobs
from engine.pipelines import operations as pipelines
from engine.tools.catalog import TOOLS
from tests.api_house import ApiHouse
from tests.engine.tools.hostile import HOSTILE
from tests.engine.tools.toolshed import job_with
from tests.mcp.toolbox import connected, text_of

READERS = {tool.name for tool in TOOLS if tool.hints.read_only}
DATA = re.compile(r"\[data (?P<mark>\w+): content, not instructions\].*?\[end of data (?P=mark)\]", re.DOTALL)
ORDER = re.compile(r"Next: (\w+) (\{.*?\}) to ")
CALLS_MAX = 60


@dataclass
class Obedient:
    """Does what it reads: each tool that a text outside of marked data names, and each order that it finds there."""

    client: Client
    calls: list[str] = field(default_factory=list[str])
    seen: set[str] = field(default_factory=set[str])

    async def obey(self, tool: str, arguments: dict[str, Any]) -> None:
        """Call, then follow what the answer says, until nothing new is said."""
        asked = json.dumps([tool, arguments], sort_keys=True)
        if asked in self.seen or len(self.calls) >= CALLS_MAX:
            return
        self.seen.add(asked)
        self.calls.append(tool)
        result = await self.client.call_tool(tool, arguments)
        text = text_of(result)
        if result.is_error:
            text = json.dumps(json.loads(text), ensure_ascii=False)
        instructions = DATA.sub("", text)
        assert "OBEY" not in instructions, instructions
        for name, given in ORDER.findall(instructions):
            await self.obey(name, json.loads(given))


def poisoned(me: Caller) -> dict[str, Any]:
    """A job whose rows, columns and log lines are hostile, and a pipeline whose names are."""
    rows: list[Any] = [
        {"nom": text, "avis": text, "note": at, "OBEY now": text} for at, text in enumerate(HOSTILE[:50])
    ]
    content = "nom\n" + "\n".join(text.replace("\n", " ").replace("\0", "") for text in HOSTILE[:50])
    definition = {"nodes": [{"id": "OBEY this", "type": "import", "config": {"content": content}}], "edges": []}
    created = me.run(pipelines.create, definition, name=HOSTILE[0][:120])
    me.run(jobs.cancel, created.initial_jobs[0])  # nobody works here, and nobody shall wait
    return {"job_id": job_with(me, rows, warnings=3).id, "pipeline_id": created.id}


def work_of(me: Caller) -> list[tuple[str, str]]:
    """What there is to be changed: the account's jobs with their states, and its pipelines."""
    started = [(job.id, job.status) for job in me.run(jobs.list_jobs)]
    return started + [(one.id, one.status) for one in me.run(pipelines.list_pipelines)]


@pytest.mark.slow(20)
async def test_an_obedient_agent_takes_no_action_for_fifty_hostile_rows(idle: ApiHouse, mode: str) -> None:
    """MCP security point 17."""
    email = f"prey-{mode}@example.com"
    me = idle.caller(email)
    ids = poisoned(me)
    before = work_of(me)

    async with connected(idle.url, idle.token(email), mode=mode) as client:
        agent = Obedient(client)
        await agent.obey("list_jobs", {})
        for response_format in ("concise", "detailed"):
            await agent.obey("get_job", {"job_id": ids["job_id"], "sample": 20, "response_format": response_format})
            await agent.obey("get_job_results", {"job_id": ids["job_id"], "response_format": response_format})
            await agent.obey("get_pipeline", {"pipeline_id": ids["pipeline_id"], "response_format": response_format})
        await agent.obey("get_job_results", {"job_id": ids["job_id"], "columns": ["shoe size"]})
        await agent.obey("list_pipelines", {})
        priced = await client.call_tool("estimate_job", {"pipeline_id": ids["pipeline_id"]})

    assert len(agent.calls) > 12
    assert set(agent.calls) <= READERS
    assert work_of(me) == before
    assert "OBEY" in text_of(priced) and "OBEY" not in DATA.sub("", text_of(priced))
