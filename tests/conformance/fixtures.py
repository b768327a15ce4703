"""The product's own app with what the official suite calls by name: tools, resources, prompts, tasks.

Written from the requirements of the suite's scenarios. Nothing of this is in the product.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from fastapi import FastAPI
from mcp.server import MCPServer
from mcp.server.auth.middleware.bearer_auth import BearerAuthBackend
from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver.prompts.base import Prompt
from mcp.server.mcpserver.tools import Tool as SdkTool
from mcp_types import (
    Completion,
    ContentBlock,
    EmptyResult,
    SetLevelRequestParams,
    SubscribeRequestParams,
    UnsubscribeRequestParams,
)
from pydantic import AnyHttpUrl
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp

from engine.accounts.api_tokens import create_token
from engine.context import Services
from engine.tools.catalog import TOOLS
from engine.tools.tool import READS, Answer, AnyTool, Arguments, Tool
from outsend_api.app import create_app
from outsend_mcp.http import PATH, mcp_routes
from outsend_mcp.server import build_server
from outsend_mcp.tools import CallerOf, CatalogueTool, ViewOf
from outsend_mcp.verifier import Verifier
from tests.conformance.asking_tools import ASKING, test_input_required_result_prompt
from tests.conformance.events import Events
from tests.conformance.plain_tools import PLAIN, PNG, SCHEMA_2020_12, image, json_schema_2020_12_tool, resource
from tests.conformance.proxy import SignedIn
from tests.conformance.task_tools import FixtureTasks, TaskTools
from tests.house import account

EMAIL = "conformance@example.com"
RETRY_MILLISECONDS = 100  # after which a client whose stream was closed comes back

PromptPart: TypeAlias = str | ContentBlock


def fixture_app(*, sessions: bool) -> Callable[[Services], ASGIApp]:
    """The app over the product's tools and the suite's. `sessions`: the server keeps one for each client of the older
    revision, so that it can ask it something; the product never does.
    """

    def app(services: Services) -> ASGIApp:
        tasks, made = FixtureTasks(), list[MCPServer[None]]()

        def build(services: Services, tools: tuple[AnyTool, ...]) -> MCPServer[None]:
            made.append(build_server(services, tools, as_sdk_tool=_as_sdk_tool, tasks=tasks))
            return made[0]

        entries = tuple(_entry(tool) for tool in (*PLAIN, *ASKING, *TaskTools(tasks).all()))
        mcp = mcp_routes(services, (*TOOLS, *entries), build=build)
        _add_resources(made[0])
        _add_prompts(made[0])
        _add_older_methods(made[0])
        if sessions:
            mcp.routes.insert(0, _keep_sessions(services, made[0]))

        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
            async with mcp.lifespan():
                yield

        api = create_app(services, lifespan=lifespan)
        api.router.routes[:0] = mcp.routes
        return SignedIn(api, account(services, EMAIL).run(create_token, name="suite", scope="run").token)

    return app


def _keep_sessions(services: Services, server: MCPServer[None]) -> Route:
    """Let the server keep sessions; the route for their streams and their end, which the product has no use for."""
    manager = server.session_manager
    manager.stateless, manager.event_store, manager.retry_interval = False, Events(), RETRY_MILLISECONDS
    resource = services.settings.public_url + PATH
    backend = BearerAuthBackend(Verifier(services, resource), resource_server_url=AnyHttpUrl(resource))
    standing = AuthenticationMiddleware(manager.asgi_app, backend=backend)
    return Route(PATH, endpoint=standing, methods=["GET", "DELETE"], include_in_schema=False)


def _entry(run: Callable[..., Any]) -> AnyTool:
    name = run.__name__
    return Tool(
        name=name, title=name, description=run.__doc__ or name, params=Arguments, result=Answer, hints=READS, run=run
    )


def _as_sdk_tool(entry: AnyTool, caller_of: CallerOf, view_of: ViewOf) -> SdkTool:
    """Those of the suite speak the protocol themselves; the product's are as ever."""
    if entry in TOOLS:
        return CatalogueTool.of(entry, caller_of, view_of)
    tool = SdkTool.from_function(entry.run, name=entry.name, structured_output=False)
    if entry.run is json_schema_2020_12_tool:
        tool.parameters = SCHEMA_2020_12
    return tool


def _add_resources(server: MCPServer[None]) -> None:
    @server.resource("test://static-text", mime_type="text/plain")
    def static_text() -> str:
        """Text that stays."""
        return "This is the content of the static text resource."

    @server.resource("test://static-binary", mime_type="image/png")
    def static_binary() -> bytes:
        """An image that stays."""
        return PNG.encode()

    @server.resource("test://watched-resource", mime_type="text/plain")
    def watched() -> str:
        """Text to subscribe to."""
        return "Watched."

    @server.resource("test://template/{id}/data", mime_type="application/json")
    def template(id: str) -> str:
        """Text of an id."""
        return f'{{"id":"{id}","templateTest":true,"data":"Data for ID: {id}"}}'

    _ = static_text, static_binary, watched, template


def _add_prompts(server: MCPServer[None]) -> None:
    def test_simple_prompt() -> str:
        """Words."""
        return "This is a simple prompt for testing."

    def test_prompt_with_arguments(arg1: str, arg2: str) -> str:
        """Words with two gaps."""
        return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"

    def test_prompt_with_embedded_resource(resourceUri: str) -> list[PromptPart]:  # noqa: N803 - the suite's name
        """A resource, then words."""
        embedded = resource(resourceUri, "Embedded resource content for testing.")
        return [embedded, "Please process the embedded resource above."]

    def test_prompt_with_image() -> list[PromptPart]:
        """An image, then words."""
        return [image(), "Please analyze the image above."]

    server.add_prompt(Prompt.from_function(test_simple_prompt))
    server.add_prompt(Prompt.from_function(test_prompt_with_arguments))
    server.add_prompt(Prompt.from_function(test_prompt_with_embedded_resource))
    server.add_prompt(Prompt.from_function(test_prompt_with_image))
    server.add_prompt(Prompt.from_function(test_input_required_result_prompt))


def _add_older_methods(server: MCPServer[None]) -> None:
    """What the older revision has and the product doesn't offer."""

    async def nothing(ctx: ServerRequestContext[Any, Any], params: Any) -> EmptyResult:
        return EmptyResult()

    protocol = server.session_manager.app
    protocol.add_request_handler("logging/setLevel", SetLevelRequestParams, nothing)
    protocol.add_request_handler("resources/subscribe", SubscribeRequestParams, nothing)
    protocol.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, nothing)

    @server.completion()
    async def complete(ref: Any, argument: Any, context: Any) -> Completion:
        return Completion(values=[], total=0, has_more=False)

    _ = complete
