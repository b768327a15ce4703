"""Compares each run whose rows are there with the state before it: counts, samples, signals, and the next state.

It works outside of the transaction that ends a job, in pages, so that neither memory nor a lock grows with the list.
One comparison of a veille goes on at a time: who begins one takes a new draft number and a lease, each page renews the
lease, and the last transaction counts only if no newer draft was begun meanwhile.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import col, or_, select

from engine.context import Context, Services, read, write
from engine.db.changes import changed
from engine.db.engine import DATABASE_FAULTS
from engine.errors import OutsendError
from engine.jobs import store
from engine.rows.types import Row
from engine.suppressions.blank import Suppressed, blank
from engine.suppressions.operations import suppressed_of
from engine.veille import outcome, snapshots
from engine.veille.areas import Lost, areas_of
from engine.veille.diff import diff, kept_of, key_of
from engine.veille.models import RunStatus, Veille, VeilleRun
from engine.veille.rows import Rows, rows_of
from engine.veille.signals import signal_of
from engine.veille.snapshots import Kept
from engine.veille.tally import Tally

LEASE = timedelta(seconds=60)
BATCH = 50

log = logging.getLogger(__name__)


class _Lost(Exception):
    """Somebody else compares this run now, or it left with its account."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to compare one run, as `draft`, with the state `base` (0: there is none, the run is a baseline)."""

    run_id: int
    veille_id: int
    account_id: int
    draft: int
    base: int


def compare_due(services: Services) -> int:
    """Compare every run whose rows are there, oldest first; returns how many. Sweeps what former ones left."""
    compared = 0
    for run_id in services.run(None, _due):
        try:
            compared += _compare(services, run_id)
        except DATABASE_FAULTS:
            raise
        except Exception:
            log.exception("Run %s of a veille could not be compared; it is tried again after its lease", run_id)
    return compared


def _compare(services: Services, run_id: int) -> bool:
    """One run from its turn to its outcome. False: it is somebody else's, or it failed."""
    turn = services.run(None, _take_turn, run_id)
    if turn is None:
        return False
    try:
        rows = services.run(None, rows_of, turn.account_id, turn.run_id)
        suppressed = services.run(None, suppressed_of, turn.account_id)
        _write_state(services, turn, rows)
        tally = _compared(services, turn, rows.lost, suppressed) if turn.base else _baseline(services, turn)
        ended = services.run(None, _settle, turn, rows, tally)
    except _Lost:
        return False
    except OutsendError as error:
        if isinstance(error, DATABASE_FAULTS):
            raise
        services.run(None, _give_up, turn, error)
        return False
    _sweep(services, turn)
    return ended


@read
def _due(context: Context) -> list[int]:
    due = select(VeilleRun.id).where(VeilleRun.status == RunStatus.comparing).order_by(col(VeilleRun.id)).limit(BATCH)
    return [run_id for run_id in context.session.exec(due) if run_id is not None]


@write
def _take_turn(context: Context, run_id: int) -> Turn | None:
    session, now = context.session, context.now()
    run = session.get(VeilleRun, run_id)
    if run is None:
        return None
    free = or_(col(Veille.comparing_until).is_(None), col(Veille.comparing_until) <= now)
    take = update(Veille).where(col(Veille.id) == run.veille_id, free)
    taken = take.values(draft=Veille.draft + 1, comparing_until=now + LEASE)
    if changed(context.session, taken) != 1:
        return None
    run = session.get_one(VeilleRun, run_id, populate_existing=True)
    veille = session.get_one(Veille, run.veille_id, populate_existing=True)
    if run.status != RunStatus.comparing:  # another worker was quicker, and is done
        veille.comparing_until = None
        return None
    return Turn(run_id, run.veille_id, run.account_id, veille.draft, veille.state)


def _write_state(services: Services, turn: Turn, rows: Rows) -> None:
    """Put the run's places into the draft. Of two rows of one place the first counts; a row of none does not."""
    if rows.seq is None:
        return
    for page in store.placed(services.db, rows.seq):
        items = services.run(None, _items, rows.seq, page) if rows.are_of_items else {}
        places = [
            Kept(key, position, areas_of(row, items.get(position[0])), kept_of(row))
            for position, row in page
            if (key := key_of(row)) is not None
        ]
        services.run(None, _add, turn, places)


@read
def _items(context: Context, seq: int, page: list[tuple[store.Position, Row]]) -> dict[int, Any]:
    """The searches that brought a page of a scrap's rows, by idx."""
    if not page:
        return {}
    wanted = {idx for (idx, _), _ in page}
    found, after = dict[int, Any](), min(wanted) - 1
    while items := store.inputs(context.session, seq, after, before=max(wanted) + 1):
        found |= {idx: item for idx, item in items if idx in wanted}
        after = items[-1][0]
    return found


@write
def _add(context: Context, turn: Turn, places: list[Kept]) -> None:
    _renew(context, turn)
    snapshots.add(context.session, turn.veille_id, turn.draft, places)


