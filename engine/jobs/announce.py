"""Tells the receiver that a job's creator named how the job ended (docs page api/webhooks)."""

from engine.context import Context, FinishedJob
from engine.jobs.models import Job
from engine.webhooks import operations as webhooks

EVENT = "job.finished"


def announce_job(context: Context, ended: FinishedJob) -> None:
    """Queue the message. For `Services.on_job_finished`."""
    job = context.session.get_one(Job, ended.seq)
    if job.webhook_url is None:
        return
    told = {
        "id": job.id,
        "status": ended.status,
        "job_type": job.job_type,
        "counts": {"planned": job.planned, "processed": job.processed, "results": job.results, "errors": job.errors},
        "error_message": job.error_message,
    }
    webhooks.announce(
        context, account_id=ended.account_id, url=job.webhook_url, event=EVENT, subject_id=job.id, told=told
    )
