"""A job's progress as server-sent events (docs page concepts/states-and-events, CONTRACT area 9)."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from engine.context import Caller
from engine.errors import Kind, OutsendError
from engine.jobs import operations as jobs
from engine.jobs.errors import JobForbidden
from engine.jobs.events import hub_of
from engine.jobs.schemas import JobEvent, JobEventName
from engine.limits import STREAM_MAX
from outsend_api.access import Door
from outsend_api.errors import STATUS, may
from outsend_api.event_stream import HEADERS, KEEP_ALIVE, EventStream, encoded

router = APIRouter(prefix="/api/jobs/{job_id}", tags=["jobs"])

KEEP_ALIVE_SECONDS = 15.0
ACCESS_SECONDS = 60.0  # how long a stream goes on after its session or token was revoked
LOG_ID_DIGITS = 18

# Refusals that are told as an event (CONTRACT X-49).
REFUSALS: Mapping[Kind, str] = {"unauthenticated": "unauthorized", "forbidden": "forbidden", "missing": "not_found"}
NOT_YOURS = "Not your job"

_EVENT = {
    "type": "object",
    "description": "One event; `data` is JSON (docs page concepts/states-and-events).",
    "properties": {
        "event": {"enum": list(get_args(JobEventName))},
        "id": {"type": "string", "description": "The log id, on `log` events."},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
_EVENTS: dict[str, Any] = {"content": {"text/event-stream": {"schema": _EVENT}}}
_REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"description": "One `error` event", **_EVENTS} for status in (401, 403, 404)
}


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Events: status, log, progress, error, done", **_EVENTS},
        **_REFUSED,
        **may(422, 503),
    },
)
async def stream_job(
    job_id: str,
    door: Door,
    since: Annotated[str, Query(description="A log id; lines up to it are left out.")] = "",
    last_event_id: Annotated[str | None, Header(description="Wins over `since`.")] = None,
) -> Response:
    """Follow a job: `status` every 2 seconds, `log` lines, `progress`, and at the end `done`.

    `log` events carry an id: a client that comes back with it in `Last-Event-ID` sees each line once. A failed job
    sends `error` before `done`. The stream ends after 6 hours at most.
    """
    try:
        caller = await asyncio.to_thread(door)
        await caller.call(jobs.get, job_id)
    except OutsendError as error:
        if error.kind not in REFUSALS:
            raise
        return Response(_refusal(error), STATUS[error.kind], HEADERS)
    return EventStream(_told(caller, door, job_id, _log_id(since if last_event_id is None else last_event_id)))


async def _told(caller: Caller, door: Door, job_id: str, since: int) -> AsyncGenerator[bytes]:
    """The events as they come, until `done`, the end of the stream's time, or of the caller's access."""
    clock = caller.services.clock
    begun = checked = clock.monotonic()
    try:
        async with hub_of(caller.services).follow(caller, job_id, since=since) as watch:
            while not watch.ended and clock.monotonic() - begun < STREAM_MAX.total_seconds():
                events = await watch.batch(KEEP_ALIVE_SECONDS)
                yield b"".join(map(_encoded, events)) or KEEP_ALIVE
                if clock.monotonic() - checked >= ACCESS_SECONDS:
                    await asyncio.to_thread(door)
                    checked = clock.monotonic()
    except OutsendError as error:
        yield _refusal(error)


def _encoded(event: JobEvent) -> bytes:
    return encoded(event.name, event.data, event.id)


def _refusal(error: OutsendError) -> bytes:
    message = NOT_YOURS if isinstance(error, JobForbidden) else error.text
    return _encoded(JobEvent(name="error", data={"code": REFUSALS.get(error.kind, error.code), "message": message}))


def _log_id(text: str) -> int:
    """The log id that a client names; 0, before all lines, where it names none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LOG_ID_DIGITS else 0
