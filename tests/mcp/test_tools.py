"""The product's tools over real Streamable HTTP, as clients of both revisions call them."""

import asyncio
import json
import logging
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp_types import CallToolResult

from engine.jobs import operations as jobs
from engine.tools.catalog import TOOLS
from tests.api_house import ApiHouse
from tests.mcp.toolbox import connected, text_of

LIST_CHARS = 24_000
UNKNOWN = "j_0123456789"
NAMED = {
    *("list_jobs", "get_job", "create_scrap_job", "create_enrich_job"),
    *("list_pipelines", "create_pipeline", "run_pipeline"),
}
ITEMS = [{"nom": "Chez Anna", "email": "anna@chez-anna.fr"}, {"nom": "Sans adresse"}, {"nom": "B", "email": "b@b.fr"}]
ENVELOPE = {
    "schema_version": 1,
    "name": "Adresses",
    "definition": {
        "nodes": [
            {"id": "n1", "type": "import", "config": {"content": "nom,email\nAnna,anna@chez-anna.fr\nBob,\n"}},
            {"id": "n2", "type": "filter", "config": {"require_email": True}},
        ],
        "edges": [{"from": "n1", "to": "n2"}],
    },
}
FILTER = {"module": "filter", "items": ITEMS, "options": {"require_email": True}}


async def told(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured answer of a call that goes well. Its text begins with the same summary."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text_of(result)
    assert result.structured_content is not None
    assert text_of(result).startswith(result.structured_content["summary"])
    return result.structured_content


def error_of(result: CallToolResult) -> dict[str, Any]:
    assert result.is_error
    return json.loads(text_of(result))


async def test_the_tools_are_those_of_the_docs_in_a_stable_order(product: ApiHouse, mode: str) -> None:
    """C-425."""
    async with connected(product.url, product.token(), mode=mode) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]

    assert names == [tool.name for tool in TOOLS]
    assert set(names) >= NAMED


async def test_the_whole_list_fits_into_a_small_context(product: ApiHouse, mode: str) -> None:
    async with connected(product.url, product.token(), mode=mode) as client:
        listed = await client.list_tools()

    assert len(listed.model_dump_json(by_alias=True, exclude_none=True)) <= LIST_CHARS


@pytest.mark.slow(20)
async def test_a_list_is_enriched_waited_for_read_and_downloaded(product: ApiHouse, mode: str) -> None:
    """C-425, C-426, C-427."""
    async with connected(product.url, product.token(f"list-{mode}@example.com"), mode=mode) as client:
        job = (await told(client, "create_enrich_job", **FILTER, wait_s=20))["job"]
        seen = await told(client, "get_job", job_id=job["id"], sample=1)
        page = await told(client, "get_job_results", job_id=job["id"], columns=["email"])
        listed = await told(client, "list_jobs", status="done")

    assert job["status"] == "done"
    assert (seen["job"]["results_count"], len(seen["sample_rows"])) == (2, 1)
    assert [row["email"] for row in page["rows"]] == ["anna@chez-anna.fr", "b@b.fr"]
    assert [one["id"] for one in listed["jobs"]] == [job["id"]]
    links = {link["format"]: link["url"] for link in page["downloads"]}
    file = await asyncio.to_thread(httpx.get, links["csv"])
    assert file.text.count("\n") == 3


@pytest.mark.slow(20)
async def test_a_pipeline_is_made_of_the_portable_envelope_and_run_again(product: ApiHouse, mode: str) -> None:
    """C-425, C-427."""
    async with connected(product.url, product.token(f"pipe-{mode}@example.com"), mode=mode) as client:
        checked = await told(client, "create_pipeline", **ENVELOPE, dry_run=True)
        first = (await told(client, "create_pipeline", **ENVELOPE, wait_s=20))["pipeline"]
        again = (await told(client, "run_pipeline", pipeline_id=first["id"], wait_s=20))["pipeline"]
        listed = await told(client, "list_pipelines")

    assert checked["validation"]["ok"] is True and "pipeline" not in checked
    assert again["id"] != first["id"] and again["status"] == "done"
    assert [one["id"] for one in listed["pipelines"]] == [again["id"], first["id"]]


