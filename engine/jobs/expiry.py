"""What is over for good: rows past their retention, and deleted jobs. A job whose rows are still read waits."""

from sqlalchemy.orm import aliased
from sqlmodel import and_, col, delete, or_, select

from engine.context import Context, Services, read, write
from engine.jobs import gate, store
from engine.jobs.models import Job, Status

BATCH = 200
OPEN = (Status.pending, Status.running)


def expire_due(services: Services) -> int:
    """Purge every job that is due, a short transaction at a time. Returns how many."""
    due = services.run(None, _due)
    for seq in due:
        while services.run(None, _purge, seq):
            pass
    return len(due)


@read
def _due(context: Context) -> list[int]:
    reader = aliased(Job)
    being_read = select(reader.seq).where(col(reader.input_job_seq) == Job.seq, col(reader.status).in_(OPEN)).exists()
    over = col(Job.status).in_((Status.done, Status.failed, Status.cancelled))
    old = and_(over, col(Job.expires_at) <= context.now())
    query = select(Job.seq).where(or_(old, col(Job.deleted_at).is_not(None)), ~being_read)
    return [seq for seq in context.session.exec(query.order_by(col(Job.seq)).limit(BATCH)) if seq is not None]


@write
def _purge(context: Context, seq: int) -> bool:
    """One part of a purge. True: there is more."""
    if store.purge(context.session, seq):
        return True
    gate.expire(context, seq)
    context.session.exec(delete(Job).where(col(Job.seq) == seq, col(Job.deleted_at).is_not(None)))
    return False
