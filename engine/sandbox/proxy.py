"""The forward proxy through which the invented internet is reached, and the web servers behind it.

CONNECT by address or name to ports 80 and 443 ends at the site that TLS and `Host` name, to port 25 at a mail server.
Absolute-form requests reach plain-http sites. Answers of the proxy itself: 403 for what lies outside the world, 502
when the destination refuses the connection.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from engine.sandbox.certificates import Certificates
from engine.sandbox.http import HEAD_END, Piece, Reply, Request, read_head, reply
from engine.sandbox.mail import SmtpSession
from engine.sandbox.world import World

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
FIRST_EGRESS = "egress-1"
HEAD_BYTES = 64 * 1024
BODY_BYTES = 1024 * 1024
OUTSIDE = reply(403, b"outside the sandbox internet", content_type="text/plain", headers=(("Connection", "close"),))
REFUSED = reply(502, b"connection refused", content_type="text/plain", headers=(("Connection", "close"),))
BAD_REQUEST = reply(400, b"bad request", content_type="text/plain", headers=(("Connection", "close"),))
MISDIRECTED = reply(421, b"no such site here", content_type="text/plain")


class HttpConnection(asyncio.Protocol, ABC):
    """Reads requests, one at a time, and sends what `respond` gives; large answers follow the reader's pace."""

    secure = False

    def __init__(self, world: World, egress: str) -> None:
        self._world = world
        self._egress = egress
        self._received = bytearray()
        self._busy = True  # until there is a way to answer
        self._resumed: asyncio.Event | None = None
        self._sending: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._busy = False
        self._next()  # under TLS, what a client sends together with its last handshake message is here before

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._next()

    def pause_writing(self) -> None:
        self._resumed = asyncio.Event()

    def resume_writing(self) -> None:
        if self._resumed is not None:
            self._resumed.set()
            self._resumed = None

    def connection_lost(self, exc: Exception | None) -> None:
        self.resume_writing()
        if self._sending is not None:
            self._sending.cancel()  # who speaks in pieces learns at once that nobody listens

    @abstractmethod
    def respond(self, request: Request) -> Reply | None:
        """The answer; None when the connection has become something else."""
        ...

    def _next(self) -> None:
        while not self._busy and not self._transport.is_closing():
            try:
                request = self._read()
            except ValueError:
                self._send(BAD_REQUEST, close=True)
                return
            if request is None:
                return
            answer = self.respond(request)
            if answer is None:
                return
            self._start(answer, request)

    def _read(self) -> Request | None:
        """The next whole request, taken out of what was received."""
        end = self._received.find(HEAD_END)
        if end < 0:
            if len(self._received) > HEAD_BYTES:
                raise ValueError("the head never ends")
            return None
        request = read_head(bytes(self._received[:end]), secure=self.secure)
        length = int(request.headers.get("content-length", "0"))
        total = end + 4 + length
        if not 0 <= length <= BODY_BYTES:
            raise ValueError("the body is too long")
        if len(self._received) < total:
            return None
        body = bytes(self._received[end + 4 : total])
        del self._received[:total]
        return replace(request, body=body, egress=self._egress)

    def _start(self, answer: Reply, request: Request) -> None:
        close = request.headers.get("connection", "").lower() == "close"
        if request.method == "HEAD":
            answer = replace(answer, body=b"", chunks=0, end=b"")
        if answer.delay_seconds or answer.chunks or answer.pieces is not None:
            self._busy = True
            self._sending = asyncio.get_running_loop().create_task(self._send_slowly(answer, close=close))
        else:
            self._send(answer, close=close)

    def _send(self, answer: Reply, *, close: bool) -> None:
        self._transport.write(answer.head + answer.body)
        self._finish(answer, close=close)

    async def _send_slowly(self, answer: Reply, *, close: bool) -> None:
        await asyncio.sleep(answer.delay_seconds)
        self._transport.write(answer.head + answer.body)
        for _ in range(answer.chunks):
            if answer.pause_seconds:
                await asyncio.sleep(answer.pause_seconds)
            if self._resumed is not None:
                await self._resumed.wait()
            if self._transport.is_closing():
                return
            self._transport.write(answer.chunk)
        if answer.pieces is not None:
            await self._send_pieces(answer.pieces)
        self._transport.write(answer.end)
        self._busy = False
        self._finish(answer, close=close)
        self._next()

    async def _send_pieces(self, pieces: Iterator[Piece]) -> None:
        try:
            for piece in pieces:
                # A turn of the loop at least, so that a client that went away is noticed.
                await asyncio.sleep(piece.pause_seconds)
                if self._resumed is not None:
                    await self._resumed.wait()
                self._transport.write(piece.data)
        finally:
            if isinstance(pieces, Generator):
                pieces.close()

    def _finish(self, answer: Reply, *, close: bool) -> None:
        if answer.then == "hang":
            self._busy = True  # for ever: no request is read any more, and the connection stays
        elif answer.then == "abort":
            self._transport.abort()
        elif close or answer.then == "close" or b"Connection: close" in answer.head:
            self._transport.close()


