"""When a veille runs: each due one is replayed once, and what becomes of its job is noted on the run.

The date moves on, the cloned job and the run are stored in one transaction, and the date moves only from the value
that was seen: neither two workers nor a clock that jumps run a veille twice or skip it.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, or_, select

from engine.accounts.errors import AccountInactive
from engine.accounts.models import Account
from engine.accounts.queries import principal_as
from engine.context import Context, FinishedJob, Services, read, write
from engine.db.changes import changed
from engine.db.engine import DATABASE_FAULTS
from engine.errors import AccountGone, OutsendError
from engine.jobs import operations as jobs
from engine.jobs.models import Job, Status
from engine.pipelines import operations as pipelines
from engine.pipelines.models import Pipeline, PipelineStatus
from engine.pipelines.schemas import Definition
from engine.pipelines.validate import validate
from engine.veille.announce import announce_run
from engine.veille.models import RunStatus, Veille, VeilleRun, VeilleStatus

BATCH = 200
OPEN = (RunStatus.running, RunStatus.comparing)

log = logging.getLogger(__name__)


def tick(services: Services) -> int:
    """Replay every veille that is due, a transaction each; returns how many this call has replayed.

    One that can't be replayed now (a fault of the database, of ours) stays due and stops no other.
    """
    replayed = 0
    for veille_id, due_at in services.run(None, _due):
        try:
            replayed += services.run(None, _replay, veille_id, due_at)
        except DATABASE_FAULTS:
            raise
        except AccountGone:
            log.info("Veille %s left with its account", veille_id)
        except Exception:
            log.exception("Veille %s could not be replayed; it stays due", veille_id)
    return replayed


def mark_job(context: Context, ended: FinishedJob) -> None:
    """Note on its run that a replayed job is over. For `Services.on_job_finished`."""
    run = _run_of(context, ended)
    if run is None or (run.pipeline_id is not None and not _is_compared_first(context, ended)):
        return
    run.job_id = ended.job_id  # of a resumed job: the new attempt's
    if ended.status == Status.done:
        _note_rows(context, run)
    elif run.pipeline_id is None:
        job = context.session.get_one(Job, ended.seq)
        _note_failure(context, run, "veille_job_" + ended.status, job.error_message or _ended_as(ended.status))


def mark_pipeline(context: Context, pipeline_id: str, status: str) -> None:
    """Note on its run that a replayed pipeline is over. For `Services.on_pipeline_finished`."""
    run = context.session.exec(select(VeilleRun).where(VeilleRun.pipeline_id == pipeline_id).with_for_update()).first()
    if run is None or run.status == RunStatus.done:
        return
    if status != PipelineStatus.done:
        pipeline = context.session.exec(select(Pipeline).where(Pipeline.id == pipeline_id)).one()
        _note_failure(context, run, f"veille_pipeline_{status}", pipeline.error_message or _ended_as(status))
    elif run.status != RunStatus.comparing:
        _note_rows(context, run)


@read
def _due(context: Context) -> list[tuple[int, datetime]]:
    due = select(Veille.id, Veille.next_run_at).where(
        Veille.status == VeilleStatus.active, col(Veille.next_run_at) <= context.now()
    )
    found = context.session.exec(due.order_by(col(Veille.next_run_at)).limit(BATCH))
    return [(veille_id, at) for veille_id, at in found if veille_id is not None]


@write
def _replay(context: Context, veille_id: int, due_at: datetime) -> bool:
    """Take the veille's turn and start its job. False: another worker has, or it was paused, moved or deleted."""
    session, now = context.session, context.now()
    days = select(Veille.frequency_days).where(Veille.id == veille_id)
    step = timedelta(days=session.exec(days).first() or 1)
    upcoming = due_at + step
    take = update(Veille).where(
        col(Veille.id) == veille_id, col(Veille.next_run_at) == due_at, col(Veille.status) == VeilleStatus.active
    )
    # An overdue veille runs once, not once for each date that it missed.
    taken = take.values(next_run_at=upcoming if upcoming > now else now + step)
    if changed(session, taken) != 1:
        return False
    veille = session.get_one(Veille, veille_id, populate_existing=True)
    run = VeilleRun(account_id=veille.account_id, veille_id=veille_id, samples={}, created_at=now)
    refusal = _start(context, veille, run)
    if refusal is not None:
        _note_failure(context, run, refusal.code, refusal.text)
    session.add(run)
    return True


def _start(context: Context, veille: Veille, run: VeilleRun) -> OutsendError | None:
    """Store the job or pipeline of a run; why that is refused, where it is."""
    before = len(context.after_commit)
    try:
        with context.session.begin_nested():
            account = context.session.get(Account, veille.account_id)
            if account is None or not account.is_active:
                return AccountInactive()
            caller = replace(context, principal=principal_as(account, "schedule"))
            return _clone(caller, veille, run)
    except OutsendError as refusal:
        del context.after_commit[before:]  # the tickets of what is undone
        return refusal


def _clone(context: Context, veille: Veille, run: VeilleRun) -> OutsendError | None:
    template = veille.template
    if "definition" not in template:
        run.job_id = jobs.create(context, template["job_type"], template["config"]).id
        return None
    definition = Definition.model_validate(template["definition"])
    validate(definition)
    created, refusal = pipelines.launch(context, definition, name=template["name"], compared_first=veille.new_only)
    run.pipeline_id = created.id
    return refusal


def _run_of(context: Context, ended: FinishedJob) -> VeilleRun | None:
    """The run that has started this job, or the job that this one resumes."""
    mine = select(VeilleRun).where(VeilleRun.account_id == ended.account_id, VeilleRun.status != RunStatus.done)
    if ended.pipeline_id is not None:
        mine = mine.where(VeilleRun.pipeline_id == ended.pipeline_id)
    else:
        job = context.session.get_one(Job, ended.seq)
        resumed = job.source_job_id if job.attempt > 1 else None
        mine = mine.where(or_(col(VeilleRun.job_id) == ended.job_id, col(VeilleRun.job_id) == resumed))
    return context.session.exec(mine.with_for_update()).first()


def _is_compared_first(context: Context, ended: FinishedJob) -> bool:
    """Whether the pipeline waits for the comparison of this job, its root's."""
    theirs = select(Pipeline).where(Pipeline.id == ended.pipeline_id, Pipeline.account_id == ended.account_id)
    pipeline = context.session.exec(theirs).one()
    if not pipeline.compared_first:
        return False
    return ended.node_id in {root.id for root in Definition.model_validate(pipeline.definition).roots}


def _note_rows(context: Context, run: VeilleRun) -> None:
    run.status, run.error_code, run.error_message = RunStatus.comparing, None, None
    context.session.add(run)


def _note_failure(context: Context, run: VeilleRun, code: str, message: str) -> None:
    run.status, run.error_code, run.error_message = RunStatus.failed, code, message
    context.session.add(run)
    announce_run(context, run)


def _ended_as(status: str) -> str:
    return "Exécution annulée" if status == Status.cancelled else "Exécution échouée"
