"""A small outside world on loopback: name servers, web servers, proxies and mail servers that do what a test says."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from dnslib import QTYPE, RCODE, RR, DNSRecord

from engine.clock import Clock
from engine.network.types import Unreachable, World
from engine.settings import Settings
from tests.worlds import open_world

Stream = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Answers = Mapping[tuple[str, str], Sequence[str] | int]  # (name, type) -> zone lines without the name, or an rcode

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


class HandClock(Clock):
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        super().__init__(timedelta(0))
        self.seconds = 1_000.0

    def monotonic(self) -> float:
        return self.seconds


def settings(**overrides: Any) -> Settings:
    """Settings that trust loopback, so that local servers stand for public ones."""
    return Settings(**{"trusted_networks": LOOPBACK} | overrides)


async def reason_of(fetch: Awaitable[object]) -> str:
    with pytest.raises(Unreachable) as error:
        await fetch
    return error.value.reason


@asynccontextmanager
async def listening(stream: Stream, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> AsyncGenerator[int]:
    """A server for the length of the block; its port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await stream(reader, writer)
        except (OSError, EOFError, asyncio.CancelledError):  # the server's end is the connection's end
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(handle, host, 0, ssl=tls)
    handlers = asyncio.all_tasks()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in asyncio.all_tasks() - handlers:
            if "listening.<locals>.handle" in repr(task):
                task.cancel()
        await asyncio.sleep(0)


# Names


class NameServer(asyncio.DatagramProtocol):
    """Answers from `zone`, and counts what it was asked. A callable zone sees each question."""

    def __init__(self, zone: Answers | Callable[[str, str], Sequence[str] | int | None]) -> None:
        self._zone = zone
        self.asked: list[tuple[str, str]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        question = DNSRecord.parse(data)
        name, kind = str(question.q.qname).rstrip(".").lower(), QTYPE[question.q.qtype]
        self.asked.append((name, kind))
        reply = question.reply()
        answer = self._zone(name, kind) if callable(self._zone) else self._answer(self._zone, name, kind)
        if answer is None:
            return  # silence
        if isinstance(answer, int):
            reply.header.rcode = answer
        else:
            for line in answer:
                reply.add_answer(*RR.fromZone(f"{name}. {line}"))
        self._transport.sendto(reply.pack(), addr)

    def _answer(self, zone: Answers, name: str, kind: str) -> Sequence[str] | int:
        known = any(owner == name for owner, _ in zone)
        return zone.get((name, kind), [] if known else RCODE.NXDOMAIN)


@asynccontextmanager
async def name_server(
    zone: Answers | Callable[[str, str], Sequence[str] | int | None],
) -> AsyncGenerator[tuple[str, NameServer]]:
    """Its 'host:port' and the server."""
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: NameServer(zone), local_addr=("127.0.0.1", 0)
    )
    try:
        yield f"127.0.0.1:{transport.get_extra_info('sockname')[1]}", server
    finally:
        transport.close()


def hosts(*names: str, address: str = "127.0.0.1") -> dict[tuple[str, str], Sequence[str]]:
    """A zone where each name has that address."""
    return {(name, "A"): [f"60 A {address}"] for name in names}


# Pages


@dataclass
class WebSite:
    """Answers paths with whole HTTP answers; notes the requests and the connections they came on."""

    pages: dict[str, bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]]
    requests: list[tuple[str, str]] = field(default_factory=list)  # host header, path
    heads: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    connections: int = 0
    open_now: int = 0
    most_at_once: int = 0
    delay: float = 0.0

    @property
    def paths(self) -> list[str]:
        return [path for _, path in self.requests]

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_now += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                await self._answer(head, writer)
        finally:
            self.open_now -= 1

    async def _answer(self, head: str, writer: asyncio.StreamWriter) -> None:
        path = head.split(" ", 2)[1]
        host = next(line.split(":", 1)[1].strip() for line in head.split("\r\n") if line.lower().startswith("host:"))
        self.requests.append((host, path))
        self.heads.append(head)
        self.times.append(asyncio.get_running_loop().time())
        self._busy = getattr(self, "_busy", 0) + 1
        self.most_at_once = max(self.most_at_once, self._busy)
        try:
            if self.delay and path != "/robots.txt":
                await asyncio.sleep(self.delay)
            page = self.pages.get(path) or response(b"nothing here", status="404 Not Found")
            if callable(page):
                await page(writer)
            else:
                writer.write(page)
            await writer.drain()
        finally:
            self._busy -= 1


