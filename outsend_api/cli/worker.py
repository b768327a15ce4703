"""A worker process: takes jobs from the data directory until it is told to stop."""

import asyncio
import signal

from engine.runtime import event_loop, open_services, work
from engine.settings import read_settings
from outsend_api.cli import display, logs


def worker() -> None:
    """Work on jobs until stopped. One process a data directory works; further ones wait for their turn."""
    logs.to_stderr()
    with (
        display.errors(),
        open_services(read_settings()) as services,
        asyncio.Runner(loop_factory=event_loop) as runner,
    ):

        async def until_told() -> None:
            stopping = asyncio.Event()
            for sign in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(sign, stopping.set)
            await work(services, stopping)

        runner.run(until_told())
