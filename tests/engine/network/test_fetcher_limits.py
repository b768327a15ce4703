"""Pages that are too large, too slow, broken, or that nobody can trust."""

import asyncio
import resource
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine.clock import Clock
from engine.extract.visit import fetch_home
from engine.network.types import NotConnected, Page, World
from engine.network.visits import Limits
from tests.engine.network.outside import (
    WebSite,
    authority,
    hosts,
    listening,
    name_server,
    reason_of,
    response,
    settings,
    web,
)
from tests.worlds import open_world

MEGABYTE = 1024 * 1024


async def test_a_page_of_15_megabytes_is_cut_at_two() -> None:
    async with web(WebSite({"/": response(b"a" * 15 * MEGABYTE)})) as (world, root):
        found = await world.fetcher.get(root)

    assert (len(found.html), found.truncated) == (2 * MEGABYTE, True)


@pytest.mark.slow(30)
@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_bomb_of_300_megabytes_costs_next_to_nothing(encoding: str) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | (16 if encoding == "gzip" else 0))
    bomb = b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(300)) + packer.flush()
    async with web(WebSite({"/": response(bomb, Content_Encoding=encoding)})) as (world, root):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found = await world.fetcher.get(root)
        grown_bytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024

    assert found.truncated
    assert grown_bytes < 30 * MEGABYTE


async def test_headers_beyond_64_kilobytes_are_refused() -> None:
    many = {f"X_{number}": "y" * 7_000 for number in range(12)}
    site = WebSite({"/": response(b"x", **many), "/1": response(X_Y="y" * 70_000), "/2": response(X_Y="y" * 60_000)})
    async with web(site) as (world, root):
        assert await reason_of(world.fetcher.get(root)) == "too_large"
        assert await reason_of(world.fetcher.get(f"{root}/1")) == "bad_answer"
        assert (await world.fetcher.get(f"{root}/2")).ok


async def test_a_page_that_drips_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.05)

    monkeypatch.setattr("engine.network.fetcher.PAGE", Limits(max_bytes=1_000, seconds=0.5, text_only=True))
    async with web(WebSite({"/": drip})) as (world, root):
        started = time.monotonic()
        reason = await reason_of(world.fetcher.get(root))

    assert reason == "timeout"
    assert time.monotonic() - started < 1.5


async def silence(writer: asyncio.StreamWriter) -> None:
    """Take the request and say nothing."""
    await asyncio.Event().wait()


async def test_a_robots_txt_that_never_comes_takes_of_the_time_of_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twenty seconds hold for all that a page needs."""
    monkeypatch.setattr("engine.network.fetcher.PAGE", Limits(max_bytes=1_000, seconds=0.5, text_only=True))
    async with web(WebSite({"/robots.txt": silence, "/": silence})) as (world, root):
        started = time.monotonic()
        reason = await reason_of(world.fetcher.get(root))

    assert reason == "timeout"
    assert time.monotonic() - started < 1.5


@dataclass
class Noting:
    """A reader that asks one server, whatever the address."""

    world: World
    root: str
    asked: list[str] = field(default_factory=list[str])

    async def get(self, url: str, *, fresh: bool = False) -> Page:
        self.asked.append(url)
        return await self.world.fetcher.get(self.root, fresh=fresh)


async def test_a_site_that_takes_the_connection_and_is_silent_is_not_asked_by_http(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("engine.network.fetcher.PAGE", Limits(max_bytes=1_000, seconds=0.5, text_only=True))
    async with web(WebSite({"/": silence})) as (world, root):
        reader = Noting(world, root)
        reason = await reason_of(fetch_home(reader, "https://shop.fr/"))

    assert reason == "timeout"
    assert reader.asked == ["https://shop.fr/"]


class Deaf:
    """A site that takes no connection at all."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def get(self, url: str, *, fresh: bool = False) -> Page:
        self.asked.append(url)
        raise NotConnected(url=url, reason="timeout")


async def test_a_site_that_takes_no_connection_by_https_is_asked_by_http() -> None:
    deaf = Deaf()

    assert await reason_of(fetch_home(deaf, "https://shop.fr/")) == "timeout"
    assert deaf.asked == ["https://shop.fr/", "http://shop.fr/"]


# Answers that are none


async def test_a_broken_connection_is_tried_once_more() -> None:
    tries: list[int] = []

    async def break_first(writer: asyncio.StreamWriter) -> None:
        tries.append(1)
        if len(tries) < 3:  # the pool itself tries a reused connection again
            writer.transport.abort()
            raise EOFError
        writer.write(response(b"at last"))

    async with web(WebSite({"/": break_first})) as (world, root):
        found = await world.fetcher.get(root)

    assert found.html == "at last"


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\ncut off",
        response(b"not gzip at all", Content_Encoding="gzip"),
        response(b"unknown", Content_Encoding="br"),
    ],
    ids=["no HTTP", "cut off", "broken gzip", "an encoding not asked for"],
)
async def test_what_is_no_whole_answer_is_a_bad_answer(answer: bytes) -> None:
    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        raise EOFError

    async with web(WebSite({"/": send})) as (world, root):
        assert await reason_of(world.fetcher.get(root)) == "bad_answer"


async def test_hosts_that_cannot_be_reached_say_why() -> None:
    async with name_server(hosts("shop.fr")) as (server, _):
        async with listening(WebSite({})) as port:
            pass
        async with open_world(settings(dns_servers=(server,)), Clock()) as world:
            reasons = [
                await reason_of(world.fetcher.get(url))
                for url in ("shop.fr", "http://gone.fr/", f"http://shop.fr:{port}/", "http://192.168.0.1/")
            ]

    assert reasons == ["bad_url", "nxdomain", "refused", "forbidden_address"]


# Certificates


async def test_a_valid_certificate_is_told(tmp_path: Path) -> None:
    trust = authority(tmp_path)
    async with web(WebSite({"/": response(b"safe")}), tls=trust.server("shop.fr"), ca_bundle=trust.path) as (
        world,
        root,
    ):
        found = await world.fetcher.get(root)

    assert found.html == "safe"
    assert found.tls is not None
    assert found.tls.expires_at > time.time()
    assert "trustme" in found.tls.issuer


@pytest.mark.parametrize("flaw", ["tls_expired", "tls_name", "tls_untrusted"])
async def test_a_bad_certificate_is_refused_by_its_flaw_but_may_be_looked_past(flaw: str, tmp_path: Path) -> None:
    trust = authority(tmp_path)
    name = "other.fr" if flaw == "tls_name" else "shop.fr"
    server = trust.server(name, expired=flaw == "tls_expired")
    bundle = None if flaw == "tls_untrusted" else trust.path
    async with web(WebSite({"/": response(b"seen")}), tls=server, ca_bundle=bundle) as (world, root):
        reason = await reason_of(world.fetcher.get(root))
        second_look = await world.fetcher.get(root, verify_tls=False)
        still = await reason_of(world.fetcher.get(root))

    assert (reason, still) == (flaw, flaw)
    assert second_look.html == "seen"
    assert second_look.tls is not None
    assert (second_look.tls.expires_at < time.time() - 30 * 86_400) == (flaw == "tls_expired")


async def test_a_server_without_tls_fails_the_handshake() -> None:
    async def answer_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(response(status="400 Bad Request"))
        await writer.drain()

    async with (
        listening(answer_plainly) as port,
        name_server(hosts("shop.fr")) as (server, _),
        open_world(settings(dns_servers=(server,)), Clock()) as world,
    ):
        assert await reason_of(world.fetcher.get(f"https://shop.fr:{port}/")) == "tls_failure"
