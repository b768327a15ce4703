"""`outsend serve` as a real process: where it listens, what it logs, which processes it has."""

import json
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.cli.terminal import OUTSEND, Terminal, until

START_SECONDS = 40.0
EMAIL, PASSWORD = "admin@example.com", "correct horse 9"
ADMIN = {"OUTSEND_ADMIN_EMAIL": EMAIL, "OUTSEND_ADMIN_PASSWORD": PASSWORD}


class Serving:
    """A server process. What it says lies in files, so that no pipe fills up."""

    def __init__(self, terminal: Terminal, *words: str) -> None:
        number = len(list(terminal.folder.glob("serve-*.out")))
        self._out, self._err = (terminal.folder / f"serve-{number}.{name}" for name in ("out", "err"))
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                [OUTSEND, "serve", *words], cwd=terminal.folder, env=terminal.environment, stdout=out, stderr=err
            )
        self.url = ""

    def up(self) -> None:
        """Return once it answers."""
        until(lambda: self.process.poll() is not None or "listens on" in self.out, seconds=START_SECONDS)
        assert self.process.poll() is None, self.err
        self.url = self.out.partition("listens on ")[2].split()[0]
        until(self._answers, seconds=START_SECONDS)

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def err(self) -> str:
        return self._err.read_text()

    @property
    def records(self) -> list[dict[str, Any]]:
        """The log: each line is one JSON object."""
        return [json.loads(line) for line in self.err.splitlines()]

    @property
    def worker(self) -> int | None:
        """The process id of the worker beside it."""
        return next((pid for pid in children(self.process.pid) if "worker" in command_of(pid)), None)

    def client(self) -> httpx.Client:
        """Nobody, over HTTP."""
        return httpx.Client(base_url=self.url, timeout=20)

    @contextmanager
    def admin(self) -> Generator[httpx.Client]:
        """Signed in with the account of the settings."""
        with self.client() as client:
            client.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD}).raise_for_status()
            yield client

    def ready(self) -> None:
        """Return once work can be taken."""
        until(lambda: httpx.get(f"{self.url}/readyz").status_code == 200, seconds=START_SECONDS)

    def stop(self, sign: int = signal.SIGTERM, *, seconds: float = 25.0) -> int:
        """Ask it to end; returns its exit code."""
        self.process.send_signal(sign)
        return self.process.wait(seconds)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").status_code == 200
        except httpx.TransportError:
            assert self.process.poll() is None, self.err
            return False


@contextmanager
def starting(terminal: Terminal, *words: str) -> Generator[Serving]:
    """A server on its way, on a free port unless the words name one; ended with the test."""
    running = Serving(terminal, *(words if "--port" in words else ("--port", "0", *words)))
    try:
        yield running
    finally:
        worker = running.worker
        running.process.kill()
        running.process.wait()
        if worker is not None:
            until(lambda: not alive(worker))


@contextmanager
def serving(terminal: Terminal, *words: str) -> Generator[Serving]:
    """A server that answers."""
    with starting(terminal, *words) as running:
        running.up()
        yield running


def children(pid: int) -> list[int]:
    """The processes that this one has started and that live."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def alive(pid: int) -> bool:
    """Whether it runs; what only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def listed(pid: int) -> bool:
    """Whether the system still knows it, if only to be collected."""
    return Path(f"/proc/{pid}").exists()


def wait_until_gone(pid: int, *, seconds: float = 20.0) -> float:
    """Return how long it took a process to end."""
    began = time.monotonic()
    until(lambda: not alive(pid), seconds=seconds)
    return time.monotonic() - began
