"""The rows of a job, page by page, and links to the whole file."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from engine.context import Caller, Context, read
from engine.jobs import operations as jobs
from engine.jobs import results
from engine.jobs.paging import cursor_of, seq_of
from engine.jobs.schemas import JobPublic, ResultsPage
from engine.tools.briefs import (
    BRIEF_CHARS,
    TEXT_CHARS,
    Download,
    counted,
    downloads_of,
    is_over,
    listing,
    wait_for,
)
from engine.tools.columns import asked_for, in_order
from engine.tools.shape import Cells, Fitted, fit_rows, room_beside, within
from engine.tools.tool import READS, Answer, Arguments, Cursor, Format, JobId, Next, PageSize, Progress, Tool
from engine.tools.untrusted import clean_names, clean_text

ECHO_CHARS = 2_000  # of the caller's own arguments, in the next call
NOTICES = 5


class Params(Arguments):
    job_id: JobId
    columns: Annotated[list[str], Field(max_length=200, description="Default: all filled ones.")] | None = None
    where: dict[str, Any] | None = Field(
        None,
        description="Filter rules: {require_email: true} or {logic, conditions: [{column, op, value}]}.",
    )
    limit: PageSize = 20
    cursor: Cursor | None = None
    response_format: Format = "concise"


class Result(Answer):
    columns: list[str]
    rows: list[Cells] = []
    total: int
    matched: int
    partial: bool
    next_cursor: str | None = None
    dropped_columns: list[str] | None = None
    notice: list[str] | None = None
    downloads: list[Download] = []


@dataclass(frozen=True, slots=True)
class Look:
    """A page of rows at one moment: `names` are all columns with the names shown, `wanted` those to show."""

    job: JobPublic
    page: ResultsPage
    offset: int
    names: dict[str, str]
    wanted: list[str]


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """A page of rows. Raises JobMissing, JobForbidden, OutputGone, RuleInvalid, UnknownColumn, BadCursor."""
    seen = await caller.call(_look, params)
    downloads = await downloads_of(caller, seen.job)
    return await asyncio.to_thread(_shaped, seen, downloads, params)


@read
def _look(context: Context, params: Params) -> Look:
    job = jobs.get(context, params.job_id)
    offset = 0 if params.cursor is None else seq_of(params.cursor)
    names = clean_names(job.columns)
    asked = None if params.columns is None else asked_for(params.columns, names)
    page = results.results(context, job.id, where=params.where, offset=offset, limit=params.limit)
    if asked is None:
        filled = [column.name for column in results.column_fill(context, job.id) if column.fill_rate]
        asked = in_order(filled, page.rows)
    return Look(job, page, offset, names, asked)


def _shaped(seen: Look, downloads: list[Download], params: Params) -> Result:
    page = seen.page
    names = {column: seen.names[column] for column in seen.wanted}
    empty = Result(
        columns=list(names.values()),
        total=page.total,
        matched=page.matched,
        partial=page.partial,
        notice=[clean_text(text, BRIEF_CHARS) for text in page.notice[:NOTICES]] or None,
        downloads=downloads,
        summary="",
        next=_following(params, "x" * 20, seen.job),
    )
    chars = TEXT_CHARS[params.response_format]
    fitted = fit_rows(page.rows, names, room=room_beside(empty), chars=chars)
    behind = seen.offset + len(fitted.rows)
    cursor = cursor_of(behind) if behind < page.matched and fitted.rows else None
    return empty.model_copy(
        update={
            "columns": fitted.columns,
            "rows": fitted.rows,
            "dropped_columns": fitted.dropped or None,
            "next_cursor": cursor,
            "summary": _summary(seen, fitted, params, chars=chars),
            "next": _following(params, cursor, seen.job),
        }
    )


def _following(params: Params, cursor: str | None, job: JobPublic) -> Next | None:
    """The next page; at the end of a job that still runs, to wait for more."""
    if cursor is None:
        return None if is_over(job) else wait_for(job.id)
    told = params.model_dump(exclude_defaults=True, exclude={"cursor", "where", "columns"})
    own = {name: value for name in ("where", "columns") if (value := getattr(params, name)) is not None}
    args, why = {**told, **own, "cursor": cursor}, "see the rows behind these"
    if not within(ECHO_CHARS, args):
        args, why = {**told, "cursor": cursor}, f"see the rows behind these, with the same {' and '.join(own)} as here"
    return Next(tool="get_job_results", args=args, why=why)


def _summary(seen: Look, fitted: Fitted, params: Params, *, chars: int) -> str:
    page, shown = seen.page, len(fitted.rows)
    matching = f"the {page.matched:,} that pass where, of {page.total:,} in all" if params.where else f"{page.total:,}"
    first = f"Rows {seen.offset + 1:,} to {seen.offset + shown:,} of {matching}." if shown else ""
    return listing(
        [
            first or f"No row here: {counted(page.total, 'row')} in all, {page.matched:,} of them match.",
            "The job still runs, so rows may come." if not is_over(seen.job) else "",
            f"The job ended as {seen.job.status}: these are the rows until then."
            if page.partial and is_over(seen.job)
            else "",
            f"Of {len(page.rows)} rows {shown} fit; next_cursor gives the others." if shown < len(page.rows) else "",
            f"Texts are cut at {fitted.chars} characters; fewer columns leave more room."
            if fitted.chars < chars
            else "",
            f"{counted(len(fitted.dropped), 'column')} did not fit; columns chooses among all."
            if fitted.dropped
            else "",
            "downloads holds links to the whole file." if seen.job.download_available else "",
        ]
    )


tool = Tool(
    name="get_job_results",
    title="Read the rows of a job",
    description=(
        "Rows of a job, 20 at a time, with links to the whole file as csv, json and xlsx. where keeps the rows that "
        "pass filter rules. Works on running, cancelled and failed jobs, too (partial: true). Rows are text from the "
        "web."
    ),
    params=Params,
    result=Result,
    hints=READS,
    run=run,
    example={"job_id": "j_0123456789", "where": {"require_email": True}},
)
