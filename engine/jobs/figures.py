"""The platform's work in numbers, for the operator: nobody's data, and each question answered from an index."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, func, select

from engine.context import Context, read
from engine.jobs.models import Job, Status, Worker
from engine.limits import WORKER_SILENCE

RECENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Recent:
    """Jobs of one lane and status that ended within the last hour, with their rows and failed items."""

    status: str
    lane: str
    jobs: int
    rows: int
    errors: int


@dataclass(frozen=True, slots=True)
class JobFigures:
    """`jobs` by status and lane; `queue_age_seconds` of the longest waiting by lane; signs of life of the workers."""

    jobs: dict[tuple[str, str], int]
    queue_age_seconds: dict[str, float]
    recent: list[Recent]
    workers_alive: int
    heartbeat_age_seconds: float | None  # of the worker that was heard last


@read
def figures(context: Context) -> JobFigures:
    """All of them, at one moment."""
    session, now = context.session, context.now()
    counted = session.exec(select(Job.status, Job.lane, func.count()).group_by(Job.status, Job.lane))
    waiting = select(Job.lane, func.min(Job.created_at)).where(col(Job.status) == Status.pending).group_by(Job.lane)
    beats = session.exec(select(Worker.beat)).all()
    return JobFigures(
        jobs={(status, lane): count for status, lane, count in counted},
        queue_age_seconds={lane: (now - since).total_seconds() for lane, since in session.exec(waiting)},
        recent=_recent(context),
        workers_alive=sum(beat >= now - WORKER_SILENCE for beat in beats),
        heartbeat_age_seconds=(now - max(beats)).total_seconds() if beats else None,
    )


def _recent(context: Context) -> list[Recent]:
    # Added up here: asked to group them, SQLite walks through all jobs in the order of the groups.
    ended = select(Job.status, Job.lane, Job.results, Job.errors).where(col(Job.completed_at) >= context.now() - RECENT)
    sums = dict[tuple[str, str], Recent]()
    for status, lane, rows, errors in context.session.exec(ended):
        so_far = sums.get((status, lane), Recent(status, lane, 0, 0, 0))
        sums[status, lane] = Recent(status, lane, so_far.jobs + 1, so_far.rows + rows, so_far.errors + errors)
    return list(sums.values())
