"""HTTP as the sandbox's servers speak it: a request read from bytes, an answer ready to be sent."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

HEAD_END = b"\r\n\r\n"
HTML = "text/html; charset=utf-8"
PHRASES = {int(status): status.phrase for status in HTTPStatus}  # a status outside them, such as 529, has none


@dataclass(frozen=True, slots=True)
class Request:
    """`host` is the Host header without port, lower case; header names are lower case; `secure` means under TLS.

    `egress` names the proxy that it came through: the address that it has for the servers.
    """

    method: str
    target: str  # path and query; an absolute address or host:port when a proxy is asked
    host: str
    headers: dict[str, str]
    body: bytes = b""
    secure: bool = False
    egress: str = ""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an answer that comes as it is made, and the silence before it."""

    data: bytes
    pause_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as bytes. `chunk` is sent `chunks` times after `body`, then `end`: large answers cost no memory.

    `pieces` are sent one by one after `body`; when the client hangs up before the last, their generator is closed.
    `then` is what the server does with the connection: keeps it, closes it, breaks it, or falls silent for ever.
    """

    head: bytes
    body: bytes = b""
    delay_seconds: float = 0.0
    chunk: bytes = field(default=b"", repr=False)
    chunks: int = 0
    pause_seconds: float = 0.0  # before each chunk
    end: bytes = b""
    pieces: Iterator[Piece] | None = None
    then: Literal["keep", "close", "abort", "hang"] = "keep"


def reply(
    status: int,
    body: bytes = b"",
    *,
    content_type: str = HTML,
    headers: tuple[tuple[str, str], ...] = (),
    length: int | None = None,
) -> Reply:
    """The answer with its usual headers. `length` is given when more than `body` follows."""
    lines = [
        f"HTTP/1.1 {status} {PHRASES.get(status, '')}",
        "Server: nginx",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body) if length is None else length}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return Reply(head="\r\n".join(lines).encode("latin-1") + HEAD_END, body=body)


def small_page(
    title: str, body: str, *, head: str = "", status: int = 200, headers: tuple[tuple[str, str], ...] = ()
) -> Reply:
    """A page of a few lines; `head` and `body` are HTML."""
    page = f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return reply(status, page.encode(), headers=headers)


def redirect(location: str, status: int = 301) -> Reply:
    return reply(status, b"<html><body>Moved</body></html>", headers=(("Location", location),))


def chunked(answer: Reply, size: int = 4_096) -> Reply:
    """The same answer with `Transfer-Encoding: chunked`, as shops behind a cache send it."""
    head = b"\r\n".join(line for line in answer.head[:-4].split(b"\r\n") if not line.startswith(b"Content-Length"))
    pieces = [answer.body[start : start + size] for start in range(0, len(answer.body), size)]
    body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    return Reply(head=head + b"\r\nTransfer-Encoding: chunked" + HEAD_END, body=body)


def read_head(head: bytes, *, secure: bool) -> Request:
    """The request whose head (without the final blank line) this is.

    Raises:
        ValueError: not HTTP/1.x.
    """
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, version = first.split(" ")
    if not version.startswith("HTTP/1."):
        raise ValueError(f"no HTTP/1.x request line: {first!r}")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    host = headers.get("host", "").partition(":")[0].lower()
    return Request(method=method, target=target, host=host, headers=headers, secure=secure)
