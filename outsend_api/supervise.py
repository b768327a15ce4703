"""A worker process beside this one: started again when it dies, and never left behind."""

import asyncio
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress

log = logging.getLogger(__name__)

# -P: a file of the working directory must not pass for one of ours.
WORKER = (sys.executable, "-P", "-m", "outsend_api", "worker", "--until-stdin-ends")
PAUSE_FIRST_SECONDS, PAUSE_MAX_SECONDS = 0.5, 30.0
STEADY_SECONDS = 60.0  # who lived this long starts anew with the first pause
STOP_SECONDS = 12.0  # the worker gives items in flight 8, then saves and releases its jobs


class Supervisor:
    """Keeps one worker process. It reads a pipe that this process holds, so it ends with it, however that ends."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        stderr: int | None = None,
        command: Sequence[str] = WORKER,
        pause_seconds: float = PAUSE_FIRST_SECONDS,
    ) -> None:
        """`environment` is all that the child has of it; `stderr` a file descriptor, by default this process's own."""
        self._environment, self._command, self._stderr = dict(environment), tuple(command), stderr
        self._pause_first = pause_seconds
        self._process: Process | None = None

    async def keep(self, stopping: asyncio.Event) -> None:
        """Keep a worker alive until `stopping`, then ask it to end and wait for it. Cancelled: end it at once."""
        pause = self._pause_first
        loop = asyncio.get_running_loop()
        while not stopping.is_set():
            began = loop.time()
            code = await self._one_life(stopping)
            if stopping.is_set():
                return
            pause = self._pause_first if loop.time() - began >= STEADY_SECONDS else pause
            log.error("The worker process ended (exit status %s); another one starts in %.1f s", code, pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), pause)
            pause = min(2 * pause, PAUSE_MAX_SECONDS)

    def kill(self) -> None:
        """End the child now; what it holds is taken over by the next worker."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def _one_life(self, stopping: asyncio.Event) -> int:
        """Start a worker and see it to its end; returns its exit status, negative for a signal."""
        process = self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=PIPE,
            stdout=DEVNULL,
            stderr=self._stderr,
            env=self._environment,
            start_new_session=True,  # Ctrl-C is for the parent, which asks the child itself
        )
        try:
            return await _end_of(process, stopping)
        finally:
            self.kill()
            await process.wait()
            self._process = None


async def _end_of(process: Process, stopping: asyncio.Event) -> int:
    ended, asked = asyncio.create_task(process.wait()), asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(ended), STOP_SECONDS)
        if not ended.done():
            log.error("The worker process did not end within %s s; killing it", STOP_SECONDS)
            process.kill()
        return await ended
    finally:
        ended.cancel()
        asked.cancel()
