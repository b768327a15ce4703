"""What a call over MCP costs the server, against the SDK's own empty tool. By `make bench`."""

from pathlib import Path

import httpx
import pytest

from engine.accounts.api_tokens import create_token
from engine.runtime import local_owner, open_services
from engine.settings import Settings
from tests.load.processes import Server, server

pytestmark = pytest.mark.slow(120)

CALLS, ROUNDS, LIMIT = 300, 3, 1.5
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "list_jobs", "arguments": {}}}
HEADERS = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}


def milliseconds_a_call(running: Server, headers: dict[str, str]) -> float:
    """CPU of the server, the least of the rounds."""
    best = float("inf")
    with httpx.Client(base_url=f"http://127.0.0.1:{running.port}", headers={**HEADERS, **headers}) as client:
        for _ in range(ROUNDS):
            before = running.cpu_seconds()
            for _ in range(CALLS):
                answer = client.post("/mcp", json=CALL)
                assert answer.status_code == 200 and '"isError":false' in answer.text, answer.text
            best = min(best, (running.cpu_seconds() - before) / CALLS * 1000)
    return best


@pytest.mark.xfail(strict=True, reason="2.9 times: two transactions and two changes of thread a call, not tuned yet")
def test_a_list_of_jobs_costs_little_more_than_an_empty_tool(tmp_path: Path) -> None:
    with open_services(Settings(data_dir=tmp_path)) as services:
        token = local_owner(services).run(create_token, name="load", scope="read").token
    with server("tests.load.mcp_server", "bare", "-") as bare:
        least = milliseconds_a_call(bare, {})
    with server("tests.load.mcp_server", "ours", str(tmp_path)) as ours:
        cost = milliseconds_a_call(ours, {"Authorization": f"Bearer {token}"})
    figures = f"{least:.2f}, {cost:.2f} ms CPU {cost / least:6.2f} times"
    print(f"\nlist_jobs over MCP: the SDK's empty tool, outsend              {figures}")  # noqa: T201

    assert cost <= LIMIT * least
