"""Looking pipelines and their jobs up."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from engine.context import Context
from engine.jobs.models import Job
from engine.pipelines.errors import PipelineForbidden, PipelineMissing
from engine.pipelines.models import Pipeline

# Large columns of a job that no pipeline looks at.
UNUSED = (Job.config, Job.stats, Job.done)


def owned_pipeline(context: Context, pipeline_id: str) -> Pipeline:
    """The caller's pipeline.

    Raises:
        PipelineMissing: no such pipeline.
        PipelineForbidden: somebody else's.
    """
    pipeline = context.session.exec(select(Pipeline).where(Pipeline.id == pipeline_id)).first()
    if pipeline is None:
        raise PipelineMissing(pipeline_id=pipeline_id)
    if pipeline.account_id != context.account_id:
        raise PipelineForbidden()
    return pipeline


def locked_pipeline(session: Session, pipeline_id: str) -> Pipeline:
    """The pipeline, locked until the transaction ends: of two jobs that end at once, the second sees the first's end.

    On SQLite the write transaction is lock enough.
    """
    query = select(Pipeline).where(Pipeline.id == pipeline_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def jobs_of(session: Session, pipeline_ids: Iterable[str]) -> list[Job]:
    """All jobs of these pipelines, every attempt, oldest first."""
    query = select(Job).where(col(Job.pipeline_id).in_(list(pipeline_ids))).order_by(col(Job.seq))
    lean = query.options(*(defer(col(column)) for column in UNUSED))
    return list(session.exec(lean.execution_options(populate_existing=True)))


def latest_by_node(jobs: Sequence[Job]) -> dict[str, Job]:
    """The last attempt of each node; `jobs` are one pipeline's, oldest first."""
    return {job.node_id: job for job in jobs if job.node_id is not None}


def latest_jobs(session: Session, pipeline_id: str) -> dict[str, Job]:
    """The last attempt of each node that has one."""
    return latest_by_node(jobs_of(session, [pipeline_id]))
