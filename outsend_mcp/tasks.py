"""Tasks (`io.modelcontextprotocol/tasks`, revision 2026-07-28): a call that goes on after its answer.

A client that declares the extension is given a task where a tool has started something, and looks at it, answers it
and cancels it by three methods. What a task is, a `TaskSource` knows. Source: the extension's specification, SEP-2663.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias

from mcp.server.context import CallNext, HandlerResult
from mcp.server.extension import Extension, MethodBinding
from mcp.server.mcpserver.server import require_client_extension
from mcp.shared.exceptions import MCPError
from mcp.shared.inbound import MCP_NAME_HEADER, decode_header_value
from mcp_types import HEADER_MISMATCH, INVALID_PARAMS, CallToolRequestParams, CallToolResult, ErrorData, RequestParams
from pydantic import Field

from outsend_mcp.tools import RequestContext

IDENTIFIER = "io.modelcontextprotocol/tasks"
VERSIONS = frozenset({"2026-07-28"})
TTL_MS = 7 * 24 * 3_600_000  # a task is there for at least so long
POLL_INTERVAL_MS = 2_000

TaskStatus: TypeAlias = Literal["working", "input_required", "completed", "failed", "cancelled"]
Wire: TypeAlias = dict[str, Any]


class UnknownTask(Exception):
    """No such task, or none of this caller's: nobody learns which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """A task at one moment. Times are UTC; `changed_at` is that of the present status."""

    id: str
    status: TaskStatus
    created_at: datetime
    changed_at: datetime
    message: str | None = None
    result: CallToolResult | None = None  # of a completed one
    error: ErrorData | None = None  # of a failed one: what went wrong in the protocol, not in the work
    asks: Mapping[str, Wire] | None = None  # what one that waits for input wants to know


class TaskSource(Protocol):
    """Where tasks live. It survives this process if its tasks shall."""

    def task_of(self, tool: str, result: CallToolResult) -> str | None:
        """The id of what a call has started and left open; None: the result is all there is."""
        ...

    async def get(self, request: RequestContext, task_id: str) -> TaskState:
        """The caller's task. Raises UnknownTask."""
        ...

    async def cancel(self, request: RequestContext, task_id: str) -> None:
        """Stop the caller's task; one that is over stays as it is. Raises UnknownTask, MCPError."""
        ...

    async def answer(self, request: RequestContext, task_id: str, answers: Mapping[str, Any]) -> None:
        """Give the caller's task what it asks for; other keys are no matter. Raises UnknownTask."""
        ...


class TaskParams(RequestParams):
    """Which task."""

    task_id: str = Field(alias="taskId", min_length=1, max_length=64)


class AnswerParams(TaskParams):
    """Which task, and what it asked for."""

    input_responses: dict[str, Any] = Field(alias="inputResponses")


class Tasks(Extension):
    """The extension over a source of tasks."""

    identifier = IDENTIFIER

    def __init__(self, source: TaskSource) -> None:
        self._source = source

    def methods(self) -> Sequence[MethodBinding]:
        """The three methods, for the one revision that has them."""
        return (
            MethodBinding("tasks/get", TaskParams, self._get, VERSIONS),
            MethodBinding("tasks/update", AnswerParams, self._update, VERSIONS),
            MethodBinding("tasks/cancel", TaskParams, self._cancel, VERSIONS),
        )

    async def intercept_tool_call(
        self, params: CallToolRequestParams, ctx: RequestContext, call_next: CallNext
    ) -> HandlerResult:
        """Answer with a task where the call has left something open and the client knows tasks."""
        result = await call_next(ctx)
        if not _declared(ctx) or not isinstance(result, CallToolResult):
            return result
        task_id = self._source.task_of(params.name, result)
        if task_id is None:
            return result
        try:
            return {**_told(await self._source.get(ctx, task_id)), "resultType": "task"}
        except UnknownTask:  # deleted meanwhile
            return result

    async def _get(self, ctx: RequestContext, params: TaskParams) -> HandlerResult:
        _ensure_asked_well(ctx, params.task_id)
        try:
            state = await self._source.get(ctx, params.task_id)
        except UnknownTask:
            raise _unknown() from None
        return {**_told(state), **_outcome(state), "resultType": "complete"}

    async def _update(self, ctx: RequestContext, params: AnswerParams) -> HandlerResult:
        _ensure_asked_well(ctx, params.task_id)
        try:
            await self._source.answer(ctx, params.task_id, params.input_responses)
        except UnknownTask:
            raise _unknown() from None
        return {"resultType": "complete"}

    async def _cancel(self, ctx: RequestContext, params: TaskParams) -> HandlerResult:
        _ensure_asked_well(ctx, params.task_id)
        try:
            await self._source.cancel(ctx, params.task_id)
        except UnknownTask:
            raise _unknown() from None
        return {"resultType": "complete"}


def _declared(ctx: RequestContext) -> bool:
    capabilities = ctx.session.client_capabilities
    declared = capabilities.extensions if capabilities is not None else None
    return ctx.protocol_version in VERSIONS and IDENTIFIER in (declared or {})


def _ensure_asked_well(ctx: RequestContext, task_id: str) -> None:
    """The client declares the extension, and the header that the network routes by names the same task."""
    require_client_extension(ctx, IDENTIFIER)
    if ctx.request is not None and decode_header_value(ctx.request.headers.get(MCP_NAME_HEADER)) != task_id:
        raise MCPError(HEADER_MISMATCH, "Mcp-Name must be the taskId of the request.")


def _unknown() -> MCPError:
    return MCPError(INVALID_PARAMS, "No such task.")


def _told(state: TaskState) -> Wire:
    """What is said of a task wherever it is named."""
    told: Wire = {
        "taskId": state.id,
        "status": state.status,
        "createdAt": _instant(state.created_at),
        "lastUpdatedAt": _instant(state.changed_at),
        "ttlMs": TTL_MS,
        "pollIntervalMs": POLL_INTERVAL_MS,
    }
    return told if state.message is None else {**told, "statusMessage": state.message}


def _outcome(state: TaskState) -> Wire:
    """What a look at a task tells beyond its state."""
    found = {"result": state.result, "error": state.error}
    told: Wire = {
        name: value.model_dump(by_alias=True, mode="json", exclude_none=True)
        for name, value in found.items()
        if value is not None
    }
    return told if state.asks is None else {**told, "inputRequests": dict(state.asks)}


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
