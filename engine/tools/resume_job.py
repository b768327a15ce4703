"""Go on with an interrupted job: `POST /api/jobs/{id}/resume` for agents."""

from engine.context import Caller, Context, write
from engine.jobs import operations as jobs
from engine.pipelines import operations as pipelines
from engine.tools.briefs import SAFE_TO_LEAVE, JobBrief, after_job, brief, counted, is_over, listing, state_of
from engine.tools.start import StartArguments, asked, start_once
from engine.tools.started import StartedId, is_open
from engine.tools.tool import STARTS, Answer, JobId, Progress, Tool
from engine.tools.wait import wait_for_job

NAME = "resume_job"


class Params(StartArguments):
    job_id: JobId


class Began(StartedId):
    """What is kept of a start. `left`: items that the first attempt has not worked; `ef_cost`: their price."""

    left: int
    ef_cost: float


class Result(Answer):
    job: JobBrief
    already_started: bool | None = None


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """The new attempt. Raises what resuming raises (NotResumable, EmailUnverified, ...), KeyReused."""
    began, already = await caller.call(_start, params)
    job = await caller.call(jobs.get, began.job_id)
    if params.wait_s and not is_over(job):
        await wait_for_job(caller, job.id, seconds=params.wait_s, progress=progress)
        job = await caller.call(jobs.get, began.job_id)
    cost = f"{counted(began.left, 'item')} left, {began.ef_cost:.4g} EF."
    return Result(
        job=brief(job),
        already_started=already or None,
        summary=listing(
            [
                "Nothing new was started: an equal call resumed this job before." if already else f"Resumed: {cost}",
                state_of(job),
                SAFE_TO_LEAVE if not is_over(job) else "",
            ]
        ),
        next=after_job(job),
    )


@write
def _start(context: Context, params: Params) -> tuple[Began, bool]:
    def again(context: Context) -> Began:
        job = pipelines.resume(context, params.job_id)
        return Began(job_id=job.id, left=job.grid_points_count - job.processed_points, ef_cost=job.ef_cost)

    return start_once(context, asked(NAME, params), Began, again, is_open)


tool = Tool(
    name=NAME,
    title="Resume a job",
    description=(
        "Goes on where a cancelled or failed job stopped, as a new job that inherits its rows; in a pipeline the "
        "steps behind it go on, too. Costs EF for the items that are left. Needs a verified e-mail address."
    ),
    params=Params,
    result=Result,
    hints=STARTS,
    run=run,
    spends=True,
    example={"job_id": "j_0123456789"},
)
