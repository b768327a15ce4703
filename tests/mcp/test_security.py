"""The list of what an attacker may try at `/mcp`: each of its points is proved by a test that names it.

A test says so in its docstring. Here stand the points' own tests that fit nowhere else.
"""

import asyncio
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import mcp.server._streamable_http_modern as modern
import pytest
from hypothesis import HealthCheck, given, settings
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import ResourceTemplateReference
from sqlalchemy import text as sql
from sse_starlette.sse import EventSourceResponse

from engine.ai import keys
from engine.ai.providers import PROVIDERS, Connection
from engine.context import Caller, Context, write
from engine.pipelines import operations as pipelines
from engine.tools.catalog import TOOLS
from engine.webhooks import secrets as webhooks
from outsend_mcp.resources import KINDS
from outsend_mcp.server import build_server
from tests.api_house import ApiHouse
from tests.contract.uncited import docstrings
from tests.engine.tools.test_foreign_ids import LIKE_IDS
from tests.engine.tools.toolshed import job_with
from tests.mcp import test_door as door
from tests.mcp.program import Program, call
from tests.mcp.test_door import HEADERS, post
from tests.mcp.test_matrix import GRAPH, META, VERSION
from tests.mcp.test_protocol import until
from tests.mcp.toolbox import SECRET, Held, connected

POINTS = range(1, 24)
CITED = re.compile(r"MCP security points? (\d+(?:, \d+)*)")
KEY = "sk-ant-api03-planted-and-never-shown-0123456789"
BITS_OF_A_LETTER = 5  # of ids


def test_each_point_of_the_list_is_proved_by_a_test() -> None:
    cited = [int(number) for told in docstrings() for numbers in CITED.findall(told) for number in numbers.split(", ")]

    assert set(cited) == set(POINTS)


def test_a_token_for_another_resource_opens_nothing(plain: ApiHouse) -> None:
    """MCP security point 1."""
    token = Program.registered(plain).connect()["access_token"]
    assert call(plain, token, "tools/list").status_code == 200

    for other in ("https://elsewhere.example/mcp", f"{plain.url}/mcp/other", plain.url, ""):
        plain.services.run(None, _move, other)

        refused = call(plain, token, "tools/list")
        assert refused.status_code == 401
        assert 'error="invalid_token"' in refused.headers["www-authenticate"]
    plain.services.run(None, _move, f"{plain.url}/mcp")


@write
def _move(context: Context, resource: str) -> None:
    context.session.connection().execute(sql("UPDATE oauth_tokens SET resource = :resource"), {"resource": resource})


async def test_no_secret_of_the_account_is_in_any_answer_or_log(
    idle: ApiHouse, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    """MCP security point 2: neither the token that a call came with, nor the keys that an account has stored."""
    caplog.set_level(logging.DEBUG, "outsend")
    email = f"secrets-{mode}@example.com"
    me, token = idle.caller(email), idle.token(email)
    provider = PROVIDERS["anthropic"]
    me.run(keys.keep, Connection(provider, provider.base_url or "", KEY), verified=True)
    webhook = me.run(webhooks.rotate).secret
    job = job_with(me, [{"nom": "A"}], warnings=2).id
    arguments: dict[str, Any] = {"get_job": {"job_id": job}, "get_job_results": {"job_id": job}}

    async with connected(idle.url, token, mode=mode) as client:
        told = [
            (await client.call_tool(tool.name, arguments.get(tool.name, dict(tool.example)))).model_dump_json()
            for tool in TOOLS
        ]
        told += [
            (await client.read_resource(f"outsend://jobs/{job}{what}")).model_dump_json()
            for what in ("", "/rows", "/export.json")
        ]

    whole = "".join(told) + caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert not [secret for secret in (KEY, token, webhook) if secret in whole]


def test_what_a_tool_gets_holds_no_token(plain: ApiHouse) -> None:
    """MCP security point 2: so a tool can hand none on."""
    token = plain.token("carrier@example.com")
    me = plain.caller("carrier@example.com")

    assert token not in repr(me.principal)
    assert not hasattr(me, "token") and {"services", "principal"} == set(Caller.__slots__)


def test_a_session_id_means_nothing_and_none_is_given_out(plain: ApiHouse) -> None:
    """MCP security point 12."""
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": dict[str, str](),
            "clientInfo": {"name": "a", "version": "1"},
        },
    }
    mine, theirs = plain.token("ada@example.com"), plain.token("bob@example.com")

    answer = post(plain, hello, mine)
    stolen = post(plain, door.call("repeat"), theirs, **{"Mcp-Session-Id": "a" * 32})

    assert answer.status_code == 200 and "mcp-session-id" not in answer.headers
    assert f'"account":{plain.caller("bob@example.com").principal.account_id}' in stolen.text


def test_ids_cannot_be_guessed(idle: ApiHouse) -> None:
    """MCP security point 12."""
    me = idle.caller("ids@example.com")
    made = {job_with(me, [{"nom": "A"}]).id for _ in range(8)}
    graph = me.run(pipelines.create, GRAPH).id

    assert len(made) == 8 and all(len(one.removeprefix("j_")) * BITS_OF_A_LETTER >= 128 for one in made)
    assert len(graph.replace("-", "")) * 4 >= 122


