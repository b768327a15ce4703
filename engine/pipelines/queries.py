"""Looking pipelines and their jobs up, and showing them."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from engine.context import Context
from engine.db.types import plain_text
from engine.jobs.models import Job
from engine.pipelines.errors import PipelineForbidden, PipelineMissing
from engine.pipelines.models import Pipeline
from engine.pipelines.progress import finished, output_job, progress_pct
from engine.pipelines.schemas import Definition, PipelineBrief, PipelineJob, PipelinePublic

UNUSED = ("config", "stats", "done")  # large columns of a job that no pipeline looks at


def owned_pipeline(context: Context, pipeline_id: str) -> Pipeline:
    """The caller's pipeline.

    Raises:
        PipelineMissing: no such pipeline; an agent hears the same of somebody else's.
        PipelineForbidden: somebody else's.
    """
    pipeline = context.session.exec(select(Pipeline).where(Pipeline.id == plain_text(pipeline_id))).first()
    if pipeline is not None and pipeline.account_id == context.account_id:
        return pipeline
    if pipeline is None or (context.principal is not None and context.principal.by_agent):
        raise PipelineMissing(pipeline_id=pipeline_id)
    raise PipelineForbidden()


def newest(context: Context, limit: int, *, before: Pipeline | None = None) -> list[Pipeline]:
    """The caller's pipelines, most recent first; with `before`, those that are older than it."""
    mine = select(Pipeline).where(Pipeline.account_id == context.account_id)
    if before is not None:
        mine = mine.where(col(Pipeline.seq) < before.seq)
    return list(context.session.exec(mine.order_by(col(Pipeline.seq).desc()).limit(limit)))


def definition_of(pipeline: Pipeline) -> Definition:
    return Definition.model_validate(pipeline.definition)


def locked_pipeline(session: Session, pipeline_id: str) -> Pipeline | None:
    """The pipeline, locked until the transaction ends: of two jobs that end at once, the second sees the first's end.

    Refreshes the object that the session holds. On SQLite the write transaction is lock enough.
    """
    query = select(Pipeline).where(Pipeline.id == pipeline_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).first()


def lock_free(session: Session, jobs: Sequence[Job]) -> set[int | None]:
    """Lock those of the jobs that no other transaction holds, without waiting; their `seq`. On SQLite: all."""
    query = select(Job.seq).where(col(Job.seq).in_([job.seq for job in jobs]))
    return set(session.exec(query.with_for_update(skip_locked=True)))


def jobs_of(session: Session, pipeline_ids: Iterable[str]) -> list[Job]:
    """All jobs of these pipelines, every attempt, oldest first."""
    query = select(Job).where(col(Job.pipeline_id).in_(list(pipeline_ids))).order_by(col(Job.seq))
    lean = query.options(*(defer(getattr(Job, name)) for name in UNUSED))
    return list(session.exec(lean.execution_options(populate_existing=True)))


def latest_by_node(jobs: Sequence[Job]) -> dict[str, Job]:
    """The last attempt of each node; `jobs` are one pipeline's, oldest first."""
    return {job.node_id: job for job in jobs if job.node_id is not None}


def latest_jobs(session: Session, pipeline_id: str) -> dict[str, Job]:
    """The last attempt of each node that has one."""
    return latest_by_node(jobs_of(session, [pipeline_id]))


def brief(pipeline: Pipeline, jobs: Sequence[Job]) -> PipelineBrief:
    """A pipeline as it stands in a list; `jobs` are its own, oldest first."""
    definition, latest = definition_of(pipeline), latest_by_node(jobs)
    output = output_job(definition, latest)
    return PipelineBrief(
        id=pipeline.id,
        name=pipeline.name,
        status=pipeline.status,
        created_at=pipeline.created_at,
        completed_at=pipeline.completed_at,
        nodes_count=len(definition.nodes),
        done_count=sum(finished(job) for job in latest.values()),
        results_count=sum(job.results for job in latest.values()),
        headline_count=output.results_count if output else 0,
        progress_pct=progress_pct(definition, pipeline.status, latest),
    )


def briefs(session: Session, pipelines: Sequence[Pipeline]) -> list[PipelineBrief]:
    """Pipelines as they stand in a list, in their order."""
    jobs: dict[str, list[Job]] = {pipeline.id: [] for pipeline in pipelines}
    for job in jobs_of(session, jobs):
        jobs[job.pipeline_id or ""].append(job)
    return [brief(pipeline, jobs[pipeline.id]) for pipeline in pipelines]


def public(session: Session, pipeline: Pipeline) -> PipelinePublic:
    """A pipeline as its owner sees it, with its graph and its jobs."""
    definition, jobs = definition_of(pipeline), jobs_of(session, [pipeline.id])
    latest = latest_by_node(jobs)
    return PipelinePublic(
        id=pipeline.id,
        user_id=pipeline.account_id,
        name=pipeline.name,
        definition=definition,
        status=pipeline.status,
        created_at=pipeline.created_at,
        completed_at=pipeline.completed_at,
        progress_pct=progress_pct(definition, pipeline.status, latest),
        error_message=pipeline.error_message,
        jobs=[_job(job) for job in jobs if job.deleted_at is None],
        output_job=output_job(definition, latest),
    )


def _job(job: Job) -> PipelineJob:
    return PipelineJob(
        id=job.id,
        job_type=job.job_type,
        status=job.status,
        pipeline_node_id=job.node_id,
        attempt=job.attempt,
        results_count=job.results,
        error_message=job.error_message,
        created_at=job.created_at,
        completed_at=job.completed_at,
    )
