"""The forward proxy: the way in, and the wall around."""

import asyncio
import ssl
from urllib.parse import urlsplit

import aiohttp
import pytest

from engine.sandbox.truth import SiteTruth, Truth
from tests.sandbox.client import Client, smtp


def secure_site(truth: Truth) -> SiteTruth:
    return next(one for one in truth.of_kind("healthy") if one.shown and one.shown[0].url.startswith("https://"))


async def raw(client: Client, request: str) -> str:
    """The first line that the proxy answers to these bytes."""
    proxy = urlsplit(client.sandbox.proxy)
    reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port)
    writer.write(request.encode())
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return line.decode().strip()


async def test_https_reaches_the_site_by_address_and_server_name(client: Client, truth: Truth) -> None:
    site = secure_site(truth)

    page = await client.get(f"https://{site.host}/")

    assert page.status == 200
    assert b"<" in page.body


async def test_plain_http_reaches_the_site_by_address_and_host_header(client: Client, truth: Truth) -> None:
    site = secure_site(truth)

    page = await client.get(f"http://{site.host}/x?y=1")

    assert page.status == 301
    assert page.headers["Location"] == f"https://{site.host}/x?y=1"


async def test_a_client_that_connects_by_name_gets_there_too(client: Client, truth: Truth) -> None:
    site = secure_site(truth)

    async with client.session.get(f"https://{site.host}/", proxy=client.sandbox.proxy, ssl=client.tls) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("target", ["127.0.0.1:443", "10.0.0.1:443", "198.18.0.1:80", "example.org:443", "[::1]:443"])
async def test_what_lies_outside_the_world_is_refused(client: Client, target: str) -> None:
    assert await raw(client, f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n") == "HTTP/1.1 403 Forbidden"


async def test_plain_http_to_an_outside_address_is_refused(client: Client) -> None:
    request = "GET http://127.0.0.1:8000/ HTTP/1.1\r\nHost: gmail.com\r\n\r\n"

    assert await raw(client, request) == "HTTP/1.1 403 Forbidden"


async def test_a_port_where_nobody_listens_is_a_bad_gateway(client: Client) -> None:
    address = await client.address("places.googleapis.com")

    assert (await raw(client, f"CONNECT {address}:8443 HTTP/1.1\r\n\r\n")).startswith("HTTP/1.1 502")
    with pytest.raises(ConnectionRefusedError):
        async with smtp(client, address):
            pass


async def test_what_is_no_http_is_a_bad_request(client: Client) -> None:
    assert await raw(client, "EHLO somebody\r\n\r\n") == "HTTP/1.1 400 Bad Request"


@pytest.mark.parametrize(
    "request_line",
    [
        "CONNECT gmail.com:https",
        "CONNECT gmail.com",
        "CONNECT :443",
        "GET http://gmail.com:99999999/",
        "GET http://[broken/",
        "GET ftp://gmail.com/",
        "GET /",
    ],
)
async def test_a_target_that_is_none_is_answered_and_not_a_crash(client: Client, request_line: str) -> None:
    status = (await raw(client, f"{request_line} HTTP/1.1\r\nHost: gmail.com\r\n\r\n")).split(" ")[1]

    assert status in ("400", "403")


async def test_an_alias_and_a_final_dot_lead_to_the_same_place(client: Client, truth: Truth) -> None:
    for name in (truth.names["alias"], f"{truth.names['long_text'].upper()}."):
        assert (await raw(client, f"CONNECT {name}:443 HTTP/1.1\r\n\r\n")).startswith("HTTP/1.1 200")


async def test_an_upgrade_to_a_web_socket_is_refused_and_the_connection_goes_on(client: Client, truth: Truth) -> None:
    site = secure_site(truth)
    proxy = urlsplit(client.sandbox.proxy)
    reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port)

    writer.write(f"CONNECT {site.host}:443 HTTP/1.1\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    await writer.start_tls(client.tls, server_hostname=site.host)
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n"
    writer.write(f"GET /live HTTP/1.1\r\nHost: {site.host}\r\n{upgrade}\r\n".encode())
    writer.write(f"HEAD /robots.txt HTTP/1.1\r\nHost: {site.host}\r\n\r\n".encode())
    first = await reader.readuntil(b"\r\n\r\n")
    await reader.readuntil(b"HTTP/1.1 ")
    second = await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert not first.startswith(b"HTTP/1.1 101")
    assert second.startswith(b"200 OK")


async def test_a_host_header_of_another_site_is_misdirected(client: Client, truth: Truth) -> None:
    one, other = truth.of_kind("healthy")[:2]

    page = await client.get(f"http://{one.host}/", address=await client.address(other.host))

    assert page.status == 421


async def test_a_connection_serves_several_requests(client: Client, truth: Truth) -> None:
    site = secure_site(truth)
    address = await client.address(site.host)
    proxy = urlsplit(client.sandbox.proxy)
    reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port)
    request = f"GET http://{address}/ HTTP/1.1\r\nHost: {site.host}\r\n\r\n"

    writer.write((request * 3).encode())
    statuses = [(await reader.readuntil(b"Moved</body></html>")).split(b"\r\n", 1)[0] for _ in range(3)]
    writer.close()
    await writer.wait_closed()

    assert statuses == [b"HTTP/1.1 301 Moved Permanently"] * 3


async def test_the_authority_must_be_trusted(client: Client, truth: Truth) -> None:
    strict = ssl.create_default_context()

    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        async with client.session.get(f"https://{secure_site(truth).host}/", proxy=client.sandbox.proxy, ssl=strict):
            pass
