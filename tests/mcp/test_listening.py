"""Hearing of one's jobs on a stream (`subscriptions/listen`), which the revision of 2026-07-28 has."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest
from mcp import Client
from mcp.client.subscriptions import ResourceUpdated, Subscription
from mcp.shared.exceptions import MCPError

from engine.jobs import operations as jobs
from engine.jobs.events import hub_of
from outsend_api.serve import serve_app
from outsend_mcp.listening import STREAMS_MAX
from tests.api_house import ApiHouse, api_house
from tests.mcp.test_protocol import until
from tests.mcp.test_tools import FILTER, told
from tests.mcp.toolbox import connected

SECONDS = 9.0


def uri(job_id: str) -> str:
    return f"outsend://jobs/{job_id}"


async def new_job(client: Client, key: str) -> str:
    started = await told(client, "create_enrich_job", **FILTER, idempotency_key=key)
    return str(started["job"]["id"])


async def rest(stream: Subscription) -> list[ResourceUpdated]:
    """What comes until the stream ends as it should."""
    async with asyncio.timeout(SECONDS):
        return [event async for event in stream if isinstance(event, ResourceUpdated)]


@asynccontextmanager
async def hearing(house: ApiHouse, email: str) -> AsyncGenerator[tuple[Client, str]]:
    """A client of that account, and a job of it that waits."""
    async with connected(house.url, house.token(email)) as client:
        yield client, await new_job(client, email)


@pytest.mark.slow(20)
async def test_a_stream_tells_of_a_job_and_ends_with_it(product: ApiHouse) -> None:
    async with hearing(product, "hears@example.com") as (client, job_id):
        async with client.listen(resource_subscriptions=[uri(job_id)]) as stream:
            heard = await rest(stream)

        seen = await told(client, "get_job", job_id=job_id)

    assert heard and {event.uri for event in heard} == {uri(job_id)}
    assert seen["job"]["status"] == "done"


async def test_a_change_arrives_while_the_stream_is_open(idle: ApiHouse) -> None:
    async with (
        hearing(idle, "changes@example.com") as (client, job_id),
        client.listen(resource_subscriptions=[uri(job_id)]) as stream,
    ):
        first = await asyncio.wait_for(anext(stream), SECONDS)
        await asyncio.to_thread(idle.caller("changes@example.com").run, jobs.cancel, job_id)
        heard = await rest(stream)

    assert first == ResourceUpdated(uri(job_id))
    assert heard == [ResourceUpdated(uri(job_id))]


async def test_nothing_is_heard_of_strangers_jobs_nor_of_unknown_ones(idle: ApiHouse) -> None:
    """C-429; MCP security point 13."""
    async with (
        hearing(idle, "theirs@example.com") as (_, theirs),
        hearing(idle, "mine@example.com") as (client, mine),
    ):
        asked = [uri(theirs), uri("j_0123456789"), "outsend://docs/pricing", uri(mine)]
        async with client.listen(resource_subscriptions=asked, tools_list_changed=True) as stream:
            honored = stream.honored.resource_subscriptions

    assert honored == [uri(mine)]


async def test_a_job_that_is_deleted_ends_its_stream(idle: ApiHouse) -> None:
    async with hearing(idle, "deletes@example.com") as (client, job_id):
        caller = idle.caller("deletes@example.com")
        async with client.listen(resource_subscriptions=[uri(job_id)]) as stream:
            await asyncio.to_thread(caller.run, jobs.delete, job_id, cancel=True)
            await rest(stream)


async def test_an_account_has_so_many_streams_and_no_more(idle: ApiHouse) -> None:
    async with hearing(idle, "many@example.com") as (client, job_id), AsyncExitStack() as streams:
        for _ in range(STREAMS_MAX - 1):
            await streams.enter_async_context(client.listen(resource_subscriptions=[uri(job_id)]))

        async with client.listen(resource_subscriptions=[uri(job_id)]):
            with pytest.raises(MCPError, match="8 streams of this account are open"):
                await streams.enter_async_context(client.listen(resource_subscriptions=[uri(job_id)]))
        # The server learns a moment later that one was closed.
        await until_opened(streams, client, job_id)


async def until_opened(streams: AsyncExitStack, client: Client, job_id: str) -> None:
    async with asyncio.timeout(SECONDS):
        while True:
            with suppress(MCPError):
                await streams.enter_async_context(client.listen(resource_subscriptions=[uri(job_id)]))
                return
            await asyncio.sleep(0.02)


async def test_a_client_that_goes_away_is_no_longer_told(idle: ApiHouse) -> None:
    hub = hub_of(idle.services)
    async with hearing(idle, "leaves@example.com") as (client, job_id):
        before = hub.watching
        async with client.listen(resource_subscriptions=[uri(job_id)]) as stream:
            await asyncio.wait_for(anext(stream), SECONDS)
            assert hub.watching == before + 1

        await until(lambda: hub.watching == before, SECONDS)


@pytest.mark.slow(15)
async def test_streams_end_when_the_process_does(tmp_path: Path) -> None:
    async with (
        stopping_house(tmp_path) as (house, stop),
        hearing(house, "stops@example.com") as (client, job_id),
        client.listen(resource_subscriptions=[uri(job_id)]) as of_job,
        client.listen(tools_list_changed=True) as of_nothing,
    ):
        await asyncio.wait_for(anext(of_job), SECONDS)
        stop.set()

        assert await rest(of_nothing) == []
        await rest(of_job)


@asynccontextmanager
async def stopping_house(folder: Path) -> AsyncGenerator[tuple[ApiHouse, asyncio.Event]]:
    """A server of its own, and what makes it stop."""
    stop, up = asyncio.Event(), asyncio.Queue[ApiHouse]()
    loop = asyncio.get_running_loop()

    def serve() -> None:
        with api_house(folder, app=serve_app) as house:
            loop.call_soon_threadsafe(up.put_nowait, house)
            asyncio.run_coroutine_threadsafe(stop.wait(), loop).result()

    serving = asyncio.create_task(asyncio.to_thread(serve))
    try:
        yield await up.get(), stop
    finally:
        stop.set()
        await serving
