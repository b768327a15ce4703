"""The caller's pipelines, newest first."""

from typing import Annotated

from pydantic import Field

from engine.context import Caller
from engine.limits import PIPELINES_PAGE
from engine.pipelines import operations as pipelines
from engine.pipelines.models import PipelineStatus
from engine.pipelines.schemas import PipelineBrief
from engine.tools.briefs import cleaned, counted, listing
from engine.tools.shape import page_that_fits
from engine.tools.tool import READS, Answer, Arguments, Cursor, Next, Progress, Tool

EMPTY = "No pipeline yet. create_pipeline starts one."


class Params(Arguments):
    limit: Annotated[int, Field(ge=1, le=PIPELINES_PAGE)] = 20
    cursor: Cursor | None = None


class Result(Answer):
    pipelines: list[PipelineBrief]
    next_cursor: str | None = None


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """A page of pipelines. Raises BadCursor."""

    async def page(limit: int) -> Result:
        found = await caller.call(pipelines.list_page, limit=limit, cursor=params.cursor)
        running = sum(one.status == PipelineStatus.running for one in found.pipelines)
        return Result(
            pipelines=[cleaned(one) for one in found.pipelines],
            next_cursor=found.next_cursor,
            summary=_summary(len(found.pipelines), running, params, more=found.next_cursor is not None),
            next=_following(found.next_cursor, running),
        )

    return await page_that_fits(params.limit, page)


def _summary(count: int, running: int, params: Params, *, more: bool) -> str:
    if not count:
        return "No further pipeline." if params.cursor else EMPTY
    rest = "next_cursor gives the older ones." if more else ""
    return listing([f"{counted(count, 'pipeline')}, newest first, {running} of them running.", rest])


def _following(cursor: str | None, running: int) -> Next | None:
    if running:
        return Next(tool="list_jobs", args={"status": "running"}, why="find the job at work, which get_job waits for")
    return Next(tool="list_pipelines", args={"cursor": cursor}, why="see the older ones") if cursor else None


tool = Tool(
    name="list_pipelines",
    title="List pipelines",
    description=(
        "The account's pipelines, newest first. A pipeline is a graph of modules whose rows flow from node to node; "
        "each started node is a job. headline_count is the number of rows at its end."
    ),
    params=Params,
    result=Result,
    hints=READS,
    run=run,
    example={"limit": 10},
)
