"""Server-sent events as a client reads them. Source of the format: HTML standard, section 9.2."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    data: dict[str, Any]
    id: str | None


def events_of(response: httpx.Response) -> Iterator[Event]:
    """The events of an open stream as they arrive; each has one line of data."""
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            assert name in ("id", "event", "data") and name not in fields, line
            fields[name] = value
        elif fields:
            yield Event(fields["event"], json.loads(fields["data"]), fields.get("id"))
            fields = {}
    assert not fields, "the stream ended inside an event"


def heard(client: httpx.Client, job_id: str, **asked: Any) -> list[Event]:
    """All events of a job's stream, to its end."""
    with client.stream("GET", f"/api/jobs/{job_id}/stream", **asked) as response:
        assert response.status_code == 200, response.read()
        return list(events_of(response))
