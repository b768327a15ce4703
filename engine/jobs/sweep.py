"""Open jobs that nobody works on are handed to the driver again; harmless when two processes do it."""

from typing import cast

from sqlmodel import and_, col, or_, select

from engine.context import Context, Services, read, write
from engine.jobs import gate
from engine.jobs.models import Job, Status
from engine.worker.driver import Lane, Ticket

BATCH = 200


def sweep(services: Services) -> None:
    """Submit open jobs with a dead lease and pending ones that the driver doesn't hold; end cancelled ones."""
    for job_id in services.run(None, _cancelled):
        services.run(None, _end_cancelled, job_id)
    tickets = services.run(None, _unworked)
    held = services.driver.alive([ticket.job_id for ticket in tickets])
    for ticket in tickets:
        if ticket.job_id not in held:
            services.driver.submit(ticket)


@read
def _unworked(context: Context) -> list[Ticket]:
    dead = and_(col(Job.status) == Status.running, col(Job.lease_until) <= context.now())
    query = select(Job).where(or_(dead, col(Job.status) == Status.pending), col(Job.deleted_at).is_(None))
    jobs = context.session.exec(query.order_by(col(Job.seq)).limit(BATCH))
    return [Ticket(job.id, cast("Lane", job.lane), job.account_id, job.seq or 0) for job in jobs]


@read
def _cancelled(context: Context) -> list[str]:
    """Running jobs whose worker died before it saw the request to cancel."""
    asked = and_(col(Job.cancel_requested_at).is_not(None), col(Job.lease_until) <= context.now())
    return list(context.session.exec(select(Job.id).where(Job.status == Status.running, asked).limit(BATCH)))


@write
def _end_cancelled(context: Context, job_id: str) -> None:
    gate.cancel(context, context.session.exec(select(Job).where(Job.id == job_id)).one())
