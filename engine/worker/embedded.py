"""The embedded driver: one worker process beside a SQLite file, nothing to install.

Who submits sends one datagram to the worker; the worker also looks by itself each second. The worker role is held by a
lock on a file, so that several processes may share a data directory: who has no lock only submits.
"""

import asyncio
import fcntl
import logging
import os
import socket
import threading
import time
from collections.abc import AsyncGenerator, Generator, Sequence, Set
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from engine.worker.driver import Claim, Lane, Ticket, Work

POLL_SECONDS = 1.0
SOCKET = "worker.sock"
LOCK = "worker.lock"
STUCK_SECONDS = 25.0  # a loop that stands still this long is about to lose its leases
ADDRESS_MAX = 100  # bytes; the kernel's limit for socket paths is 108

log = logging.getLogger(__name__)


class EmbeddedDriver:
    """See `engine.worker.driver.Driver`."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._sender.setblocking(False)

    def submit(self, ticket: Ticket) -> None:
        """Poke the worker, wherever it is; a lost poke costs one poll."""
        self.poke()

    def poke(self) -> None:
        with suppress(OSError), _address(self._folder) as address:
            self._sender.sendto(b".", address)

    def close(self) -> None:
        self._sender.close()

    def alive(self, job_ids: Sequence[str]) -> set[str]:
        return self._tasks.keys() & set(job_ids)

    async def serve(self, work: Work, lanes: Set[Lane]) -> None:
        """Claim until refused, a task a claim, then wait for a poke; when cancelled, wait for the tasks to end."""
        claiming: asyncio.Task[None] | None = None
        poked = asyncio.Event()
        receiver = _receiver(self._folder)
        loop = asyncio.get_running_loop()
        loop.add_reader(receiver, _drain, receiver, poked)
        try:
            while True:
                poked.clear()
                claiming = asyncio.create_task(self._claim_all(work, lanes))
                await asyncio.shield(claiming)
                # `wait_for` of Python 3.11 swallows a cancellation that comes together with a poke.
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await poked.wait()
        finally:
            loop.remove_reader(receiver)
            receiver.close()
            if claiming is not None:
                await claiming  # a claim that was under way is a task now, not a lease that nobody uses
            if self._tasks:
                await asyncio.wait(self._tasks.values())

    async def _claim_all(self, work: Work, lanes: Set[Lane]) -> None:
        try:
            while isinstance(claim := await work.claim(None, lanes), Claim):
                self._start(work, claim)
        except Exception:
            log.exception("Claiming failed; trying again")

    def _start(self, work: Work, claim: Claim) -> None:
        task = asyncio.create_task(self._run(work, claim, self._tasks.get(claim.job_id)), name=claim.job_id)
        self._tasks[claim.job_id] = task

        def ended(_task: "asyncio.Task[None]") -> None:
            if self._tasks.get(claim.job_id) is task:
                del self._tasks[claim.job_id]
            self.poke()  # there is room for another

        task.add_done_callback(ended)

    async def _run(self, work: Work, claim: Claim, former: "asyncio.Task[None] | None") -> None:
        if former is not None:  # lost its lease, and is still closing what it had open
            await asyncio.wait([former])
        await work.run(claim)


@contextmanager
def worker_role(data_dir: Path) -> Generator[bool]:
    """Try to be the one worker of a data directory: True while the lock is held, False when somebody else has it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    file = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(file)


@asynccontextmanager
async def watchdog() -> AsyncGenerator[None]:
    """End the process when its event loop is stuck so long that another worker may take its jobs over."""
    beat, over = [time.monotonic()], threading.Event()

    def watch() -> None:
        while not over.wait(1.0):
            if time.monotonic() - beat[0] > STUCK_SECONDS:
                log.critical("The event loop stood still for %s s; ending the process", STUCK_SECONDS)
                os._exit(70)

    async def show_life() -> None:
        while True:
            beat[0] = time.monotonic()
            await asyncio.sleep(1.0)

    threading.Thread(target=watch, name="watchdog", daemon=True).start()
    life = asyncio.create_task(show_life())
    try:
        yield
    finally:
        over.set()
        life.cancel()


def _receiver(folder: Path) -> socket.socket:
    (folder / SOCKET).unlink(missing_ok=True)
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.setblocking(False)
    with _address(folder) as address:
        receiver.bind(address)
    return receiver


def _drain(receiver: socket.socket, poked: asyncio.Event) -> None:
    with suppress(BlockingIOError):
        while receiver.recv(64):
            pass
    poked.set()


@contextmanager
def _address(folder: Path) -> Generator[str]:
    """The socket's path, by way of an open folder where the path itself is too long for a socket."""
    path = str(folder / SOCKET)
    if len(os.fsencode(path)) <= ADDRESS_MAX:
        yield path
        return
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{opened}/{SOCKET}"
    finally:
        os.close(opened)
