"""A new attempt at an interrupted job, which inherits what is done: bitmap, items, rows and counters."""

from sqlmodel import col, select

from engine.context import Context, write
from engine.jobs import store
from engine.jobs.errors import NotResumable
from engine.jobs.intake import Order, module_named, place
from engine.jobs.models import Job, Status
from engine.jobs.queries import owned_job, public
from engine.jobs.schemas import JobPublic


@write
def resume(context: Context, job_id: str) -> JobPublic:
    """Go on where a cancelled or failed job stopped; `ef_cost` counts the remaining items only.

    Raises:
        JobMissing, JobForbidden, NotResumable, QuotaExceeded.
    """
    former = owned_job(context, job_id)
    module = module_named(former.job_type)
    reason = _why_not(former, resumable=module.resumable)
    if reason:
        raise NotResumable(reason=reason)
    order = Order(
        module,
        module.config.model_validate(former.config),
        former.account_id,
        input_job_seq=former.input_job_seq,
        planned=former.planned - former.processed,  # the price
        columns=former.columns,
        source_job_id=former.id,
        pipeline_id=former.pipeline_id,
        node_id=former.node_id,
        attempt=_next_attempt(context, former),
    )
    job = place(context, order)
    _inherit(context, former, job)
    return public(job, context.now())


def _why_not(job: Job, *, resumable: bool) -> str | None:
    if not resumable:
        return f"type {job.job_type}"
    if job.status not in (Status.cancelled, Status.failed):
        return f"état {job.status}"
    if job.processed >= job.planned:
        return "tout est déjà traité"
    return None


def _next_attempt(context: Context, former: Job) -> int:
    """One more than the node's last attempt, so that two resumes of one job can't both exist."""
    if former.pipeline_id is None:
        return former.attempt + 1
    of_node = select(Job.attempt).where(Job.pipeline_id == former.pipeline_id, Job.node_id == former.node_id)
    last = context.session.exec(of_node.order_by(col(Job.attempt).desc()).limit(1)).one()
    if last != former.attempt:
        raise NotResumable(reason="déjà repris")
    return last + 1


def _inherit(context: Context, former: Job, job: Job) -> None:
    assert former.seq is not None and job.seq is not None
    job.planned, job.processed = former.planned, former.processed
    job.results, job.errors = former.results, former.errors
    job.done, job.stats, job.notice = former.done, former.stats, former.notice
    job.columns = former.columns
    context.session.add(job)
    context.session.flush()
    store.copy_all(context.session, source=former.seq, target=job.seq)
