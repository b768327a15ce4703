"""Servers that break off, fall silent, lie or lead on for ever: one special site each."""

import asyncio
import zlib
from urllib.parse import urljoin, urlsplit

import aiohttp
import pytest

from engine.sandbox.truth import Truth
from tests.sandbox.client import Client, records


def host_of(truth: Truth, kind: str) -> str:
    return truth.of_kind(kind)[0].host


async def raw(client: Client, host: str, *, path: str = "/", limit: int = 64 << 20) -> bytes:
    """All bytes that the server sends over plain HTTP until it closes, `limit` at most."""
    proxy = urlsplit(client.sandbox.proxy)
    reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port)
    address = await client.address(host)
    writer.write(f"GET http://{address}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    received = bytearray()
    try:
        while len(received) < limit and (piece := await reader.read(1 << 20)):
            received += piece
    finally:
        writer.close()
        await writer.wait_closed()
    return bytes(received)


async def silent_after(client: Client, host: str) -> bytes:
    """What comes before the server falls silent."""
    proxy = urlsplit(client.sandbox.proxy)
    address = await client.address(host)
    reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port)
    writer.write(f"GET http://{address}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    received = bytearray()
    try:
        # Silence can only be told by waiting for it.
        while piece := await asyncio.wait_for(reader.read(1 << 20), timeout=0.4):
            received += piece
    except TimeoutError:
        return bytes(received)
    finally:
        writer.close()
        await writer.wait_closed()
    raise AssertionError("the server closed the connection")


async def test_a_server_may_take_the_request_and_say_nothing(client: Client, truth: Truth) -> None:
    assert await silent_after(client, host_of(truth, "hang_before_headers")) == b""


async def test_a_server_may_fall_silent_after_its_headers(client: Client, truth: Truth) -> None:
    received = await silent_after(client, host_of(truth, "hang_after_headers"))

    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received.endswith(b"\r\n\r\n")


async def test_a_server_may_fall_silent_in_mid_page(client: Client, truth: Truth) -> None:
    received = await silent_after(client, host_of(truth, "hang_in_body"))

    assert b"<h1>" in received
    assert b"</html>" not in received


async def test_silence_holds_under_tls_too(client: Client, truth: Truth) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.get(f"https://{host_of(truth, 'hang_after_headers')}/"), timeout=1)


