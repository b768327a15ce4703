"""Which rows of a run are compared, and what of the map nobody could look at."""

from dataclasses import dataclass

from sqlmodel import select

from engine.context import Context, read
from engine.jobs.errors import OutputGone
from engine.jobs.models import Job
from engine.modules.scrap import LOST_TILES
from engine.pipelines.models import Pipeline
from engine.pipelines.queries import definition_of, latest_jobs
from engine.veille.areas import Lost
from engine.veille.models import Veille, VeilleRun
from engine.veille.source import root_of


@dataclass(frozen=True, slots=True)
class Rows:
    """`seq` is the job that has the rows; None where its branch ended before it: there are none.

    `job_id` is that job, or the last one before the end of the branch; `root` made the search. Where `are_of_items`,
    the idx of a row is that of the search that brought it.
    """

    seq: int | None
    job_id: str | None
    root: Job | None
    lost: Lost
    are_of_items: bool


@read
def rows_of(context: Context, account_id: int, run_id: int) -> Rows:
    """The rows of a run that is over. Raises OutputGone: its job was deleted."""
    run = context.session.exec(
        select(VeilleRun).where(VeilleRun.id == run_id, VeilleRun.account_id == account_id)
    ).one()
    if run.pipeline_id is None:
        job = context.session.exec(select(Job).where(Job.id == run.job_id, Job.account_id == account_id)).first()
        return _rows(job, job, root=job)
    veille = context.session.get_one(Veille, run.veille_id)
    theirs = select(Pipeline).where(Pipeline.id == run.pipeline_id, Pipeline.account_id == account_id)
    definition, node_id = definition_of(context.session.exec(theirs).one()), veille.node_id or ""
    latest = latest_jobs(context.session, run.pipeline_id)
    above = (node.id for node in definition.ancestors(node_id))
    furthest = next((latest[name] for name in (node_id, *above) if name in latest), None)
    return _rows(latest.get(node_id), furthest, root=latest.get(root_of(definition, node_id).id))


def _rows(job: Job | None, furthest: Job | None, *, root: Job | None) -> Rows:
    if furthest is None or root is None:
        raise OutputGone()
    return Rows(
        seq=None if job is None else job.seq,
        job_id=furthest.id,
        root=root,
        lost=Lost(root.stats.get(LOST_TILES, {})),
        are_of_items=job is root,
    )
