"""The operator's log: which request and which job a record belongs to, and how a record looks.

A record takes further fields as `extra={"fields": {"status": 200}}`. Nobody logs a secret; what would slip in with a
text from elsewhere is blotted out here.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
job_id: ContextVar[str | None] = ContextVar("job_id", default=None)

LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"
# Our tokens by their prefix; what follows the name of a secret in an address, a cookie or a header.
SECRET = re.compile(r"\b(?:ost|whsec)_[\w-]{16,}|(?:(?<=token=)|(?<=outsend_session=)|(?<=Bearer ))[^\s&;\"'\\]+")
BLOT = "…"


class Bound(logging.Filter):
    """Notes on each record the request and the job at hand, at the moment it is made."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id, record.job_id = request_id.get(), job_id.get()
        return True


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message; request_id, job_id, fields and exception if any."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_bound(record),
            **fields_of(record),
        }
        if trace := _trace(self, record):
            told["exception"] = trace
        return without_secrets(json.dumps(told, ensure_ascii=False, default=str))


class Lines(logging.Formatter):
    """The same as a line for a person; a trace follows on lines of its own."""

    def __init__(self) -> None:
        super().__init__(LINE)

    def format(self, record: logging.LogRecord) -> str:
        first, *trace = super().format(record).split("\n", 1)
        bound = "".join(f" {name}={value}" for name, value in {**_bound(record), **fields_of(record)}.items())
        return without_secrets("\n".join([first + bound, *trace]))


def without_secrets(text: str) -> str:
    """The text with everything that looks like a secret of ours blotted out."""
    return SECRET.sub(BLOT, text)


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """The further fields that the caller gave."""
    fields: dict[str, Any] = getattr(record, "fields", {})
    return fields


def _bound(record: logging.LogRecord) -> dict[str, str]:
    names = ("request_id", "job_id")
    return {name: value for name in names if (value := getattr(record, name, None)) is not None}


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    parts = [formatter.formatException(record.exc_info)] if record.exc_info else []
    if record.stack_info:
        parts.append(record.stack_info)
    return "\n".join(parts)