def _compared(services: Services, turn: Turn, lost: Lost, suppressed: Suppressed) -> Tally:
    """The difference between the base and the draft, page by page: first what is there, then what is missing."""
    tally = Tally()
    after: str | None = None
    while page := services.run(None, _page, turn, after):
        now, before = page
        after = now[-1].key
        found = diff(_screened(before, suppressed), _screened({one.key: one.row for one in now}, suppressed))
        signals = {key: row for key, change in found.modified.items() if (row := signal_of(change)) is not None}
        services.run(None, _add_signals, turn, signals)
        tally.add(found)
    after = None
    while gone := services.run(None, _gone, turn, after):
        after = gone[-1].key
        hidden = [place for place in gone if lost.may_hide(place.areas)]
        services.run(None, _add, turn, hidden)
        kept = {place.key for place in hidden}
        tally.add(diff(_screened({one.key: one.row for one in gone if one.key not in kept}, suppressed), {}))
        tally.unchanged += len(hidden)
        tally.unseen += len(hidden)
    return tally


def _baseline(services: Services, turn: Turn) -> Tally:
    """All places count, none is new."""
    tally, after = Tally(), None
    while page := services.run(None, _page, turn, after):
        after = page[0][-1].key
        tally.unchanged += len(page[0])
    return tally


@read
def _page(context: Context, turn: Turn, after: str | None) -> tuple[list[Kept], dict[str, Row]] | None:
    """A page of the draft, and what the base has of it."""
    now = snapshots.page(context.session, turn.veille_id, turn.draft, after)
    if not now:
        return None
    return now, snapshots.at(context.session, turn.veille_id, turn.base, [place.key for place in now])


@read
def _gone(context: Context, turn: Turn, after: str | None) -> list[Kept]:
    return snapshots.missing(context.session, turn.veille_id, of=turn.base, from_draft=turn.draft, after=after)


@write
def _add_signals(context: Context, turn: Turn, signals: dict[str, Row]) -> None:
    _renew(context, turn)
    snapshots.add_signals(context.session, turn.veille_id, turn.draft, signals)


@write
def _settle(context: Context, turn: Turn, rows: Rows, tally: Tally) -> bool:
    """Everything becomes visible at once: the counts, the samples, the signals and the next state.

    False: the run was given up meanwhile (its pipeline was cancelled). Raises _Lost.
    """
    found = outcome.lock(context, turn.account_id, turn.run_id)
    _end_turn(context, turn)
    if found is None:
        return False
    outcome.store(context, found, rows, draft=turn.draft, tally=tally, is_baseline=not turn.base)
    if found.pipeline is not None and rows.root is not None and found.pipeline.compared_first:
        outcome.go_on(context, found.pipeline, rows.root, _new_rows(context, turn, rows))
    return True


def _new_rows(context: Context, turn: Turn, rows: Rows) -> outcome.Pages:
    """The rows of the new bucket, in pages; none on a baseline, which has no such bucket."""

    def pages() -> Iterator[list[Row]]:
        after = store.FIRST
        while turn.base and rows.seq is not None:
            places = snapshots.new_positions(
                context.session, turn.veille_id, draft=turn.draft, base=turn.base, after=after
            )
            if not places:
                return
            after = places[-1]
            yield store.rows_by_position(context.session, rows.seq, places)

    return pages


@write
def _give_up(context: Context, turn: Turn, error: OutsendError) -> None:
    """Note that the run can't be compared (its rows are gone); the state before it stays."""
    found = outcome.lock(context, turn.account_id, turn.run_id)
    _end_turn(context, turn)
    if found is not None:
        outcome.fail(context, found, error)


def _sweep(services: Services, turn: Turn) -> None:
    """Delete the states that nobody needs any more."""
    while services.run(None, _sweep_some, turn.veille_id):
        pass


@write
def _sweep_some(context: Context, veille_id: int) -> bool:
    veille = context.session.get(Veille, veille_id)
    return veille is not None and snapshots.purge(context.session, veille_id, keep=(veille.state, veille.draft))


def _renew(context: Context, turn: Turn) -> None:
    """Keep the turn for a further lease. Raises _Lost."""
    mine = update(Veille).where(col(Veille.id) == turn.veille_id, col(Veille.draft) == turn.draft)
    if changed(context.session, mine.values(comparing_until=context.now() + LEASE)) != 1:
        raise _Lost


def _end_turn(context: Context, turn: Turn) -> None:
    """Let the next run of this veille be compared. Raises _Lost."""
    mine = update(Veille).where(col(Veille.id) == turn.veille_id, col(Veille.draft) == turn.draft)
    if changed(context.session, mine.values(comparing_until=None)) != 1:
        raise _Lost


def _screened(state: dict[str, Row], suppressed: Suppressed) -> dict[str, Row]:
    """A state as it may be shown: somebody who was suppressed since is no change."""
    return {key: blank(row, suppressed)[0] for key, row in state.items()} if suppressed else state
