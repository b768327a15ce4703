"""What 500 open streams cost, beside a bare server that sends as many events in the same run. By `make bench`."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.accounts.api_tokens import create_token
from engine.context import Caller, Context, write
from engine.runtime import open_services
from engine.settings import Settings
from tests.house import Shout, account, order
from tests.load.processes import Server, server
from tests.load.table import tell

pytestmark = pytest.mark.slow(180)

STREAMS = 500
WARM_UP_SECONDS, SECONDS = 3.0, 12.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one server: cores used, and events a second over all streams."""

    cores: float
    events: float


async def measured(server: Server, paths: list[str], headers: str = "") -> Figures:
    """Open a stream for each path, and look at the server while they run."""
    heard = 0

    async def listen(path: str) -> None:
        nonlocal heard
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        with closing(writer):
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
            status = await reader.readline()
            assert b" 200 " in status, status
            while piece := await reader.read(65_536):
                heard += piece.count(b"event: ")

    listening = [asyncio.create_task(listen(path)) for path in paths]
    try:
        await asyncio.sleep(WARM_UP_SECONDS)
        begun, cpu, before = time.monotonic(), server.cpu_seconds(), heard
        await asyncio.sleep(SECONDS)
        took = time.monotonic() - begun
        ended = [task for task in listening if task.done()]
        assert not ended, f"{len(ended)} streams ended, the first with {ended[0].exception()!r}"
        return Figures((server.cpu_seconds() - cpu) / took, (heard - before) / took)
    finally:
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)


@write
def _start_all(context: Context) -> None:
    """As if each had a worker: more than may run at once, so that each stream has a job of its own."""
    context.session.connection().execute(
        text("UPDATE jobs SET status = 'running', planned = 1000, started_at = created_at")
    )


@write
def _move_all(context: Context, round_: int) -> None:
    """What workers save in half a second: counters of all jobs, and a log line of every second one."""
    run = context.session.connection().execute
    run(text("UPDATE jobs SET processed = :n, results = :n"), {"n": round_})
    run(
        text(
            "INSERT INTO job_logs (job_seq, at, level, message) SELECT seq, created_at, 'info', 'Picked up 12 POIs'"
            " FROM jobs WHERE seq % 2 = :half"
        ),
        {"half": round_ % 2},
    )


@asynccontextmanager
async def moving(caller: Caller) -> AsyncIterator[None]:
    async def move() -> None:
        round_ = 0
        while True:
            round_ += 1
            await caller.call(_move_all, round_)
            await asyncio.sleep(0.5)

    task = asyncio.create_task(move())
    try:
        yield
    finally:
        task.cancel()


async def test_five_hundred_streams_take_at_most_one_core(tmp_path: Path) -> None:
    with open_services(Settings(data_dir=tmp_path)) as services:
        caller = account(services)
        jobs = [await asyncio.to_thread(order, caller, Shout(), [{"word": "a"}]) for _ in range(STREAMS)]
        token = (await caller.call(create_token, name="bench", scope="read")).token
        await caller.call(_start_all)
        with server("tests.load.stream_server", "ours", str(tmp_path)) as running:
            async with moving(caller):
                paths = [f"/api/jobs/{job.id}/stream" for job in jobs]
                ours = await measured(running, paths, f"Authorization: Bearer {token}\r\n")
    with server("tests.load.stream_server", "bare", str(STREAMS / ours.events)) as running:
        peer = await measured(running, ["/"] * STREAMS)

    tell(
        f"streams: {STREAMS} open on one process",
        f"{ours.cores:.2f} cores, {ours.events:,.0f} events/s",
        beside=f"bare Starlette {peer.cores:.2f} cores, {peer.events:,.0f} events/s",
        ratio=ours.cores / peer.cores,
        aim="1 core at most",
    )
    assert ours.events > 2 * STREAMS
    assert ours.cores <= 1.0
