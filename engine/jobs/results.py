"""What came out of a job: its rows, the files made of them, the evidence behind a row, its log lines."""

from collections.abc import Iterator, Sequence
from itertools import islice
from urllib.parse import urlencode

from sqlmodel import col, select

from engine.context import Context, Services, read
from engine.export.formats import format_named
from engine.jobs import store
from engine.jobs.errors import (
    JobMissing,
    LinkExpired,
    LinkInvalid,
    NotDone,
    NotDownloadable,
    OutputGone,
    ReportMissing,
    UnknownColumn,
)
from engine.jobs.links import owner_by, token_for
from engine.jobs.models import Job, JobLog, Status
from engine.jobs.queries import downloadable, ensure_reusable, owned_job
from engine.jobs.schemas import (
    ColumnFill,
    DownloadLink,
    ItemsPage,
    LogLine,
    Output,
    ResultsPage,
    RowReport,
)
from engine.limits import FILL_ROWS, ITEMS_PAGE_DEFAULT, ITEMS_PAGE_MAX
from engine.rows.rules import Given, apply_rules
from engine.rows.types import Row, is_empty
from engine.suppressions.blank import (
    Suppressed,
    blank,
    blank_all,
    blank_report,
    blank_text,
    blanked,
    left_out_notice,
)
from engine.suppressions.operations import suppressed_of
from engine.suppressions.stored import row_reader

PURPOSE = "download-link"
OFFSET_MAX = 2**62  # what both databases count to


@read
def items(context: Context, job_id: str, *, offset: int = 0, limit: int = ITEMS_PAGE_DEFAULT) -> ItemsPage:
    """Rows of a job that is done, from `offset`, at most 10,000 a call.

    Raises:
        JobMissing, JobForbidden, NotReusable, NotDone, OutputGone.
    """
    job = owned_job(context, job_id)
    ensure_reusable(job)
    if job.status not in (Status.done, Status.expired):
        raise NotDone(status=job.status)
    _ensure_output(job)
    rows, left = blank_all(_slice(context, job, offset, limit), _suppressed(context))
    return ItemsPage(count=job.results, items=rows, notice=_sentence(left))


@read
def results(
    context: Context,
    job_id: str,
    *,
    where: Given | None = None,
    columns: Sequence[str] | None = None,
    offset: int = 0,
    limit: int = 20,
) -> ResultsPage:
    """A page of the rows that a job has at this moment, ended or not.

    `where` are rules of the filter module with its meaning, over all rows; `columns` are those wanted, in that order.

    Raises:
        JobMissing, JobForbidden, OutputGone, RuleInvalid, UnknownColumn.
    """
    job = _kept_job(context, job_id)
    wanted = _known(job, columns)
    matched, notice, suppressed = job.results, list[str](), _suppressed(context)
    if where:
        kept = apply_rules(blanked(store.each(context.session, _seq(job)), suppressed), where, note=notice.append)
        matched = len(kept)
        rows = store.rows_at(context.session, _seq(job), kept[max(offset, 0) :][: _clamped(limit)])
    else:
        rows = _slice(context, job, offset, limit)
    rows, left = blank_all(rows, suppressed)
    notice += left_out_notice(left)
    shown = rows if columns is None else [{column: row.get(column) for column in wanted} for row in rows]
    partial = job.status != Status.done
    return ResultsPage(columns=wanted, rows=shown, total=job.results, matched=matched, partial=partial, notice=notice)


@read
def column_fill(context: Context, job_id: str) -> list[ColumnFill]:
    """The share of filled cells of each column, over the first 5,000 rows; empty when there is no row.

    Raises:
        JobMissing, JobForbidden, OutputGone.
    """
    job = _kept_job(context, job_id)
    filled, count = dict.fromkeys(job.columns, 0), 0
    for row in blanked(islice(store.each(context.session, _seq(job)), FILL_ROWS), _suppressed(context)):
        count += 1
        for column in filled:
            filled[column] += not is_empty(row.get(column))
    return [ColumnFill(name=name, fill_rate=round(cells / count, 3)) for name, cells in filled.items() if count]


@read
def report(context: Context, job_id: str, row: int) -> RowReport:
    """The evidence behind one row, counted from 0 in the order of the job's output.

    Raises:
        JobMissing, JobForbidden, OutputGone, ReportMissing.
    """
    job = _kept_job(context, job_id)
    found = store.row_at(context.session, _seq(job), row) if 0 <= row < job.results else None
    told = found and store.report(context.session, _seq(job), found[0][0])
    if not found or told is None:
        raise ReportMissing(row=row)
    suppressed = _suppressed(context)
    values, left = blank(found[1], suppressed)
    evidence, also_left = blank_report(told, suppressed)
    return RowReport(row=row, values=values, report=evidence, notice=_sentence(len(left | also_left)))


