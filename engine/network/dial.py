"""Open a connection to a checked address: direct, through an HTTP(S) proxy by CONNECT, or through SOCKS5.

The one place that opens sockets to the outside. A proxy is asked for the address, never for the name, so that it
cannot be led elsewhere; the name is what TLS then asks for.
"""

import asyncio
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from python_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError, ProxyType
from python_socks.async_.asyncio import Proxy
from yarl import URL

from engine.network.guard import Checked
from engine.network.tls import reason_of
from engine.network.types import NotConnected, Reason

CONNECT_SECONDS = 10.0
ADDRESSES_TRIED = 3
PROXY_ANSWER_BYTES = 16_384
STREAM_BUFFER_BYTES = 65_536
# How long a closing TLS connection waits for the other end's farewell.
TLS_SHUTDOWN_SECONDS = 1.0

P = TypeVar("P", bound=asyncio.Protocol)


@dataclass(frozen=True, slots=True)
class ProxyWay:
    """A proxy, http://, https:// or socks5://, with credentials where it needs them. `tls` verifies an https:// one."""

    url: str
    tls: ssl.SSLContext


class _Failed(Exception):
    """One address did not answer."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason


async def dial(
    target: Checked,
    protocol: Callable[[], P],
    *,
    proxy: "ProxyWay | None" = None,
    tls: ssl.SSLContext | None = None,
    timeout_seconds: float = CONNECT_SECONDS,
) -> tuple[asyncio.Transport, P]:
    """A connection to the first of the target's addresses that answers, TLS included when `tls` is given.

    Raises:
        NotConnected: `refused`, `timeout`, `tls_*`, or `proxy` where the proxy itself is to blame.
    """
    addresses = target.addresses[:ADDRESSES_TRIED]
    deadline = asyncio.get_running_loop().time() + timeout_seconds
    failed = _Failed("dns_failure", "no address")
    for position, address in enumerate(addresses):
        left = max(deadline - asyncio.get_running_loop().time(), 0.1)
        try:
            async with asyncio.timeout(left / (len(addresses) - position)):
                return await _open(address, target, protocol, proxy=proxy, tls=tls)
        except TimeoutError:
            failed = _Failed("timeout", f"{address} did not answer")
        except _Failed as error:
            failed = error
            if error.reason not in ("refused", "timeout"):
                break
    raise NotConnected(url=f"{target.host}:{target.port}", reason=failed.reason, detail=str(failed))


def stream_ends(*, limit: int = STREAM_BUFFER_BYTES) -> tuple[asyncio.StreamReader, asyncio.StreamReaderProtocol]:
    """A reader and the protocol that fills it, to dial with. `limit` is the longest line in bytes."""
    reader = asyncio.StreamReader(limit=limit)
    return reader, asyncio.StreamReaderProtocol(reader)


async def _open(
    address: str, target: Checked, protocol: Callable[[], P], *, proxy: ProxyWay | None, tls: ssl.SSLContext | None
) -> tuple[asyncio.Transport, P]:
    if proxy is None:
        return await _start(await _direct(address, target.port), target.host, protocol, tls)
    if proxy.url.startswith("socks5"):
        return await _start(await _by_socks(URL(proxy.url), address, target.port), target.host, protocol, tls)
    transport, rest = await _tunnel(proxy, address, target.port)
    return await _continue(transport, rest, target.host, protocol, tls)


async def _direct(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except OSError as error:
        sock.close()
        raise _Failed("refused", f"{address}: {error}") from None
    except BaseException:
        sock.close()
        raise
    return sock


async def _by_socks(proxy: URL, address: str, port: int) -> socket.socket:
    assert proxy.host is not None and proxy.port is not None
    client = Proxy(ProxyType.SOCKS5, proxy.host, proxy.port, proxy.user, proxy.password)
    try:
        return await client.connect(address, port, timeout=CONNECT_SECONDS)
    except (ProxyConnectionError, ProxyTimeoutError) as error:
        raise _Failed("proxy", str(error)) from None
    except ProxyError as error:
        # Replies 3 to 6 of RFC 1928 are about the target, the others about the proxy and what it permits.
        reason: Reason = "refused" if error.error_code in (3, 4, 5, 6) else "proxy"
        raise _Failed(reason, str(error)) from None
    except OSError as error:
        raise _Failed("proxy", str(error)) from None


async def _start(
    sock: socket.socket, name: str, protocol: Callable[[], P], tls: ssl.SSLContext | None
) -> tuple[asyncio.Transport, P]:
    loop = asyncio.get_running_loop()
    try:
        if tls is None:
            return await loop.create_connection(protocol, sock=sock)
        return await loop.create_connection(
            protocol, sock=sock, ssl=tls, server_hostname=name, ssl_shutdown_timeout=TLS_SHUTDOWN_SECONDS
        )
    except OSError as error:
        sock.close()
        raise _Failed(reason_of(error), str(error)) from None
    except BaseException:
        sock.close()
        raise


class _Connect(asyncio.Protocol):
    """Asks a proxy to CONNECT, and collects its answer and whatever the target says right behind it."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self.answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream's transport; uvloop's is none of asyncio's classes.
        cast("asyncio.Transport", transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        self.received += data
        whole = b"\r\n\r\n" in self.received or len(self.received) > PROXY_ANSWER_BYTES
        if whole and not self.answered.done():
            self.answered.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.answered.done():
            self.answered.set_result(None)


async def _tunnel(proxy: ProxyWay, address: str, port: int) -> tuple[asyncio.Transport, bytes]:
    """A connection through the proxy to the address, and what came over it already."""
    url = URL(proxy.url)
    assert url.host is not None and url.port is not None
    try:
        transport, connect = await asyncio.get_running_loop().create_connection(
            lambda: _Connect(_connect_request(url, address, port)),
            url.host,
            url.port,
            ssl=proxy.tls if url.scheme == "https" else None,
        )
    except OSError as error:
        raise _Failed("proxy", str(error)) from None
    try:
        await connect.answered
        return transport, _tunnel_opened(connect.received)
    except BaseException:
        transport.abort()
        raise


async def _continue(
    transport: asyncio.Transport, rest: bytes, name: str, protocol: Callable[[], P], tls: ssl.SSLContext | None
) -> tuple[asyncio.Transport, P]:
    """Hand an open tunnel over to its protocol, with TLS inside it if wanted."""
    if tls is not None:
        try:
            return await _start_tls(transport, protocol(), name, tls)
        except BaseException:
            transport.abort()
            raise
    ready = protocol()
    transport.set_protocol(ready)
    ready.connection_made(transport)
    if rest:  # a mail server greets at once
        ready.data_received(rest)
    return transport, ready


def _connect_request(proxy: URL, address: str, port: int) -> bytes:
    host = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    lines = [f"CONNECT {host} HTTP/1.1", f"Host: {host}"]
    if proxy.user is not None:
        credentials = b64encode(f"{proxy.user}:{proxy.password or ''}".encode()).decode()
        lines.append(f"Proxy-Authorization: Basic {credentials}")
    return "\r\n".join([*lines, "", ""]).encode()


def _tunnel_opened(received: bytes) -> bytes:
    """What came behind the proxy's 200; any other answer says who is to blame."""
    head, end, rest = received.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    if end and status and status[0].startswith(b"2"):
        return rest
    reasons: dict[bytes, Reason] = {b"502": "refused", b"503": "refused", b"504": "timeout"}
    line = head.split(b"\r\n", 1)[0][:200].decode("latin-1")
    raise _Failed(reasons.get(status[0] if status else b"", "proxy"), f"the proxy answered {line!r}")


async def _start_tls(
    transport: asyncio.Transport, protocol: P, name: str, tls: ssl.SSLContext
) -> tuple[asyncio.Transport, P]:
    loop = asyncio.get_running_loop()
    try:
        secured = await loop.start_tls(
            transport, protocol, tls, server_hostname=name, ssl_shutdown_timeout=TLS_SHUTDOWN_SECONDS
        )
    except OSError as error:
        raise _Failed(reason_of(error), str(error)) from None
    if secured is None:
        raise _Failed("tls_failure", "the connection closed during the handshake")
    protocol.connection_made(secured)
    return secured, protocol
