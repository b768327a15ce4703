"""Programs of the protocol's own people, from their package registry: the official suite and the Inspector."""

import os
import re
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.relay import free_port

INSTALLED = Path(__file__).parents[2] / ".tools" / "conformance"
MODULES = INSTALLED / "node_modules"
NODE = MODULES / ".bin" / "node"
SUITE = MODULES / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
INSPECTOR = MODULES / "@modelcontextprotocol" / "inspector" / "clients" / "launcher" / "build" / "index.js"
FAILING = re.compile(r"^✗ (?P<scenario>\S+):", re.MULTILINE)
TOTAL = re.compile(r"^Total: (?P<passed>\d+) passed, (?P<failed>\d+) failed", re.MULTILINE)
ADDRESS = re.compile(r"^https?://\S+/authorize\?\S+$", re.MULTILINE)

needed = pytest.mark.skipif(
    not (INSTALLED / "installed").exists(),
    reason="NO NODE 22 AND NO OFFICIAL SUITE: `make .tools/conformance/installed` gets them from the npm registry; "
    "until then nothing shows that /mcp speaks the protocol as its authors do",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of the suite ended: how many checks passed, and the scenarios in which one failed."""

    passed: int
    failing: frozenset[str]
    told: str


def run_suite(url: str, *options: str, seconds: float, expected: frozenset[str] = frozenset()) -> Outcome:
    """The suite against a server. It gives some answers half a second, so a run that fails otherwise than expected has
    a second go.
    """
    outcome = _run_once(url, *options, seconds=seconds)
    return outcome if outcome.failing == expected else _run_once(url, *options, seconds=seconds)


def _run_once(url: str, *options: str, seconds: float) -> Outcome:
    ended = run(SUITE, "server", "--url", f"{url}/mcp", *options, seconds=seconds)
    return _outcome(ended.stdout + ended.stderr)


def run_authorization(
    url: str, client_of: Callable[[str], str], visit: Callable[[str], object], *, seconds: float
) -> Outcome:
    """The suite against an authorization server. `client_of` registers a client with that redirect and gives its id;
    `visit` does what a person would at the address that the suite prints.
    """
    port = free_port()
    options = ("--url", url, "--client-id", client_of(f"http://127.0.0.1:{port}/callback"), "-p", str(port))
    command = [NODE, SUITE, "authorization", *options, "--resource", f"{url}/mcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=_env()) as process:
        assert process.stdout is not None
        too_long = threading.Timer(seconds, process.kill)
        too_long.start()
        try:
            told = ""
            for line in process.stdout:
                told += line
                if ADDRESS.fullmatch(line.strip()):
                    visit(line.strip())
            return _outcome(told)
        finally:
            too_long.cancel()
            process.kill()


def run(program: Path, *options: str, seconds: float) -> subprocess.CompletedProcess[str]:
    """The program to its end. Raises TimeoutExpired: it is stopped after `seconds`."""
    return subprocess.run(
        [NODE, program, *options], capture_output=True, text=True, timeout=seconds, env=_env(), check=False
    )


def _env() -> dict[str, str]:
    """Without anything of this machine's that would lead elsewhere."""
    return {"PATH": f"{NODE.parent}:{os.environ['PATH']}", "HOME": str(INSTALLED), "NO_COLOR": "1"}


def _outcome(told: str) -> Outcome:
    total = TOTAL.search(told)
    assert total is not None, told
    failing = frozenset(found["scenario"] for found in FAILING.finditer(told))
    assert bool(failing) == (total["failed"] != "0"), told
    return Outcome(int(total["passed"]), failing, told)
