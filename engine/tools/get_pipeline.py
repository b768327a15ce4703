"""One pipeline: how far each of its steps is, and which job holds its final rows."""

from typing import Any

from pydantic import BaseModel

from engine.context import Caller
from engine.pipelines.models import PipelineStatus
from engine.pipelines.schemas import Node, OutputJob, PipelineBrief, PipelineJob, PipelinePublic
from engine.tools.briefs import (
    BRIEF_CHARS,
    LABEL_CHARS,
    SAFE_TO_LEAVE,
    after_pipeline,
    listing,
    pipeline_state,
    was_interrupted,
)
from engine.tools.definitions import SHORTENED, is_told_whole, told_definition
from engine.tools.started_pipeline import look_at
from engine.tools.tool import READS, Answer, Arguments, Format, PipelineId, Progress, Tool
from engine.tools.untrusted import clean_text

AHEAD, SKIPPED = "waiting", "skipped"  # of steps without a job: before the end of a pipeline, and after it


class Params(Arguments):
    pipeline_id: PipelineId
    response_format: Format = "concise"


class Step(BaseModel):
    """A node and its last job. `status`: the job's; `waiting` or `skipped` where there is none."""

    id: str
    type: str
    status: str
    job_id: str | None = None
    results_count: int | None = None
    error_message: str | None = None


class Result(Answer):
    pipeline: PipelineBrief
    nodes: list[Step]
    output_job: OutputJob | None = None
    error_message: str | None = None
    definition: dict[str, Any] | None = None


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """The pipeline as it is now. Raises PipelineMissing."""
    seen = await look_at(caller, params.pipeline_id, wait_s=0, progress=progress)
    public, detailed = seen.public, params.response_format == "detailed"
    jobs = _last_jobs(public)
    running = public.status == PipelineStatus.running
    steps = [_step(node, jobs.get(node.id), running=running) for node in public.definition.nodes]
    return Result(
        pipeline=seen.brief,
        nodes=steps,
        output_job=public.output_job,
        error_message=None if public.error_message is None else clean_text(public.error_message, BRIEF_CHARS),
        definition=told_definition(public.definition) if detailed else None,
        summary=listing(
            [
                pipeline_state(seen.brief),
                SAFE_TO_LEAVE if running else _advice(public),
                SHORTENED if detailed and not is_told_whole(public.definition) else "",
            ]
        ),
        next=after_pipeline(public),
    )


def _last_jobs(public: PipelinePublic) -> dict[str | None, PipelineJob]:
    """The last attempt of each node that has one; jobs come oldest first."""
    return {job.pipeline_node_id: job for job in public.jobs}


def _step(node: Node, job: PipelineJob | None, *, running: bool) -> Step:
    name = clean_text(node.id, LABEL_CHARS)
    if job is None:
        return Step(id=name, type=node.type, status=AHEAD if running else SKIPPED)
    return Step(
        id=name,
        type=node.type,
        status=job.status,
        job_id=job.id,
        results_count=job.results_count,
        error_message=None if job.error_message is None else clean_text(job.error_message, BRIEF_CHARS),
    )


def _advice(public: PipelinePublic) -> str:
    interrupted = [job.id for job in _last_jobs(public).values() if was_interrupted(job.job_type, job.status)]
    return listing(
        [
            f"resume_job with job {interrupted[0]} goes on from there." if interrupted else "",
            "" if public.output_job else "No step left rows.",
        ]
    )


tool = Tool(
    name="get_pipeline",
    title="Get a pipeline",
    description=(
        "One pipeline step by step: status, job and rows of each node, and output_job, the job with its final rows. "
        "response_format=detailed adds its definition."
    ),
    params=Params,
    result=Result,
    hints=READS,
    run=run,
    example={"pipeline_id": "6f1c2a0e-8f0e-4a52-9d0f-0f5d3a9f7b11"},
)