@read
def logs(context: Context, job_id: str, *, after: int = 0) -> list[LogLine]:
    """Log lines of a job beyond a log id, oldest first. Raises JobMissing, JobForbidden."""
    seq, suppressed = _seq(owned_job(context, job_id)), _suppressed(context)
    return [_line(line, suppressed) for line in store.logs(context.session, seq, after)]


@read
def last_warnings(context: Context, job_id: str, *, n: int = 3) -> list[LogLine]:
    """The last `n` log lines that warn or name an error, oldest first. Raises JobMissing, JobForbidden."""
    seq, suppressed = _seq(owned_job(context, job_id)), _suppressed(context)
    return [_line(line, suppressed) for line in store.last_warnings(context.session, seq, n)]


@read
def open_download(context: Context, job_id: str) -> Output:
    """What a download needs, partial rows of a failed or cancelled job included; `output_rows` then reads them.

    Raises:
        JobMissing, JobForbidden, NotDownloadable, OutputGone.
    """
    return _output(owned_job(context, job_id))


def output_rows(services: Services, output: Output) -> Iterator[Row]:
    """All rows of an opened download, in order, a short transaction per page; what its owner suppresses left out.

    Raises:
        OutputGone: they were purged on the way; what was read so far is not the whole.
    """
    suppressed = services.run(None, suppressed_of, output.account_id)
    return store.stream(services.db, output.seq, read=row_reader(suppressed))


@read
def download_link(context: Context, job_id: str, fmt: str) -> DownloadLink:
    """An address that gives the job's rows in that format to whoever has it, for 10 minutes.

    Raises:
        JobMissing, JobForbidden, UnsupportedFormat, NotDownloadable, OutputGone.
    """
    format_named(fmt)
    _output(owned_job(context, job_id))
    token, expires_at = token_for(context, PURPOSE, job_id, fmt)
    address = f"{context.services.settings.public_url}/api/jobs/{job_id}/download"
    return DownloadLink(url=f"{address}?{urlencode({'format': fmt, 'token': token})}", expires_at=expires_at)


@read
def open_link(context: Context, job_id: str, fmt: str, token: str) -> Output:
    """`open_download` for whoever brings the token of a download link.

    Raises:
        LinkInvalid: it was changed, or is for another job or format.
        LinkExpired, JobMissing, NotDownloadable, OutputGone.
    """
    invalid, expired = LinkInvalid(job_id=job_id), LinkExpired(job_id=job_id)
    account_id = owner_by(context, PURPOSE, token, job_id, fmt, invalid=invalid, expired=expired)
    theirs = select(Job).where(Job.id == job_id, Job.account_id == account_id, col(Job.deleted_at).is_(None))
    job = context.session.exec(theirs).first()
    if job is None:
        raise JobMissing(job_id=job_id)
    return _output(job)


def _output(job: Job) -> Output:
    _ensure_output(job)
    assert job.output_filename is not None
    return Output(
        seq=_seq(job),
        account_id=job.account_id,
        columns=job.columns,
        filename=job.output_filename,
        count=job.results,
    )


def _ensure_output(job: Job) -> None:
    if not Status(job.status).terminal:
        raise NotDownloadable()
    if not downloadable(job):
        raise OutputGone()


def _kept_job(context: Context, job_id: str) -> Job:
    """The caller's job, unless its rows are purged."""
    job = owned_job(context, job_id)
    if job.status == Status.expired:
        raise OutputGone()
    return job


def _slice(context: Context, job: Job, offset: int, limit: int) -> list[Row]:
    return store.slice_of(context.session, _seq(job), min(max(offset, 0), OFFSET_MAX), _clamped(limit))


def _clamped(limit: int) -> int:
    return min(max(limit, 1), ITEMS_PAGE_MAX)


def _known(job: Job, columns: Sequence[str] | None) -> list[str]:
    for column in columns or ():
        if column not in job.columns:
            raise UnknownColumn(column=column, known=", ".join(job.columns))
    return list(dict.fromkeys(job.columns if columns is None else columns))


def _suppressed(context: Context) -> Suppressed:
    return suppressed_of(context, context.account_id)


def _sentence(left: int) -> str | None:
    return " ".join(left_out_notice(left)) or None


def _line(line: JobLog, suppressed: Suppressed) -> LogLine:
    message = blank_text(line.message, suppressed)
    return LogLine(id=line.id or 0, at=line.at, level=line.level, message=message)


def _seq(job: Job) -> int:
    assert job.seq is not None
    return job.seq
