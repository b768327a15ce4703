"""An account's veilles, as its owner may have them: without suppressed contacts, a page a transaction."""

from collections.abc import Iterator
from typing import Any

from sqlmodel import SQLModel, col, select

from engine.context import Caller, Context, read
from engine.rows.types import Row
from engine.suppressions.blank import Suppressed, blanked
from engine.suppressions.operations import suppressed_of
from engine.veille import snapshots
from engine.veille.models import Veille, VeilleRun
from engine.veille.queries import samples_of

PAGE = 50
VEILLE = (
    "id", "name", "status", "source_job_id", "source_pipeline_id", "template", "node_id", "new_only", "webhook_url",
    "frequency_days", "next_run_at", "last_run_at", "last_run_job_id", "run_count", "created_at",
)  # fmt: skip
RUN = (
    "id", "veille_id", "status", "job_id", "pipeline_id", "prev_job_id", "is_baseline", "total_count",
    "prev_total_count", "new_count", "removed_count", "modified_count", "unchanged_count", "unseen_count", "created_at",
    "computed_at", "error_message",
)  # fmt: skip

Record = dict[str, Any]


@read
def veilles(context: Context, *, after: int) -> list[tuple[int, Record]]:
    """Veilles, deleted ones too, with what they run."""
    mine = select(Veille).where(Veille.account_id == context.account_id, col(Veille.id) > after)
    found = context.session.exec(mine.order_by(col(Veille.id)).limit(PAGE))
    return [(veille.id or 0, _told(veille, VEILLE)) for veille in found]


@read
def runs(context: Context, *, after: int) -> list[tuple[int, Record]]:
    """What each run found, with its samples."""
    suppressed = suppressed_of(context, context.account_id)
    mine = select(VeilleRun).where(VeilleRun.account_id == context.account_id, col(VeilleRun.id) > after)
    found = context.session.exec(mine.order_by(col(VeilleRun.id)).limit(PAGE)).all()
    return [(run.id or 0, _told(run, RUN) | {"samples": samples_of(run, suppressed).model_dump()}) for run in found]


def lists(caller: Caller) -> Iterator[tuple[str, Iterator[Row]]]:
    """The places that each veille knows, and the signals of each run: a file's name, and its rows."""
    suppressed = caller.run(suppressed_of, caller.principal.account_id)
    for veille_id, state in caller.run(_states):
        yield f"veille/{veille_id}/places.json", _places(caller, veille_id, state, suppressed)
    for veille_id, run_id, draft in caller.run(_drafts):
        name = f"veille/{veille_id}/run-{run_id}-signals.json"
        yield name, _signals(caller, veille_id, draft, suppressed)


@read
def _states(context: Context) -> list[tuple[int, int]]:
    mine = select(Veille.id, Veille.state).where(Veille.account_id == context.account_id)
    return [(veille_id, state) for veille_id, state in context.session.exec(mine) if veille_id is not None]


@read
def _drafts(context: Context) -> list[tuple[int, int, int]]:
    mine = select(VeilleRun.veille_id, VeilleRun.id, VeilleRun.draft).where(VeilleRun.account_id == context.account_id)
    found = context.session.exec(mine.where(col(VeilleRun.computed_at).is_not(None)))
    return [(veille_id, run_id, draft) for veille_id, run_id, draft in found if run_id is not None]


def _places(caller: Caller, veille_id: int, state: int, suppressed: Suppressed) -> Iterator[Row]:
    after: str | None = None
    while page := caller.run(_place_page, veille_id, state, after):
        after = page[-1].key
        yield from blanked(({"key": place.key, **place.row} for place in page), suppressed)


def _signals(caller: Caller, veille_id: int, draft: int, suppressed: Suppressed) -> Iterator[Row]:
    behind: tuple[float, str] | None = None
    while page := caller.run(_signal_page, veille_id, draft, behind):
        behind = page[-1][0]
        yield from blanked((row for _, row in page), suppressed)


@read
def _place_page(context: Context, veille_id: int, state: int, after: str | None) -> list[snapshots.Kept]:
    return snapshots.page(context.session, veille_id, state, after)


@read
def _signal_page(
    context: Context, veille_id: int, draft: int, behind: tuple[float, str] | None
) -> list[tuple[tuple[float, str], Row]]:
    return snapshots.signals(context.session, veille_id, draft, behind=behind)


def _told(row: SQLModel, facts: tuple[str, ...]) -> Record:
    return {fact: getattr(row, fact) for fact in facts}
