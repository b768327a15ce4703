"""Stop a job: `POST /api/jobs/{id}/cancel` for agents."""

from engine.context import Caller, Context, write
from engine.jobs import operations as jobs
from engine.jobs.models import Status
from engine.jobs.schemas import JobPublic
from engine.tools.briefs import JobBrief, brief, counted, has_rows, is_over, listing, read_rows, state_of
from engine.tools.tool import STOPS, Answer, Arguments, JobId, Progress, Silence, Tool
from engine.tools.wait import wait_for_job

STOP_SECONDS = 3.0  # a worker lets go within one


class Params(Arguments):
    job_id: JobId


class Result(Answer):
    job: JobBrief


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """The job once it has stopped, or as it stands after three seconds. Raises JobMissing, JobAlreadyOver."""
    already = await caller.call(_cancel, params.job_id)
    if not already:
        await wait_for_job(caller, params.job_id, seconds=STOP_SECONDS, progress=Silence())
    job = await caller.call(jobs.get, params.job_id)
    return Result(
        job=brief(job),
        summary=_summary(job, already=already),
        next=read_rows(job.id) if is_over(job) and has_rows(job) else None,
    )


@write
def _cancel(context: Context, job_id: str) -> bool:
    """True: the job was cancelled before, so that a call that is repeated finds what it asked for."""
    if jobs.get(context, job_id).status == Status.cancelled:
        return True
    jobs.cancel(context, job_id)
    return False


def _summary(job: JobPublic, *, already: bool) -> str:
    return listing(
        [
            "Nothing was changed: the job had been cancelled before." if already else "",
            state_of(job) if is_over(job) else f"Job {job.id} ({job.job_type}) has been told to stop.",
            f"{counted(job.results_count, 'row')} can be read and downloaded." if has_rows(job) else "",
        ]
    )


tool = Tool(
    name="cancel_job",
    title="Cancel a job",
    description=(
        "Stops a pending or running job for good; its pipeline, if it has one, ends with it. Rows that are already "
        "there stay readable. Cancelling a cancelled job changes nothing."
    ),
    params=Params,
    result=Result,
    hints=STOPS,
    run=run,
    example={"job_id": "j_0123456789"},
)
