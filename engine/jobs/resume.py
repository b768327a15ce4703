"""A new attempt at an interrupted job, which inherits what is done: bitmap, items, rows and counters."""

from sqlmodel import and_, col, select

from engine.context import Context, write
from engine.jobs import store
from engine.jobs.errors import NotResumable
from engine.jobs.intake import Order, module_named, place
from engine.jobs.models import Job, Status
from engine.jobs.queries import ensure_verified, owned_job, public
from engine.jobs.schemas import JobPublic


@write
def resume(context: Context, job_id: str) -> JobPublic:
    """Go on where a cancelled or failed job stopped; `ef_cost` counts the remaining items only.

    Raises:
        JobMissing, JobForbidden, EmailUnverified, NotResumable, QuotaExceeded.
    """
    former = owned_job(context, job_id)
    ensure_verified(context)
    # Neither a second resume nor a purge may come between what is checked here and what is copied.
    context.session.refresh(former, with_for_update=True)
    module = module_named(former.job_type)
    reason = _why_not(context, former, resumable=module.resumable)
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
        webhook_url=former.webhook_url,
        pipeline_id=former.pipeline_id,
        node_id=former.node_id,
        attempt=_next_attempt(context, former),
    )
    job = place(context, order)
    _inherit(context, former, job)
    return public(job, context.now())


def _why_not(context: Context, job: Job, *, resumable: bool) -> str | None:
    if not resumable:
        return f"type {job.job_type}"
    if job.status not in (Status.cancelled, Status.failed):
        return f"état {job.status}"
    if job.processed >= job.planned:
        return "tout est déjà traité"
    if job.input_job_seq is not None and not _still_there(context, job.input_job_seq):
        return "les lignes d'origine ont expiré"
    return None


def _still_there(context: Context, seq: int) -> bool:
    source = context.session.get(Job, seq, with_for_update=True)
    return source is not None and source.status != Status.expired and source.deleted_at is None


def _next_attempt(context: Context, former: Job) -> int:
    """One more than the last attempt, which alone can be resumed: two resumes of one job can't both exist."""
    if former.pipeline_id is None:
        same = and_(col(Job.source_job_id) == former.id, col(Job.job_type) == former.job_type)
    else:
        same = and_(col(Job.pipeline_id) == former.pipeline_id, col(Job.node_id) == former.node_id)
    later = select(Job.seq).where(same, col(Job.attempt) > former.attempt, col(Job.deleted_at).is_(None))
    if context.session.exec(later).first() is not None:
        raise NotResumable(reason="déjà repris")
    return former.attempt + 1


def _inherit(context: Context, former: Job, job: Job) -> None:
    assert former.seq is not None and job.seq is not None
    job.planned, job.processed = former.planned, former.processed
    job.results, job.errors = former.results, former.errors
    job.done, job.stats, job.notice = former.done, former.stats, former.notice
    job.columns = former.columns
    context.session.add(job)
    context.session.flush()
    store.copy_all(context.session, source=former.seq, target=job.seq)
