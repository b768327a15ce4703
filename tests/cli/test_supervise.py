"""The supervisor of a worker process: restarts with pauses, an orderly end, nothing left behind."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from outsend_api import supervise
from outsend_api.supervise import Supervisor
from tests.cli.serving import alive, children, listed
from tests.cli.terminal import until

# Notes each start, then does as the word says: ends with status 3, ends when asked, or ignores that.
CHILD = """
import os, signal, sys, time
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()} {time.monotonic()}\\n")
if sys.argv[2] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if sys.argv[2] == "dies":
    sys.exit(3)
print("noise on standard output", flush=True)
time.sleep(60)
"""


def child(tmp_path: Path, how: str) -> Supervisor:
    command = (sys.executable, "-c", CHILD, str(tmp_path / "starts"), how)
    return Supervisor(dict(os.environ), command=command, pause_seconds=0.1)


def starts(tmp_path: Path) -> list[tuple[int, float]]:
    """Process id and time of each start."""
    path = tmp_path / "starts"
    lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    return [(int(pid), float(at)) for pid, at in lines]


async def until_started(tmp_path: Path, count: int) -> None:
    async with asyncio.timeout(20):
        while len(starts(tmp_path)) < count:
            await asyncio.sleep(0.02)


async def test_a_worker_that_dies_is_started_again_with_growing_pauses(tmp_path: Path) -> None:
    stopping = asyncio.Event()
    keeping = asyncio.create_task(child(tmp_path, "dies").keep(stopping))

    await until_started(tmp_path, 4)
    stopping.set()
    await keeping

    times = [at for _, at in starts(tmp_path)]
    assert times[1] - times[0] >= 0.1 and times[2] - times[1] >= 0.2 and times[3] - times[2] >= 0.4


async def test_stopping_asks_the_worker_and_collects_it(tmp_path: Path) -> None:
    stopping = asyncio.Event()
    keeping = asyncio.create_task(child(tmp_path, "stays").keep(stopping))
    await until_started(tmp_path, 1)

    stopping.set()
    await keeping

    assert not listed(starts(tmp_path)[0][0])


async def test_a_worker_that_does_not_end_is_killed_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(supervise, "STOP_SECONDS", 0.3)
    stopping = asyncio.Event()
    keeping = asyncio.create_task(child(tmp_path, "deaf").keep(stopping))
    await until_started(tmp_path, 1)

    stopping.set()
    await keeping

    assert not alive(starts(tmp_path)[0][0])
    assert "did not end within" in caplog.text


async def test_a_supervisor_that_is_cancelled_leaves_nothing_behind(tmp_path: Path) -> None:
    keeping = asyncio.create_task(child(tmp_path, "deaf").keep(asyncio.Event()))
    await until_started(tmp_path, 1)

    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)

    assert not alive(starts(tmp_path)[0][0])


@pytest.mark.slow(60)
def test_a_worker_ends_with_its_parent_however_that_ends(tmp_path: Path) -> None:
    """kill -9: no handler of the parent runs."""
    words = "import asyncio, os; from outsend_api.supervise import Supervisor;"
    words += "asyncio.run(Supervisor(dict(os.environ)).keep(asyncio.Event()))"
    environment = {**os.environ, "OUTSEND_DATA_DIR": str(tmp_path / "data")}
    parent = subprocess.Popen([sys.executable, "-c", words], env=environment)
    until(lambda: (tmp_path / "data" / "worker.sock").exists(), seconds=40)
    (worker,) = children(parent.pid)

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    until(lambda: not alive(worker), seconds=15)
