"""A worker process to kill: `python -m tests.engine.faults.worker_process '<options as JSON>'`.

It waits for the worker role of a data directory, takes over what is there, and works the modules below until SIGTERM.
Whatever it works it notes in a journal: one appended line when an item begins, one when it ends.
"""

import asyncio
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, event
from sqlmodel import Session

from engine.context import Context, FinishedJob, Services
from engine.jobs import gate
from engine.jobs.intake import Order, place
from engine.jobs.runner import JobRunner, Outside
from engine.module import AnyModule, Found, Item, NoConfig, Run
from engine.rows.types import Row
from engine.worker import embedded
from engine.worker.driver import LANES
from tests.engine.jobs.modules import Tree
from tests.house import Shout, house, no_places, nowhere


@dataclass(frozen=True)
class Options:
    folder: str
    journal: str
    url: str | None = None
    seed: int = 0
    longest_ms: float = 40.0  # an item's sleep is drawn from 1 ms to this
    die_at_commit: str | None = (
        None  # "finish": behind the COMMIT that ends a job; "flush": behind the second with rows
    )
    stuck_seconds: float | None = None  # the watchdog's patience


class Diary:
    """The journal, and how long items sleep."""

    def __init__(self, options: Options) -> None:
        self._file = os.open(options.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._chance, self._longest_ms = random.Random(options.seed), options.longest_ms

    def note(self, what: str, job_id: str, item: object = "") -> None:
        os.write(self._file, f"{what} {os.getpid()} {job_id} {item}\n".encode())

    async def work(self, job_id: str, item: Row) -> None:
        """Sleep a little between two notes, and do what the item asks for."""
        self.note("enter", job_id, item.get("name") or item.get("n"))
        if item.get("deadly"):
            os._exit(9)
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
    """A pipeline of two nodes: the first one's end brings the second."""
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


def die_behind(commit: str) -> None:
    """End this process without a word behind a COMMIT, before anybody hears of it."""
    written = threading.local()
    flushes = 0

    @event.listens_for(Engine, "after_cursor_execute")
    def _hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        written.rows = getattr(written, "rows", False) or "INSERT INTO job_rows" in statement
        written.end = getattr(written, "end", False) or ("UPDATE jobs" in statement and "completed_at=" in statement)

    @event.listens_for(Session, "after_commit")
    def _die(_session: Session) -> None:
        nonlocal flushes
        flushes += getattr(written, "rows", False)
        if (commit == "finish" and getattr(written, "end", False)) or (commit == "flush" and flushes == 2):
            os._exit(9)
        written.rows = written.end = False


async def serve(services: Services, modules: Sequence[AnyModule], stopping: asyncio.Event) -> None:
    """Work as soon as nobody else does, until asked to stop."""
    known = {module.slug: module for module in modules}
    while not stopping.is_set():
        with embedded.worker_role(services.settings.data_dir) as got:
            if not got:
                await asyncio.sleep(0.05)
                continue
            await services.call(None, gate.reclaim_all)
            async with embedded.watchdog():
                outside = Outside(nowhere, no_places)
                runner = JobRunner(
                    services, outside, name=str(os.getpid()), stopping=stopping, module_of=known.__getitem__
                )
                serving = asyncio.create_task(services.driver.serve(runner, LANES))
                await stopping.wait()
                serving.cancel()
                await asyncio.gather(serving, return_exceptions=True)


async def main(options: Options) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    if options.die_at_commit:
        die_behind(options.die_at_commit)
    if options.stuck_seconds:
        embedded.STUCK_SECONDS = options.stuck_seconds
    diary = Diary(options)
    with house(Path(options.folder), url=options.url, hooks=(successor,)) as services:
        diary.note("ready", "-")
        await serve(services, [Steps(diary), Forest(diary)], stopping)


if __name__ == "__main__":
    asyncio.run(main(Options(**json.loads(sys.argv[1]))))
