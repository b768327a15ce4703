"""What a veille replays: a scrap job or a pipeline of the caller's, turned into all that a replay needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.context import Context
from engine.jobs.errors import JobForbidden, JobMissing, UnknownModule
from engine.jobs.intake import module_named
from engine.jobs.models import Job, Status
from engine.jobs.queries import downloadable, owned_job
from engine.module import ONLY_NEW, ExpandModule
from engine.pipelines.errors import PipelineForbidden, PipelineMissing, UnknownNodeType
from engine.pipelines.models import PipelineStatus
from engine.pipelines.progress import finished
from engine.pipelines.queries import definition_of, latest_jobs, owned_pipeline
from engine.pipelines.schemas import Definition, Node
from engine.pipelines.validate import module_of
from engine.veille.errors import NewOnlyNeedsPipeline, NotWatchable, NoWatchableRoot, SourceMissing, SourceNotDone


@dataclass(frozen=True, slots=True)
class Source:
    """`template`: `{job_type, config}` or `{name, definition}`. `job` has the rows of the first state, if it may."""

    template: dict[str, Any]
    node_id: str | None
    job: Job | None


def job_source(context: Context, job_id: str, *, new_only: bool) -> Source:
    """A scrap job as a source.

    Raises:
        NewOnlyNeedsPipeline, SourceMissing, NotWatchable, SourceNotDone.
    """
    if new_only:
        raise NewOnlyNeedsPipeline()
    try:
        job = owned_job(context, job_id)
    except (JobMissing, JobForbidden):
        raise SourceMissing(source=job_id) from None
    if not _is_watchable(job.job_type):
        raise NotWatchable(job_type=job.job_type)
    if not finished(job):
        raise SourceNotDone(status=job.status)
    template = {"job_type": job.job_type, "config": _whole(job.config)}
    return Source(template, None, _baseline(job, job.config))


def pipeline_source(context: Context, pipeline_id: str, *, new_only: bool) -> Source:
    """A pipeline as a source. Its furthest node is compared; with `new_only`, its root.

    Raises:
        SourceMissing, SourceNotDone, NoWatchableRoot, NewOnlyNeedsPipeline.
    """
    try:
        pipeline = owned_pipeline(context, pipeline_id)
    except (PipelineMissing, PipelineForbidden):
        raise SourceMissing(source=pipeline_id) from None
    if pipeline.status != PipelineStatus.done:
        raise SourceNotDone(status=pipeline.status)
    definition = definition_of(pipeline)
    node = _watched(definition)
    if new_only:
        if len(definition.roots) > 1:
            raise NewOnlyNeedsPipeline()
        node = root_of(definition, node.id)
    template = {"name": pipeline.name, "definition": _searching(definition)}
    job = latest_jobs(context.session, pipeline.id).get(node.id)
    return Source(template, node.id, _baseline(job, root_of(definition, node.id).config) if job else None)


def root_of(definition: Definition, node_id: str) -> Node:
    """The node whose rows everything up to this one comes from; itself for a root."""
    above = list(definition.ancestors(node_id))
    return above[-1] if above else definition.by_id[node_id]


def _watched(definition: Definition) -> Node:
    """The furthest list of places below a search; of several as far, the first in the definition.

    Reviews are none: they are read along with the places, and what is new of them is the job's own rows.
    """
    below = [node for node in definition.nodes if _supports(root_of(definition, node.id)) and not _expands(node)]
    if not below:
        raise NoWatchableRoot()
    return max(below, key=lambda node: sum(1 for _ in definition.ancestors(node.id)))


def _is_watchable(job_type: str) -> bool:
    try:
        return module_named(job_type).supports_veille
    except UnknownModule:
        return False


def _supports(node: Node) -> bool:
    try:
        return module_of(node).supports_veille
    except UnknownNodeType:
        return False


def _expands(node: Node) -> bool:
    try:
        return isinstance(module_of(node), ExpandModule)
    except UnknownNodeType:
        return False


def _searching(definition: Definition) -> dict[str, Any]:
    nodes = [node.model_copy(update={"config": _replayed(node)}) for node in definition.nodes]
    return definition.model_copy(update={"nodes": nodes}).model_dump(mode="json")


def _replayed(node: Node) -> dict[str, Any]:
    """The options of a node in a replay: all places of a search, and of their reviews what is new."""
    if _expands(node):
        return {**node.config, ONLY_NEW: True}
    return _whole(node.config) if _supports(node) else dict(node.config)


def _whole(config: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a search, so that it brings what is known, too: else all of that would count as removed."""
    return {**config, ONLY_NEW: False} if config.get(ONLY_NEW) else dict(config)


def _baseline(job: Job, config: Mapping[str, Any]) -> Job | None:
    """The job whose rows are the first state: they must be there, and be all that the search found."""
    there = job.status == Status.done and job.deleted_at is None and downloadable(job)
    return job if there and not config.get(ONLY_NEW) else None
