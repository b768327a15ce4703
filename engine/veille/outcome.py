"""What becomes of a run: its counts and the next state, or why there are none; inside the transaction that ends it.

Locks are taken in one order (pipeline, run, veille), which is also that of the end of a job.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlmodel import col, select

from engine.context import Context
from engine.errors import OutsendError
from engine.jobs.models import Job
from engine.pipelines import coordinator
from engine.pipelines.models import Pipeline, PipelineStatus
from engine.pipelines.queries import locked_pipeline
from engine.rows.types import Row
from engine.veille.announce import announce_run
from engine.veille.models import RunStatus, Veille, VeilleRun
from engine.veille.rows import Rows
from engine.veille.tally import Tally

Pages = Callable[[], Iterator[list[Row]]]


@dataclass(frozen=True, slots=True)
class Open:
    """A run that still waits for its comparison, locked, with its pipeline where it has one."""

    run: VeilleRun
    pipeline: Pipeline | None


def lock(context: Context, account_id: int, run_id: int) -> Open | None:
    """The run, if it still waits; nobody else ends it meanwhile."""
    mine = select(VeilleRun).where(VeilleRun.id == run_id, VeilleRun.account_id == account_id)
    run = context.session.exec(mine).first()
    if run is None:
        return None
    pipeline = None if run.pipeline_id is None else locked_pipeline(context.session, run.pipeline_id)
    run = context.session.exec(mine.with_for_update().execution_options(populate_existing=True)).first()
    return None if run is None or run.status != RunStatus.comparing else Open(run, pipeline)


def store(context: Context, found: Open, rows: Rows, *, draft: int, tally: Tally, is_baseline: bool) -> None:
    """Keep what the comparison found, and make its draft the state. A baseline has no counts of a difference."""
    run, now = found.run, context.now()
    veille = context.session.get_one(Veille, run.veille_id, populate_existing=True)
    run.status, run.computed_at, run.draft, run.job_id = RunStatus.done, now, draft, rows.job_id
    run.is_baseline, run.total_count, run.samples = is_baseline, tally.total, dict(tally.samples)
    if not is_baseline:
        run.prev_job_id, run.prev_total_count = veille.state_job_id, veille.state_count
        run.new_count, run.removed_count = tally.new, tally.removed
        run.modified_count, run.unchanged_count = tally.modified, tally.unchanged
        run.unseen_count = tally.unseen
    veille.state, veille.state_count, veille.state_job_id = draft, tally.total, rows.job_id
    veille.run_count += 1
    veille.last_run_at, veille.last_run_job_id = now, rows.job_id
    context.session.add_all([run, veille])
    context.session.flush()
    announce_run(context, run)


def fail(context: Context, found: Open, error: OutsendError) -> None:
    """Note why a run has no counts; a pipeline that waits for them ends."""
    found.run.status = RunStatus.failed
    found.run.error_code, found.run.error_message = error.code, error.text
    context.session.add(found.run)
    context.session.flush()
    announce_run(context, found.run)
    if found.pipeline is not None and found.pipeline.status == PipelineStatus.running:
        coordinator.note_failure(found.pipeline, error)
        coordinator.settle(context, found.pipeline)


def go_on(context: Context, pipeline: Pipeline, root: Job, pages: Pages) -> None:
    """Let a pipeline that waited behind its root go on with the new rows."""
    stored = context.session.exec(
        select(Job).where(col(Job.seq) == root.seq, Job.account_id == pipeline.account_id)
    ).one()
    coordinator.go_on_with(context, pipeline, stored, pages)
