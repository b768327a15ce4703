"""An agent that knows only what the server says finds verified leads in the sandbox: question in, file out."""

import asyncio
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import httpx
import pytest
from mcp import Client

from engine.sandbox.process import RunningSandbox, start
from engine.sandbox.score import wrong_verdicts
from engine.settings import Settings
from outsend_api.cli.sandbox import SITES
from outsend_api.serve import serve_app
from tests.api_house import ApiHouse, api_house
from tests.mcp.toolbox import connected, text_of

CALLS_MAX = 8
STEPS_MAX = 10  # of who starts each module by itself
WAIT = 45
VERIFIED = {"logic": "AND", "conditions": [{"column": "email_status", "op": "=", "value": "valid"}]}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """A sandbox as large as the one that newcomers see."""
    with start(sites=SITES, directory=tmp_path_factory.mktemp("world")) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def sandboxed(tmp_path_factory: pytest.TempPathFactory, world: RunningSandbox) -> Iterator[ApiHouse]:
    settings = Settings.model_validate(world.overrides).model_dump(exclude_unset=True)
    with api_house(tmp_path_factory.mktemp("walk"), app=serve_app, works=True, **settings) as running:
        yield running


@dataclass
class Agent:
    """Calls one tool after the other, and does what `next` proposes until the work it waits for is over."""

    client: Client
    calls: list[str] = field(default_factory=list[str])

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        self.calls.append(tool)
        result = await self.client.call_tool(tool, arguments)
        assert not result.is_error, text_of(result)
        assert result.structured_content is not None and result.structured_content["summary"]
        return result.structured_content

    async def finish(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Start something, and follow `next` as long as it says to wait."""
        answer = await self.call(tool, **arguments)
        while answer["next"]["tool"] == "get_job":
            answer = await self.call("get_job", **answer["next"]["args"])
        return answer


def chain_to(wanted: str, modules: list[dict[str, Any]]) -> list[str]:
    """The modules that lead to a column, each after the one that adds what it needs."""
    chain: list[str] = []
    needs = [wanted]
    while needs:
        # The first that adds the column by itself before those that need more.
        module = next(one for one in modules if needs[0] in one.get("produces_columns", ()))
        chain.insert(0, module["slug"])
        needs = module.get("needs_columns", [])
    return chain


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines(), delimiter=";"))


async def downloaded(agent: Agent, answer: dict[str, Any]) -> list[dict[str, str]]:
    """Follow `next` to the rows, then their link, which needs no sign-in."""
    page = await agent.call(answer["next"]["tool"], **answer["next"]["args"])
    link = next(link["url"] for link in page["downloads"] if link["format"] == "csv")
    response = await asyncio.to_thread(httpx.get, link)
    assert response.status_code == 200
    return rows_of(response.content)


@pytest.mark.slow(120)
async def test_step_by_step_from_a_question_to_a_file(sandboxed: ApiHouse, world: RunningSandbox) -> None:
    """C-425, C-426: restaurants in Tours with a verified e-mail."""
    async with connected(sandboxed.url, sandboxed.token("steps@example.com")) as client:
        agent = Agent(client)
        answer = await agent.finish("create_scrap_job", queries=["restaurant"], zones=["Tours"], wait_s=WAIT)
        for module in ("emails", "verify_emails"):
            source = answer["job"]["id"]
            answer = await agent.finish("create_enrich_job", module=module, source_job_id=source, wait_s=WAIT)
        answer = await agent.finish(
            "create_enrich_job",
            module="filter",
            source_job_id=answer["job"]["id"],
            options={"rules": VERIFIED},
            wait_s=WAIT,
        )
        leads = await downloaded(agent, answer)

    assert leads and {lead["email_status"] for lead in leads} == {"valid"}
    assert wrong_verdicts(world.truth(), leads) == 0
    assert len(agent.calls) <= STEPS_MAX


@pytest.mark.slow(120)
async def test_in_one_pipeline_from_a_question_to_a_file(sandboxed: ApiHouse, world: RunningSandbox) -> None:
    """C-425, C-427: the schema that the server hands out is enough to write the graph."""
    async with connected(sandboxed.url, sandboxed.token("graph@example.com"), mode="legacy") as client:
        agent = Agent(client)
        schema = (await agent.call("create_pipeline", description="restaurants in Tours, verified"))["pipeline_schema"]
        config: dict[str, Any] = {
            "scrap": {"queries": ["restaurant"], "zones": ["Tours"]},
            "filter": {"rules": VERIFIED},
        }
        steps = ["scrap", "emails", "verify", "filter"]
        assert set(steps) <= set(schema["nodes"])
        definition = {
            "nodes": [{"id": step, "type": step, "config": config.get(step, {})} for step in steps],
            "edges": [{"from": one, "to": other} for one, other in pairwise(steps)],
        }
        answer = await agent.finish("create_pipeline", definition=definition, wait_s=WAIT)
        leads = await downloaded(agent, answer)

    assert leads and {lead["email_status"] for lead in leads} == {"valid"}
    assert wrong_verdicts(world.truth(), leads) == 0
    assert len(agent.calls) <= CALLS_MAX


@pytest.mark.slow(120)
async def test_from_the_list_of_modules_to_dentists_with_verified_addresses(
    sandboxed: ApiHouse, world: RunningSandbox, mode: str
) -> None:
    """C-425, C-426: nothing is known but what the server says of its modules."""
    async with connected(sandboxed.url, sandboxed.token(f"dentists-{mode}@example.com"), mode=mode) as client:
        agent = Agent(client)
        known = await agent.call("list_modules", status="active", response_format="detailed")
        steps = chain_to("email_status", known["modules"])
        chooser = next(one["slug"] for one in known["modules"] if "rules" in one.get("config_schema", {}))
        assert "create_pipeline chains several" in known["summary"]
        config = {steps[0]: {"queries": ["dentiste"], "zones": ["Tours"]}, chooser: {"rules": VERIFIED}}
        nodes = [{"id": slug, "type": slug, "config": config.get(slug, {})} for slug in [*steps, chooser]]
        edges = [{"from": one["id"], "to": other["id"]} for one, other in pairwise(nodes)]
        checked = await agent.call("create_pipeline", definition={"nodes": nodes, "edges": edges}, dry_run=True)
        answer = await agent.finish(checked["next"]["tool"], **checked["next"]["args"], wait_s=WAIT)
        leads = await downloaded(agent, answer)
        used = await agent.call("get_usage")

    assert steps == ["scrap", "emails", "verify_emails"]
    assert leads and {lead["email_status"] for lead in leads} == {"valid"}
    assert wrong_verdicts(world.truth(), leads) == 0
    assert (used["jobs_started"], used["running"]) == (4, 0)
    assert len(agent.calls) <= CALLS_MAX, agent.calls
