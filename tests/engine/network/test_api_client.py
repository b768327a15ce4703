"""Calls of public APIs."""

import asyncio
import gzip
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.clock import Clock
from engine.network.api_client import bypasses_proxy
from engine.network.types import Api, Unreachable
from engine.network.world import open_gateway
from tests.engine.network.outside import (
    ConnectProxy,
    WebSite,
    authority,
    hosts,
    listening,
    name_server,
    redirect,
    response,
    settings,
    web,
)


@asynccontextmanager
async def api(site: WebSite, **overrides: Any) -> AsyncGenerator[tuple[Api, str]]:
    async with web(site, "api.fr", **overrides) as (world, root):
        yield world.api, root


async def test_a_json_answer_is_parsed() -> None:
    site = WebSite({"/search?q=caf%C3%A9": response(b'{"n": 1}', Content_Type="application/json")})
    async with api(site, public_url="https://leads.example") as (client, root):
        answer = await client.request("GET", f"{root}/search", params={"q": "café"}, headers={"X-Key": "k"})

    assert (answer.status, answer.json, answer.body) == (200, {"n": 1}, b'{"n": 1}')
    assert answer.headers["content-type"] == "application/json"
    assert "x-key: k" in site.heads[0].lower()
    assert "+https://leads.example/docs/bot" in site.heads[0]


async def test_other_answers_are_given_as_they_are() -> None:
    pages = {
        "/xml": response(b"<a/>", Content_Type="application/xml"),
        "/bad": response(b"{", Content_Type="application/json"),
        "/moved": redirect("/xml"),
        "/packed": response(gzip.compress(b"[1]"), Content_Type="application/ld+json", Content_Encoding="gzip"),
    }
    async with api(WebSite(dict(pages))) as (client, root):
        answers = {path: await client.request("GET", root + path) for path in [*pages, "/none"]}

    assert [(answer.status, answer.json) for answer in answers.values()] == [
        (200, None),
        (200, None),
        (302, None),
        (200, [1]),
        (404, None),
    ]


async def test_json_and_forms_are_posted() -> None:
    bodies: list[bytes] = []

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        bodies.append(await reader.readexactly(length))
        writer.write(response(b"", Connection="close"))
        await writer.drain()

    async with (
        listening(keep) as port,
        name_server(hosts("api.fr")) as (server, _),
        open_gateway(settings(dns_servers=(server,)), Clock()) as gateway,
    ):
        await gateway.api.request("POST", f"http://api.fr:{port}/", json={"a": [1]})
        await gateway.api.request("POST", f"http://api.fr:{port}/", form={"data": "[out:json];"})

    assert bodies == [b'{"a":[1]}', b"data=%5Bout%3Ajson%5D%3B"]


@pytest.mark.parametrize("failure", ["429 Too Many Requests", "500 Oops", "503 Busy"])
async def test_a_passing_failure_is_tried_again(failure: str) -> None:
    answers = [response(status=failure), response(status=failure), response(b"at last")]

    async def next_answer(writer: asyncio.StreamWriter) -> None:
        writer.write(answers.pop(0))

    async with api(WebSite({"/": next_answer})) as (client, root):
        answer = await client.request("GET", root)

    assert answer.body == b"at last"


async def test_after_three_tries_the_failure_is_the_answer() -> None:
    site = WebSite({"/": response(status="500 Oops")})
    async with api(site) as (client, root):
        answer = await client.request("GET", root)

    assert (answer.status, len(site.requests)) == (500, 3)


async def test_a_refusal_is_not_tried_again() -> None:
    site = WebSite({"/": response(status="403 Forbidden")})
    async with api(site) as (client, root):
        await client.request("GET", root)

    assert len(site.requests) == 1


async def test_a_broken_connection_is_tried_three_times() -> None:
    async def break_off(writer: asyncio.StreamWriter) -> None:
        raise EOFError

    site = WebSite({"/": break_off})
    async with api(site) as (client, root):
        with pytest.raises(Unreachable) as error:
            await client.request("GET", root)

    assert error.value.reason == "bad_answer"
    assert len(site.requests) == 3


async def test_the_wait_that_an_api_asks_for_is_kept_to() -> None:
    answers = [response(status="429 Slow down", Retry_After="1"), response()]

    async def next_answer(writer: asyncio.StreamWriter) -> None:
        writer.write(answers.pop(0))

    site = WebSite({"/": next_answer})
    async with api(site) as (client, root):
        answer = await client.request("GET", root)

    assert answer.status == 200
    assert site.times[1] - site.times[0] >= 0.95


