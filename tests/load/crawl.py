"""A peer at work on the sites of a sandbox: a process of its own, in its own venv, on one core."""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.sandbox.process import RunningSandbox
from tests.load.workers import on_core

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".peers" / "bin" / "python"
PEERS = Path(__file__).parent / "peers"


@dataclass(frozen=True, slots=True)
class Crawled:
    """What one run took, and the address it would give for each site."""

    sites: int
    seconds: float
    cpu_seconds: float
    best: dict[str, str]

    @property
    def rate(self) -> float:
        """Sites a second."""
        return self.sites / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Of one site."""
        return 1_000 * self.cpu_seconds / self.sites


def peer(name: str, task: object, environment: dict[str, str] | None = None, *, seconds: float) -> Any:
    """Run `peers/NAME.py` on core 0 with `task` as JSON on its standard input; the JSON of its last line."""
    if not PYTHON.exists():
        pytest.skip("the peers are not installed: `make bench` does it")
    with on_core(0):
        ran = subprocess.run(
            [PYTHON, PEERS / f"{name}.py"],
            input=json.dumps(task),
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=seconds,
        )
    assert ran.returncode == 0, ran.stderr[-2_000:]
    return json.loads(ran.stdout.splitlines()[-1])


def crawl(name: str, sites: Sequence[str], world: RunningSandbox, *, seconds: float) -> Crawled:
    """Let a peer look for addresses on these sites."""
    environment = {
        **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), world.proxy),
        **dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), str(world.ca)),
    }
    figures = peer(name, list(sites), environment, seconds=seconds)
    return Crawled(len(sites), figures["seconds"], figures["cpu_seconds"], figures["best"])
