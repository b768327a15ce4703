"""Who may call what: each tool, with a token that may read or run, for an account in each of its states."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from engine.jobs import operations as jobs
from engine.pipelines import operations as pipelines
from engine.tools.catalog import TOOLS
from engine.tools.tool import AnyTool
from engine.veille import operations as veilles
from tests.api.job_steps import scraped
from tests.api_house import ApiHouse
from tests.engine.tools.toolshed import job_with

STATES: dict[str, dict[str, Any]] = {
    "active": {},
    "unverified": {"email_verified": False},
    "deactivated": {"is_active": False},
}
SEARCHES = {  # what a confirmed address is needed for
    "create_scrap_job",
    "create_pipeline",
    "run_pipeline",
    "resume_job",
}
SEARCH = {"queries": ["dentiste"], "zones": ["37000"]}
GRAPH: dict[str, Any] = {"nodes": [{"id": "s", "type": "scrap", "config": SEARCH}], "edges": []}
VERSION = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": VERSION,
    "io.modelcontextprotocol/clientInfo": {"name": "matrix", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


@dataclass
class Account:
    """One account in its state, with something for each tool to work on."""

    house: ApiHouse
    email: str
    arguments: dict[str, dict[str, Any]]

    def call(self, tool: str, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
        headers |= {"MCP-Protocol-Version": VERSION, "Mcp-Method": "tools/call", "Mcp-Name": tool}
        params = {"name": tool, "arguments": self.arguments[tool], "_meta": META}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        return httpx.post(f"{self.house.url}/mcp", json=body, headers=headers)


@pytest.fixture(scope="module", params=STATES)
def account(request: pytest.FixtureRequest, idle: ApiHouse) -> Iterator[tuple[str, Account, dict[str, str]]]:
    """A state, an account in it, and its tokens by scope. Its work was made before it came into that state."""
    state, email = str(request.param), f"{request.param}@example.com"
    me = idle.caller(email)
    job = job_with(me, [{"nom": "A", "site_web": "https://a.invalid"}]).id
    pipeline = me.run(pipelines.create, GRAPH).id
    source = scraped(me, [{"nom": "A"}])
    veille = me.run(veilles.create, {"name": "Tours", "source_job_id": source, "frequency_days": 7}).id
    stopped = me.run(jobs.create, "scrap", SEARCH).id
    me.run(jobs.cancel, stopped)
    arguments: dict[str, dict[str, Any]] = {
        "get_job": {"job_id": job},
        "get_job_results": {"job_id": job},
        "create_scrap_job": SEARCH,
        "create_enrich_job": {"module": "sort", "source_job_id": job, "options": {"sort_by": "nom"}},
        "create_pipeline": {"definition": GRAPH},
        "run_pipeline": {"pipeline_id": pipeline},
        "get_pipeline": {"pipeline_id": pipeline},
        "create_veille": {"name": "Encore", "source_job_id": source, "frequency_days": 7},
        "get_signals": {"veille_id": veille},
        "cancel_job": {"job_id": me.run(pipelines.create, GRAPH).initial_jobs[0]},
        "resume_job": {"job_id": stopped},
        "estimate_job": SEARCH,
    }
    tokens: dict[str, str] = {scope: idle.token(email, scope=scope) for scope in ("read", "run")}
    idle.caller(email, **STATES[state])
    yield state, Account(idle, email, {tool.name: arguments.get(tool.name, {}) for tool in TOOLS}), tokens


@pytest.mark.parametrize("scope", ["read", "run"])
@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_call_is_let_through_as_scope_and_account_allow(
    account: tuple[str, Account, dict[str, str]], tool: AnyTool, scope: str
) -> None:
    """C-429; MCP security point 14."""
    state, caller, tokens = account

    response = caller.call(tool.name, tokens[scope])

    if state == "deactivated":
        assert response.status_code == 401
        assert "resource_metadata=" in response.headers["WWW-Authenticate"]
    elif scope == "read" and tool.scope == "run":
        assert response.status_code == 403
        assert 'error="insufficient_scope"' in response.headers["WWW-Authenticate"]
    elif state == "unverified" and tool.name in SEARCHES:
        assert response.status_code == 200
        assert "email_unverified" in response.text
    else:
        assert response.status_code == 200
        assert "email_unverified" not in response.text and "scope_missing" not in response.text
        assert '"isError":false' in response.text or tool.name == "get_signals", response.text
