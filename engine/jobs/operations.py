"""What callers can do with jobs. Each function is one transaction; the front ends translate.

Creation, estimates and the queue stand in files of their own; callers find them all here.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select
from sqlmodel import col, select

from engine.context import Context, read, write
from engine.db.types import plain_text
from engine.jobs import gate
from engine.jobs.create import create as create
from engine.jobs.errors import JobAlreadyOver, JobStillOpen
from engine.jobs.estimate import estimate as estimate
from engine.jobs.estimate import estimate_module as estimate_module
from engine.jobs.models import Job, Status
from engine.jobs.paging import cursor_of, seq_of
from engine.jobs.queries import LISTED, owned_job, public
from engine.jobs.queue import queue as queue
from engine.jobs.schemas import JobPublic, JobsPage
from engine.limits import JOBS_PAGE_DEFAULT, JOBS_PAGE_MAX

PAGE_DEFAULT = 20  # of pages with a cursor
OFFSET_MAX = 2**62  # what both databases count to


@read
def get(context: Context, job_id: str) -> JobPublic:
    """One job with live counters. Raises JobMissing, JobForbidden."""
    return public(owned_job(context, job_id), context.now())


@read
def list_jobs(context: Context, *, limit: int = JOBS_PAGE_DEFAULT, offset: int = 0) -> list[JobPublic]:
    """The caller's jobs, most recent first. `limit` is clamped to 1..500, `offset` to 0 and more."""
    now = context.now()
    found = _listed(context, LISTED, size=_clamped(limit), skipped=min(max(offset, 0), OFFSET_MAX))
    return [public(job, now) for job in found]


@read
def list_page(
    context: Context,
    *,
    limit: int = PAGE_DEFAULT,
    cursor: str | None = None,
    status: str | None = None,
    job_type: str | None = None,
) -> JobsPage:
    """A page of the caller's jobs, most recent first, of one status or module if asked.

    `cursor` is the `next_cursor` of the page before: jobs that arrive meanwhile neither shift nor repeat a page.

    Raises:
        BadCursor.
    """
    query, job = LISTED, LISTED.selected_columns
    if cursor is not None:
        query = query.where(job.seq < seq_of(cursor))
    if status is not None:
        query = query.where(job.status == status)
    if job_type is not None:
        query = query.where(job.job_type == job_type.replace("-", "_"))
    size, now = _clamped(limit), context.now()
    found = _listed(context, query, size=size + 1)
    behind = cursor_of(found[size - 1].seq) if len(found) > size else None
    return JobsPage(jobs=[public(job, now) for job in found[:size]], next_cursor=behind)


@read
def ids(context: Context, beginning: str, *, limit: int) -> list[str]:
    """Ids of the caller's jobs that begin so, most recent first."""
    mine = select(Job.id).where(Job.account_id == context.account_id, col(Job.deleted_at).is_(None))
    found = mine.where(col(Job.id).startswith(plain_text(beginning), autoescape=True))
    return list(context.session.exec(found.order_by(col(Job.seq).desc()).limit(limit)))


@write
def cancel(context: Context, job_id: str) -> None:
    """Stop a pending or running job; rows already written stay downloadable.

    Raises:
        JobMissing, JobForbidden, JobAlreadyOver.
    """
    job = owned_job(context, job_id)
    if Status(job.status).terminal:
        raise JobAlreadyOver(status=job.status)
    gate.cancel(context, job)


@write
def delete(context: Context, job_id: str, *, cancel: bool = False) -> None:
    """Remove an ended job and its rows; who reads them at this moment ends in peace.

    With `cancel` an open one is stopped first, and gone at once for its owner; its worker lets go within a second.

    Raises:
        JobMissing, JobForbidden, JobStillOpen.
    """
    job = owned_job(context, job_id)
    if not Status(job.status).terminal:
        if not cancel:
            raise JobStillOpen()
        gate.cancel(context, job)
    job.deleted_at = context.now()
    context.session.add(job)


def _clamped(limit: int) -> int:
    return min(max(limit, 1), JOBS_PAGE_MAX)


def _listed(context: Context, query: Select[*tuple[Any, ...]], **given: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The caller's jobs of a statement made from `LISTED`."""
    return context.session.connection().execute(query, {"account_id": context.account_id, **given}).all()
