"""Where the operator's log goes: a file beside the data for commands in the foreground, standard error for processes
that a supervisor watches: one JSON object a line, or lines for a person where that is a terminal."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from engine.logs import Bound, JsonLines, Lines

FILE = "outsend.log"
FILE_BYTES, FILES_KEPT = 5 << 20, 2
# What they tell at INFO is ours to tell (alembic, mcp, uvicorn), or holds full addresses and what users put into them
# (httpx).
TALKATIVE = ("alembic", "httpx", "mcp", "uvicorn")


def to_file(folder: Path) -> None:
    """Keep the terminal for the bars; what went wrong inside is in the file. A full disk loses lines, nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    logging.raiseExceptions = False
    handler = RotatingFileHandler(
        folder / FILE, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8", delay=True
    )
    _use(handler, Lines(), logging.WARNING)


def to_stderr() -> None:
    """For a process that a supervisor watches."""
    _use(logging.StreamHandler(), Lines() if sys.stderr.isatty() else JsonLines(), logging.INFO)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught


def _use(handler: logging.Handler, formatter: logging.Formatter, level: int) -> None:
    handler.setFormatter(formatter)
    handler.addFilter(Bound())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger(__name__).critical("The process ends by an unexpected error", exc_info=(kind, error, trace))
