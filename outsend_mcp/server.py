"""The MCP server over the catalogue of tools: what it says of itself, and what surrounds each message."""

import logging
from collections.abc import Sequence
from typing import Any, cast

from mcp.server import MCPServer
from starlette.requests import Request

from engine.context import Caller, Principal, Services
from engine.runtime import VERSION
from engine.tools.catalog import TOOLS
from engine.tools.tool import WAIT_SECONDS_MAX, AnyTool
from outsend_mcp.messages import Messages
from outsend_mcp.tools import CatalogueTool, RequestContext
from outsend_mcp.verifier import Bearer, as_agent
from outsend_mcp.view import View, view_of
from prompts import render

NAME = "outsend"
SUMMARY = "Find businesses, enrich and verify them, download the rows."


def build_server(
    services: Services, tools: Sequence[AnyTool] = TOOLS, *, local: Principal | None = None
) -> MCPServer[None]:
    """The server. `local`: who calls where no token says so, over stdio; else each request bears a token."""

    agent = None if local is None else as_agent(local)

    def caller_of(request: RequestContext) -> Caller:
        return Caller(services, agent or _bearer(request).principal)

    def view(request: RequestContext) -> View:
        return view_of({} if agent is not None else _http(request).query_params, tools)

    _leave_logging_alone()
    return MCPServer(
        NAME,
        title=NAME,
        description=SUMMARY,
        instructions=render("mcp/instructions", wait_seconds=WAIT_SECONDS_MAX),
        version=VERSION,
        tools=[CatalogueTool.of(tool, caller_of, lambda request: view(request).lockdown) for tool in tools],
        subscriptions=False,
        middleware=[Messages(caller_of, view)],
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
