"""How fast `outsend serve` is there, and what it weighs, against a bare process with the same libraries. By
`make bench`."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from outsend_api.serve import listening
from tests.cli.terminal import OUTSEND
from tests.load.table import tell

pytestmark = pytest.mark.slow(300)

ROUNDS = 5
LIMIT = 1.5

# The bare process imports what any such server needs, and answers.
BARE = """
import sys
import aiohttp, fastapi, httpx, mcp, sqlmodel, uvicorn
app = fastapi.FastAPI()
app.get("/healthz")(lambda: {"status": "ok"})
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until the first answer, and the resident memory then."""

    seconds: float
    megabytes: float


def bare(port: int) -> Sequence[str | Path]:
    return (sys.executable, "-c", BARE, str(port))


def outsend(port: int) -> Sequence[str | Path]:
    return (OUTSEND, "serve", "--port", str(port))


def start(command: Callable[[int], Sequence[str | Path]], folder: Path) -> Start:
    """Start a server, wait for its first answer, weigh it, end it."""
    with listening("127.0.0.1", 0) as found:
        port = found.getsockname()[1]
    environment = {**os.environ, "OUTSEND_DATA_DIR": str(folder)}
    began = time.monotonic()
    with subprocess.Popen(command(port), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as one:
        try:
            while not answers(port):
                assert one.poll() is None
                time.sleep(0.01)
            return Start(time.monotonic() - began, resident(one.pid))
        finally:
            one.terminate()  # the worker beside it must not be in the way of the next one


def answers(port: int) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=20).status_code == 200
    return False


def resident(pid: int) -> float:
    """Megabytes."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def test_serve_is_there_as_fast_as_its_libraries_allow(tmp_path: Path) -> None:
    start(outsend, tmp_path)  # the schema is made once
    pairs = [(start(bare, tmp_path), start(outsend, tmp_path)) for _ in range(ROUNDS)]

    seconds = [statistics.median(one.seconds for one in column) for column in zip(*pairs, strict=True)]
    weight = [statistics.median(one.megabytes for one in column) for column in zip(*pairs, strict=True)]
    compare("start: serve until its first answer", seconds, "s")
    compare("start: serve's memory", weight, "MB")
    assert seconds[1] <= LIMIT * seconds[0]
    assert weight[1] <= LIMIT * weight[0]


def compare(what: str, figures: Sequence[float], unit: str) -> None:
    """One line of the table; the first figure is the bare process's."""
    bare, ours = figures
    tell(
        what,
        f"{ours:.2f} {unit}",
        beside=f"bare process {bare:.2f} {unit}",
        ratio=ours / bare,
        aim=f"{LIMIT} times at most",
    )
