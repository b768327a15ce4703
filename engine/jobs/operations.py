"""What callers can do with jobs. Each function is one transaction; the front ends translate."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from engine.context import Context, Services, read, write
from engine.jobs import gate, store
from engine.jobs.errors import JobAlreadyOver, JobStillOpen, NoItems, NotDone, NotDownloadable, OutputGone, TooManyItems
from engine.jobs.intake import CallersPast, Order, config_of, module_named, place, planned_items, take_items
from engine.jobs.models import Job, Status
from engine.jobs.queries import downloadable, owned_job, public
from engine.jobs.schemas import ItemsPage, JobPublic, LogLine, Output
from engine.limits import ITEMS_MAX, ITEMS_PAGE_DEFAULT, ITEMS_PAGE_MAX, JOBS_PAGE_DEFAULT, JOBS_PAGE_MAX
from engine.module import SourceModule
from engine.rows.types import Row


@write
def create(
    context: Context,
    job_type: str,
    config: Mapping[str, Any],
    *,
    items: Sequence[Row] = (),
    source_job_id: str | None = None,
) -> JobPublic:
    """Store a job as pending; it starts when its lane has room.

    Raises:
        UnknownModule, BadConfig, NoItems, TooManyItems, QuotaExceeded, JobMissing, JobForbidden,
        the module's own refusals (`check`, `plan`, `missing`).
    """
    module = module_named(job_type)
    checked = config_of(module, config)
    if source_job_id is not None:
        owned_job(context, source_job_id)
    module.check(checked, CallersPast(context))
    order = Order(module, checked, context.account_id, source_job_id=source_job_id)
    if isinstance(module, SourceModule):
        order.items = planned_items(module, checked)
    else:
        order.items, order.columns, order.notice = take_items(module, _bounded(items))
    order.planned = len(order.items)
    return public(place(context, order), context.now())


@read
def get(context: Context, job_id: str) -> JobPublic:
    """One job with live counters. Raises JobMissing, JobForbidden."""
    return public(owned_job(context, job_id), context.now())


@read
def list_jobs(context: Context, *, limit: int = JOBS_PAGE_DEFAULT, offset: int = 0) -> list[JobPublic]:
    """The caller's jobs, most recent first. `limit` is clamped to 1..500."""
    mine = select(Job).where(Job.account_id == context.account_id, col(Job.deleted_at).is_(None))
    page = mine.order_by(col(Job.seq).desc()).limit(min(max(limit, 1), JOBS_PAGE_MAX)).offset(max(offset, 0))
    now = context.now()
    return [public(job, now) for job in context.session.exec(page)]


@read
def items(context: Context, job_id: str, *, offset: int = 0, limit: int = ITEMS_PAGE_DEFAULT) -> ItemsPage:
    """Rows of a job that is done, from `offset`, at most 10,000 a call.

    Raises:
        JobMissing, JobForbidden, NotDone, OutputGone.
    """
    job = owned_job(context, job_id)
    if job.status not in (Status.done, Status.expired):
        raise NotDone(status=job.status)
    _ensure_output(job)
    assert job.seq is not None
    page = store.slice_of(context.session, job.seq, max(offset, 0), min(max(limit, 1), ITEMS_PAGE_MAX))
    return ItemsPage(count=job.results, items=page)


@read
def open_download(context: Context, job_id: str) -> Output:
    """What a download needs, partial rows of a failed or cancelled job included; `output_rows` then reads them.

    Raises:
        JobMissing, JobForbidden, NotDownloadable, OutputGone.
    """
    job = owned_job(context, job_id)
    _ensure_output(job)
    assert job.seq is not None and job.output_filename is not None
    return Output(seq=job.seq, columns=job.columns, filename=job.output_filename, count=job.results)


@read
def logs(context: Context, job_id: str, *, after: int = 0) -> list[LogLine]:
    """Log lines of a job beyond a log id, oldest first. Raises JobMissing, JobForbidden."""
    job = owned_job(context, job_id)
    assert job.seq is not None
    lines = store.logs(context.session, job.seq, after)
    return [LogLine(id=line.id or 0, at=line.at, level=line.level, message=line.message) for line in lines]


@read
def report(context: Context, job_id: str, row: int) -> Any:
    """The full report and evidence of one item; None when it left none. Raises JobMissing, JobForbidden."""
    job = owned_job(context, job_id)
    assert job.seq is not None
    return store.report(context.session, job.seq, row)


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
def delete(context: Context, job_id: str) -> None:
    """Remove an ended job and its rows; who reads them at this moment ends in peace.

    Raises:
        JobMissing, JobForbidden, JobStillOpen.
    """
    job = owned_job(context, job_id)
    if not Status(job.status).terminal:
        raise JobStillOpen()
    job.deleted_at = context.now()
    context.session.add(job)


def output_rows(services: Services, output: Output) -> Iterator[Row]:
    """All rows of an opened download, in order, a short transaction per page.

    Raises:
        OutputGone: they were purged on the way; what was read so far is not the whole.
    """
    return store.stream(services.db, output.seq)


def _bounded(items: Sequence[Row]) -> Sequence[Row]:
    if not items:
        raise NoItems()
    if len(items) > ITEMS_MAX:
        raise TooManyItems(count=len(items), limit=ITEMS_MAX)
    return items


def _ensure_output(job: Job) -> None:
    if not Status(job.status).terminal:
        raise NotDownloadable()
    if not downloadable(job):
        raise OutputGone()
