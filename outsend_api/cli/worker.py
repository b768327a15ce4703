"""A worker process: takes jobs from the data directory until it is told to stop."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from engine.runtime import event_loop, open_services, work
from engine.settings import read_settings
from outsend_api.cli import display, logs

READ_BYTES = 4096
# New objects between two looks of the collector, of each generation. By Python's own numbers it looks at everything a
# process has loaded every few dozen pages, which stops all work for 0.2 s and takes a quarter of the time.
COLLECT_AFTER = (20_000, 20, 20)


def worker(
    *,
    until_stdin_ends: Annotated[
        bool, typer.Option("--until-stdin-ends", hidden=True, help="Stop when standard input ends.")
    ] = False,
) -> None:
    """Work on jobs until stopped. One process a data directory works; further ones wait for their turn."""
    logs.to_stderr()
    with (
        display.errors(),
        open_services(read_settings()) as services,
        asyncio.Runner(loop_factory=event_loop) as runner,
    ):
        _settle_memory()

        async def until_told() -> None:
            stopping = asyncio.Event()
            for sign in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(sign, stopping.set)
            if until_stdin_ends:
                _at_end_of_input(stopping.set)
            await work(services, stopping)

        runner.run(until_told())


def _settle_memory() -> None:
    """What is loaded by now stays until the end: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _at_end_of_input(act: Callable[[], None]) -> None:
    """Act when whoever holds the other end of standard input is gone, however it ended."""
    loop, source = asyncio.get_running_loop(), sys.stdin.fileno()

    def look() -> None:
        if not os.read(source, READ_BYTES):
            loop.remove_reader(source)
            act()

    loop.add_reader(source, look)
