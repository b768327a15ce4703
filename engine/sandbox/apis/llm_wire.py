"""What all wire protocols share: errors with their status, Server-Sent Events, and answers that go wrong half way."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.sandbox.apis.desk import JSON
from engine.sandbox.apis.llm_desk import SeenRequest
from engine.sandbox.apis.llm_types import Fault, JsonObject
from engine.sandbox.http import HEAD_END, Piece, Reply, reply

FOR_EVER_SECONDS = 24 * 3_600.0
TOKEN_SECONDS = 0.05  # of a model that is slow
LETTERS = 12  # of a text that one event brings
HALTING: tuple[Fault, ...] = ("hangs", "drops", "fails", "silent")
LAST_CHUNK = b"0\r\n\r\n"
STREAM_HEAD = b"\r\n".join(
    (
        b"HTTP/1.1 200 OK",
        b"Server: cloudflare",
        b"Content-Type: text/event-stream; charset=utf-8",
        b"Cache-Control: no-cache",
        b"Transfer-Encoding: chunked",
    )
)


class ModelError(Exception):
    """A refusal in the provider's own shape; `body` is its JSON."""

    def __init__(self, status: int, body: object, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.status, self.body, self.headers = status, body, headers
        super().__init__(str(body))


def json_reply(status: int, body: object, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    written = json.dumps(body, ensure_ascii=False).encode()
    return reply(status, written, content_type=JSON, headers=headers)


def event(data: JsonObject | str, *, name: str | None = None) -> bytes:
    """One Server-Sent Event."""
    written = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return (f"event: {name}\n" if name else "").encode() + f"data: {written}\n\n".encode()


def pieces_of(text: str, fault: Fault | None = None) -> list[str]:
    """A text as the events bring it; a slow model writes token by token."""
    size = 4 if fault == "slow" else LETTERS
    return [text[start : start + size] for start in range(0, len(text), size)]


def whole(body: JsonObject, fault: Fault | None, seen: SeenRequest) -> Reply:
    """A complete answer, or what a fault leaves of it."""
    answer = json_reply(200, body)
    if fault not in HALTING:
        seen.ended = "whole"
        return answer
    if fault == "silent":
        return Reply(b"", pieces=_spoken([], "hangs", seen))
    half = answer.body[: len(answer.body) // 2]
    return _ending(replace(answer, body=b"", pieces=_spoken([half], fault, seen)), fault)


def streamed(events: Sequence[bytes], error: bytes, fault: Fault | None, seen: SeenRequest) -> Reply:
    """The events, or their first half and what the fault makes of the rest; `error` is the event of `fails`."""
    if fault == "silent":
        return Reply(b"", pieces=_spoken([], "hangs", seen))
    half = [*events[: -(-len(events) // 2)], *([error] if fault == "fails" else [])]
    kept = half if fault in HALTING else events
    pieces = _spoken([b"%x\r\n%b\r\n" % (len(one), one) for one in kept], fault, seen)
    answer = Reply(STREAM_HEAD + HEAD_END, pieces=pieces, end=LAST_CHUNK)
    return answer if fault == "fails" else _ending(answer, fault)


def _ending(answer: Reply, fault: Fault | None) -> Reply:
    return replace(answer, end=b"", then="abort") if fault in ("drops", "fails") else answer


def _spoken(pieces: Sequence[bytes], fault: Fault | None, seen: SeenRequest) -> Iterator[Piece]:
    """The pieces; how it ended goes into the log. Who sends them closes this generator when the client hangs up."""
    try:
        for piece in pieces:
            yield Piece(piece, TOKEN_SECONDS if fault == "slow" else 0.0)
        if fault == "hangs":
            yield Piece(b"", FOR_EVER_SECONDS)
    except GeneratorExit:
        seen.ended = "hung_up"
        raise
    seen.ended = "broken" if fault in ("drops", "fails") else "whole"
