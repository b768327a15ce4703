"""The proxy that Chromium goes out by: who may use it, and where it leads."""

import asyncio
import ipaddress
import ssl
from base64 import b64encode
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from yarl import URL

from engine.clock import Clock
from engine.network import browser_proxy
from engine.network.browser_proxy import BrowserProxy
from engine.network.egress import Egress
from engine.network.guard import Guard
from engine.network.resolver import Resolver
from engine.network.site import Way
from engine.network.tls import trusting, unverified
from tests.engine.network.browsing import PUBLIC, names
from tests.engine.network.outside import Authority, ConnectProxy, WebSite, authority, listening, name_server, response

pytestmark = pytest.mark.slow(10)


@asynccontextmanager
async def proxying(ca: Authority | None = None, *, egress: tuple[str, ...] = ()) -> AsyncGenerator[BrowserProxy]:
    async with name_server(names) as (server, _):
        resolver = Resolver([server], Clock())
        guard = Guard(resolver, [ipaddress.ip_network(f"{PUBLIC}/32")])
        way = Way(guard, Egress(egress, Clock()), trusting(ca.path if ca else None), unverified(), "test")
        proxy = BrowserProxy(way)
        await proxy.start()
        try:
            yield proxy
        finally:
            await proxy.close()
            await resolver.close()


async def opened(proxy: BrowserProxy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", URL(proxy.address).port)


async def asked(proxy: BrowserProxy, line: str, *fields: str, body: str = "", password: str | None = None) -> bytes:
    """The answer to one request, or as much of it as comes before the proxy closes."""
    reader, writer = await opened(proxy)
    word = b64encode(f"{proxy.username}:{proxy.password if password is None else password}".encode()).decode()
    writer.write("\r\n".join([line, f"Proxy-Authorization: Basic {word}", *fields, "", body]).encode())
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(value for name, _, value in _fields(head) if name == "content-length")
        return head + await reader.readexactly(int(length))
    except asyncio.IncompleteReadError as cut:
        return cut.partial
    finally:
        writer.close()


def _fields(head: bytes) -> list[tuple[str, str, str]]:
    return [line.lower().partition(": ") for line in head.decode().split("\r\n")]


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


async def test_nobody_without_the_password_of_this_process_is_served() -> None:
    site = WebSite({"/": response(b"page")})
    async with listening(site, PUBLIC) as port, proxying() as proxy:
        answer = await asked(proxy, f"GET http://shop.fr:{port}/ HTTP/1.1", password="guessed")

    assert status_of(answer) == 407
    assert not site.requests


@pytest.mark.parametrize(
    "line",
    [
        "CONNECT 127.0.0.1:{port} HTTP/1.1",
        "CONNECT inside.fr:{port} HTTP/1.1",
        "CONNECT 169.254.169.254:443 HTTP/1.1",
        "CONNECT [::1]:443 HTTP/1.1",
        "CONNECT 2130706433:443 HTTP/1.1",
        "CONNECT shop.fr HTTP/1.1\r\nX: y",
        "GET http://127.0.0.1:{port}/ HTTP/1.1",
        "GET http://inside.fr:{port}/ HTTP/1.1",
        "GET http://169.254.169.254/latest/meta-data/ HTTP/1.1",
        "GET http://user:word@shop.fr:{port}/ HTTP/1.1",
        "GET https://127.0.0.1:{port}/ HTTP/1.1",
        "GET ftp://shop.fr/ HTTP/1.1",
        "GET file:///etc/passwd HTTP/1.1",
        "GET / HTTP/1.1",
    ],
)
async def test_what_the_guard_forbids_is_refused_before_anything_is_dialled(line: str) -> None:
    site = WebSite({})
    async with listening(site) as port, proxying() as proxy:
        answer = await asked(proxy, line.format(port=port))

    assert status_of(answer) in (403, 502)
    assert not site.connections


async def test_a_plain_request_reaches_its_host_without_what_was_meant_for_the_proxy() -> None:
    site = WebSite({"/a?b=c": response(b"page", Keep_Alive="timeout=5")})
    async with listening(site, PUBLIC) as port, proxying() as proxy:
        fields = f"Host: shop.fr:{port}", "Proxy-Connection: keep-alive", "Accept: text/html"
        answer = await asked(proxy, f"GET http://shop.fr:{port}/a?b=c HTTP/1.1", *fields)

    assert answer.endswith(b"\r\nConnection: close\r\n\r\npage")
    assert b"Keep-Alive" not in answer
    assert site.requests == [(f"shop.fr:{port}", "/a?b=c")]
    assert "proxy-" not in site.heads[0].lower()


async def test_a_body_reaches_the_host_as_far_as_it_was_announced_and_no_second_request() -> None:
    """What follows on the same connection may name another host, that nobody checked."""
    site = WebSite({"/": response(b"first"), "http://inside.fr/": response(b"second")})
    async with listening(site, PUBLIC) as port, proxying() as proxy:
        fields = f"Host: shop.fr:{port}", "Content-Length: 0"
        await asked(
            proxy, f"POST http://shop.fr:{port}/ HTTP/1.1", *fields, body="GET http://inside.fr/ HTTP/1.1\r\n\r\n"
        )
        posted = await asked(
            proxy, f"POST http://shop.fr:{port}/ HTTP/1.1", f"Host: shop.fr:{port}", "Content-Length: 9999999"
        )

    assert "http://inside.fr/" not in site.paths
    assert status_of(posted) == 413


async def test_a_tunnel_is_verified_outside_and_known_by_its_key_inside(tmp_path: Path) -> None:
    ca = authority(tmp_path)
    async with (
        listening(WebSite({"/": response(b"page")}), PUBLIC, ca.server("shop.fr")) as port,
        proxying(ca) as proxy,
    ):
        answer = await through_tunnel(proxy, f"shop.fr:{port}")

    assert answer.endswith(b"page")


async def test_a_tunnel_to_a_bad_certificate_does_not_open(tmp_path: Path) -> None:
    async with (
        listening(WebSite({}), PUBLIC, authority(tmp_path).server("shop.fr")) as port,
        proxying() as proxy,
    ):
        answer = await asked(proxy, f"CONNECT shop.fr:{port} HTTP/1.1")

    assert status_of(answer) == 502


async def test_tunnels_go_by_the_egress_proxies_to_the_checked_address(tmp_path: Path) -> None:
    ca, egress = authority(tmp_path), ConnectProxy()
    async with (
        listening(WebSite({"/": response(b"page")}), PUBLIC, ca.server("shop.fr")) as port,
        listening(egress) as egress_port,
        proxying(ca, egress=(f"http://127.0.0.1:{egress_port}",)) as proxy,
    ):
        await through_tunnel(proxy, f"shop.fr:{port}")

    assert egress.asked == [f"{PUBLIC}:{port}"]


async def test_a_file_that_is_too_long_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_proxy, "DOWN_BYTES_MAX", 300_000)
    async with listening(WebSite({"/": response(b"x" * 9_000_000)}), PUBLIC) as port, proxying() as proxy:
        answer = await asked(proxy, f"GET http://shop.fr:{port}/ HTTP/1.1", f"Host: shop.fr:{port}")

    assert 200_000 < len(answer) < 500_000


