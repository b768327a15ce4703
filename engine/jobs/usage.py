"""What an account has used of its allowance in a day or a month, counted in UTC."""

from datetime import datetime, timedelta
from typing import Literal, assert_never

from pydantic import BaseModel
from sqlmodel import col, func, select

from engine.context import Context, read
from engine.jobs.models import Job, Status
from engine.jobs.schemas import Moment
from engine.limits import RUNNING_JOBS_PER_ACCOUNT

Period = Literal["day", "month"]


class Usage(BaseModel):
    """`ef_used` in France-equivalents, of the `jobs_started` in the period; `running` of `running_limit` now.

    A deleted job counts as long as its record is there.
    """

    ef_used: float
    jobs_started: int
    running: int
    running_limit: int
    resets_at: Moment


@read
def usage(context: Context, period: Period = "day") -> Usage:
    """What the caller used since the day or the month began, and when the next one begins."""
    since, until = bounds(context.now(), period)
    mine = col(Job.account_id) == context.account_id
    spent = select(func.coalesce(func.sum(Job.ef_cost), 0.0), func.count()).where(mine, col(Job.created_at) >= since)
    ef_used, started = context.session.exec(spent).one()
    at_work = select(func.count()).where(mine, col(Job.status) == Status.running, col(Job.deleted_at).is_(None))
    return Usage(
        ef_used=ef_used,
        jobs_started=started,
        running=context.session.exec(at_work).one(),
        running_limit=RUNNING_JOBS_PER_ACCOUNT,
        resets_at=until,
    )


def bounds(now: datetime, period: Period) -> tuple[datetime, datetime]:
    """The beginning of the period that holds `now`, and that of the next one."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case "day":
            return today, today + timedelta(days=1)
        case "month":
            first = today.replace(day=1)
            return first, (first + timedelta(days=31)).replace(day=1)
        case _:
            assert_never(period)