def response(body: bytes = b"", *, status: str = "200 OK", **headers: str) -> bytes:
    """A whole HTTP answer. Underscores in header names become hyphens; text/html unless it says otherwise."""
    lines = {"Content_Type": "text/html", "Content_Length": str(len(body))} | headers
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


def redirect(location: str, status: str = "302 Found", **headers: str) -> bytes:
    return response(status=status, Location=location, **headers)


@asynccontextmanager
async def web(
    site: WebSite, *names: str, tls: ssl.SSLContext | None = None, **overrides: Any
) -> AsyncGenerator[tuple[World, str]]:
    """A world in which `site` is all of `names` (shop.fr when none), and the address of its root."""
    names = names or ("shop.fr",)
    async with (
        listening(site, tls=tls) as port,
        name_server(hosts(*names)) as (server, _),
        open_world(settings(dns_servers=(server,), **overrides), Clock()) as world,
    ):
        yield world, f"{'https' if tls else 'http'}://{names[0]}:{port}"


# Certificates


@dataclass
class Authority:
    """A certificate authority, and `path`, where its certificate lies for OUTSEND_CA_BUNDLE."""

    ca: trustme.CA
    path: Path

    def server(self, *names: str, expired: bool = False) -> ssl.SSLContext:
        """What a server of these names presents."""
        ends = datetime.now(UTC) - timedelta(days=40) if expired else None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*names, not_after=ends).configure_cert(context)
        return context


def authority(folder: Path) -> Authority:
    ca = trustme.CA()
    path = folder / "ca.pem"
    ca.cert_pem.write_to_path(path)
    return Authority(ca, path)


# Proxies


async def _splice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int) -> None:
    far_reader, far_writer = await asyncio.open_connection(host, port)

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()

    try:
        ways = {asyncio.create_task(pump(reader, far_writer)), asyncio.create_task(pump(far_reader, writer))}
        _, left = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in left:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
    finally:
        far_writer.transport.abort()


@dataclass
class ConnectProxy:
    """An HTTP proxy that knows CONNECT. `ways` maps what is asked for to where it really leads."""

    ways: dict[str, int] = field(default_factory=dict)  # 'address:port' -> local port
    refusal: str | None = None
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        target = head.split(" ")[1]
        self.asked.append(target)
        self.heads.append(head)
        if self.refusal:
            writer.write(f"HTTP/1.1 {self.refusal}\r\n\r\n".encode())
            await writer.drain()
            return
        host, _, port = target.rpartition(":")
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await _splice(reader, writer, "127.0.0.1" if target in self.ways else host, self.ways.get(target, int(port)))


@dataclass
class SocksProxy:
    """SOCKS5 without authentication."""

    ways: dict[str, int] = field(default_factory=dict)
    reply: int = 0
    asked: list[str] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, count = await reader.readexactly(2)
        await reader.readexactly(count)
        writer.write(b"\x05\x00")
        *_, kind = await reader.readexactly(4)
        size = {1: 4, 4: 16}[kind]
        address = str(ipaddress.ip_address(await reader.readexactly(size)))
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.asked.append(f"{address}:{port}")
        writer.write(bytes([5, self.reply, 0, 1, 0, 0, 0, 0, 0, 0]))
        await writer.drain()
        if self.reply == 0:
            way = self.ways.get(f"{address}:{port}")
            await _splice(reader, writer, "127.0.0.1" if way else address, way or port)
