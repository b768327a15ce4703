"""Starts and kills worker processes, and reads what they noted."""

import asyncio
import os
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from engine.context import Context, Services, write
from engine.jobs.bitmap import Bitmap
from engine.jobs.intake import Order, place
from engine.jobs.models import Job
from engine.module import AnyModule, NoConfig
from engine.rows.types import Row
from tests.engine.faults.worker_process import Options, run
from tests.engine.jobs.invariants import Journal
from tests.house import account, job_now

# Worker processes are forked from a server that has imported everything once: a start costs 0.1 s instead of 2.
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload([run.__module__])


class Workers:
    """The worker processes of one database, one after the other or side by side."""

    def __init__(self, services: Services, folder: Path) -> None:
        self._services, self._folder = services, folder
        self.journal = folder / "journal"
        self.journal.touch()
        self.living: list[ForkServerProcess] = []
        self._lines: list[list[str]] = []
        self._read_to = 0
        self._begun: dict[str, Counter[str]] = defaultdict(Counter)  # job -> item -> how often

    def start(self, **options: Any) -> ForkServerProcess:
        """A further worker process; it waits while another one has the role."""
        url = self._services.settings.database
        asked = Options(folder=str(self._folder), journal=str(self.journal), url=url, **options)
        process = PROCESSES.Process(target=run, args=(asked,), daemon=True)
        process.start()
        self.living.append(process)
        return process

    def kill(self, process: ForkServerProcess) -> None:
        """kill -9, noted in the journal before anybody can take over."""
        self.pause(process)
        self._note_death(process)
        process.kill()
        self.gone(process)

    def pause(self, process: ForkServerProcess) -> None:
        """Let nothing of the process run until it is woken."""
        _send(process, signal.SIGSTOP)
        while not _is_stopped(process):
            time.sleep(0.001)

    def wake(self, process: ForkServerProcess) -> None:
        _send(process, signal.SIGCONT)

    def terminate(self, process: ForkServerProcess) -> None:
        """Ask the process to stop."""
        _send(process, signal.SIGTERM)

    def gone(self, process: ForkServerProcess) -> None:
        """Wait for the end of a process, and note it."""
        process.join(20)
        assert process.exitcode is not None, "the process lives on"
        self.living.remove(process)
        self._note_death(process)

    def close(self) -> None:
        for process in list(self.living):
            process.kill()  # also one that is stopped or waits
            self.gone(process)

    def entries(self, what: str) -> list[list[str]]:
        """[what, process, job, item] of each such line."""
        self._read()
        return [line for line in self._lines if line[0] == what]

    async def ready(self, count: int) -> None:
        """Return once so many processes have opened the database."""
        while len(self.entries("ready")) < count:
            await asyncio.sleep(0.02)

    def at_work(self) -> ForkServerProcess | None:
        """The living process that has begun to work; None when none has."""
        begun = {line[1] for line in self.entries("enter")}
        return next((process for process in self.living if str(process.pid) in begun), None)

    def begun(self, job: Job) -> Counter[str]:
        """How often each item of a job was begun so far."""
        self._read()
        return Counter(self._begun[job.id])

    def repeated(self, jobs: Sequence[Job]) -> int:
        """How many times an item of these jobs was begun once more."""
        return sum(count - 1 for job in jobs for count in self.begun(job).values())

    def check_journal(self, jobs: Sequence[Job]) -> int:
        """Replay the journal against the limits; returns the most jobs that ran at once."""
        known = {job.id: (job.lane, job.account_id, job.seq or 0) for job in jobs}
        journal = Journal()
        self._read()
        for what, process, job_id, _ in self._lines:
            if what == "dead":
                journal.died(process)
            elif what in ("enter", "exit") and job_id in known:
                (journal.enter if what == "enter" else journal.exit)(known[job_id], process)
        return journal.most

    def _read(self) -> None:
        """Take in the lines that were added since the last look."""
        with self.journal.open("rb") as file:
            file.seek(self._read_to)
            added, end, _ = file.read().rpartition(b"\n")
        self._read_to += len(added) + len(end)
        for line in (entry.split(" ") for entry in added.decode().splitlines()):
            self._lines.append(line)
            if line[0] == "enter":
                self._begun[line[2]][line[3]] += 1

    def _note_death(self, process: ForkServerProcess) -> None:
        with self.journal.open("ab", buffering=0) as file:
            file.write(f"dead {process.pid} - \n".encode())


def _is_stopped(process: ForkServerProcess) -> bool:
    """Whether nothing of the process runs any more."""
    try:
        return Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2].startswith("T")
    except FileNotFoundError:
        return True


def _send(process: ForkServerProcess, sign: signal.Signals) -> None:
    assert process.pid is not None
    os.kill(process.pid, sign)


def saved_items(services: Services, job: Job) -> set[str]:
    """The items of a job that are finished for good, as the journal names them."""
    now = job_now(services, job)
    done = Bitmap(now.done)
    return {str(idx) for idx in range(now.planned) if idx in done}


def place_job(
    services: Services, module: AnyModule, items: Sequence[Row], *, email: str = "owner@example.com", node: str = ""
) -> Job:
    """A pending job, the node of a pipeline where one is named."""

    @write
    def make(context: Context) -> Job:
        asked = Order(module, NoConfig(), context.account_id, items=items, planned=len(items))
        asked.columns = list(items[0])
        if node:
            asked.pipeline_id, asked.node_id = "p1", node
        return place(context, asked)

    return account(services, email).run(make)


async def all_ended(services: Services, jobs: Sequence[Job], *, seconds: float) -> list[Job]:
    """These jobs, once all are over."""
    async with asyncio.timeout(seconds):
        while True:
            now = [job_now(services, job) for job in jobs]
            if all(job.completed_at for job in now):
                return now
            await asyncio.sleep(0.05)


async def until(so: Callable[[], object], *, seconds: float = 15) -> None:
    """Return once it is so."""
    async with asyncio.timeout(seconds):
        while not so():
            await asyncio.sleep(0.02)


@contextmanager
def rows_held(services: Services) -> Generator[Callable[[], int]]:
    """PostgreSQL: nobody's flush gets past its first row meanwhile, with its job renewed and its COMMIT not reached.

    Yields what tells how many flushes wait there.
    """
    waiting = text("SELECT count(*) FROM pg_locks WHERE relation = 'job_rows'::regclass AND NOT granted")
    session = Session(services.db.engine)
    session.execute(text("LOCK TABLE job_rows IN SHARE MODE"))
    try:
        yield lambda: session.execute(waiting).scalar_one()
    finally:
        session.invalidate()  # the server may be gone
