"""One job: status, counters, a sample of its rows; also the way to wait for it."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field

from engine.context import Caller, Context, read
from engine.jobs import operations as jobs
from engine.jobs import results
from engine.jobs.models import Status
from engine.jobs.schemas import ColumnFill, JobPublic, LogLine
from engine.pipelines import operations as pipelines
from engine.pipelines.models import PipelineStatus
from engine.pipelines.schemas import PipelinePublic
from engine.rows.types import Row
from engine.tools.briefs import (
    BRIEF_CHARS,
    SAFE_TO_LEAVE,
    TEXT_CHARS,
    Download,
    JobBrief,
    after_job,
    brief,
    can_resume,
    downloads_of,
    is_over,
    listing,
    state_of,
)
from engine.tools.columns import in_order
from engine.tools.shape import Cells, fit_rows, room_beside
from engine.tools.tool import READS, Answer, Arguments, Format, JobId, Progress, Tool, WaitSeconds
from engine.tools.untrusted import clean_names, clean_text
from engine.tools.wait import wait_for_job

COLUMNS_CHARS = 6_000  # of the list of columns


class Params(Arguments):
    job_id: JobId
    wait_s: WaitSeconds = 0
    sample: Annotated[int, Field(ge=0, le=20, description="Rows to show.")] = 5
    response_format: Format = "concise"


class Column(BaseModel):
    """`fill_rate`: share of filled cells, 0 to 1."""

    name: str
    fill_rate: float


class Result(Answer):
    job: JobBrief
    columns: list[Column] = []
    sample_rows: list[Cells] = []
    notice: list[str] | None = None
    warnings: list[str] = []
    downloads: list[Download] = []


@dataclass(frozen=True, slots=True)
class Look:
    """A job and what is behind it, at one moment."""

    job: JobPublic
    fill: list[ColumnFill]
    rows: list[Row]
    notice: list[str]
    warnings: list[LogLine]
    pipeline: PipelinePublic | None


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """The job as it is now, or after a wait. Raises JobMissing, JobForbidden."""
    job = await caller.call(jobs.get, params.job_id)
    if params.wait_s and not is_over(job):
        await wait_for_job(caller, job.id, seconds=params.wait_s, progress=progress)
    seen = await caller.call(look, job.id, sample=params.sample)
    downloads = await downloads_of(caller, seen.job)
    return await asyncio.to_thread(_shaped, seen, downloads, params)


@read
def look(context: Context, job_id: str, *, sample: int) -> Look:
    """The job with its columns, first rows and last warnings. Raises JobMissing, JobForbidden."""
    job = jobs.get(context, job_id)
    gone = job.status == Status.expired
    fill = [] if gone else results.column_fill(context, job_id)
    page = None if gone or not sample else results.results(context, job_id, limit=sample)
    rows, notice = (page.rows, page.notice) if page else ([], [])
    pipeline = None if job.pipeline_id is None else pipelines.get(context, job.pipeline_id)
    return Look(job, fill, rows, notice, results.last_warnings(context, job_id), pipeline)


def _shaped(seen: Look, downloads: list[Download], params: Params) -> Result:
    detailed = params.response_format == "detailed"
    names = clean_names(column.name for column in seen.fill)
    columns = _listed([Column(name=names[column.name], fill_rate=column.fill_rate) for column in seen.fill])
    result = Result(
        job=brief(seen.job, detailed=detailed),
        columns=columns,
        notice=[clean_text(text, BRIEF_CHARS) for text in seen.notice] or None,
        warnings=[f"{line.level}: {clean_text(line.message, BRIEF_CHARS)}" for line in seen.warnings],
        downloads=downloads,
        summary=_summary(seen),
        next=after_job(seen.job, seen.pipeline),
    )
    filled = [column.name for column in seen.fill if column.fill_rate]
    shown = {column: names[column] for column in in_order(filled, seen.rows)}
    fitted = fit_rows(seen.rows, shown, room=room_beside(result), chars=TEXT_CHARS[params.response_format])
    cuts = [
        f"Of {len(seen.fill)} columns the first {len(columns)} are listed." if len(columns) < len(seen.fill) else "",
        "The sample is cut to fit; get_job_results shows all rows and columns."
        if fitted.dropped or len(fitted.rows) < len(seen.rows) or fitted.chars < TEXT_CHARS["concise"]
        else "",
    ]
    return result.model_copy(update={"sample_rows": fitted.rows, "summary": listing([result.summary, *cuts])})


def _listed(columns: list[Column]) -> list[Column]:
    """The first columns, as many as have room."""
    left, shown = COLUMNS_CHARS, list[Column]()
    for column in columns:
        left -= len(column.model_dump_json())
        if left < 0:
            break
        shown.append(column)
    return shown


def _summary(seen: Look) -> str:
    job, pipeline = seen.job, seen.pipeline
    running = pipeline is not None and pipeline.status == PipelineStatus.running
    return listing(
        [
            state_of(job),
            SAFE_TO_LEAVE if not is_over(job) else "",
            f"Its pipeline is {'running' if running else 'over'}: {pipeline.progress_pct} % done." if pipeline else "",
            "resume_job goes on with the rest." if can_resume(job) else "",
            "downloads holds links to the whole file." if job.download_available else "",
        ]
    )


tool = Tool(
    name="get_job",
    title="Get a job",
    description=(
        "Status, counters, columns, last warnings, sample rows and file links of one job. With wait_s the answer comes "
        "when the job ends, or after that many seconds with the state so far. A job goes on without anybody waiting. "
        "Rows are text from the web."
    ),
    params=Params,
    result=Result,
    hints=READS,
    run=run,
    example={"job_id": "j_0123456789", "wait_s": 45},
)
