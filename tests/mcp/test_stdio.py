"""`outsend mcp`: the real command as a local client starts it, on standard input and output."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from engine.accounts.operations import me
from engine.jobs.operations import list_page
from engine.runtime import local_owner, open_services
from engine.settings import Settings
from tests.cli.terminal import OUTSEND, until
from tests.mcp.toolbox import MODES

FILTER = {"module": "filter", "items": [{"email": "a@a.fr"}, {"nom": "b"}], "options": {"require_email": True}}
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OUTSEND_")}
    return {**kept, "OUTSEND_DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def talking(environment: dict[str, str], tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """The command with its hands on pipes, past its handshake."""
    process = subprocess.Popen(
        [OUTSEND, "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=tmp_path,
        text=True,
    )
    try:
        say(process, HELLO)
        assert json.loads(hear(process))["result"]["serverInfo"]["name"] == "outsend"
        say(process, {"jsonrpc": "2.0", "method": "notifications/initialized"})
        yield process
    finally:
        process.kill()
        with process:  # closes what is open, and waits
            pass


def say(process: "subprocess.Popen[str]", message: dict[str, Any]) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(message) + "\n")
    process.stdin.flush()


def hear(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def call(number: int, name: str, **arguments: Any) -> dict[str, Any]:
    params = {"name": name, "arguments": arguments, "_meta": {"progressToken": number}}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


def wait_for_long(process: "subprocess.Popen[str]") -> None:
    """Let the command be inside a long wait for a job that does not end by itself."""
    items = [{"nom": "a", "site_web": "https://203.0.113.1"}]
    say(process, call(2, "create_enrich_job", module="dead_check", items=items, wait_s=45))
    assert json.loads(hear(process))["method"] == "notifications/progress"


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for file in tasks for child in file.read_text().split()]


def lives(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.slow(30)
@pytest.mark.parametrize("mode", MODES)
async def test_work_is_done_with_nothing_else_running(environment: dict[str, str], tmp_path: Path, mode: str) -> None:
    """C-425: a client that starts the command by itself needs no server."""
    command = StdioServerParameters(command=str(OUTSEND), args=["mcp"], env=environment, cwd=tmp_path)

    async with Client(command, mode=mode) as client:
        result = await client.call_tool("create_enrich_job", {**FILTER, "wait_s": 25})

    assert (result.structured_content or {})["job"]["status"] == "done"
    with open_services(Settings(data_dir=tmp_path / "data")) as services:
        assert local_owner(services).run(me).email == "owner@localhost"
        assert len(local_owner(services).run(list_page).jobs) == 1


@pytest.mark.slow(30)
@pytest.mark.parametrize("end", ["end of input", "SIGTERM", "SIGINT", "SIGTERM in mid-wait"])
def test_it_ends_in_order_and_leaves_no_process(talking: "subprocess.Popen[str]", end: str) -> None:
    until(lambda: len(children_of(talking.pid)) == 1)
    (child,) = children_of(talking.pid)
    if end == "SIGTERM in mid-wait":
        wait_for_long(talking)

    if end == "end of input":
        assert talking.stdin is not None
        talking.stdin.close()
    else:
        talking.send_signal(signal.SIGINT if end == "SIGINT" else signal.SIGTERM)

    assert talking.wait(20) == 0
    assert not lives(child)


@pytest.mark.slow(30)
def test_the_worker_ends_when_the_command_is_killed(talking: "subprocess.Popen[str]") -> None:
    until(lambda: len(children_of(talking.pid)) == 1)
    (child,) = children_of(talking.pid)

    talking.kill()

    until(lambda: not lives(child), seconds=15)


@pytest.mark.slow(20)
def test_nothing_but_messages_is_on_the_wire(talking: "subprocess.Popen[str]", tmp_path: Path) -> None:
    assert talking.stdin is not None
    talking.stdin.write("this is no message\n")
    say(talking, call(2, "list_jobs"))
    say(talking, {"jsonrpc": "2.0", "id": 3, "method": "nonsense"})
    answers = [json.loads(hear(talking)) for _ in range(2)]
    talking.stdin.close()

    rest = talking.stdout.read() if talking.stdout else ""
    assert {answer["id"] for answer in answers} == {2, 3}
    assert rest == ""
    assert (tmp_path / "data" / "outsend.log").exists()


@pytest.mark.slow(40)
async def test_the_sandbox_has_data_of_its_own(environment: dict[str, str], tmp_path: Path) -> None:
    command = StdioServerParameters(
        command=str(OUTSEND), args=["mcp", "--sandbox", "--sites", "10"], env=environment, cwd=tmp_path
    )

    async with Client(command, mode="legacy") as client:
        result = await client.call_tool(
            "create_scrap_job", {"queries": ["restaurant"], "zones": ["Tours"], "wait_s": 30}
        )

    assert (result.structured_content or {})["job"]["status"] == "done"
    assert (tmp_path / "data" / "sandbox" / "outsend.db").exists()
    assert not (tmp_path / "data" / "outsend.db").exists()