async def test_a_wait_beyond_the_timeout_is_not_waited_for() -> None:
    site = WebSite({"/": response(status="429 Slow down", Retry_After="3600")})
    async with api(site) as (client, root):
        started = time.monotonic()
        answer = await client.request("GET", root, timeout_seconds=2)

    assert answer.status == 429
    assert time.monotonic() - started < 1


async def test_an_answer_that_takes_too_long_is_given_up() -> None:
    async with api(WebSite({"/": response()}, delay=3)) as (client, root):
        with pytest.raises(Unreachable) as error:
            await client.request("GET", root, timeout_seconds=0.3)

    assert error.value.reason == "timeout"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://169.254.169.254/latest", "forbidden_address"),
        ("http://inside.fr/", "forbidden_address"),
        ("http://gone.fr/", "nxdomain"),
        ("http://0x7f.1/", "bad_url"),
        ("file:///etc/passwd", "bad_url"),
    ],
)
async def test_targets_pass_the_guard_even_through_a_trusted_proxy(url: str, reason: str) -> None:
    proxy = ConnectProxy()
    async with (
        listening(proxy) as port,
        name_server(hosts("inside.fr", address="10.0.0.1")) as (server, _),
        open_gateway(settings(dns_servers=(server,), https_proxy=f"http://127.0.0.1:{port}"), Clock()) as gateway,
    ):
        with pytest.raises(Unreachable) as error:
            await gateway.api.request("GET", url)

    assert error.value.reason == reason
    assert proxy.asked == []


async def test_calls_go_by_the_standard_proxy_and_never_by_the_egress_pool() -> None:
    standard, egress = ConnectProxy(), ConnectProxy()
    async with (
        listening(standard) as one,
        listening(egress) as two,
        api(
            WebSite({"/": response()}),
            https_proxy=f"http://127.0.0.1:{one}",
            egress_proxies=(f"http://127.0.0.1:{two}",),
        ) as (client, root),
    ):
        await client.request("GET", root)

    assert (len(standard.asked), len(egress.asked)) == (1, 0)
    assert standard.asked[0].startswith("127.0.0.1:")


@pytest.mark.parametrize(
    ("no_proxy", "host", "expected"),
    [
        (("api.fr",), "api.fr", True),
        (("api.fr",), "v2.api.fr", True),
        ((".api.fr",), "v2.api.fr", True),
        (("api.fr",), "myapi.fr", False),
        (("*",), "api.fr", True),
        (("10.0.0.0/8",), "10.1.2.3", True),
        (("10.0.0.0/8",), "11.1.2.3", False),
        ((), "api.fr", False),
    ],
)
def test_no_proxy_names_the_exceptions(no_proxy: tuple[str, ...], host: str, expected: bool) -> None:
    assert bypasses_proxy(host, no_proxy) is expected


@pytest.mark.parametrize("proxied", [False, True])
async def test_certificates_are_verified(proxied: bool, tmp_path: Path) -> None:
    trust = authority(tmp_path)
    async with (
        listening(ConnectProxy()) as proxy,
        listening(WebSite({"/": response(b"safe")}), tls=trust.server("api.fr")) as port,
        name_server(hosts("api.fr", "other.fr")) as (server, _),
        open_gateway(
            settings(
                dns_servers=(server,),
                ca_bundle=trust.path,
                https_proxy=f"http://127.0.0.1:{proxy}" if proxied else None,
            ),
            Clock(),
        ) as gateway,
    ):
        answer = await gateway.api.request("GET", f"https://api.fr:{port}/")
        with pytest.raises(Unreachable) as error:
            await gateway.api.request("GET", f"https://other.fr:{port}/")

    assert answer.body == b"safe"
    assert error.value.reason == "tls_name"


async def test_an_answer_beyond_the_cap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.network.api_client.BODY_BYTES_MAX", 1_000)
    bomb = gzip.compress(bytes(100_000))
    async with api(WebSite({"/": response(bomb, Content_Encoding="gzip")})) as (client, root):
        with pytest.raises(Unreachable) as error:
            await client.request("GET", root)

    assert error.value.reason == "too_large"


async def test_connections_are_used_again() -> None:
    site = WebSite({"/": response(b"x")})
    async with api(site) as (client, root):
        for _ in range(5):
            await client.request("GET", root)

    assert (site.connections, len(site.requests)) == (1, 5)
