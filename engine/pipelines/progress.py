"""How far a pipeline is, and which of its jobs holds the result."""

from collections.abc import Mapping

from engine.jobs.models import Job, Status
from engine.jobs.queries import downloadable
from engine.pipelines.models import PipelineStatus
from engine.pipelines.schemas import Definition, Node, OutputJob
from engine.registry.load import node_types


def progress_pct(definition: Definition, status: str, latest: Mapping[str, Job]) -> int:
    """0 to 100, each stage weighted by how long its kind takes; 100 only when the pipeline is done.

    `latest` is the last job of each node. A stage below one that ended without rows has nothing left to do.
    """
    if status == PipelineStatus.done:
        return 100
    weights = {node.id: _weight(node) for node in definition.nodes}
    reached = sum(weights[node.id] * _share(definition, node, latest) for node in definition.nodes)
    return min(99, int(100 * reached / sum(weights.values())))


def finished(job: Job) -> bool:
    """Whether the job did all its work; still true when its rows have expired."""
    complete = job.error_code is None and job.processed >= job.planned
    return job.status == Status.done or (job.status == Status.expired and complete)


def output_job(definition: Definition, latest: Mapping[str, Job]) -> OutputJob | None:
    """The most downstream stage that ended with rows; of several as deep, the first in the definition."""
    ended = [node for node in definition.nodes if node.id in latest and _has_output(latest[node.id])]
    if not ended:
        return None
    job = latest[max(ended, key=lambda node: sum(1 for _ in definition.ancestors(node.id))).id]
    return OutputJob(
        id=job.id,
        job_type=job.job_type,
        results_count=job.results,
        status=job.status,
        download_available=downloadable(job),
    )


def _has_output(job: Job) -> bool:
    return Status(job.status).terminal and job.results > 0 and job.deleted_at is None


def _share(definition: Definition, node: Node, latest: Mapping[str, Job]) -> float:
    """How much of a stage is done, 0 to 1."""
    job = latest.get(node.id)
    if job is not None:
        return 1.0 if finished(job) else min(1.0, job.processed / max(1, job.planned))
    above = next((latest[one.id] for one in definition.ancestors(node.id) if one.id in latest), None)
    return 1.0 if above is not None and finished(above) and not above.results else 0.0


def _weight(node: Node) -> float:
    module = node_types().get(node.type)
    return module.weight if module is not None else 1.0
