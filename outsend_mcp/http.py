"""`/mcp` over Streamable HTTP, and what tells clients how to sign in. Mounted by the process that serves."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from mcp.server import MCPServer
from mcp.server.auth.middleware.bearer_auth import BearerAuthBackend
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl
from starlette.routing import BaseRoute, Route

from engine.context import Services
from engine.tools.catalog import TOOLS
from engine.tools.tool import AnyTool
from outsend_mcp.door import Door
from outsend_mcp.headers import without_padding
from outsend_mcp.metadata import RESOURCE, metadata_routes
from outsend_mcp.oauth import oauth_routes
from outsend_mcp.server import build_server
from outsend_mcp.verifier import Verifier

PATH = "/mcp"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
DEFAULT_PORTS = {"http": 80, "https": 443}

Build: TypeAlias = Callable[[Services, tuple[AnyTool, ...]], MCPServer[None]]


@dataclass(frozen=True, slots=True)
class McpApp:
    """Routes for the app, and what must be entered in its lifespan, once."""

    routes: list[BaseRoute]
    lifespan: Callable[[], AbstractAsyncContextManager[None]]


def mcp_routes(services: Services, tools: tuple[AnyTool, ...] = TOOLS, *, build: Build = build_server) -> McpApp:
    """The MCP endpoint of these services, and how clients sign in to it.

    Each request stands for itself, so a restart or a second process is no matter to a client. `build` makes the
    server over those tools.
    """
    base = services.settings.public_url
    resource = base + PATH
    server = build(services, tools)
    server.streamable_http_app(stateless_http=True, transport_security=transport_security(base))
    manager = server.session_manager
    backend = BearerAuthBackend(Verifier(services, resource), resource_server_url=AnyHttpUrl(resource))
    door = Door(
        without_padding(manager.asgi_app),
        backend=backend,
        metadata_url=base + RESOURCE + PATH,
        spending=frozenset(tool.name for tool in tools if tool.scope == "run"),
    )
    routes: list[BaseRoute] = [Route(PATH, endpoint=door, include_in_schema=False)]
    routes += [*metadata_routes(base, PATH), *oauth_routes(services, resource)]
    return McpApp(routes, manager.run)


def transport_security(base: str) -> TransportSecuritySettings:
    """The hosts and origins that a request may name: those of the public URL; any loopback name where that is one.

    Against DNS rebinding: a page that makes its own name point here still sends its own name.
    """
    parts = urlsplit(base)
    hosts, origins = [parts.netloc], [f"{parts.scheme}://{parts.netloc}"]
    if parts.port is None:
        hosts.append(f"{parts.netloc}:{DEFAULT_PORTS[parts.scheme]}")
    if parts.hostname in [name.strip("[]") for name in LOOPBACK]:
        hosts += [f"{name}:*" for name in LOOPBACK]
        origins += [f"http://{name}:*" for name in LOOPBACK]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)
