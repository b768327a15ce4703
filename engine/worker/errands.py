"""What a process does after it has answered: one thread, one thing after the other."""

import logging
from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread

CLOSE_SECONDS = 5.0

log = logging.getLogger(__name__)


class Errands:
    """Runs what nobody waits for. What must survive the process is written down before; an errand only hurries it."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._lock = Lock()
        self._closed = False

    def run(self, act: Callable[[], object]) -> None:
        """Do it soon. What it raises is logged. After `close`, nothing is done any more."""
        with self._lock:
            if self._closed:
                return
            if self._thread is None:
                # A daemon, so that a relay that hangs does not keep the process alive.
                self._thread = Thread(target=self._work, name="errands", daemon=True)
                self._thread.start()
        self._queue.put(act)

    def close(self) -> None:
        """Let what was asked for end, for some seconds at most."""
        with self._lock:
            self._closed = True
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    def _work(self) -> None:
        while (act := self._queue.get()) is not None:
            try:
                act()
            except Exception:
                log.exception("An errand failed")
