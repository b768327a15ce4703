"""A worker process: takes jobs from the data directory until it is told to stop."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from engine.runtime import event_loop, open_patiently, work
from engine.settings import Settings, read_settings
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
    """Work on jobs until stopped. One process a data directory works; further ones wait for their turn, and all wait
    for a database that is away."""
    logs.to_stderr()
    with display.errors(), asyncio.Runner(loop_factory=event_loop) as runner:
        runner.run(_until_told(read_settings(), until_stdin_ends=until_stdin_ends))


async def _until_told(settings: Settings, *, until_stdin_ends: bool) -> None:
    stopping = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stopping.set)
    if until_stdin_ends:
        _at_end_of_input(stopping.set)
    async with open_patiently(settings, stopping) as services:
        if services is not None:
            _settle_memory()
            await work(services, stopping)


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