class SiteConnection(HttpConnection):
    """A connection that has reached one address of the world, plain or under TLS."""

    def __init__(self, world: World, address: str, *, secure: bool, egress: str) -> None:
        super().__init__(world, egress)
        self._address = address
        self.secure = secure

    def respond(self, request: Request) -> Reply:
        host = self._world.hosts.get(request.host)
        if host is None or host.address != self._address:
            return MISDIRECTED
        return host.answer(request)


class ProxyConnection(HttpConnection):
    """A client's connection to the proxy."""

    def __init__(self, world: World, certificates: Certificates, egress: str = FIRST_EGRESS) -> None:
        super().__init__(world, egress)
        self._certificates = certificates

    def respond(self, request: Request) -> Reply | None:
        if request.method == "CONNECT":
            return self._connect(request)
        try:
            target = urlsplit(request.target)
            port = target.port or 80
        except ValueError:
            return BAD_REQUEST
        if target.scheme != "http" or target.hostname is None:
            return OUTSIDE
        address = self._address(target.hostname)
        if address is None:
            return OUTSIDE
        if not self._open(address, port):
            return REFUSED
        host = self._world.hosts.get(request.host)
        if host is None or host.address != address:
            return MISDIRECTED
        path = target.path or "/"
        path += f"?{target.query}" if target.query else ""
        return host.answer(replace(request, target=path))

    def _connect(self, request: Request) -> Reply | None:
        name, _, port_text = request.target.rpartition(":")
        if not port_text.isdecimal():
            return BAD_REQUEST
        port, address = int(port_text), self._address(name)
        if address is None:
            return OUTSIDE
        if not self._open(address, port):
            return REFUSED
        # Nothing may be read before the next protocol is in place.
        self._transport.pause_reading()
        self._transport.write(ESTABLISHED)
        if port == 443:
            self._task = asyncio.get_running_loop().create_task(self._start_tls(address))
        elif port == 25:
            self._hand_over(SmtpSession(self._world.mail_servers[address], self._world.zone))
        else:
            self._hand_over(SiteConnection(self._world, address, secure=False, egress=self._egress))
        return None

    def _hand_over(self, protocol: SmtpSession | SiteConnection) -> None:
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        early = bytes(self._received)
        if early:
            protocol.data_received(early)
        self._transport.resume_reading()

    async def _start_tls(self, address: str) -> None:
        protocol = SiteConnection(self._world, address, secure=True, egress=self._egress)
        loop = asyncio.get_running_loop()
        try:
            secured = await loop.start_tls(self._transport, protocol, self._certificates.default, server_side=True)
        except OSError:
            # The client did not like the certificate, or went away.
            self._transport.close()
            return
        if secured is not None:
            protocol.connection_made(secured)

    def _address(self, name: str) -> str | None:
        """The world's address for a name or an address of it; None when it lies outside."""
        if name in self._world.addresses:
            return name
        records = self._world.zone.get(name.lower().rstrip("."))
        if records is not None and records.cname is not None:
            records = self._world.zone.get(records.cname)
        return records.a[0] if records and records.a and records.a[0] in self._world.addresses else None

    def _open(self, address: str, port: int) -> bool:
        if port == 25:
            return address in self._world.mail_servers
        return port in self._world.open_ports.get(address, ())


async def serve_proxy(
    world: World, certificates: Certificates, host: str = "127.0.0.1", *, egress: str = FIRST_EGRESS
) -> int:
    """Listen on a free port; the port. `egress` is whom the servers see."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: ProxyConnection(world, certificates, egress), host, 0, backlog=4_096)
    port: int = server.sockets[0].getsockname()[1]
    return port
