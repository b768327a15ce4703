"""What the tools that start a job have in common: the estimate that is told, and the wait after the start."""

from pydantic import BaseModel

from engine.context import Caller, Context
from engine.jobs import operations as jobs
from engine.jobs.errors import JobMissing
from engine.jobs.schemas import Estimate
from engine.tools.briefs import SAFE_TO_LEAVE, JobBrief, after_job, brief, counted, is_over, listing, state_of
from engine.tools.tool import Answer, Progress
from engine.tools.wait import wait_for_job


class StartedId(BaseModel):
    """The least that is kept of a start, so that its repetition tells the same."""

    job_id: str


class BeganJob(StartedId):
    """What is kept of a start that had a price."""

    estimate: Estimate


class StartedJob(Answer):
    """A job that has been started, or that an equal call had started before."""

    job: JobBrief
    estimate: Estimate
    already_started: bool | None = None


def is_open(context: Context, began: StartedId) -> bool:
    """Whether the job still waits or runs."""
    try:
        return not is_over(jobs.get(context, began.job_id))
    except JobMissing:  # deleted meanwhile
        return False


async def started(caller: Caller, began: BeganJob, *, already: bool, wait_s: float, progress: Progress) -> StartedJob:
    """The job after the wait that was asked for."""
    job = await caller.call(jobs.get, began.job_id)
    if wait_s and not is_over(job):
        await wait_for_job(caller, job.id, seconds=wait_s, progress=progress)
        job = await caller.call(jobs.get, began.job_id)
    cost = f"{counted(began.estimate.total_requests, 'request')}, {job.ef_cost:.4g} EF, about " + (
        f"{began.estimate.estimated_duration_seconds:,} s of work."
    )
    return StartedJob(
        job=brief(job),
        estimate=began.estimate,
        already_started=already or None,
        summary=listing(
            [
                "Nothing new was started: an equal call started this job before." if already else f"Started: {cost}",
                state_of(job),
                SAFE_TO_LEAVE if not is_over(job) else "",
            ]
        ),
        next=after_job(job),
    )
