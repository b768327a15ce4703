"""The MCP server over the catalogue of tools: what it says of itself, and what surrounds each message."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

from mcp.server import MCPServer
from mcp.server.mcpserver.tools import Tool as SdkTool
from mcp.server.subscriptions import InMemorySubscriptionBus
from starlette.requests import Request

from engine.context import Caller, Principal, Services
from engine.runtime import VERSION
from engine.tools.catalog import TOOLS
from engine.tools.tool import WAIT_SECONDS_MAX, AnyTool
from outsend_mcp.completions import Completions
from outsend_mcp.listening import Listening
from outsend_mcp.messages import Messages
from outsend_mcp.offers import OfferingServer
from outsend_mcp.resources import Resources
from outsend_mcp.tasks import Tasks, TaskSource
from outsend_mcp.tools import CallerOf, CatalogueTool, RequestContext, ViewOf
from outsend_mcp.verifier import Bearer, as_agent
from outsend_mcp.view import View, view_of
from outsend_mcp.work import Work
from prompts import render

NAME = "outsend"
SUMMARY = "Find businesses, enrich and verify them, download the rows."

AsSdkTool: TypeAlias = Callable[[AnyTool, CallerOf, ViewOf], SdkTool]


def build_server(
    services: Services,
    tools: Sequence[AnyTool] = TOOLS,
    *,
    local: Principal | None = None,
    as_sdk_tool: AsSdkTool = CatalogueTool.of,
    tasks: TaskSource | None = None,
) -> MCPServer[None]:
    """The server. `local`: who calls where no token says so, over stdio; else each request bears a token.

    `tasks`: where tasks live if they aren't the account's jobs and pipelines.
    """

    agent = None if local is None else as_agent(local)

    def caller_of(request: RequestContext) -> Caller:
        return Caller(services, agent or _bearer(request).principal)

    def view(request: RequestContext) -> View:
        return view_of({} if agent is not None else _http(request).query_params, tools)

    _leave_logging_alone()
    bus = InMemorySubscriptionBus()
    return OfferingServer(
        NAME,
        Resources(caller_of, view),
        Completions(caller_of),
        title=NAME,
        description=SUMMARY,
        instructions=render("mcp/instructions", wait_seconds=WAIT_SECONDS_MAX),
        version=VERSION,
        tools=[as_sdk_tool(tool, caller_of, view) for tool in tools],
        extensions=[Tasks(tasks or Work(caller_of, view))],
        subscriptions=bus,
        middleware=[Messages(caller_of, view), Listening(caller_of, bus)],
    )


def _bearer(request: RequestContext) -> Bearer:
    """The token of the HTTP request that this message came with; the door let nobody through without one."""
    found = _http(request).user.access_token
    assert isinstance(found, Bearer)
    return found


def _http(request: RequestContext) -> "Request[Any]":
    """The HTTP request that a message came with."""
    return cast("Request[Any]", request.request)


def _leave_logging_alone() -> None:
    """The SDK sets logging up for the whole process where nobody has yet; that is for the command that starts it."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.NullHandler())
