"""A worker process to kill: `run`, in a process of its own.

It waits for the worker role of a data directory, takes over what is there, and works the modules below until SIGTERM.
Whatever it works it notes in a journal: one appended line when an item begins, one when it ends.
"""

import asyncio
import os
import random
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, NoReturn

from sqlalchemy import Engine, event
from sqlmodel import Session

from engine.clock import Clock
from engine.context import Context, FinishedJob, Services
from engine.db import engine as database
from engine.jobs import gate
from engine.jobs.intake import Order, module_named, place
from engine.jobs.runner import JobRunner, Outside
from engine.module import AnyModule, Found, Item, NoConfig, Run
from engine.pipelines import coordinator
from engine.rows.types import Row
from engine.worker import embedded
from engine.worker.driver import LANES
from tests.engine.jobs.modules import Tree
from tests.house import Shout, house, no_places, nowhere

Death = Literal["behind flush", "before finish", "behind finish"]


@dataclass(frozen=True)
class Options:
    folder: str
    journal: str
    url: str
    role: str = ""  # a folder of its own, where a second worker of one database shall work at the same time
    seed: int = 0
    longest_ms: float = 40.0  # an item's sleep is drawn from 1 ms to this
    width: int = 6  # items in flight a job
    dies: Death | None = None  # behind the second flush with rows; around the COMMIT that ends a job
    stuck_seconds: float | None = None  # the watchdog's patience
    cut_off: str | None = None  # PostgreSQL's patience with a transaction that does nothing
    wrong_clock_seconds: float = 0.0  # how far this process's clock is ahead of the database's
    later_seconds: float = 0.0  # how much time has passed for everybody when this worker starts


class WrongClock(Clock):
    """A machine whose time is wrong, beside a database whose time is right."""

    def __init__(self, options: Options) -> None:
        super().__init__(timedelta(seconds=options.later_seconds))
        self._ahead = timedelta(seconds=options.wrong_clock_seconds)

    def now(self) -> datetime:
        return super().now() + self._ahead


class Diary:
    """The journal, and how long items sleep."""

    def __init__(self, options: Options) -> None:
        self._file = os.open(options.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._chance, self._longest_ms = random.Random(options.seed), options.longest_ms

    def note(self, what: str, job_id: str, item: object = "") -> None:
        os.write(self._file, f"{what} {os.getpid()} {job_id} {item}\n".encode())

    def die(self) -> NoReturn:
        """End the process without a word to anybody else."""
        self.note("dead", "-")
        os._exit(9)

    async def work(self, job_id: str, item: Row) -> None:
        """Sleep a little between two notes, and do what the item asks for."""
        self.note("enter", job_id, item.get("name") or item.get("n"))
        if item.get("deadly"):
            self.die()
        if item.get("blocks"):
            time.sleep(60)  # noqa: ASYNC251 (the event loop itself is to be stuck)
        try:
            await asyncio.sleep(float(str(item.get("seconds") or self._chance.uniform(1, self._longest_ms) / 1000)))
        finally:
            self.note("exit", job_id, item.get("name") or item.get("n"))


class Steps(Shout):
    """Rows that take their time."""

    slug = "steps"

    def __init__(self, diary: Diary | None = None, *, width: int = 6, lane: str = "parallel") -> None:
        super().__init__(width=width, lane=lane)
        self._diary = diary

    async def enrich(self, row: Row, config: NoConfig, run: Run) -> Row:
        assert self._diary is not None
        await self._diary.work(run.job_id, row)
        return await super().enrich(row, config, run)


class SlowEmails(Steps):
    """Stands for the module that reads the outside world, as the node `emails` of a pipeline."""

    slug = "emails"


class Forest(Tree):
    """A source that grows, at its own pace."""

    slug = "forest"

    def __init__(self, diary: Diary | None = None, *, lane: str = "parallel") -> None:
        super().__init__(width=6, lane=lane)
        self._diary = diary

    async def find(self, item: Item, config: NoConfig, run: Run) -> Found:
        assert self._diary is not None
        await self._diary.work(run.job_id, item)
        return await super().find(item, config, run)


def successor(context: Context, finished: FinishedJob) -> None:
    """A chain of two nodes without a pipeline: the first one's end brings the second."""
    if finished.node_id == "first" and finished.status == "done":
        rows: list[Row] = [{"word": "next", "n": n} for n in range(5)]
        order = Order(
            Steps(),
            NoConfig(),
            finished.account_id,
            items=rows,
            planned=len(rows),
            columns=["word", "n"],
            pipeline_id=finished.pipeline_id,
            node_id="second",
        )
        place(context, order)


def die(when: Death, diary: Diary) -> None:
    """End this process without a word around a COMMIT, before anybody hears of it."""
    written = threading.local()
    flushes = 0

    @event.listens_for(Engine, "after_cursor_execute")
    def _hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        written.rows = getattr(written, "rows", False) or "INSERT INTO job_rows" in statement
        written.end = getattr(written, "end", False) or ("UPDATE jobs" in statement and "completed_at=" in statement)

    @event.listens_for(Session, "before_commit")
    def _before(_session: Session) -> None:
        if when == "before finish" and getattr(written, "end", False):
            diary.die()

    @event.listens_for(Session, "after_commit")
    def _behind(_session: Session) -> None:
        nonlocal flushes
        flushes += getattr(written, "rows", False)
        if (when == "behind finish" and getattr(written, "end", False)) or (when == "behind flush" and flushes == 2):
            diary.die()
        written.rows = written.end = False


async def serve(services: Services, modules: Sequence[AnyModule], stopping: asyncio.Event, *, alone: bool) -> None:
    """Work as soon as nobody else has the role, until asked to stop. `alone`: whoever worked before is dead."""
    known = {module.slug: module for module in modules}
    while not stopping.is_set():
        with embedded.worker_role(services.settings.data_dir) as got:
            if not got:
                await asyncio.sleep(0.05)
                continue
            if alone:
                await services.call(None, gate.reclaim_all)
            async with embedded.watchdog():
                runner = JobRunner(
                    services,
                    Outside(nowhere, no_places),
                    name=str(os.getpid()),
                    stopping=stopping,
                    module_of=lambda slug: known.get(slug) or module_named(slug),
                )
                serving = asyncio.create_task(services.driver.serve(runner, LANES))
                await stopping.wait()
                serving.cancel()
                await asyncio.gather(serving, return_exceptions=True)


async def main(options: Options) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    if options.stuck_seconds:
        embedded.STUCK_SECONDS = options.stuck_seconds
    if options.cut_off:
        database.POSTGRES_IDLE = options.cut_off
    diary = Diary(options)
    if options.dies:
        die(options.dies, diary)
    folder, hooks = Path(options.folder) / options.role, (successor, coordinator.advance)
    with house(folder, url=options.url, hooks=hooks, clock=WrongClock(options)) as services:
        diary.note("ready", "-")
        modules = [Steps(diary, width=options.width), Forest(diary), SlowEmails(diary, width=options.width)]
        await serve(services, modules, stopping, alone=not options.role)


def run(options: Options) -> None:
    """The whole life of a worker process."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what it logs on its way to death is nobody's business
    asyncio.run(main(options))
