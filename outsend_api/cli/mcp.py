"""`outsend mcp`: MCP over standard input and output, with a worker beside it, until the client goes away."""

import asyncio
import signal
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from engine.context import Services
from engine.runtime import event_loop, local_owner, open_services
from engine.settings import read_settings
from outsend_api.cli import display, logs
from outsend_api.cli.sandbox import SITES, world
from outsend_api.supervise import Supervisor
from outsend_mcp.stdio import serve_stdio


def mcp(
    *,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Work on the sandbox internet, with its own data.")
    ] = False,
    sites: Annotated[int, typer.Option(min=10, max=2000, help="Sites in the sandbox.")] = SITES,
) -> None:
    """Speak MCP on standard input and output, as the local owner. What is worth a note is in the data folder's log."""
    with display.errors(), world(sandbox=sandbox, sites=sites) as environment:
        settings = read_settings(environment)
        logs.to_file(settings.data_dir)
        with open_services(settings) as services, asyncio.Runner(loop_factory=event_loop) as runner:
            runner.run(_speak(services, environment))


async def _speak(services: Services, environment: Mapping[str, str]) -> None:
    stopping = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stopping.set)
    owner = (await asyncio.to_thread(local_owner, services)).principal
    with _log_of_worker(services.settings.data_dir) as stderr:
        async with asyncio.TaskGroup() as group:
            if services.db.is_sqlite:  # else workers run elsewhere
                group.create_task(Supervisor(environment, stderr=stderr).keep(stopping))
            try:
                await serve_stdio(services, owner, stopping)
            finally:
                stopping.set()


@contextmanager
def _log_of_worker(folder: Path) -> Generator[int]:
    """Where the worker's log goes: to the same file as ours."""
    with (folder / logs.FILE).open("ab") as file:
        yield file.fileno()
