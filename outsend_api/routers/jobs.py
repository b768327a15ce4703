"""`/api/jobs`: scrapes, the list, one job, its control, the queue, and the estimate. Source: docs page api/jobs."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from engine.accounts.repeats import once
from engine.accounts.schemas import Ok
from engine.jobs import operations as jobs
from engine.jobs.requests import JobRequest, ScrapRequest, estimate_request, scrap_request
from engine.jobs.schemas import Estimate, JobPublic, QueueView, ResumeRequest
from engine.limits import JOBS_PAGE_DEFAULT, JOBS_PAGE_MAX
from engine.pipelines import operations as pipelines
from outsend_api.access import ActiveUser, SignedIn
from outsend_api.errors import may
from outsend_api.idempotency import ByKey
from outsend_api.routers.bodies import with_body

router = APIRouter(prefix="/api/jobs", tags=["jobs"])
estimates = APIRouter(prefix="/api/estimate", tags=["jobs"])

JobId = Annotated[str, Path(description="The job's `id`, as creating or listing gave it.")]
Limit = Annotated[int, Query(description=f"At most so many jobs; brought into 1 to {JOBS_PAGE_MAX}.")]
Offset = Annotated[int, Query(description="Leave out so many of the most recent; at least 0.")]
CREATION = may(400, 401, 403, 413, 422)


@router.post("", responses=CREATION)
@router.post("/scrap", responses=CREATION)
@with_body(scrap_request())
def create_scrap(body: ScrapRequest, user: ActiveUser, asked: ByKey) -> JobPublic:
    """Search for businesses: each query on each tile of the zones. Needs a verified e-mail address.

    Other modules have endpoints of their own, `POST /api/jobs/{module}`.
    """
    return user.run(once, asked, JobPublic, jobs.create, "scrap", body.options(), **body.arguments())


@router.post("/resume", responses=may(400, 401, 403, 404, 410, 413, 422))
def resume_job_named(body: ResumeRequest, user: ActiveUser, asked: ByKey) -> JobPublic:
    """Go on with the interrupted job that the body names; the same as `/api/jobs/{job_id}/resume`."""
    return user.run(once, asked, JobPublic, pipelines.resume, body.job_id)


@router.get("", responses=may(401, 403, 422))
def list_jobs(user: SignedIn, limit: Limit = JOBS_PAGE_DEFAULT, offset: Offset = 0) -> list[JobPublic]:
    """The caller's jobs, most recent first."""
    return user.run(jobs.list_jobs, limit=limit, offset=offset)


@router.get("/queue", responses=may(401, 403))
def get_queue(user: SignedIn) -> QueueView:
    """How many jobs run and wait on the platform, and where the caller's own stand. Nobody else's job is named."""
    return user.run(jobs.queue)


@router.get("/{job_id}", responses=may(401, 403, 404, 422))
def get_job(job_id: JobId, user: SignedIn) -> JobPublic:
    """One job with live counters."""
    return user.run(jobs.get, job_id)


@router.post("/{job_id}/cancel", responses=may(400, 401, 403, 404, 422))
def cancel_job(job_id: JobId, user: ActiveUser) -> Ok:
    """Stop a pending or running job. Rows already written stay downloadable."""
    user.run(jobs.cancel, job_id)
    return Ok()


@router.post("/{job_id}/resume", responses=may(400, 401, 403, 404, 410, 422))
def resume_job(job_id: JobId, user: ActiveUser, asked: ByKey) -> JobPublic:
    """Go on where a cancelled or failed job stopped, as a new job that pays for the rest alone.

    A job of a pipeline takes its place there again, and the pipeline goes on. Needs a verified e-mail address.
    """
    return user.run(once, asked, JobPublic, pipelines.resume, job_id)


@router.delete("/{job_id}", status_code=204, responses=may(400, 401, 403, 404, 422))
def delete_job(
    job_id: JobId,
    user: ActiveUser,
    cancel: Annotated[bool, Query(description="Stop the job first, if it is still open.")] = False,
) -> None:
    """Remove a job with its rows. An open one is refused, unless `cancel` is true."""
    user.run(jobs.delete, job_id, cancel=cancel)


@estimates.post("", responses=may(400, 401, 403, 413, 422))
@with_body(estimate_request())
def estimate_scrap(body: JobRequest, user: SignedIn) -> Estimate:
    """What a scrap would cost and how long it would take. Free, and nothing is created."""
    return user.run(jobs.estimate, body.options())
