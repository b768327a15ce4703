"""Jobs and pipelines in few words: what a reader with a small context is shown, and what we say about it.

Sentences hold our own words and numbers only: what users and web pages wrote stays in fields.
"""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from engine.context import Caller, Context, read
from engine.export.formats import FORMATS
from engine.jobs import results
from engine.jobs.errors import NotDownloadable, OutputGone
from engine.jobs.models import Status
from engine.jobs.schemas import JobPublic
from engine.pipelines.models import PipelineStatus
from engine.pipelines.queries import briefs, owned_pipeline
from engine.pipelines.schemas import PipelineBrief, PipelinePublic
from engine.registry.load import modules
from engine.tools.tool import WAIT_SECONDS_MAX, Next
from engine.tools.untrusted import clean_parts, clean_text

TEXT_CHARS = {"concise": 300, "detailed": 2_000}
LABEL_CHARS = 120
BRIEF_CHARS = 300  # of a job's texts
DETAIL_CHARS = 5_000  # of a whole job; fields in `WIDE` are left out in their order where it is longer
WIDE = ("columns", "query_stats", "breakdown", "dead_queries", "zones", "queries")
SAFE_TO_LEAVE = "It goes on without you; list_jobs finds it again."
BRIEF_FIELDS = (
    "id", "job_type", "status", "processed_points", "grid_points_count", "results_count", "error_count", "ef_cost",
    "created_at", "error_message", "notice",
)  # fmt: skip


class JobBrief(BaseModel):
    """A job in a list; with response_format=detailed all fields of the REST API. Empty fields are left out."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    job_type: str
    status: str
    label: str | None = None
    processed_points: int
    grid_points_count: int
    results_count: int
    error_count: int
    ef_cost: float
    created_at: str
    error_message: str | None = None
    notice: str | None = None


class Download(BaseModel):
    """A link to a whole file. It opens without signing in, for 10 minutes."""

    format: str
    url: str
    mime_type: str


def brief(job: JobPublic, *, detailed: bool = False) -> JobBrief:
    """A job in few fields, or in all of them."""
    told: dict[str, Any] = job.model_dump(mode="json", include=None if detailed else set(BRIEF_FIELDS))
    told["label"] = label_of(job)
    told = {name: clean_parts(value, BRIEF_CHARS) for name, value in told.items() if value not in (None, "", [], {})}
    for name in WIDE if detailed else ():
        if len(json.dumps(told, ensure_ascii=False)) > DETAIL_CHARS and told.pop(name, None):
            told.setdefault("left_out", []).append(name)
    return JobBrief.model_validate({name: value for name, value in told.items() if value not in (None, "", [], {})})


def label_of(job: JobPublic) -> str:
    """What a search was for: `dentiste · Paris +1`; '' for other jobs."""
    if not job.queries or not job.zones:
        return ""
    more = len(job.queries) + len(job.zones) - 2
    label = f"{job.queries[0]} · {job.zones[0]}"
    return clean_text(label, LABEL_CHARS) + (f" +{more}" if more else "")


def state_of(job: JobPublic) -> str:
    """How a job stands, in a sentence. The words of a wait's progress."""
    name, rows = f"Job {job.id} ({job.job_type})", counted(job.results_count, "row")
    failed = f", {counted(job.error_count, 'error')}" if job.error_count else ""
    done = f"{job.processed_points} of {counted(job.grid_points_count, 'item')}"
    left = f", about {job.eta_seconds} s left" if job.eta_seconds is not None else ""
    return {
        Status.pending: f"{name} waits for its turn: {counted(job.grid_points_count, 'item')} to work.",
        Status.running: f"{name} is running: {done} worked, {rows} so far{failed}{left}.",
        Status.done: f"{name} is done: {rows}{failed}.",
        Status.failed: f"{name} failed after {done}; {rows} kept{failed}.",
        Status.cancelled: f"{name} was cancelled after {done}; {rows} kept{failed}.",
        Status.expired: f"{name} is done, and its rows have expired.",
    }[Status(job.status)]


def is_over(job: JobPublic) -> bool:
    return Status(job.status).terminal


def can_resume(job: JobPublic) -> bool:
    """Whether the job was interrupted and has items left that a new attempt could work."""
    return was_interrupted(job.job_type, job.status) and job.processed_points < job.grid_points_count


def was_interrupted(job_type: str, status: str) -> bool:
    """Whether the job ended before its time, and is of a kind that can go on."""
    module = modules().get(job_type)
    return module is not None and module.resumable and status in (Status.failed, Status.cancelled)


def after_job(job: JobPublic, pipeline: PipelinePublic | None = None) -> Next | None:
    """What most often follows on a job; in a pipeline, what follows there."""
    if not is_over(job):
        return wait_for(job.id)
    if pipeline is not None and (found := after_pipeline(pipeline)) is not None:
        return found
    return read_rows(job.id) if has_rows(job) else None


def has_rows(job: JobPublic) -> bool:
    return job.results_count > 0 and job.status != Status.expired


def wait_for(job_id: str) -> Next:
    return Next(tool="get_job", args={"job_id": job_id, "wait_s": WAIT_SECONDS_MAX}, why="wait for the job to end")


def read_rows(job_id: str) -> Next:
    return Next(tool="get_job_results", args={"job_id": job_id}, why="read the rows, or get links to the whole file")


def pipeline_state(pipeline: PipelineBrief) -> str:
    """How a pipeline stands, in a sentence."""
    running = pipeline.status == PipelineStatus.running
    steps = f"{pipeline.done_count} of {counted(pipeline.nodes_count, 'step')} done"
    rows = f"{counted(pipeline.headline_count, 'row')}{' so far' if running else ''} in its furthest job"
    return f"Pipeline {pipeline.id} {'is running' if running else f'ended as {pipeline.status}'}: {steps}, {rows}."


def after_pipeline(pipeline: PipelinePublic) -> Next | None:
    """While it runs: to wait for its job at work; then its final rows."""
    if pipeline.status == PipelineStatus.running:
        at_work = open_jobs(pipeline)
        return wait_for(at_work[0]) if at_work else None
    output = pipeline.output_job
    return read_rows(output.id) if output is not None and output.results_count else None


def open_jobs(pipeline: PipelinePublic) -> list[str]:
    """Ids of the jobs that run or wait, running ones first."""
    found = [job for job in pipeline.jobs if not Status(job.status).terminal]
    return [job.id for job in sorted(found, key=lambda job: job.status != Status.running)]


def cleaned(pipeline: PipelineBrief) -> PipelineBrief:
    """The same with a name that is fit to be shown."""
    return pipeline.model_copy(update={"name": clean_text(pipeline.name, LABEL_CHARS)})


@read
def brief_of_pipeline(context: Context, pipeline_id: str) -> PipelineBrief:
    """A pipeline as it stands in the list. Raises PipelineMissing, PipelineForbidden."""
    return cleaned(briefs(context.session, [owned_pipeline(context, pipeline_id)])[0])


async def downloads_of(caller: Caller, job: JobPublic) -> list[Download]:
    """Links to the job's file in each format; none while there is no file."""
    return await caller.call(_links, job.id) if job.download_available else []


@read
def _links(context: Context, job_id: str) -> list[Download]:
    try:
        return [
            Download(format=name, url=results.download_link(context, job_id, name).url, mime_type=found.media_type)
            for name, found in FORMATS.items()
        ]
    except (NotDownloadable, OutputGone):  # purged since the job was looked at
        return []


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def listing(parts: Sequence[str]) -> str:
    """Sentences as one text."""
    return " ".join(part for part in parts if part)
