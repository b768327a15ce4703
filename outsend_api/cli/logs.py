"""Where the operator's log goes: a file beside the data for commands in the foreground, standard error for a worker."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

FILE = "outsend.log"
FILE_BYTES, FILES_KEPT = 5 << 20, 2
FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def to_file(folder: Path) -> None:
    """Keep the terminal for the bars; what went wrong inside is in the file. A full disk loses lines, nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    logging.raiseExceptions = False
    handler = RotatingFileHandler(
        folder / FILE, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8", delay=True
    )
    _use(handler, logging.WARNING)


def to_stderr() -> None:
    """For a process that a supervisor watches."""
    _use(logging.StreamHandler(), logging.INFO)


def _use(handler: logging.Handler, level: int) -> None:
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # Full addresses, with what users put into them, are no matter for a log.
    logging.getLogger("httpx").setLevel(logging.WARNING)