async def test_a_search_is_started_at_once(idle: ApiHouse, mode: str) -> None:
    """C-425, C-427."""
    async with connected(idle.url, idle.token(f"search-{mode}@example.com"), mode=mode) as client:
        started = await told(client, "create_scrap_job", queries=["dentiste"], zones=["Tours"])

    assert started["job"]["status"] == "pending" and started["estimate"]["total_requests"] > 0
    assert started["next"] == {"tool": "get_job", **{name: started["next"][name] for name in ("args", "why")}}


@pytest.mark.parametrize("tool", ["get_job", "get_job_results", "create_enrich_job"])
async def test_a_strangers_job_looks_as_if_it_did_not_exist(idle: ApiHouse, mode: str, tool: str) -> None:
    """C-429."""
    source = {"module": "sort", "options": {"sort_by": "nom"}} if tool == "create_enrich_job" else {}
    name = "source_job_id" if tool == "create_enrich_job" else "job_id"
    async with (
        connected(idle.url, idle.token("owner@example.com"), mode=mode) as owner,
        connected(idle.url, idle.token("stranger@example.com"), mode=mode) as stranger,
    ):
        job = (await told(owner, "create_enrich_job", **FILTER))["job"]
        theirs = await stranger.call_tool(tool, {**source, name: job["id"]})
        nobodys = await stranger.call_tool(tool, {**source, name: UNKNOWN})

    assert text_of(theirs).replace(job["id"], UNKNOWN) == text_of(nobodys)
    assert error_of(theirs)["code"] == "job_missing"


async def test_an_unverified_address_starts_no_search(idle: ApiHouse, mode: str) -> None:
    """C-429."""
    token = idle.token("unverified@example.com")
    idle.caller("unverified@example.com", email_verified=False)

    async with connected(idle.url, token, mode=mode) as client:
        result = await client.call_tool("create_scrap_job", {"queries": ["dentiste"], "zones": ["Tours"]})

    assert error_of(result)["code"] == "email_unverified"


async def test_progress_arrives_during_a_wait_which_ends_with_the_state_so_far(idle: ApiHouse, mode: str) -> None:
    """C-426."""
    heard: list[tuple[float, str | None]] = []

    async def hear(done: float, total: float | None, message: str | None) -> None:
        heard.append((done, message))

    async with connected(idle.url, idle.token("waiter@example.com"), mode=mode) as client:
        job = (await told(client, "create_enrich_job", **FILTER))["job"]
        result = await client.call_tool("get_job", {"job_id": job["id"], "wait_s": 1}, progress_callback=hear)

    assert heard and heard[0][1]
    assert not result.is_error
    assert (result.structured_content or {})["job"]["status"] == "pending"


async def test_a_dropped_call_stops_the_wait_and_not_the_job(
    idle: ApiHouse, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "outsend.audit")
    waiting = asyncio.Event()
    found: list[str] = []

    async def hear(done: float, total: float | None, message: str | None) -> None:
        waiting.set()

    async def wait_long() -> None:
        async with connected(idle.url, idle.token("dropper@example.com"), mode=mode) as client:
            job = (await told(client, "create_enrich_job", **FILTER, idempotency_key=f"drop-{mode}"))["job"]
            found.append(job["id"])
            await client.call_tool("get_job", {"job_id": job["id"], "wait_s": 45}, progress_callback=hear)

    calling = asyncio.create_task(wait_long())
    await asyncio.wait_for(waiting.wait(), 9)
    calling.cancel()
    await asyncio.gather(calling, return_exceptions=True)

    async with asyncio.timeout(9):
        while not any(vars(record).get("fields", {}).get("outcome") == "broken off" for record in caplog.records):
            await asyncio.sleep(0.01)
    assert idle.caller("dropper@example.com").run(jobs.get, found[0]).status == "pending"


async def test_many_calls_at_once_all_come_back(product: ApiHouse, mode: str) -> None:
    async with connected(product.url, product.token("many@example.com"), mode=mode) as client:
        results = await asyncio.gather(*(client.call_tool("list_jobs", {}) for _ in range(20)))

    assert not any(result.is_error for result in results)
