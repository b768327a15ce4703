"""The caller's jobs and pipelines as tasks: what a client calls a task is a row of ours, whoever started it."""

from collections.abc import Mapping
from typing import Any

from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_REQUEST, CallToolResult

from engine.accounts.errors import ScopeMissing
from engine.context import Caller
from engine.jobs import operations as jobs
from engine.jobs.errors import JobAlreadyOver, JobMissing
from engine.jobs.schemas import JobPublic
from engine.pipelines import operations as pipelines
from engine.pipelines.errors import PipelineAlreadyOver, PipelineMissing
from engine.pipelines.schemas import PipelinePublic
from engine.tools import get_job, get_pipeline
from engine.tools.briefs import brief_of_pipeline, pipeline_state, state_of
from engine.tools.tool import Silence
from outsend_mcp.tasks import TaskState, TaskStatus, UnknownTask
from outsend_mcp.tools import CallerOf, RequestContext, ViewOf, shown

# The field of the result that holds what the tool has started.
STARTED = {
    "create_scrap_job": "job",
    "create_enrich_job": "job",
    "resume_job": "job",
    "create_pipeline": "pipeline",
    "run_pipeline": "pipeline",
}
FAILED = "failed"
# A failed job is a task that came to its end: a failed task is one that went wrong in the protocol.
STATUS: Mapping[str, TaskStatus] = {
    "pending": "working",
    "running": "working",
    "done": "completed",
    FAILED: "completed",
    "expired": "completed",
    "cancelled": "cancelled",
}


class Work:
    """Jobs and pipelines as a `TaskSource`. They live in the tables, so any process knows them."""

    def __init__(self, caller_of: CallerOf, view_of: ViewOf) -> None:
        self._caller_of, self._view_of = caller_of, view_of

    def task_of(self, tool: str, result: CallToolResult) -> str | None:
        """The job or pipeline that a starting tool leaves open."""
        told: dict[str, Any] = result.structured_content or {}
        started: dict[str, Any] | None = told.get(STARTED.get(tool, ""))
        return started["id"] if started is not None and STATUS[started["status"]] == "working" else None

    async def get(self, request: RequestContext, task_id: str) -> TaskState:
        """How the job or pipeline stands; when it is over, what its own tool tells of it."""
        caller = self._caller_of(request)
        try:
            return await self._state(request, caller, await _found(caller, task_id))
        except (JobMissing, PipelineMissing):  # deleted meanwhile
            raise UnknownTask from None

    async def cancel(self, request: RequestContext, task_id: str) -> None:
        """Stop the job or pipeline; rows already written stay."""
        caller = self._caller_of(request)
        if "run" not in caller.principal.scopes:
            raise MCPError(INVALID_REQUEST, ScopeMissing(scope="run").text)
        found = await _found(caller, task_id)
        try:
            if isinstance(found, JobPublic):
                await caller.call(jobs.cancel, found.id)
            else:
                await caller.call(pipelines.cancel, found.id)
        except (JobAlreadyOver, PipelineAlreadyOver):
            return
        except (JobMissing, PipelineMissing):  # deleted meanwhile
            raise UnknownTask from None

    async def answer(self, request: RequestContext, task_id: str, answers: Mapping[str, Any]) -> None:
        """Our work asks nothing, so there is nothing to hand on."""
        await _found(self._caller_of(request), task_id)

    async def _state(self, request: RequestContext, caller: Caller, found: JobPublic | PipelinePublic) -> TaskState:
        over = STATUS[found.status] == "completed"
        began = found.started_at if isinstance(found, JobPublic) else None
        return TaskState(
            id=found.id,
            status=STATUS[found.status],
            created_at=found.created_at,
            changed_at=found.completed_at or began or found.created_at,
            message=await _words(caller, found),
            result=await self._result(request, caller, found) if over else None,
        )

    async def _result(
        self, request: RequestContext, caller: Caller, found: JobPublic | PipelinePublic
    ) -> CallToolResult:
        if isinstance(found, JobPublic):
            answer: Any = await get_job.run(caller, get_job.Params(job_id=found.id), Silence())
        else:
            answer = await get_pipeline.run(caller, get_pipeline.Params(pipeline_id=found.id), Silence())
        result = shown(answer, self._view_of(request))
        return result.model_copy(update={"is_error": found.status == FAILED})


async def _found(caller: Caller, task_id: str) -> JobPublic | PipelinePublic:
    try:
        return await caller.call(jobs.get, task_id)
    except JobMissing:
        pass
    try:
        return await caller.call(pipelines.get, task_id)
    except PipelineMissing:
        raise UnknownTask from None


async def _words(caller: Caller, found: JobPublic | PipelinePublic) -> str:
    if isinstance(found, JobPublic):
        return state_of(found)
    return pipeline_state(await caller.call(brief_of_pipeline, found.id))
