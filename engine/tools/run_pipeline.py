"""Run a stored graph again, as a new pipeline."""

from engine.context import Caller, Context, write
from engine.pipelines import operations as pipelines
from engine.pipelines.schemas import Created, PipelineBrief
from engine.tools.briefs import JobBrief, after_pipeline, brief, listing
from engine.tools.shape import page_that_fits
from engine.tools.start import StartArguments, asked, start_once
from engine.tools.started_pipeline import is_running, jobs_now, look_at, started_summary
from engine.tools.tool import STARTS, Answer, PipelineId, Progress, Tool

NAME = "run_pipeline"


class Params(StartArguments):
    pipeline_id: PipelineId


class Result(Answer):
    pipeline: PipelineBrief
    jobs: list[JobBrief]
    already_started: bool | None = None


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """The new pipeline. Raises PipelineMissing, PipelineForbidden, what starting it raises, KeyReused."""
    created, already = await caller.call(_start, params)
    seen = await look_at(caller, created.id, wait_s=params.wait_s, progress=progress)
    summary = started_summary(seen, already=already)
    shown = [brief(job) for job in await caller.call(jobs_now, seen.public)]

    async def page(limit: int) -> Result:
        fewer = f"Of {len(shown)} jobs the first {limit} are told; list_jobs has all." if limit < len(shown) else ""
        return Result(
            pipeline=seen.brief,
            jobs=shown[:limit],
            already_started=already or None,
            summary=listing([summary, fewer]),
            next=after_pipeline(seen.public),
        )

    return await page_that_fits(max(len(shown), 1), page)


@write
def _start(context: Context, params: Params) -> tuple[Created, bool]:
    def again(context: Context) -> Created:
        return pipelines.run_again(context, params.pipeline_id)

    return start_once(context, asked(NAME, params), Created, again, is_running)


tool = Tool(
    name=NAME,
    title="Run a pipeline again",
    description=(
        "Starts a stored pipeline's graph again, as a new pipeline; the old one and its rows stay. Answers at once; "
        "the work goes on by itself. Costs EF as the first run did. An equal call within 2 minutes gives the same one."
    ),
    params=Params,
    result=Result,
    hints=STARTS,
    run=run,
    spends=True,
    example={"pipeline_id": "6f1c2a0e-8f0e-4a52-9d0f-0f5d3a9f7b11"},
)