async def test_a_silent_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_proxy, "IDLE_SECONDS", 0.2)
    monkeypatch.setattr(browser_proxy, "HEAD_SECONDS", 0.2)
    async with listening(WebSite({}, delay=60), PUBLIC) as port, proxying() as proxy:
        silent_reader, silent = await opened(proxy)
        assert await asked(proxy, f"GET http://shop.fr:{port}/ HTTP/1.1", f"Host: shop.fr:{port}") == b""
        assert await silent_reader.read() == b""
        silent.close()


async def through_tunnel(proxy: BrowserProxy, target: str) -> bytes:
    """The answer to GET / by CONNECT, TLS with the proxy inside it."""
    reader, writer = await opened(proxy)
    word = b64encode(f"{proxy.username}:{proxy.password}".encode()).decode()
    writer.write(f"CONNECT {target} HTTP/1.1\r\nProxy-Authorization: Basic {word}\r\n\r\n".encode())
    assert status_of(await reader.readuntil(b"\r\n\r\n")) == 200
    any_certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    any_certificate.check_hostname = False
    any_certificate.verify_mode = ssl.CERT_NONE
    await writer.start_tls(any_certificate)
    writer.write(f"GET / HTTP/1.1\r\nHost: {target}\r\nConnection: close\r\n\r\n".encode())
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        return head + await reader.readexactly(4)
    finally:
        writer.transport.abort()


@pytest.mark.parametrize(
    ("username", "status"), [("chromium", 403), ("way-0", 403), ("way-", 407), ("way-x", 407), ("somebody", 407)]
)
async def test_a_user_that_is_no_way_out_is_not_served(username: str, status: int) -> None:
    async with proxying() as proxy:
        reader, writer = await opened(proxy)
        word = b64encode(f"{username}:{proxy.password}".encode())
        writer.write(b"GET ftp://shop.fr/ HTTP/1.1\r\nProxy-Authorization: Basic " + word + b"\r\n\r\n")
        line = await reader.readline()
        writer.close()

    assert line.split()[1] == str(status).encode()
