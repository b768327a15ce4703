"""How each kind of module is worked, item by item: what the durable loop is told about a job."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.clock import Clock
from engine.db.engine import Database
from engine.errors import OutsendError, StorageFull
from engine.jobs import store
from engine.jobs.bitmap import Bitmap
from engine.jobs.models import Job
from engine.jobs.progress import UNSAVED_ROWS_MAX, Outcome, Turn, Unit
from engine.module import AnyModule, ExpandModule, GroupModule, Level, ModuleConfig, RowModule, Run, SourceModule
from engine.rows.types import Row, Value, is_empty

REPEATED = "repeated"  # in a job's stats: items that were about the same as one before them

log = logging.getLogger(__name__)


class Items:
    """The items of a job in order, a page at a time: stored ones, or the usable rows of the job before it."""

    def __init__(self, db: Database, job: Job, needs: Sequence[str]) -> None:
        assert job.seq is not None
        self._db, self._seq, self._source, self._needs = db, job.seq, job.input_job_seq, needs
        self._planned = job.planned  # what grows from here on never passes through the database
        self._last = -1  # idx handed out last
        self._position = store.FIRST
        self._done = Bitmap(job.done)

    def page(self) -> list[tuple[int, Any]]:
        """The next items as (idx, item), finished ones left out; empty at the end only."""
        while found := self._read():
            self._last = found[-1][0]
            if left := [(idx, item) for idx, item in found if idx not in self._done]:
                return left
        return []

    def _read(self) -> list[tuple[int, Any]]:
        with self._db.transaction("read") as session:
            if self._source is None:
                return store.inputs(session, self._seq, self._last, before=self._planned)
            while rows := store.rows(session, self._source, self._position):
                self._position = rows[-1][0]
                usable = [row for _, row in rows if store.is_usable(row, self._needs)]
                if usable:
                    return list(enumerate(usable, self._last + 1))
        return []


class KindOfWork(ABC):
    """What the kinds share: the module with its configuration, timeouts, and failures as outcomes."""

    grows = False
    last_error: tuple[str, str] | None = None  # code and message

    def __init__(self, module: AnyModule, config: ModuleConfig, items: Items, run: Run, clock: Clock) -> None:
        self.width = module.width(config)
        self._module, self._config, self._items, self._run, self._clock = module, config, items, run, clock
        self._timeout_seconds = module.item_timeout_seconds(config)
        self._own = module.columns(config)

    def read(self) -> list[Unit]:
        """See `engine.jobs.loop.Labour`."""
        return [Unit((idx,), (item,)) for idx, item in self._items.page()]

    async def attempt(self, unit: Unit, turn: Turn) -> Outcome:
        """See `engine.jobs.loop.Labour`."""
        outcome = Outcome()
        try:
            async with asyncio.timeout(self._timeout_seconds) as limit:
                await self._work(unit, outcome, self._bound(unit, outcome, lambda: _uncounted(turn, limit)))
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Nobody cancelled us: something that the item waited for was given up elsewhere.
            self._fail(unit, outcome, error)
        except StorageFull:
            raise  # no fault of the item's: it waits for room, as all that is to be saved does
        except Exception as error:
            self._fail(unit, outcome, error)
        return outcome

    def failure(self, unit: Unit, error: Exception) -> Outcome:
        """See `engine.jobs.loop.Labour`."""
        outcome = Outcome()
        self._fail(unit, outcome, error)
        return outcome

    @abstractmethod
    async def _work(self, unit: Unit, outcome: Outcome, run: Run) -> None: ...

    def _fail(self, unit: Unit, outcome: Outcome, error: BaseException) -> None:
        outcome.errors = len(unit.indexes)
        told = self._told(error)
        own: Row = {self._module.error_column: told["message"]} if self._module.error_column else {}
        outcome.rows = [(idx, 0, self._merged(row, own)) for idx, row in zip(unit.indexes, unit.items, strict=True)]
        self.last_error = told["code"], told["message"]
        kept = dict(outcome.reports)
        outcome.reports = [(idx, {**kept.get(idx, {}), "error": told}) for idx in unit.indexes]
        self._log(outcome, "warn", f"{self._name(unit)} : {told['message']}")

    def _told(self, error: BaseException) -> dict[str, str]:
        """What people may read about a failed item, in its report and log; the rest goes to the operator's log."""
        if isinstance(error, OutsendError):
            return {"code": error.code, "message": error.text, "hint": error.next_step}
        if isinstance(error, TimeoutError):
            return {"code": "item_timeout", "message": f"délai dépassé ({self._timeout_seconds:.0f} s)"}
        log.error("%s: an item failed unexpectedly", self._module.slug, exc_info=error)
        return {"code": "internal_error", "message": "erreur interne"}

    def _name(self, unit: Unit) -> str:
        item: dict[str, Any] = unit.items[0]
        known = (item.get(column) for column in (*self._module.needs, "nom"))
        return next((str(value) for value in known if value), f"élément {unit.indexes[0] + 1}")

    def _bound(self, unit: Unit, outcome: Outcome, turn: Turn) -> Run:
        """The job's `Run`, with what it tells going to this item's outcome."""

        def tell(level: Level, message: str) -> None:
            self._log(outcome, level, message)

        def keep(report: Mapping[str, Value], /, *, row: int = 0) -> None:
            outcome.reports.append((unit.indexes[row], report))

        return replace(self._run, log=tell, note=outcome.notes.append, report=keep, turn=turn)

    def _log(self, outcome: Outcome, level: str, message: str) -> None:
        outcome.logs.append((self._clock.now(), level, message))

    def _merged(self, row: Row, own: Row) -> Row:
        """The received row, untouched, with the module's own columns behind it; an empty value replaces nothing.

        But for the error, which speaks of this attempt alone.
        """
        merged = dict(row)
        for column in self._own:
            value = own.get(column)
            if column not in merged or column == self._module.error_column or not is_empty(value):
                merged[column] = value
        return merged


