"""REST and `/mcp` in one process: the app, the socket it listens on, and how it starts and stops."""

import asyncio
import socket  # noqa: TID251 - a listening one; those that lead out are engine.network's
from collections.abc import AsyncGenerator, Generator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext

import uvicorn
from fastapi import FastAPI

from engine.context import Services
from engine.errors import OutsendError
from outsend_api.app import create_app
from outsend_api.heads import BoundedHeads
from outsend_mcp.http import mcp_routes

BACKLOG = 2048
DRAIN_SECONDS = 10  # what requests in flight get at the end
ANY_HOST = ("0.0.0.0", "::")  # noqa: S104 - recognised, not bound


class CannotListen(OutsendError):
    code = "cannot_listen"
    message = "Impossible d'écouter sur {host}:{port} : {problem}"
    hint = "Choose another --port or --host, or stop the process that holds this one."


def serve_app(services: Services) -> FastAPI:
    """REST and `/mcp` over these services, which the caller opens and closes."""
    mcp = mcp_routes(services)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with mcp.lifespan():
            yield

    app = create_app(services, lifespan=lifespan)
    app.router.routes[:0] = mcp.routes  # the door of agents is looked up first
    return app


@contextmanager
def listening(host: str, port: int) -> Generator[socket.socket]:
    """A socket that listens there; port 0 takes a free one. Clients that come early wait for the server.

    Raises:
        CannotListen: the port is taken, not allowed, or the host is none of this machine.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        opened = socket.create_server(address, family=family, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise CannotListen(host=host, port=port, problem=problem) from error
    with opened:
        yield opened


def address_of(listener: socket.socket) -> str:
    """How a client on this machine reaches it: `http://HOST:PORT`."""
    host, port = listener.getsockname()[:2]
    if host in ANY_HOST:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """Serves an app until `stop`. Signals are its caller's."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        config = uvicorn.Config(
            app,
            http=BoundedHeads,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
        super().__init__(config)

    def stop(self) -> None:
        """Take no more connections, end streams and waits, let requests in flight finish; `serve` then returns."""
        self._app.state.services.hub.close()
        self.should_exit = True

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """None: a second handler would end the process with a signal where all went well."""
        return nullcontext()


async def until_stopped(server: Server, listener: socket.socket, stopping: asyncio.Event) -> None:
    """Serve until `stopping`, then come to an orderly end."""
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    asked = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
        server.stop()
        await serving
    finally:
        asked.cancel()