async def test_a_dripping_server_sends_a_byte_now_and_then(client: Client, truth: Truth) -> None:
    host = host_of(truth, "drip")
    proxy = urlsplit(client.sandbox.proxy)
    address = await client.address(host)
    reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port)

    writer.write(f"GET http://{address}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    beginning = await reader.readuntil(b"France</p>")
    drips = await reader.readexactly(2)
    writer.close()
    await writer.wait_closed()

    assert b"Content-Length: 100000" in head
    assert b"<h1>" in beginning
    assert drips == b"  "


async def test_a_server_may_break_the_connection_within_its_headers(client: Client, truth: Truth) -> None:
    assert await raw(client, host_of(truth, "reset")) == b"HTTP/1.1 200 OK\r\nServer: ngi"


async def test_a_page_may_be_shorter_than_it_says(client: Client, truth: Truth) -> None:
    head, _, body = (await raw(client, host_of(truth, "length_too_long"))).partition(b"\r\n\r\n")

    assert f"Content-Length: {len(body) + 100_000}".encode() in head
    with pytest.raises(aiohttp.ClientPayloadError):
        await client.get(truth.of_kind("length_too_long")[0].site_web)


async def test_a_page_may_be_longer_than_it_says(client: Client, truth: Truth) -> None:
    head, _, body = (await raw(client, host_of(truth, "length_too_short"))).partition(b"\r\n\r\n")

    length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
    assert body[:length].endswith(b"France</p>")
    assert len(body) > length


async def test_chunks_may_have_no_number(client: Client, truth: Truth) -> None:
    assert b"\r\nzz-no-number\r\n" in await raw(client, host_of(truth, "bad_chunks"))
    with pytest.raises(aiohttp.ClientError):
        await client.get(truth.of_kind("bad_chunks")[0].site_web)


async def test_a_page_may_only_pretend_to_be_packed(client: Client, truth: Truth) -> None:
    head, _, body = (await raw(client, host_of(truth, "bad_gzip"))).partition(b"\r\n\r\n")

    assert b"Content-Encoding: gzip" in head
    assert body.startswith(b"<!DOCTYPE html>")


async def test_headers_may_not_end(client: Client, truth: Truth) -> None:
    received = await raw(client, host_of(truth, "endless_headers"), limit=1 << 20)

    assert len(received) >= 1 << 20
    assert b"\r\n\r\n" not in received


async def test_a_deflate_bomb_is_a_valid_stream_that_grows_a_thousand_times(client: Client, truth: Truth) -> None:
    head, _, packed = (await raw(client, host_of(truth, "bomb_deflate"), limit=500_000)).partition(b"\r\n\r\n")
    length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
    machine = zlib.decompressobj()

    opening = machine.decompress(packed, 10 << 20)

    assert b"Content-Encoding: deflate" in head
    assert opening.startswith(b"<html>")
    assert len(opening) == 10 << 20
    assert length < 1 << 20


async def test_a_brotli_bomb_fits_into_one_packet(client: Client, truth: Truth) -> None:
    head, _, packed = (await raw(client, host_of(truth, "bomb_brotli"), limit=400)).partition(b"\r\n\r\n")

    assert b"Content-Encoding: br" in head
    assert len(packed) < 1_000


async def test_a_charset_may_not_exist(client: Client, truth: Truth) -> None:
    page = await client.get(truth.of_kind("wrong_charset")[0].site_web)

    assert page.headers["Content-Type"] == "text/html; charset=x-caisse-enregistreuse"
    assert "Café de l'Été".encode("cp1252") in page.body


async def test_redirects_may_lead_to_ever_new_addresses(client: Client, truth: Truth) -> None:
    url, seen = truth.of_kind("redirect_chain")[0].site_web, set[str]()
    for _ in range(12):
        url = urljoin(url, (await client.get(url)).headers["Location"])
        seen.add(url)

    assert len(seen) == 12


async def test_a_redirect_may_lead_into_a_private_network(client: Client, truth: Truth) -> None:
    page = await client.get(truth.of_kind("redirect_to_private")[0].site_web)

    assert page.headers["Location"] == "http://10.0.0.1/admin/"


async def test_a_site_may_turn_its_name_to_this_machine(client: Client, truth: Truth) -> None:
    host = host_of(truth, "rebinding")

    answers = [records(await client.ask(host)) for _ in range(2)]

    assert answers[1] == ["127.0.0.1"]


@pytest.mark.parametrize("status", [403, 404, 410, 429])
async def test_a_site_may_refuse_every_page(client: Client, truth: Truth, status: int) -> None:
    site = truth.of_kind(f"http_{status}")[0]

    page = await client.get(site.site_web)

    assert page.status == status
    assert site.alive_allowed == ("uncertain",)


@pytest.mark.parametrize("kind", ["hang_after_headers", "bomb_deflate", "http_403", "expired"])
async def test_robots_txt_is_answered_so_that_readers_get_to_the_fault(client: Client, truth: Truth, kind: str) -> None:
    assert (await client.get(f"https://{host_of(truth, kind)}/robots.txt")).status == 404


def test_every_special_site_has_a_truth(truth: Truth) -> None:
    assert len(truth.special_sites) == len({site.host for site in truth.special_sites})
    assert {site.kind for site in truth.special_sites if site.site_alive == "closed"} == {"expired", "expired_busy"}
    assert {site.kind for site in truth.special_sites if site.email} == {"expiring_soon", "wrong_charset"}
    assert all(site.email in truth.addresses for site in truth.special_sites if site.email)
