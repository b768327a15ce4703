"""The suite's tools that go on as tasks, and where those tasks live: in this process, for the time of a test."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.server import require_client_extension
from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR, CallToolResult, ErrorData, InputRequest, InputRequiredResult, TextContent

from outsend_mcp.tasks import IDENTIFIER, TaskState, TaskStatus, UnknownTask
from outsend_mcp.tools import RequestContext
from tests.conformance.asking_tools import answers, ask, filled, form
from tests.conformance.plain_tools import said

NAMED = "task"  # where a result names the task that goes on


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Running:
    """A task of the tests."""

    id: str = field(default_factory=lambda: secrets.token_hex(8))
    status: TaskStatus = "working"
    created_at: datetime = field(default_factory=_now)
    changed_at: datetime = field(default_factory=_now)
    result: CallToolResult | None = None
    error: ErrorData | None = None
    asks: dict[str, InputRequest] = field(default_factory=dict[str, InputRequest])
    answers: dict[str, Any] = field(default_factory=dict[str, Any])
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, requests: Mapping[str, InputRequest]) -> Mapping[str, Any]:
        """Wait until all that is asked has been answered."""
        self.asks.update(requests)
        self.turn("input_required")
        await self.answered.wait()
        self.turn("working")
        return self.answers

    def turn(self, status: TaskStatus) -> None:
        self.status, self.changed_at = status, _now()


Doing = Callable[[Running], Awaitable[CallToolResult]]


class FixtureTasks:
    """Tasks in this process, as a `TaskSource`."""

    def __init__(self) -> None:
        self._tasks: dict[str, tuple[Running, asyncio.Task[None]]] = {}

    def start(self, do: Doing) -> CallToolResult:
        """Begin; the result names the task."""
        running = Running()
        self._tasks[running.id] = running, asyncio.create_task(_run(running, do))
        return CallToolResult(content=[TextContent(text="Begun.")], _meta={NAMED: running.id})

    def task_of(self, tool: str, result: CallToolResult) -> str | None:
        return (result.meta or {}).get(NAMED)

    async def get(self, request: RequestContext, task_id: str) -> TaskState:
        found, _ = self._found(task_id)
        told = {key: one.model_dump(by_alias=True, mode="json", exclude_none=True) for key, one in found.asks.items()}
        return TaskState(
            id=found.id,
            status=found.status,
            created_at=found.created_at,
            changed_at=found.changed_at,
            result=found.result,
            error=found.error,
            asks=told if found.status == "input_required" else None,
        )

    async def cancel(self, request: RequestContext, task_id: str) -> None:
        found, doing = self._found(task_id)
        if not doing.done():
            doing.cancel()
            await asyncio.gather(doing, return_exceptions=True)
            found.turn("cancelled")

    async def answer(self, request: RequestContext, task_id: str, answers: Mapping[str, Any]) -> None:
        found, _ = self._found(task_id)
        for key in found.asks.keys() & answers.keys():
            del found.asks[key]
            found.answers[key] = answers[key]
        if not found.asks:
            found.answered.set()

    def _found(self, task_id: str) -> tuple[Running, asyncio.Task[None]]:
        try:
            return self._tasks[task_id]
        except KeyError:
            raise UnknownTask from None


async def _run(running: Running, do: Doing) -> None:
    try:
        running.result = await do(running)
        running.turn("completed")
    except MCPError as fault:
        running.error = fault.error
        running.turn("failed")


class TaskTools:
    """The tools, over these tasks."""

    def __init__(self, tasks: FixtureTasks) -> None:
        self._tasks = tasks

    def all(self) -> tuple[Callable[..., Any], ...]:
        return (
            self.greet,
            self.slow_compute,
            self.failing_job,
            self.protocol_error_job,
            self.confirm_delete,
            self.multi_input,
            self.test_tool_with_task,
        )

    async def greet(self, name: str) -> CallToolResult:
        """Greets at once."""
        return said(f"Hello, {name}!")

    async def slow_compute(self, seconds: float, ctx: Context[Any, Any], label: str = "") -> CallToolResult:
        """Takes its time; at once for who knows no tasks."""

        async def compute(_: Running) -> CallToolResult:
            await asyncio.sleep(seconds)
            return said(f"Computed {label}.")

        return self._tasks.start(compute) if _knows_tasks(ctx) else await compute(Running())

    async def failing_job(self, ctx: Context[Any, Any]) -> CallToolResult:
        """Fails, as a task only."""
        require_client_extension(ctx.request_context, IDENTIFIER)

        async def fail(_: Running) -> CallToolResult:
            return CallToolResult(content=[TextContent(text="It failed.")], is_error=True)

        return self._tasks.start(fail)

    async def protocol_error_job(self) -> CallToolResult:
        """Breaks, as a task."""

        async def fall(_: Running) -> CallToolResult:
            raise MCPError(INTERNAL_ERROR, "It broke.")

        return self._tasks.start(fall)

    async def confirm_delete(self, filename: str) -> CallToolResult:
        """Asks before it goes on."""

        async def delete(running: Running) -> CallToolResult:
            await running.ask({"confirm": form(f"Delete {filename}?", "confirm", "boolean")})
            return said(f"Deleted {filename}.")

        return self._tasks.start(delete)

    async def multi_input(self) -> CallToolResult:
        """Asks twice at once."""

        async def gather(running: Running) -> CallToolResult:
            await running.ask({"name": form("Name?", "name"), "sure": form("Sure?", "confirm", "boolean")})
            return said("Both.")

        return self._tasks.start(gather)

    async def test_tool_with_task(self, ctx: Context[Any, Any]) -> CallToolResult | InputRequiredResult:
        """Asks, then goes on as a task."""
        name = filled(answers(ctx).get("user_name")).get("name")
        if name is None:
            return ask({"user_name": form("What is your name?", "name")}, "asked")

        async def greet_later(_: Running) -> CallToolResult:
            return said(f"Hello, {name}!")

        return self._tasks.start(greet_later)


def _knows_tasks(ctx: Context[Any, Any]) -> bool:
    declared = ctx.client_capabilities.extensions if ctx.client_capabilities is not None else None
    return IDENTIFIER in (declared or {})
