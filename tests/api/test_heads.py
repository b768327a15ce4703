"""How long a request line and headers may be, by raw sockets, on the server that the product runs."""

import asyncio
import socket
from collections.abc import Iterator

import httpx
import pytest

from engine.runtime import open_services
from engine.settings import read_settings
from outsend_api.heads import HEAD_BYTES_MAX
from outsend_api.serve import Server, address_of, listening, serve_app, until_stopped
from tests.api_house import OnThread

TOO_LARGE = b"HTTP/1.1 431 "
START = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
CHUNKED = b"POST /mcp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = read_settings({"OUTSEND_DATA_DIR": str(tmp_path_factory.mktemp("heads"))})
    with open_services(settings) as services, listening("127.0.0.1", 0) as listener:
        server = Server(serve_app(services))

        async def serve(stopping: asyncio.Event) -> None:
            await until_stopped(server, listener, stopping)

        running = OnThread(serve)
        yield address_of(listener)
        running.stop()


def said(url: str, *pieces: bytes) -> bytes:
    """The beginning of the answer to these bytes; those that come after the end are of no matter."""
    with socket.create_connection((httpx.URL(url).host, httpx.URL(url).port or 80), timeout=4) as wire:
        try:
            for piece in pieces:
                wire.sendall(piece)
        except OSError:
            pass
        try:
            return wire.recv(100)
        except ConnectionResetError:
            return TOO_LARGE  # closed with what was sent still unread, which takes the answer away


def test_a_head_within_the_limit_is_read(url: str) -> None:
    """MCP security point 21."""
    padding = b"x-padding: " + b"a" * (HEAD_BYTES_MAX - 2_000) + b"\r\n\r\n"

    assert said(url, START, padding).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "head",
    [
        [START, b"x-padding: " + b"a" * HEAD_BYTES_MAX + b"\r\n\r\n"],
        [b"GET /healthz?" + b"a" * HEAD_BYTES_MAX + b" HTTP/1.1\r\nHost: x\r\n\r\n"],
        [START, *(b"x-%d: %s\r\n" % (number, b"a" * 1_000) for number in range(70)), b"\r\n"],
        [START, b"x-padding: ", *([b"a" * 8_192] * 9)],
        [b"GET /", *([b"a" * 8_192] * 9)],
        [CHUNKED, b"x-trailer: ", *([b"a" * 8_192] * 9)],
    ],
    ids=["one-header", "line", "many-headers", "header-without-end", "line-without-end", "trailer-without-end"],
)
def test_a_head_beyond_the_limit_is_refused(url: str, head: list[bytes]) -> None:
    """MCP security point 21."""
    assert said(url, *head).startswith((TOO_LARGE, b"HTTP/1.1 401 "))  # 401: the body's own answer came first


def test_the_limit_counts_each_request_of_a_connection_anew(url: str) -> None:
    with httpx.Client(base_url=url, timeout=4) as client:
        sizes = [client.get("/healthz", headers={"x-padding": "a" * 40_000}).status_code for _ in range(3)]
        body = client.post("/mcp", content=b"x" * 300_000).status_code

    assert (sizes, body) == ([200] * 3, 401)
