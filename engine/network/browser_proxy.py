"""The one way out for Chromium: a forward proxy on loopback that checks and dials every connection as we do ourselves.

Chromium would resolve names by itself and reach anything this machine reaches. Here each host is resolved and checked
by the guard, dialled by the site's egress, and its certificate verified by the same trust store as all other pages.
TLS therefore ends here, and Chromium trusts this process alone, by a key that lives as long as it does and that it
pins: naming the operator's authority to Chromium instead would accept whoever shows that authority's certificate.
"""

import asyncio
import secrets
import ssl
from base64 import b64decode
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

from yarl import URL

from engine.network.dial import stream_ends
from engine.network.guard import parse_url
from engine.network.live import way_named
from engine.network.loopback_key import LoopbackKey, make_key
from engine.network.pace import site_of
from engine.network.site import Way
from engine.network.types import Reason, Unreachable

HEAD_BYTES_MAX = 65_536
HEAD_SECONDS = 15.0  # until a request is whole; browsers open connections ahead of need
ANSWER_SECONDS = 20.0
IDLE_SECONDS = 20.0
CONNECTIONS_MAX = 128
# A connection serves several files; a page of 16 MB and more is cut off, as a person would leave it.
DOWN_BYTES_MAX = 16 * 1024 * 1024
UP_BYTES_MAX = 1024 * 1024
CHUNK_BYTES = 65_536

_HOP_BY_HOP = frozenset({"connection", "keep-alive", "proxy-connection", "proxy-authorization", "upgrade"})
_STATUS: dict[Reason, HTTPStatus] = {
    "forbidden_address": HTTPStatus.FORBIDDEN,
    "bad_url": HTTPStatus.FORBIDDEN,
    "timeout": HTTPStatus.GATEWAY_TIMEOUT,
}

