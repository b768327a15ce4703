"""A client of the invented internet that knows nothing but its settings: DNS servers, a proxy, a trust store."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast
from urllib.parse import urljoin, urlsplit

import aiohttp
from dnslib import RR, DNSRecord

from engine.sandbox.process import RunningSandbox


@dataclass(frozen=True)
class Fetched:
    url: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-16" if self.body[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1")


def records(answer: DNSRecord) -> list[str]:
    """The answer's records as text."""
    return [str(cast("object", one.rdata)) for one in cast("list[RR]", answer.rr)]


class Client:
    def __init__(self, sandbox: RunningSandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.session = session
        self.tls = ssl.create_default_context(cafile=str(sandbox.ca))

    async def ask(self, name: str, kind: str = "A") -> DNSRecord:
        """One DNS query over UDP."""
        return await asyncio.to_thread(self._ask, name, kind, tcp=False)

    async def ask_tcp(self, name: str, kind: str = "A") -> DNSRecord:
        return await asyncio.to_thread(self._ask, name, kind, tcp=True)

    def _ask(self, name: str, kind: str, *, tcp: bool) -> DNSRecord:
        host, _, port = self.sandbox.dns.rpartition(":")
        return DNSRecord.parse(DNSRecord.question(name, kind).send(host, int(port), tcp=tcp, timeout=5))

    async def address(self, name: str) -> str:
        return records(await self.ask(name))[0]

    async def get(self, url: str, *, address: str | None = None, accept_encoding: str = "identity") -> Fetched:
        """The page, no redirect followed, asked at the checked address as production asks it."""
        parts = urlsplit(url)
        url = url if parts.path else f"{url}/"
        host = parts.hostname or ""
        address = address or await self.address(host)
        asked = f"{parts.scheme}://{address}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
        async with self.session.get(
            asked,
            proxy=self.sandbox.proxy,
            headers={"Host": host, "Accept-Encoding": accept_encoding},
            server_hostname=host,
            ssl=self.tls,
            allow_redirects=False,
        ) as answer:
            return Fetched(url, answer.status, dict(answer.headers), await answer.read())

    async def follow(self, url: str) -> Fetched:
        """The page behind at most five redirects."""
        for _ in range(6):
            page = await self.get(url)
            if page.status not in (301, 302):
                return page
            url = urljoin(url, page.headers["Location"])
        raise AssertionError(f"too many redirects: {url}")


@asynccontextmanager
async def open_client(sandbox: RunningSandbox) -> AsyncGenerator[Client]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        yield Client(sandbox, session)
    # Sockets under TLS close some turns of the loop after their session.
    await asyncio.sleep(0.05)


@asynccontextmanager
async def smtp(client: Client, address: str) -> AsyncGenerator["Smtp"]:
    """A connection to the mail server at this address, through the proxy."""
    proxy = urlsplit(client.sandbox.proxy)
    reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port)
    try:
        writer.write(f"CONNECT {address}:25 HTTP/1.1\r\nHost: {address}:25\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head:
            raise ConnectionRefusedError(head.partition(b"\r\n")[0].decode())
        yield Smtp(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()


@dataclass(frozen=True)
class Smtp:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def reply(self) -> str:
        """One reply, its lines joined."""
        lines: list[str] = []
        while not lines or lines[-1][3:4] == "-":
            line = (await self.reader.readline()).decode().rstrip()
            if not line:
                raise ConnectionResetError("closed")
            lines.append(line)
        return "\n".join(lines)

    async def say(self, *commands: str) -> list[str]:
        """Send all commands at once, then read a reply for each."""
        self.writer.write("".join(f"{one}\r\n" for one in commands).encode())
        return [await self.reply() for _ in commands]


async def recipients(client: Client, mx: str, addresses: Sequence[str]) -> list[str]:
    """Replies for each address, asked one command at a time."""
    from_domain = client.sandbox.overrides["mail_from"]
    async with smtp(client, await client.address(mx)) as session:
        await session.reply()
        await session.say(f"EHLO {client.sandbox.overrides['smtp_helo']}")
        await session.say(f"MAIL FROM:<{from_domain}>")
        return [(await session.say(f"RCPT TO:<{address}>"))[0] for address in addresses]
