"""A restart of `outsend serve` while a job runs and clients wait: the job goes on, and so do the clients."""

import asyncio
import socketserver
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from outsend_api.serve import listening
from tests.api.sse import events_of
from tests.cli.serving import ADMIN, Serving, serving
from tests.cli.terminal import Terminal, until
from tests.mcp.toolbox import connected

pytestmark = pytest.mark.slow(150)

QUICK, HELD = 20, 20  # sites that hang up at once, and sites that do so once the test lets them
WAIT = {"wait_s": 45, "sample": 0}


class Sites:
    """The outside world of the test: each loopback address is a site, and none of them gives a page."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        outer = self

        class HangUp(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                if int(self.request.getsockname()[0].rpartition(".")[2]) > QUICK + 1:
                    self.request.sendall(b"HTTP/1.1 200 OK\r\n")  # a site that has begun is given more time
                    outer.let_go.wait(60)

        self._server = socketserver.ThreadingTCPServer(("0.0.0.0", 0), HangUp)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        port = self._server.server_address[1]
        self.urls = [f"http://127.0.0.{number}:{port}/" for number in range(2, QUICK + HELD + 2)]

    def close(self) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def sites() -> Iterator[Sites]:
    with closing(Sites()) as made:
        yield made


@pytest.fixture
def admin(tmp_path: Path) -> Terminal:
    """A terminal whose settings name an admin, and let the sites of the test pass."""
    return Terminal(tmp_path, {**ADMIN, "OUTSEND_TRUSTED_NETWORKS": "127.0.0.0/8"})


class Listener:
    """A client of a job's stream, on a thread of its own: the ids of the log lines it heard, and whether it was told
    of the end."""

    def __init__(self, client: httpx.Client, job_id: str, last: str | None = None) -> None:
        self.ids: list[str] = []
        self.done = False
        headers = {"Last-Event-ID": last} if last is not None else {}
        self._thread = threading.Thread(target=self._listen, args=(client, job_id, headers), daemon=True)
        self._thread.start()

    def _listen(self, client: httpx.Client, job_id: str, headers: dict[str, str]) -> None:
        with client.stream("GET", f"/api/jobs/{job_id}/stream", headers=headers) as response:
            for event in events_of(response):
                self.ids += [event.id] if event.id is not None else []
                self.done = self.done or event.name == "done"

    def ended(self) -> bool:
        return not self._thread.is_alive()


def free_port() -> int:
    with listening("127.0.0.1", 0) as found:
        port: int = found.getsockname()[1]
        return port


def started(api: httpx.Client, sites: Sites) -> str:
    """A job on the sites; returns its id."""
    items = [{"nom": url, "site_web": url} for url in sites.urls]
    made = api.post("/api/jobs/emails", json={"items": items})
    assert made.is_success, made.text
    job_id: str = made.json()["id"]
    return job_id


def stored_lines(folder: Path) -> list[str]:
    """The ids of all log lines, as they lie in the database."""
    with closing(sqlite3.connect(f"file:{folder / 'data' / 'outsend.db'}?mode=ro", uri=True)) as database:
        return [str(number) for (number,) in database.execute("SELECT id FROM job_logs ORDER BY id")]


def token_of(api: httpx.Client) -> str:
    token: str = api.post("/api/tokens", json={"name": "agent", "scope": "run"}).json()["token"]
    return token


@contextmanager
def server_on(admin: Terminal, port: int, *, works: bool = True) -> Iterator[Serving]:
    with serving(admin, "--port", str(port), *(() if works else ("--no-worker",))) as server:
        if works:
            server.ready()
        yield server


def test_a_stream_that_a_restart_cut_goes_on_without_losing_or_repeating_a_line(admin: Terminal, sites: Sites) -> None:
    """The job is worked on: what was in flight is done again, what was done is not."""
    port = free_port()
    with server_on(admin, port) as server, server.admin() as api:
        job_id = started(api, sites)
        first = Listener(api, job_id)
        until(lambda: len(first.ids) >= QUICK)

        assert server.stop() == 0
        until(first.ended)
    sites.let_go.set()
    with server_on(admin, port) as server, server.admin() as api:
        second = Listener(api, job_id, last=first.ids[-1])
        until(second.ended)
        job = api.get(f"/api/jobs/{job_id}").json()

    assert (first.done, second.done) == (False, True)
    assert first.ids + second.ids == stored_lines(admin.folder)
    assert len(second.ids) >= HELD
    assert (job["status"], job["processed_points"]) == ("done", QUICK + HELD)


async def test_an_agent_that_waits_for_a_job_goes_on_with_the_same_client_after_a_restart(
    admin: Terminal, sites: Sites
) -> None:
    """Nobody works on the job before the restart, so the wait is a long one for sure."""
    port = free_port()
    sites.let_go.set()

    def begin() -> tuple[Any, Serving, str, str]:
        held = server_on(admin, port, works=False)
        server = held.__enter__()
        with server.admin() as api:
            return held, server, started(api, sites), token_of(api)

    held, server, job_id, token = await asyncio.to_thread(begin)
    async with connected(server.url, token, mode="legacy") as client:
        await client.list_tools()  # else the SDK asks for them when the answer has come: the server has ended by then
        heard = asyncio.Event()
        waiting = asyncio.create_task(
            client.call_tool("get_job", {"job_id": job_id, **WAIT}, progress_callback=partial(note, heard))
        )
        await asyncio.wait_for(heard.wait(), 40)

        code = await asyncio.to_thread(server.stop)
        cut_short = await waiting
        await asyncio.to_thread(held.__exit__, None, None, None)
        again = server_on(admin, port)
        await asyncio.to_thread(again.__enter__)
        try:
            finished = await client.call_tool("get_job", {"job_id": job_id, **WAIT})
        finally:
            await asyncio.to_thread(again.__exit__, None, None, None)

    assert code == 0
    assert not cut_short.is_error and state_of(cut_short) == "pending"
    assert state_of(finished) == "done"


async def note(heard: asyncio.Event, progress: float, total: float | None, message: str | None) -> None:
    """A progress callback: the wait is under way."""
    heard.set()


def state_of(result: Any) -> str:
    """The job's status in the result of `get_job`."""
    status: str = result.structured_content["job"]["status"]
    return status
