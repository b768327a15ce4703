"""The queue as everybody may see it: counts of all, places of one's own, details for administrators alone."""

from collections import Counter
from collections.abc import Sequence

from sqlmodel import col, func, select

from engine.context import Context, read
from engine.jobs.models import Job, Status
from engine.jobs.schemas import LaneQueue, QueuedJob, QueuePlace, QueueView
from engine.worker.driver import LANES

OPEN = (Status.pending, Status.running)
SHOWN = 500  # open jobs that are listed, the first in the queue


@read
def queue(context: Context) -> QueueView:
    """How much runs and waits in each lane, and where the caller's own open jobs stand.

    `jobs` names everybody's open jobs, the first 500; an administrator gets it, by session or on the command line.
    """
    principal = context.principal
    shows_all = principal is not None and principal.admin_in_person
    return QueueView(
        lanes=_lanes(context),
        mine=_places(context),
        jobs=[QueuedJob.model_validate(job, from_attributes=True) for job in _open_jobs(context, None)]
        if shows_all
        else None,
    )


def _lanes(context: Context) -> list[LaneQueue]:
    settings = context.services.settings
    slots = {"serial": settings.serial_slots, "parallel": settings.parallel_slots}
    query = select(Job.lane, Job.status, func.count()).where(col(Job.status).in_(OPEN))
    found = context.session.exec(query.group_by(Job.lane, Job.status))
    counts = Counter({(lane, status): count for lane, status, count in found})
    return [
        LaneQueue(
            lane=lane,
            slots=slots[lane],
            running=counts[lane, Status.running],
            pending=counts[lane, Status.pending],
        )
        for lane in sorted(LANES)
    ]


def _places(context: Context) -> list[QueuePlace]:
    """The caller's open jobs. Those of others are counted on the way, never shown."""
    place = func.row_number().over(partition_by=Job.lane, order_by=col(Job.seq)).label("place")
    waiting = select(Job.id, Job.account_id, place).where(Job.status == Status.pending).subquery()
    mine = select(waiting.c.id, waiting.c.place).where(waiting.c.account_id == context.account_id)
    positions: dict[str, int] = dict(context.session.exec(mine).all())  # pyright: ignore[reportArgumentType]
    return [
        QueuePlace(job_id=job.id, lane=job.lane, status=job.status, position=positions.get(job.id, 0))
        for job in _open_jobs(context, context.account_id)
    ]


def _open_jobs(context: Context, account_id: int | None) -> Sequence[Job]:
    """Open jobs in the order of the queue, of one account or of all."""
    query = select(Job).where(col(Job.status).in_(OPEN), col(Job.deleted_at).is_(None))
    if account_id is not None:
        query = query.where(Job.account_id == account_id)
    return context.session.exec(query.order_by(col(Job.seq)).limit(SHOWN)).all()
