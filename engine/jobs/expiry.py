"""What is over for good: rows past their retention, and deleted jobs. A job whose rows are still read waits."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, delete, or_, select

from engine.context import Context, Services, read, write
from engine.jobs import gate, store
from engine.jobs.models import Job, Status

BATCH = 200
OPEN = (Status.pending, Status.running)


def expire_due(services: Services) -> int:
    """Purge every job that is due, a short transaction at a time, and give the disk its room back. Returns how many.

    A job is marked as expired before its first row goes, so that nobody takes what is left for the whole.
    """
    due = services.run(None, _due)
    for seq in due:
        if services.run(None, _mark, seq):
            while services.run(None, _purge, seq):
                pass
    if due:
        services.db.shrink()
    return len(due)


def _is_due(now: datetime) -> ColumnElement[bool]:
    reader = aliased(Job)
    being_read = select(reader.seq).where(col(reader.input_job_seq) == Job.seq, col(reader.status).in_(OPEN)).exists()
    over = col(Job.status).in_((Status.done, Status.failed, Status.cancelled))
    half_purged = and_(col(Job.status) == Status.expired, store.held())
    old = and_(over, col(Job.expires_at) <= now)
    # One that was deleted while it ran is still its worker's, until that has seen the request to stop.
    deleted = and_(col(Job.deleted_at).is_not(None), col(Job.status).not_in(OPEN))
    return and_(or_(old, half_purged, deleted), ~being_read)


@read
def _due(context: Context) -> list[int]:
    query = select(Job.seq).where(_is_due(context.now())).order_by(col(Job.seq)).limit(BATCH)
    return [seq for seq in context.session.exec(query) if seq is not None]


@write
def _mark(context: Context, seq: int) -> bool:
    """Take the rows from view, unless a job has begun to read them meanwhile."""
    due = select(Job.seq).where(col(Job.seq) == seq, _is_due(context.now())).with_for_update()
    if context.session.exec(due).first() is None:
        return False
    gate.expire(context, seq)
    return True


@write
def _purge(context: Context, seq: int) -> bool:
    """One part of a purge. True: there is more."""
    if store.purge(context.session, seq):
        return True
    context.session.exec(delete(Job).where(col(Job.seq) == seq, col(Job.deleted_at).is_not(None)))
    return False
