"""What the tools that start a pipeline have in common: how it stands after the wait that was asked for."""

from dataclasses import dataclass

from engine.context import Caller, Context, read
from engine.jobs import operations as jobs
from engine.jobs.schemas import JobPublic
from engine.pipelines import operations as pipelines
from engine.pipelines.models import PipelineStatus
from engine.pipelines.schemas import Created, PipelineBrief, PipelinePublic
from engine.tools.briefs import SAFE_TO_LEAVE, brief_of_pipeline, listing, pipeline_state
from engine.tools.tool import Progress
from engine.tools.wait import wait_for_pipeline

WARNED = "warnings holds what may stand in the way."


@dataclass(frozen=True, slots=True)
class Seen:
    """A pipeline at one moment, with its graph and as it stands in the list."""

    public: PipelinePublic
    brief: PipelineBrief


def is_running(context: Context, created: Created) -> bool:
    """Whether the pipeline isn't over."""
    return pipelines.get(context, created.id).status == PipelineStatus.running


async def look_at(caller: Caller, pipeline_id: str, *, wait_s: float, progress: Progress) -> Seen:
    """The pipeline once it is over, or after `wait_s`. Raises PipelineMissing, PipelineForbidden."""
    if wait_s:
        await wait_for_pipeline(caller, pipeline_id, seconds=wait_s, progress=progress)
    return await caller.call(_seen, pipeline_id)


def started_summary(seen: Seen, *, already: bool, warnings: bool = False) -> str:
    """What there is to say about a pipeline after its start."""
    return listing(
        [
            "Nothing new was started: an equal call started this pipeline before." if already else "",
            pipeline_state(seen.brief),
            SAFE_TO_LEAVE if seen.public.status == PipelineStatus.running else "",
            WARNED if warnings else "",
        ]
    )


@read
def _seen(context: Context, pipeline_id: str) -> Seen:
    return Seen(pipelines.get(context, pipeline_id), brief_of_pipeline(context, pipeline_id))


@read
def jobs_now(context: Context, pipeline: PipelinePublic) -> list[JobPublic]:
    """The pipeline's jobs, oldest first. Raises JobMissing: one was deleted at this moment."""
    return [jobs.get(context, job.id) for job in pipeline.jobs]
