"""Ways out: direct, through HTTP(S) proxies, through SOCKS5, and the choice among them."""

import asyncio
from pathlib import Path

import pytest

from engine.clock import Clock
from engine.network.egress import Egress
from engine.network.types import Unreachable
from tests.engine.network.outside import (
    ConnectProxy,
    HandClock,
    SocksProxy,
    WebSite,
    authority,
    listening,
    response,
    web,
)


@pytest.mark.parametrize("scheme", ["http", "socks5"])
@pytest.mark.parametrize("secure", [False, True], ids=["http page", "https page"])
async def test_pages_come_through_a_proxy_that_is_asked_for_the_address(
    scheme: str, secure: bool, tmp_path: Path
) -> None:
    trust = authority(tmp_path)
    proxy = ConnectProxy() if scheme == "http" else SocksProxy()
    site = WebSite({"/": response(b"far away")})
    async with (
        listening(proxy) as port,
        web(
            site,
            tls=trust.server("shop.fr") if secure else None,
            ca_bundle=trust.path,
            egress_proxies=(f"{scheme}://127.0.0.1:{port}",),
        ) as (world, root),
    ):
        found = await world.fetcher.get(root)

    assert found.html == "far away"
    assert proxy.asked == [f"127.0.0.1:{root.rpartition(':')[2]}"]
    assert site.requests[-1][0].startswith("shop.fr:")


@pytest.mark.parametrize("secure", [False, True], ids=["http page", "https page"])
async def test_a_proxy_may_itself_be_reached_by_tls(secure: bool, tmp_path: Path) -> None:
    trust = authority(tmp_path)
    async with (
        listening(ConnectProxy(), tls=trust.server("127.0.0.1")) as port,
        web(
            WebSite({"/": response(b"twice wrapped")}),
            tls=trust.server("shop.fr") if secure else None,
            ca_bundle=trust.path,
            egress_proxies=(f"https://127.0.0.1:{port}",),
        ) as (world, root),
    ):
        assert (await world.fetcher.get(root)).html == "twice wrapped"


async def test_a_proxy_gets_its_credentials_and_the_site_does_not() -> None:
    proxy, site = ConnectProxy(), WebSite({"/": response()})
    async with (
        listening(proxy) as port,
        web(site, egress_proxies=(f"http://me:s%40cret@127.0.0.1:{port}",)) as (world, root),
    ):
        await world.fetcher.get(root)

    assert "Proxy-Authorization: Basic bWU6c0BjcmV0" in proxy.heads[0]
    assert "authorization" not in site.heads[-1].lower()


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        ("407 Proxy Authentication Required", "proxy"),
        ("403 Forbidden", "proxy"),
        ("502 Bad Gateway", "refused"),
        ("504 Gateway Timeout", "timeout"),
    ],
)
async def test_a_refused_tunnel_says_who_is_to_blame(refusal: str, reason: str) -> None:
    async with (
        listening(ConnectProxy(refusal=refusal)) as port,
        web(WebSite({}), egress_proxies=(f"http://127.0.0.1:{port}",)) as (world, root),
    ):
        with pytest.raises(Unreachable) as error:
            await world.fetcher.get(root)

    assert error.value.reason == reason


@pytest.mark.parametrize(("reply", "reason"), [(1, "proxy"), (2, "proxy"), (4, "refused"), (5, "refused")])
async def test_a_refused_socks_connection_says_who_is_to_blame(reply: int, reason: str) -> None:
    async with (
        listening(SocksProxy(reply=reply)) as port,
        web(WebSite({}), egress_proxies=(f"socks5://127.0.0.1:{port}",)) as (world, root),
    ):
        with pytest.raises(Unreachable) as error:
            await world.fetcher.get(root)

    assert error.value.reason == reason


async def test_a_blocked_site_is_asked_again_through_the_next_proxy_and_keeps_it() -> None:
    first, second = ConnectProxy(), ConnectProxy()
    answers = [response(b"no", status="403 Forbidden"), response(b"welcome"), response(b"again")]

    async def next_answer(writer: asyncio.StreamWriter) -> None:
        writer.write(answers.pop(0))

    async with (
        listening(first) as one,
        listening(second) as two,
        web(WebSite({"/": next_answer}), egress_proxies=(f"http://127.0.0.1:{one}", f"http://127.0.0.1:{two}")) as (
            world,
            root,
        ),
    ):
        texts = [(await world.fetcher.get(root, fresh=fresh)).html for fresh in (False, True)]

    assert texts == ["welcome", "again"]
    assert (len(first.asked), len(second.asked)) == (1, 1)


async def test_a_dead_proxy_is_passed_over() -> None:
    async with listening(ConnectProxy()) as dead:
        pass
    alive = ConnectProxy()
    async with (
        listening(alive) as port,
        web(
            WebSite({"/": response(b"x")}),
            egress_proxies=(f"http://127.0.0.1:{dead}", f"http://127.0.0.1:{port}"),
        ) as (world, root),
    ):
        assert (await world.fetcher.get(root)).html == "x"

    assert alive.asked


def test_a_site_keeps_its_proxy_until_it_moves_on() -> None:
    egress = Egress(["http://a:1", "http://b:1", "http://c:1"], Clock())
    sites = [f"shop{number}.fr" for number in range(50)]

    before = {site: egress.proxy_for(site) for site in sites}
    egress.move_on("shop7.fr")
    after = {site: egress.proxy_for(site) for site in sites}

    assert len(set(before.values())) == 3
    assert [site for site in sites if before[site] != after[site]] == ["shop7.fr"]


async def test_a_proxy_that_fails_five_times_rests_a_minute() -> None:
    clock = HandClock()
    egress = Egress(["http://a:1", "http://b:1"], clock)
    site = next(name for name in map(str, range(99)) if egress.proxy_for(name) == "http://a:1")

    for _ in range(5):
        egress._failed("http://a:1")
    resting = egress.proxy_for(site)
    clock.seconds += 61

    assert resting == "http://b:1"
    assert egress.proxy_for(site) == "http://a:1"


def test_when_all_proxies_rest_the_first_to_wake_is_taken() -> None:
    clock = HandClock()
    egress = Egress(["http://a:1", "http://b:1"], clock)
    for proxy in ("http://b:1", "http://a:1"):
        clock.seconds += 1
        for _ in range(5):
            egress._failed(proxy)

    assert egress.proxy_for("shop.fr") == "http://b:1"


def test_without_a_pool_the_way_is_direct() -> None:
    egress = Egress((), Clock())

    assert egress.proxy_for("shop.fr") is None
    assert not egress.move_on("shop.fr")


def test_a_way_that_the_caller_chose_is_its_own_proxy_whatever_the_site() -> None:
    egress = Egress(("http://one:1", "http://two:1", "http://three:1"), HandClock())

    chosen = [[egress.proxy_for(site, way=way) for site in ("a.fr", "b.fr")] for way in range(egress.ways)]

    assert chosen == [[proxy] * 2 for proxy in ("http://one:1", "http://two:1", "http://three:1")]
    assert Egress((), HandClock()).ways == 1
    assert Egress((), HandClock()).proxy_for("a.fr", way=0) is None
