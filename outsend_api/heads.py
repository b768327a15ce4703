"""Request lines and headers of bounded size: the server's own parser takes them in at any length.

Source: RFC 6585, section 5 (431 Request Header Fields Too Large).
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES_MAX = 64 * 1024
REFUSAL = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\ncache-control: no-store\r\n"
    b"connection: close\r\n\r\n"
)


class HeadTooLarge(Exception):
    """Ends the parser's work on a connection."""


class BoundedHeads(HttpToolsProtocol):
    """HTTP/1.1 as ever; whose head, or whose fields behind a body, grow too large is refused and let go."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._head = 0  # bytes of the present head
        self._unread = 0  # bytes since something was complete

    def data_received(self, data: bytes) -> None:
        self._unread += len(data)
        super().data_received(data)
        if self._unread > HEAD_BYTES_MAX and not self.transport.is_closing():
            self._refuse()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._unread = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unread = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        if self._head > HEAD_BYTES_MAX:
            self._refuse()
        else:
            super().send_400_response(msg)

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > HEAD_BYTES_MAX:
            raise HeadTooLarge

    def _refuse(self) -> None:
        self.transport.write(REFUSAL)
        self.transport.close()
