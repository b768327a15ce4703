"""Starts and kills worker processes, and reads what they noted."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.context import Context, Services, write
from engine.jobs.intake import Order, place
from engine.jobs.models import Job
from engine.module import AnyModule, NoConfig
from engine.rows.types import Row
from tests.engine.faults.worker_process import Options
from tests.engine.jobs.invariants import Journal
from tests.house import account, job_now

ROOT = Path(__file__).parents[3]


class Workers:
    """The worker processes of one data directory, one after the other or side by side."""

    def __init__(self, services: Services, folder: Path) -> None:
        self._services, self._folder = services, folder
        self.journal = folder / "journal"
        self.journal.touch()
        self._living: list[subprocess.Popen[bytes]] = []

    def start(self, **options: Any) -> "subprocess.Popen[bytes]":
        """A further worker process; it waits while another one has the role."""
        url = self._services.settings.database_url
        asked = Options(folder=str(self._folder), journal=str(self.journal), url=url, **options)
        command = [sys.executable, "-m", "tests.engine.faults.worker_process", json.dumps(asdict(asked))]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        self._living.append(process)
        return process

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """kill -9, noted in the journal."""
        process.kill()
        self.gone(process)

    def gone(self, process: "subprocess.Popen[bytes]") -> None:
        """Wait for the end of a process, and note it."""
        process.wait(15)
        self._living.remove(process)
        with self.journal.open("ab", buffering=0) as file:
            file.write(f"dead {process.pid} - \n".encode())

    def close(self) -> None:
        for process in list(self._living):
            self.kill(process)

    def entries(self, what: str) -> list[list[str]]:
        """[what, process, job, item] of each such line."""
        lines = [line.split(" ") for line in self.journal.read_text().splitlines()]
        return [line for line in lines if line[0] == what]

    async def ready(self, count: int) -> None:
        """Return once so many processes have opened the database."""
        while len(self.entries("ready")) < count:
            await asyncio.sleep(0.02)

    async def at_work(self) -> "subprocess.Popen[bytes]":
        """The living process that works, once there is one."""
        async with asyncio.timeout(20):
            while True:
                begun = {line[1] for line in self.entries("enter")}
                for process in self._living:
                    if str(process.pid) in begun:
                        return process
                await asyncio.sleep(0.05)

    def check_journal(self, jobs: Sequence[Job]) -> int:
        """Replay the journal against the limits; returns the most jobs that ran at once."""
        known = {job.id: (job.lane, job.account_id, job.seq or 0) for job in jobs}
        journal = Journal()
        for line in self.journal.read_text().splitlines():
            what, process, job_id, _ = line.split(" ")
            if what == "dead":
                journal.died(process)
            elif what in ("enter", "exit") and job_id in known:
                (journal.enter if what == "enter" else journal.exit)(known[job_id], process)
        return journal.most


def terminate(process: "subprocess.Popen[bytes]") -> None:
    os.kill(process.pid, signal.SIGTERM)


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