class RowWork(KindOfWork):
    """One row in, the same row with its own columns out."""

    async def _work(self, unit: Unit, outcome: Outcome, run: Run) -> None:
        assert isinstance(self._module, RowModule)
        row = unit.items[0]
        own = await self._module.enrich(row, self._config, run)
        outcome.rows = [(unit.indexes[0], 0, self._merged(row, own))]


class GroupWork(KindOfWork):
    """Rows that are worked together, such as all addresses of one domain."""

    def read(self) -> list[Unit]:
        """All groups at once, in the order of their first rows."""
        assert isinstance(self._module, GroupModule)
        groups: dict[str, list[tuple[int, Any]]] = {}
        while page := self._items.page():
            for idx, row in page:
                groups.setdefault(self._module.group_key(row), []).append((idx, row))
        return [Unit(tuple(idx for idx, _ in group), tuple(row for _, row in group)) for group in groups.values()]

    async def _work(self, unit: Unit, outcome: Outcome, run: Run) -> None:
        assert isinstance(self._module, GroupModule)
        own = await self._module.enrich_group(unit.items, self._config, run)
        worked = zip(unit.indexes, unit.items, own, strict=True)
        outcome.rows = [(idx, 0, self._merged(row, columns)) for idx, row, columns in worked]


class ExpandWork(KindOfWork):
    """One row in, several out, or none."""

    def __init__(self, module: AnyModule, config: ModuleConfig, items: Items, run: Run, clock: Clock) -> None:
        super().__init__(module, config, items, run, clock)
        self._first: dict[str, int] = {}  # key -> idx of the item that is worked for it

    async def _work(self, unit: Unit, outcome: Outcome, run: Run) -> None:
        assert isinstance(self._module, ExpandModule)
        idx, row = unit.indexes[0], unit.items[0]
        if self._is_repeated(idx, self._module.key(row)):
            outcome.stats = {REPEATED: 1}
            return
        found = await self._module.expand(row, self._config, run)
        empty = dict.fromkeys(self._own)
        outcome.rows = [(idx, sub, {**row, **empty, **own}) for sub, own in enumerate(found.rows)]
        outcome.stats, outcome.last_review = found.stats, found.last_review
        if found.cut is not None:
            self._fail(unit, outcome, found.cut)

    def _is_repeated(self, idx: int, key: str | None) -> bool:
        """Whether another item has this key. An item that is tried again is itself."""
        if key is None:
            return False
        if key not in self._first and self._run.seen.add(key):
            self._first[key] = idx
        return self._first.get(key) != idx

    def _fail(self, unit: Unit, outcome: Outcome, error: BaseException) -> None:
        rows = outcome.rows
        super()._fail(unit, outcome, error)
        outcome.rows = rows  # what came before; the received row alone is no result


class SourceWork(KindOfWork):
    """Items of a source's own, that bring rows and sometimes further items."""

    grows = True

    async def _work(self, unit: Unit, outcome: Outcome, run: Run) -> None:
        assert isinstance(self._module, SourceModule)
        found = await self._module.find(unit.items[0], self._config, run)
        if len(found.rows) > UNSAVED_ROWS_MAX:
            outcome.many = [(unit.indexes[0], found.rows)]
        else:
            outcome.rows = [(unit.indexes[0], sub, row) for sub, row in enumerate(found.rows)]
        outcome.more, outcome.stats, outcome.columns = found.more, found.stats, found.columns

    def _fail(self, unit: Unit, outcome: Outcome, error: BaseException) -> None:
        super()._fail(unit, outcome, error)
        assert isinstance(self._module, SourceModule)
        outcome.rows, outcome.many, outcome.reports = [], [], []  # an item of a source is no row
        outcome.stats = self._module.lost(unit.items[0])


async def _uncounted(turn: Turn, limit: asyncio.Timeout) -> None:
    """Wait for the turn, which others keep; the item's own time does not run meanwhile."""
    loop, end = asyncio.get_running_loop(), limit.when()
    begun = loop.time()
    limit.reschedule(None)
    try:
        await turn()
    finally:
        limit.reschedule(None if end is None else end + loop.time() - begun)


def kind_of(module: AnyModule) -> type[KindOfWork]:
    """How this module is worked. Table modules need no loop."""
    kinds = ((SourceModule, SourceWork), (RowModule, RowWork), (GroupModule, GroupWork), (ExpandModule, ExpandWork))
    for kind, work in kinds:
        if isinstance(module, kind):
            return work
    raise TypeError(f"{module.slug}: no kind of work for {type(module).__mro__[1].__name__}")
