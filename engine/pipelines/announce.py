"""Tells the receiver that a pipeline's creator named how the pipeline ended (docs page api/webhooks)."""

from engine.context import Context
from engine.pipelines.models import Pipeline
from engine.pipelines.progress import finished, output_job
from engine.pipelines.queries import definition_of, jobs_of, latest_by_node, locked_pipeline
from engine.webhooks import operations as webhooks

EVENT = "pipeline.finished"


def announce_pipeline(context: Context, pipeline_id: str, status: str) -> None:
    """Queue the message. For `Services.on_pipeline_finished`, which holds the pipeline."""
    pipeline = locked_pipeline(context.session, pipeline_id)
    if pipeline is None or pipeline.webhook_url is None:
        return
    webhooks.announce(
        context,
        account_id=pipeline.account_id,
        url=pipeline.webhook_url,
        event=EVENT,
        subject_id=pipeline.id,
        told=_told(context, pipeline, status),
    )


def _told(context: Context, pipeline: Pipeline, status: str) -> dict[str, object]:
    definition = definition_of(pipeline)
    latest = latest_by_node(jobs_of(context.session, [pipeline.id]))
    output = output_job(definition, latest)
    failed = (job.error_message for job in latest.values() if job.error_message)
    return {
        "id": pipeline.id,
        "status": status,
        "name": pipeline.name,
        "counts": {
            "nodes": len(definition.nodes),
            "done": sum(finished(job) for job in latest.values()),
            "results": output.results_count if output else 0,
            "errors": sum(job.errors for job in latest.values()),
        },
        "output_job_id": output.id if output else None,
        "error_message": pipeline.error_message or next(failed, None),
    }