@dataclass
class Stranger:
    """Somebody with nothing, and what another account has. One client of each revision, in process."""

    house: ApiHouse
    theirs: dict[str, str]

    async def refusal(self, form: str, given: str, mode: str) -> tuple[int, str]:
        """How a reading is refused, without the id that was given."""
        uri = form.replace("{id}", given).replace("{?offset,limit}", "")
        async with Client(build_server(self.house.services, local=self._principal), mode=mode) as client:
            with pytest.raises(MCPError) as refused:
                await client.read_resource(uri.replace("{fmt}", "csv"))
        return refused.value.error.code, refused.value.error.message

    async def offered(self, form: str, typed: str) -> list[str]:
        async with Client(build_server(self.house.services, local=self._principal)) as client:
            found = await client.complete(ResourceTemplateReference(uri=form), {"name": "id", "value": typed})
        return found.completion.values

    @property
    def _principal(self) -> Any:
        return self.house.caller("nobody@example.com").principal


@pytest.fixture(scope="module")
def stranger(idle: ApiHouse) -> Iterator[Stranger]:
    owner = idle.caller("owner-of-addresses@example.com")
    job, graph = job_with(owner, [{"nom": "A"}]).id, owner.run(pipelines.create, GRAPH).id
    yield Stranger(idle, {"jobs": job, "pipelines": graph})


OWNED = [kind.uri for kind in KINDS if "{id}" in kind.uri]


@pytest.mark.parametrize("form", OWNED)
async def test_a_foreign_address_reads_like_one_that_nobody_has(stranger: Stranger, form: str, mode: str) -> None:
    """C-429; MCP security point 13."""
    theirs = stranger.theirs["jobs" if "jobs" in form else "pipelines"]

    foreign = await stranger.refusal(form, theirs, mode)

    assert foreign == await stranger.refusal(form, theirs[:-1] + ("a" if theirs[-1] != "a" else "b"), mode)
    assert foreign == (-32602, "No such resource.")
    assert await stranger.offered(form, "") == await stranger.offered(form, theirs[:6]) == []


@pytest.mark.slow(15)
@pytest.mark.parametrize("form", OWNED)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_id=LIKE_IDS)
async def test_whatever_looks_like_an_address_is_refused_in_the_same_words(
    stranger: Stranger, form: str, given_id: str
) -> None:
    """C-429; MCP security point 13."""
    if not given_id.isprintable() or set("/?#%{}") & set(given_id):
        return  # another form of address

    assert await stranger.refusal(form, given_id, "2026-07-28") == (-32602, "No such resource.")


async def test_a_reading_waits_for_its_turn_as_a_call_does(plain: ApiHouse, held: Held, mode: str) -> None:
    """MCP security point 15."""
    async with connected(plain.url, plain.token("turns@example.com"), mode=mode) as client:
        calls = [asyncio.create_task(client.call_tool("held", {})) for _ in range(8)]
        await until(lambda: held.inside == 8)
        reading = asyncio.create_task(client.read_resource("outsend://schema/pipeline"))
        async with connected(plain.url, plain.token("other@example.com"), mode=mode) as other:
            await other.read_resource("outsend://schema/pipeline")
        assert not reading.done()
        while not all(one.done() for one in (*calls, reading)):
            held.let_go()
            await asyncio.sleep(0.01)

    assert reading.result().contents


async def test_a_fault_of_ours_in_a_reading_is_a_reference_too(
    idle: ApiHouse, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    """MCP security point 19."""
    email = f"fault-{mode}@example.com"
    job = job_with(idle.caller(email), [{"nom": "A"}]).id
    idle.services.run(None, _spoil, job)

    async with connected(idle.url, idle.token(email), mode=mode) as client:
        for uri in (f"outsend://jobs/{job}", f"outsend://jobs/{job}/rows"):
            with pytest.raises(MCPError, match=r"^Internal error, ref [0-9a-f]{8}$") as refused:
                await client.read_resource(uri)
            assert SECRET not in str(refused.value.error) and refused.value.error.message in caplog.text
    assert SECRET in caplog.text


@write
def _spoil(context: Context, job_id: str) -> None:
    """What no code of ours writes: words where a time belongs. Whoever reads it quotes them."""
    broken = {"id": job_id, "text": SECRET}
    context.session.connection().execute(sql("UPDATE jobs SET created_at = :text WHERE id = :id"), broken)


@pytest.mark.parametrize("revision", ["2025-11-25", VERSION])
def test_a_silent_stream_is_kept_alive(
    plain: ApiHouse, held: Held, revision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MCP security point 21: who stands between cuts a stream on which nothing happens, so something does each 15 s."""
    for owner, name in ((modern, "_SSE_PING_INTERVAL"), (EventSourceResponse, "DEFAULT_PING_INTERVAL")):
        assert getattr(owner, name) == 15
        monkeypatch.setattr(owner, name, 0.05)
    params: dict[str, Any] = {"name": "held", "arguments": {}}
    headers = {**HEADERS, "Authorization": f"Bearer {plain.token('pings@example.com')}"}
    if revision == VERSION:
        params["_meta"] = META
        headers |= {"MCP-Protocol-Version": VERSION, "Mcp-Method": "tools/call", "Mcp-Name": "held"}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}

    heard: list[str] = []
    with httpx.stream("POST", f"{plain.url}/mcp", json=message, headers=headers, timeout=4) as stream:
        for line in stream.iter_lines():
            heard.append(line)
            if line.startswith(": ping"):
                held.let_go()

    assert any(line.startswith(": ping") for line in heard)
    assert any(line.startswith("data:") and "Let go." in line for line in heard)
