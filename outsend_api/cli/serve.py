"""`outsend serve`: REST, `/mcp` and, on SQLite, a worker beside it, until it is told to stop."""

import asyncio
import os
import shlex
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from socket import socket  # noqa: TID251 - the type of a listening one
from typing import Annotated, Literal

import typer

from engine.accounts.start import prepare_start
from engine.context import Services
from engine.runtime import event_loop, open_patiently, work
from engine.settings import read_settings
from outsend_api.cli import display, logs
from outsend_api.cli.sandbox import SITES, world
from outsend_api.serve import Server, address_of, listening, serve_app, until_stopped
from outsend_api.supervise import Supervisor

HOST, PORT = "127.0.0.1", 8000
INTERRUPTED = 130
DATA_DIR, PUBLIC_URL = "OUTSEND_DATA_DIR", "OUTSEND_PUBLIC_URL"

Where = Literal["beside", "inline", "elsewhere"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How to serve. `worker`: in a process beside this one (on SQLite), in this one, or somebody else's business."""

    host: str = HOST
    port: int = PORT
    worker: Where = "beside"
    sandbox: bool = False
    sites: int = SITES


def serve(
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = HOST,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = PORT,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Leave the jobs to other processes.")] = False,
    inline_worker: Annotated[bool, typer.Option("--inline-worker", help="Work on jobs in this process.")] = False,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Work on the sandbox internet, with its own data.")
    ] = False,
    sites: Annotated[int, typer.Option(min=10, max=2000, help="Sites in the sandbox.")] = SITES,
) -> None:
    """Serve REST and MCP, with a worker beside it on SQLite. Ctrl-C stops in good order, twice at once."""
    if no_worker and inline_worker:
        raise typer.BadParameter("--no-worker and --inline-worker exclude each other")
    worker: Where = "elsewhere" if no_worker else "inline" if inline_worker else "beside"
    run_server(Asked(host=host, port=port, worker=worker, sandbox=sandbox, sites=sites))


def run_server(asked: Asked, *, before: Callable[[Services], None] | None = None) -> None:
    """Serve in the foreground until SIGINT or SIGTERM. `before` acts once the services and the address are known, in
    place of the advice to connect a client.

    Raises:
        typer.Exit: it could not start; why has been said.
    """
    logs.to_stderr()
    with (
        display.errors(),
        listening(asked.host, asked.port) as listener,
        world(sandbox=asked.sandbox, sites=asked.sites) as environment,
        asyncio.Runner(loop_factory=event_loop) as runner,
    ):
        environment[PUBLIC_URL] = environment.get(PUBLIC_URL) or address_of(listener)
        runner.run(_run(asked, listener, environment, before))


async def _run(
    asked: Asked, listener: socket, environment: dict[str, str], before: Callable[[Services], None] | None
) -> None:
    stopping, supervisor = asyncio.Event(), Supervisor(environment)
    _on_signals(stopping, supervisor)
    async with open_patiently(read_settings(environment), stopping) as services:
        if services is None:
            return
        link = await asyncio.to_thread(prepare_start, services)
        _tell(services, address_of(listener), link, None if before else _next_command(environment))
        if before:
            await asyncio.to_thread(before, services)
        await _serve(services, listener, asked.worker, stopping, supervisor)


async def _serve(
    services: Services, listener: socket, worker: Where, stopping: asyncio.Event, supervisor: Supervisor
) -> None:
    server = Server(serve_app(services))
    async with asyncio.TaskGroup() as group:
        if worker == "inline":
            group.create_task(work(services, stopping))
        elif worker == "beside" and services.db.is_sqlite:
            group.create_task(supervisor.keep(stopping))
        try:
            await until_stopped(server, listener, stopping)
        finally:
            stopping.set()


def _on_signals(stopping: asyncio.Event, supervisor: Supervisor) -> None:
    """The first one stops in good order; a further Ctrl-C ends everything at once, what is saved stays."""
    loop = asyncio.get_running_loop()

    def interrupt() -> None:
        if stopping.is_set():
            supervisor.kill()
            os._exit(INTERRUPTED)
        stopping.set()

    loop.add_signal_handler(signal.SIGINT, interrupt)
    loop.add_signal_handler(signal.SIGTERM, stopping.set)


def _tell(services: Services, address: str, link: str | None, following: str | None) -> None:
    """Where it listens, and what to do next."""
    public = services.settings.public_url
    told = {"REST": f"{public}/api/ (described in /openapi.json)", "MCP": f"{public}/mcp"}
    told["data"] = str(services.settings.data_dir.resolve())
    if link is not None:
        told["sign in"] = f"{link} (works once, for 24 hours)"
    if following is not None:
        told["next"] = following
    display.started(f"outsend listens on {address}", told)


def _next_command(environment: Mapping[str, str]) -> str:
    """How to connect a client to this very server, from a shell with the environment of this one."""
    chosen = {
        name: environment[name] for name in (DATA_DIR, PUBLIC_URL) if environment.get(name) != os.environ.get(name)
    }
    if chosen.get(PUBLIC_URL) == read_settings({}).public_url:
        del chosen[PUBLIC_URL]
    words = [f"{name}={shlex.quote(value)}" for name, value in chosen.items()]
    return " ".join([*words, display.command(), "connect claude-code"])
