"""A real worker process at work on real jobs, kept to one core while the world has the other."""

import os
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.context import Caller, Context, read
from engine.jobs import operations as jobs
from engine.jobs import store
from engine.jobs.queries import owned_job
from engine.jobs.schemas import JobPublic
from engine.rows.types import Row
from engine.runtime import local_owner, open_services
from engine.settings import read_settings
from tests.cli.terminal import OUTSEND, until
from tests.load.processes import Server

LOOK_SECONDS = 0.02
OPEN = ("pending", "running")


@contextmanager
def on_core(number: int) -> Generator[None]:
    """Processes that are started inside run on this core alone, where the machine has it (0: ours or a peer's)."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(before)[number % len(before)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(frozen=True, slots=True)
class Working:
    """A worker and the owner of its data directory."""

    process: Server
    caller: Caller

    def job(self, slug: str, items: Sequence[Row], config: Mapping[str, object] | None = None) -> str:
        """Order a job; returns its id."""
        return self.caller.run(jobs.create, slug, dict(config or {}), items=items).id

    def ended(self, job_id: str, *, seconds: float) -> JobPublic:
        """The job once it is over."""
        end = time.monotonic() + seconds
        while (job := self.caller.run(jobs.get, job_id)).status in OPEN:
            assert time.monotonic() < end, f"{job.processed_points} of {job.grid_points_count}"
            time.sleep(LOOK_SECONDS)
        assert job.status == "done", job.error_message
        return job

    def rows(self, job_id: str) -> list[Row]:
        """All its rows, in order."""
        return list(store.stream(self.caller.services.db, self.caller.run(_seq, job_id)))


@read
def _seq(context: Context, job_id: str) -> int:
    seq = owned_job(context, job_id).seq
    assert seq is not None
    return seq


@contextmanager
def working(folder: Path, environment: Mapping[str, str]) -> Generator[Working]:
    """`outsend worker` on core 0 over a new data directory; ended with the block."""
    named = {**environment, "OUTSEND_DATA_DIR": str(folder)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OUTSEND_")}
    with open_services(read_settings(named)) as services:
        with on_core(0):
            process = subprocess.Popen([OUTSEND, "worker"], env={**kept, **named}, stderr=subprocess.DEVNULL)
        try:
            until((folder / "worker.sock").exists)
            yield Working(Server(process.pid, 0), local_owner(services))
        finally:
            process.terminate()
            process.wait()
