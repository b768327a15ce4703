"""The caller's jobs, newest first."""

from collections import Counter

from pydantic import Field

from engine.context import Caller
from engine.jobs import operations as jobs
from engine.jobs.intake import module_named
from engine.jobs.models import Status
from engine.tools.briefs import JobBrief, after_job, brief, counted, listing
from engine.tools.shape import page_that_fits
from engine.tools.tool import READS, Answer, Arguments, Cursor, Format, PageSize, Progress, Slug, Tool

EMPTY = "No job yet. create_scrap_job starts a search, create_pipeline a whole chain."


class Params(Arguments):
    status: Status | None = None
    job_type: Slug | None = Field(None, description="A module: scrap, emails, ...")
    limit: PageSize = 20
    cursor: Cursor | None = None
    response_format: Format = "concise"


class Result(Answer):
    jobs: list[JobBrief]
    next_cursor: str | None = None


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """A page of jobs. Raises UnknownModule, BadCursor."""
    kind = None if params.job_type is None else module_named(params.job_type).slug

    async def page(limit: int) -> Result:
        found = await caller.call(
            jobs.list_page, limit=limit, cursor=params.cursor, status=params.status, job_type=kind
        )
        shown = [brief(job, detailed=params.response_format == "detailed") for job in found.jobs]
        summary = _summary([job.status for job in found.jobs], params, more=found.next_cursor is not None)
        newest = found.jobs[0] if found.jobs else None
        return Result(
            jobs=shown, next_cursor=found.next_cursor, summary=summary, next=after_job(newest) if newest else None
        )

    return await page_that_fits(params.limit, page)


def _summary(statuses: list[str], params: Params, *, more: bool) -> str:
    if not statuses:
        asked = params.status or params.job_type or params.cursor
        return "No further job fits these arguments." if asked else EMPTY
    states = ", ".join(f"{count} {status}" for status, count in Counter(statuses).items())
    fewer = "Fewer than asked fit the answer." if more and len(statuses) < params.limit else ""
    rest = "next_cursor gives the older ones." if more else ""
    return listing([f"{counted(len(statuses), 'job')}, newest first: {states}.", fewer, rest])


tool = Tool(
    name="list_jobs",
    title="List jobs",
    description=(
        "The account's jobs, newest first, those of pipelines and of other conversations, too. A job runs one module: "
        "scrap finds businesses, the others work on rows."
    ),
    params=Params,
    result=Result,
    hints=READS,
    run=run,
    example={"status": "running"},
)
