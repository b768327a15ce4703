"""Looking veilles and their runs up, always as their owner, and showing them."""

from collections.abc import Sequence

from sqlmodel import col, func, select

from engine.context import Context
from engine.jobs.models import Job
from engine.rows.types import Row
from engine.suppressions.blank import Suppressed, blank
from engine.veille import snapshots
from engine.veille.errors import RunMissing, VeilleMissing
from engine.veille.models import RunStatus, Veille, VeilleRun, VeilleSignal, VeilleStatus
from engine.veille.schemas import RunPublic, Samples, VeillePublic


def owned_veille(context: Context, veille_id: int) -> Veille:
    """The caller's veille. Raises VeilleMissing: none, deleted, or somebody else's."""
    mine = select(Veille).where(
        Veille.id == veille_id, Veille.account_id == context.account_id, Veille.status != VeilleStatus.deleted
    )
    veille = context.session.exec(mine).first()
    if veille is None:
        raise VeilleMissing()
    return veille


def owned_run(context: Context, veille_id: int, run_id: int) -> VeilleRun:
    """A run of the caller's veille. Raises VeilleMissing, RunMissing."""
    owned_veille(context, veille_id)
    mine = select(VeilleRun).where(
        VeilleRun.id == run_id, VeilleRun.veille_id == veille_id, VeilleRun.account_id == context.account_id
    )
    run = context.session.exec(mine).first()
    if run is None:
        raise RunMissing(veille_id=veille_id)
    return run


def latest_run(context: Context, veille_id: int) -> VeilleRun:
    """The last run of the caller's veille that was compared. Raises VeilleMissing, RunMissing."""
    owned_veille(context, veille_id)
    mine = select(VeilleRun).where(
        VeilleRun.veille_id == veille_id,
        VeilleRun.account_id == context.account_id,
        VeilleRun.status == RunStatus.done,
    )
    run = context.session.exec(mine.order_by(col(VeilleRun.computed_at).desc(), col(VeilleRun.id).desc())).first()
    if run is None:
        raise RunMissing(veille_id=veille_id)
    return run


def listed(context: Context, limit: int | None = None, *, before: int | None = None) -> Sequence[Veille]:
    """The caller's veilles but for deleted ones, newest first; with `before`, those that are older than that one."""
    mine = select(Veille).where(Veille.account_id == context.account_id, Veille.status != VeilleStatus.deleted)
    if before is not None:
        mine = mine.where(col(Veille.id) < before)
    return context.session.exec(mine.order_by(col(Veille.id).desc()).limit(limit)).all()


def public(veille: Veille) -> VeillePublic:
    return VeillePublic.model_validate(veille)


def shown(context: Context, runs: Sequence[VeilleRun]) -> list[RunPublic]:
    """Runs as their owner sees them, with how their jobs stand now."""
    mine = select(Job.id, Job.status, Job.completed_at).where(
        Job.account_id == context.account_id,
        col(Job.deleted_at).is_(None),
        col(Job.id).in_([run.job_id for run in runs if run.job_id]),
    )
    jobs = {job_id: (status, completed_at) for job_id, status, completed_at in context.session.exec(mine)}
    found: list[RunPublic] = []
    for run in runs:
        status, completed_at = jobs.get(run.job_id or "", (None, None))
        told = RunPublic.model_validate(run)
        found.append(told.model_copy(update={"job_status": status, "job_completed_at": completed_at}))
    return found


def samples_of(run: VeilleRun, suppressed: Suppressed) -> Samples:
    """The rows that a run shows, without suppressed contacts."""
    rows: dict[str, list[Row]] = run.samples
    found = {bucket: rows.get(bucket, []) for bucket in Samples.model_fields}
    return Samples(**{bucket: [_blanked(row, suppressed) for row in kept] for bucket, kept in found.items()})


def signals_page(
    context: Context, run: VeilleRun, suppressed: Suppressed, *, offset: int, limit: int
) -> tuple[list[Row], int]:
    """Signals of a run, the most urgent first, without suppressed contacts, and how many there are."""
    if run.status != RunStatus.done:
        return [], 0
    mine = (VeilleSignal.veille_id == run.veille_id, VeilleSignal.draft == run.draft)
    total = context.session.exec(select(func.count()).select_from(VeilleSignal).where(*mine)).one()
    found = snapshots.signals_from(context.session, run.veille_id, run.draft, offset=offset, limit=limit)
    return [blank(row, suppressed)[0] for row in found], total


def _blanked(row: Row, suppressed: Suppressed) -> Row:
    """A sample without suppressed contacts, in what it was before, too."""
    kept, _ = blank(row, suppressed)
    states = {
        name: blank(state, suppressed)[0] for name in ("before", "after") if isinstance(state := row.get(name), dict)
    }
    return {**kept, **states}
