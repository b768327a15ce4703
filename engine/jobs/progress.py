"""What a running job has done so far, and what of it is not saved yet."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.jobs.bitmap import Bitmap
from engine.jobs.models import Job
from engine.jobs.store import Ack, Batch
from engine.limits import LOG_LINES_PER_JOB
from engine.module import LastReview
from engine.rows.types import Row

UNSAVED_ROWS_MAX = 2_000

Turn = Callable[[], Awaitable[None]]  # returns when every unit before the one at hand is worked


@dataclass(frozen=True, slots=True)
class Unit:
    """Items that are worked together: one, or a group (all addresses of a domain)."""

    indexes: tuple[int, ...]
    items: tuple[Any, ...]


@dataclass(slots=True)
class Outcome:
    """What working one unit brought."""

    rows: list[tuple[int, int, Row]] = field(default_factory=list[tuple[int, int, Row]])  # idx, sub, row
    # idx, and its rows where these are too many to hold: they are read while they are saved, in one transaction
    many: list[tuple[int, Sequence[Row]]] = field(default_factory=list[tuple[int, Sequence[Row]]])
    more: Sequence[Any] = ()  # further items of the same job
    stats: Mapping[str, Any] = field(default_factory=dict[str, Any])
    columns: Sequence[str] | None = None
    reports: list[tuple[int, Any]] = field(default_factory=list[tuple[int, Any]])
    logs: list[tuple[datetime, str, str]] = field(default_factory=list[tuple[datetime, str, str]])
    notes: list[str] = field(default_factory=list[str])
    errors: int = 0
    last_review: LastReview | None = None


class Progress:
    """Counters, bitmap and unsaved results of one claim. Lives on the event loop; no locks."""

    def __init__(self, job: Job, *, logs_written: int) -> None:
        self.done = Bitmap(job.done)
        self.planned, self.processed = job.planned, job.processed
        self.results, self.errors = job.results, job.errors
        self.suspect: int | None = None
        self.full = asyncio.Event()  # somebody should save soon
        self._columns, self._stats, self._notice = list(job.columns), job.stats, list(job.notice)
        self._logs_written = logs_written
        self._unsaved_rows = 0
        self._room = asyncio.Event()
        self._room.set()
        self._fresh = self._batch()

    async def room(self) -> None:
        """Wait until the unsaved rows are few enough for more."""
        await self._room.wait()

    def absorb(self, unit: Unit, outcome: Outcome) -> list[Unit]:
        """Count a worked unit; returns the further units that it made known."""
        self.done.add(unit.indexes)
        self.processed += len(unit.indexes)
        self.results += len(outcome.rows) + sum(len(rows) for _, rows in outcome.many)
        self.errors += outcome.errors
        self._columns.extend(column for column in outcome.columns or () if column not in self._columns)
        self._notice.extend(note for note in outcome.notes if note not in self._notice)
        add_numbers(self._stats, outcome.stats)
        grown = [Unit((self.planned + i,), (item,)) for i, item in enumerate(outcome.more)]
        self.planned += len(grown)
        self._keep(outcome, grown)
        return grown

    def take(self) -> Batch:
        """What is not saved yet, with the counters of this moment."""
        batch, self._fresh = self._fresh, self._batch()
        batch.logs_before = self._logs_written
        self._logs_written += len(batch.logs)
        batch.done, batch.processed, batch.planned = bytes(self.done), self.processed, self.planned
        batch.results, batch.errors, batch.suspect = self.results, self.errors, self.suspect
        batch.columns, batch.stats, batch.notice = list(self._columns), deepcopy(self._stats), list(self._notice)
        self.full.clear()
        return batch

    def saved(self, batch: Batch, ack: Ack | None) -> None:
        """This batch is safe, or nobody's any more: there is room again. What was not kept of it does not count."""
        self._unsaved_rows -= len(batch.rows)
        if ack is not None:
            self.results -= ack.left_out
            add_numbers(self._stats, ack.stats)
        if self._unsaved_rows < UNSAVED_ROWS_MAX:
            self._room.set()

    def _keep(self, outcome: Outcome, grown: list[Unit]) -> None:
        fresh = self._fresh
        fresh.rows.extend(outcome.rows)
        fresh.many.extend(outcome.many)
        fresh.inputs.extend((unit.indexes[0], unit.items[0]) for unit in grown)
        fresh.reports.extend(outcome.reports)
        if outcome.last_review is not None:
            fresh.last_reviews.append(outcome.last_review)
        logs_left = LOG_LINES_PER_JOB - self._logs_written - len(fresh.logs)
        fresh.logs.extend(outcome.logs[: max(logs_left, 0)])
        self._unsaved_rows += len(outcome.rows)
        if self._unsaved_rows >= UNSAVED_ROWS_MAX:
            self._room.clear()
            self.full.set()

    def _batch(self) -> Batch:
        return Batch(b"", 0, 0, 0, 0, [], {}, [])


def add_numbers(into: dict[str, Any], tree: Mapping[str, Any]) -> None:
    """Add a tree of numbers to another, leaf by leaf."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            add_numbers(into.setdefault(key, {}), value)  # pyright: ignore[reportUnknownArgumentType]
        else:
            into[key] = into.get(key, 0) + value