Ends: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Refused(Exception):
    """A request that gets no further; the status says so to Chromium."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, slots=True)
class _Head:
    """The first line of a request or an answer in its three words, and its fields in their order."""

    line: tuple[str, str, str]
    fields: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        return next((value for key, value in self.fields if key.lower() == name), "")

    def lasting(self) -> list[tuple[str, str]]:
        """The fields that are meant for the other end, not for the next hop."""
        return [(key, value) for key, value in self.fields if key.lower() not in _HOP_BY_HOP]


class BrowserProxy:
    """Serves one Chromium. `password` keeps other users of the machine out.

    The user is `username`, whose connections leave by the way of each site, or a `live.way_name`.
    """

    def __init__(self, way: Way) -> None:
        self._way = way
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._key: LoopbackKey | None = None
        self.username = "chromium"
        self.password = secrets.token_urlsafe(24)

    @property
    def address(self) -> str:
        """Its http:// address, once started."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def pin(self) -> str:
        """Base64 of the SHA-256 of the key's SubjectPublicKeyInfo: what Chromium may trust, once started."""
        assert self._key is not None
        return self._key.pin

    async def start(self) -> None:
        self._key = self._key or await asyncio.to_thread(make_key)
        self._server = self._server or await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=HEAD_BYTES_MAX)

    async def close(self) -> None:
        """Stop listening, and cut every connection."""
        if self._server is None:
            return
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            await self._answer(reader, writer)
        # A connection that ends, by whatever side, ends its task: nobody waits for it.
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._serving.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection: a second one might be meant for another host."""
        async with asyncio.timeout(HEAD_SECONDS):
            request = await _read_head(reader)
        try:
            way = self._admit(request)
            if request.line[0].upper() == "CONNECT":
                await self._tunnel(request, (reader, writer), way)
            else:
                await self._forward(request, (reader, writer), way)
        except _Refused as refusal:
            writer.write(_refusal(refusal.status))
            await writer.drain()

    def _admit(self, request: _Head) -> int | None:
        """The way out that the request is to go by; None for that of its site."""
        username, password = _credentials(request.get("proxy-authorization"))
        way = way_named(username)
        known = way is not None or username == self.username
        if not (secrets.compare_digest(password.encode(), self.password.encode()) and known):
            raise _Refused(HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)
        if len(self._serving) > CONNECTIONS_MAX:
            raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE)
        return way

    async def _tunnel(self, request: _Head, near: Ends, way: int | None) -> None:
        """CONNECT: TLS with the site outside, TLS with Chromium inside."""
        far = await self._dial(_url_of(f"https://{request.line[1]}"), way)
        try:
            near[1].write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await near[1].drain()
            assert self._key is not None
            inside = await _serve_tls(near[1].transport, self._key.context)
            try:
                await _relay(inside, far)
            finally:
                inside[1].close()
        finally:
            far[1].transport.abort()

    async def _forward(self, request: _Head, near: Ends, way: int | None) -> None:
        """A plain http request with its whole address, on a connection of its own."""
        method, target, _ = request.line
        url = _url_of(target)
        if url.scheme != "http":
            raise _Refused(HTTPStatus.FORBIDDEN)
        body_bytes = _body_bytes(request)
        far = await self._dial(url, way)
        try:
            far[1].write(_as_bytes(f"{method} {url.raw_path_qs} HTTP/1.1", request.lasting()))
            await _relay(near, far, body_bytes=body_bytes)
        finally:
            far[1].transport.abort()

    async def _dial(self, url: URL, way: int | None) -> Ends:
        """An open connection to the host of `url`, TLS included for https.

        Raises:
            _Refused: the guard, the network or the certificate says no.
        """
        assert url.raw_host is not None and url.port is not None
        reader, protocol = stream_ends(limit=HEAD_BYTES_MAX)
        tls = self._way.trusting if url.scheme == "https" else None
        try:
            checked = await self._way.guard.check(url.raw_host, url.port)
            transport, _ = await self._way.egress.open(
                checked, lambda: protocol, site=site_of(url.raw_host), way=way, tls=tls
            )
        except Unreachable as error:
            raise _Refused(_STATUS.get(error.reason, HTTPStatus.BAD_GATEWAY)) from None
        return reader, asyncio.StreamWriter(transport, protocol, reader, asyncio.get_running_loop())


def _credentials(authorization: str) -> tuple[str, str]:
    """User and password of Basic authentication (RFC 7617); empty where there are none."""
    try:
        told = b64decode(authorization.removeprefix("Basic ").strip(), validate=True).decode()
    except ValueError:
        return "", ""
    username, _, password = told.partition(":")
    return username, password


def _url_of(target: str) -> URL:
    try:
        return parse_url(target)
    except Unreachable:
        raise _Refused(HTTPStatus.FORBIDDEN) from None


def _body_bytes(request: _Head) -> int:
    length = request.get("content-length") or "0"
    if request.get("transfer-encoding") or not length.isdecimal():
        raise _Refused(HTTPStatus.LENGTH_REQUIRED)
    if len(length) > len(str(UP_BYTES_MAX)) or int(length) > UP_BYTES_MAX:
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(length)


async def _serve_tls(transport: asyncio.WriteTransport, context: ssl.SSLContext) -> Ends:
    loop = asyncio.get_running_loop()
    reader, protocol = stream_ends()
    secured = await loop.start_tls(transport, protocol, context, server_side=True)
    if secured is None:
        raise ConnectionResetError("closed during the handshake")
    protocol.connection_made(secured)
    return reader, asyncio.StreamWriter(secured, protocol, reader, loop)


async def _relay(near: Ends, far: Ends, *, body_bytes: int | None = None) -> None:
    """Pass bytes both ways until one side ends, is silent for too long, or has sent too much.

    With `body_bytes` it is the rest of one plain request, and then its answer, whose head says that it is the last one.
    """
    loop = asyncio.get_running_loop()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bytes_left: int) -> None:
        while bytes_left > 0 and (data := await reader.read(min(bytes_left, CHUNK_BYTES))):
            idle.reschedule(loop.time() + IDLE_SECONDS)
            bytes_left -= len(data)
            writer.write(data)
            await writer.drain()

    async def pump_up() -> None:
        await pump(near[0], far[1], UP_BYTES_MAX if body_bytes is None else body_bytes)
        if body_bytes is not None:
            await near[0].read(1)  # its end; a second request would be for who knows whom

    async def pump_down() -> None:
        if body_bytes is not None:
            near[1].write(await _final_head(far[0]))
        await pump(far[0], near[1], DOWN_BYTES_MAX)

    async with asyncio.timeout(IDLE_SECONDS) as idle:
        ways = {asyncio.create_task(pump_up()), asyncio.create_task(pump_down())}
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)


async def _final_head(reader: asyncio.StreamReader) -> bytes:
    """The head of an answer, told to end with its connection; what a server says before it (1xx) is left out."""
    async with asyncio.timeout(ANSWER_SECONDS):
        answer = await _read_head(reader)
        while answer.line[1].startswith("1"):
            answer = await _read_head(reader)
    return _as_bytes(" ".join(answer.line), answer.lasting())


async def _read_head(reader: asyncio.StreamReader) -> _Head:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    first, second, third = (*lines[0].split(" ", 2), "", "")[:3]
    fields = (line.partition(":") for line in lines[1:] if ":" in line)
    return _Head((first, second, third), tuple((name.strip(), value.strip()) for name, _, value in fields))


def _as_bytes(line: str, fields: list[tuple[str, str]]) -> bytes:
    lines = [line, *(f"{name}: {value}" for name, value in fields), "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1")


def _refusal(status: HTTPStatus) -> bytes:
    fields = [("Content-Length", "0")]
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        fields.append(("Proxy-Authenticate", 'Basic realm="outsend"'))
    return _as_bytes(f"HTTP/1.1 {status.value} {status.phrase}", fields)
