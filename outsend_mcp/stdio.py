"""The same server over standard input and output, for a client on this machine: it acts as the local owner."""

import asyncio
import os
import select
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial

from engine.context import Principal, Services
from outsend_mcp.server import build_server

STDIN = 0
CHUNK = 1 << 16


async def serve_stdio(services: Services, owner: Principal, stopping: asyncio.Event) -> None:
    """Speak MCP on standard input and output until the input ends, or until `stopping`.

    Nothing but messages gets onto the wire: the SDK turns what else writes to standard output over to standard error.
    """
    server = build_server(services, local=owner)
    with _input_that_can_end() as end_input:
        speaking = asyncio.create_task(server.run_stdio_async())
        asked = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({speaking, asked}, return_when=asyncio.FIRST_COMPLETED)
            services.hub.close()
            end_input()
            await speaking
        finally:
            asked.cancel()


@contextmanager
def _input_that_can_end() -> Generator[Callable[[], int]]:
    """Put a pipe in the place of standard input, and end it on demand: a thread that reads the real one can't be
    interrupted, so without this a process that is told to stop would wait for its client's next word.
    """
    source = os.dup(STDIN)
    pipe_out, pipe_in = os.pipe()
    woken, wake = os.pipe()
    os.dup2(pipe_out, STDIN)
    os.close(pipe_out)
    copying = threading.Thread(target=_copy, args=(source, pipe_in, woken), daemon=True)
    copying.start()
    try:
        yield partial(os.write, wake, b".")
    finally:
        os.write(wake, b".")
        copying.join()
        os.dup2(source, STDIN)
        for file in (source, woken, wake):
            os.close(file)


def _copy(source: int, target: int, woken: int) -> None:
    """Hand on what comes in until it ends, or until woken; then the reader of `target` sees the end."""
    try:
        while woken not in (ready := select.select([source, woken], [], [])[0]):
            chunk = os.read(source, CHUNK) if ready else b""
            if not chunk:
                return
            os.write(target, chunk)
    except BrokenPipeError:
        return  # nobody reads any more
    finally:
        os.close(target)
