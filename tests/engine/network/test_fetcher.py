"""Fetching pages from servers on loopback: what comes back, the cache, redirects, text."""

import asyncio
import gzip
import zlib

import pytest

from engine.clock import Clock
from engine.network.world import open_gateway
from tests.engine.network.outside import (
    WebSite,
    hosts,
    listening,
    name_server,
    reason_of,
    redirect,
    response,
    settings,
    web,
)
from tests.worlds import open_world


async def test_a_page_is_returned_with_what_surrounds_it() -> None:
    page = response(b"<h1>Bonjour</h1>", X_Powered_By="PHP", Set_Cookie="a=1; Path=/\r\nSet-Cookie: b=2")
    async with web(WebSite({"/": page})) as (world, root):
        found = await world.fetcher.get(root)

    assert (found.status, found.html, found.content_type) == (200, "<h1>Bonjour</h1>", "text/html")
    assert found.headers["x-powered-by"] == "PHP"
    assert found.cookies == ("a=1; Path=/", "b=2")
    assert (found.url, found.final_url, found.redirects) == (root, f"{root}/", ())
    assert found.parse().css_first("h1").text() == "Bonjour"
    assert found.elapsed_ms > 0


async def test_a_page_is_given_whatever_its_status() -> None:
    async with web(WebSite({})) as (world, root):
        found = await world.fetcher.get(f"{root}/missing")

    assert (found.status, found.ok, found.html) == (404, False, "nothing here")


async def test_we_say_who_we_are_and_that_french_is_preferred() -> None:
    site = WebSite({"/": response()})
    async with web(site, public_url="https://leads.example/") as (world, root):
        await world.fetcher.get(root)

    assert "+https://leads.example/docs/bot" in site.heads[-1]
    assert "Accept-Language: fr" in site.heads[-1]
    assert "Host: shop.fr:" in site.heads[-1]


async def test_a_page_is_fetched_once_a_job_however_many_ask() -> None:
    site = WebSite({"/": response(b"x")}, delay=0.1)
    async with web(site) as (world, root):
        await asyncio.gather(*(world.fetcher.get(root) for _ in range(20)))
        await world.fetcher.get(f"{root}/#top")

    assert site.paths == ["/robots.txt", "/"]


async def test_fresh_looks_past_the_cache_and_refreshes_it() -> None:
    site = WebSite({"/": response(b"old")})
    async with web(site) as (world, root):
        await world.fetcher.get(root)
        site.pages["/"] = response(b"new")
        texts = [(await world.fetcher.get(root, fresh=fresh)).html for fresh in (False, True, False)]

    assert texts == ["old", "new", "new"]


async def test_two_jobs_do_not_share_their_pages() -> None:
    site = WebSite({"/": response(b"x")})
    async with (
        listening(site) as port,
        name_server(hosts("shop.fr")) as (server, _),
        open_gateway(settings(dns_servers=(server,)), Clock()) as gateway,
    ):
        for _ in range(2):
            async with gateway.world() as world:
                await world.fetcher.get(f"http://shop.fr:{port}/")

    assert site.paths == ["/robots.txt", "/", "/"]


async def test_done_with_closes_the_connections_and_forgets_the_pages() -> None:
    site = WebSite({"/": response(b"x")})
    async with web(site, "www.shop.fr", "shop.fr") as (world, root):
        await world.fetcher.get(root)
        await world.fetcher.done_with(root.replace("www.", ""))
        await asyncio.sleep(0.05)
        left_open = site.open_now
        await world.fetcher.get(root)

    assert left_open == 0
    assert site.paths.count("/") == 2


async def test_done_with_leaves_a_fetch_in_flight_alone() -> None:
    site = WebSite({"/": response(b"x"), "/slow": response(b"slow")}, delay=0.2)
    async with web(site) as (world, root):
        slow = asyncio.create_task(world.fetcher.get(f"{root}/slow"))
        await asyncio.sleep(0.1)
        await world.fetcher.done_with(root)

        assert (await slow).html == "slow"


async def test_sites_that_nobody_is_done_with_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.network.visits.SITES_OPEN_MAX", 3)
    names = [f"shop{number}.fr" for number in range(10)]
    site = WebSite({"/": response(b"x")})
    async with web(site, *names) as (world, root):
        for name in names:
            await world.fetcher.get(root.replace(names[0], name))
        await asyncio.sleep(0.05)

        assert site.open_now == 3


async def test_a_fetch_goes_on_while_anybody_waits_for_it() -> None:
    site = WebSite({"/": response(b"x")}, delay=0.2)
    async with web(site) as (world, root):
        first = asyncio.create_task(world.fetcher.get(root))
        second = asyncio.create_task(world.fetcher.get(root))
        await asyncio.sleep(0.1)
        first.cancel()

        assert (await second).html == "x"
        with pytest.raises(asyncio.CancelledError):
            await first


# Redirects


async def test_redirects_are_followed_and_told() -> None:
    pages = {"/": redirect("/fr/"), "/fr/": redirect("accueil", "301 Moved"), "/fr/accueil": response(b"home")}
    async with web(WebSite(dict(pages))) as (world, root):
        found = await world.fetcher.get(root)

    assert (found.html, found.final_url) == ("home", f"{root}/fr/accueil")
    assert found.redirects == (f"{root}/", f"{root}/fr/")


async def test_a_redirect_loop_ends_after_five() -> None:
    site = WebSite({"/": redirect("/")})
    async with web(site) as (world, root):
        assert await reason_of(world.fetcher.get(root)) == "too_many_redirects"

    assert site.paths.count("/") == 6


async def test_a_site_that_redirects_until_it_sees_its_cookie_is_read() -> None:
    site = WebSite({"/": redirect("/in", Set_Cookie="seen=1"), "/in": response(b"in")})
    async with web(site) as (world, root):
        await world.fetcher.get(root)

    assert "seen=1" in site.heads[-1]


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", "forbidden_address"),
        ("http://[::ffff:a9fe:a9fe]/", "forbidden_address"),
        ("http://10.0.0.1/", "forbidden_address"),
        ("http://2852039166/", "bad_url"),
        ("ftp://shop.fr/", "bad_url"),
        ("file:///etc/passwd", "bad_url"),
        ("mailto:info@shop.fr", "bad_url"),
        ("http://user:secret@shop.fr/", "bad_url"),
        ("http://elsewhere.fr/", "nxdomain"),
    ],
)
async def test_a_redirect_is_checked_from_the_start(location: str, reason: str) -> None:
    async with web(WebSite({"/": redirect(location)})) as (world, root):
        assert await reason_of(world.fetcher.get(root)) == reason


async def test_a_name_that_turns_private_is_never_connected_to() -> None:
    # The first answer may be reached (trusted, here), the later ones not: each new connection is checked anew.
    turns = iter([["0 A 127.0.0.1"]])
    site = WebSite({"/": response(b"x", Connection="close"), "/2": response(b"never")})

    def zone(_: str, kind: str) -> list[str]:
        return next(turns, ["0 A 10.0.0.1"]) if kind == "A" else []

    async with (
        listening(site) as port,
        name_server(zone) as (server, _),
        open_world(settings(dns_servers=(server,)), Clock()) as world,
    ):
        await world.fetcher.get(f"http://rebind.fr:{port}/")
        await world.fetcher.done_with("http://rebind.fr/")
        await world.dns.addresses("rebind.fr", fresh=True)
        reason = await reason_of(world.fetcher.get(f"http://rebind.fr:{port}/2"))

    assert reason == "forbidden_address"

    assert "/2" not in site.paths


# Text


@pytest.mark.parametrize(
    ("body", "header"),
    [
        ("Café à Nîmes".encode(), "text/html"),
        ("Café à Nîmes".encode(), "text/html; charset=nonsense"),
        ("Café à Nîmes".encode("cp1252"), "text/html"),
        ("Café à Nîmes".encode("cp1252"), "text/html; charset=ISO-8859-1"),
        ("Café à Nîmes".encode("utf-16"), "text/html"),
        ("Café à Nîmes".encode("utf-16-le"), "text/html; charset=utf-16le"),
        (b'<meta charset="utf-8">' + "Café à Nîmes".encode("cp1252"), "text/html"),
        (b'<meta charset="iso-8859-15">' + "Café à Nîmes".encode("latin-1"), "text/html"),
        (b'<?xml version="1.0" encoding="latin1"?>' + "Café à Nîmes".encode("latin-1"), "application/xhtml+xml"),
        (b"\xef\xbb\xbf" + "Café à Nîmes".encode(), "text/html; charset=iso-8859-1"),
        ("Café à Nîmes".encode(), ""),
    ],
)
async def test_text_is_read_in_its_charset(body: bytes, header: str) -> None:
    async with web(WebSite({"/": response(body, Content_Type=header)})) as (world, root):
        assert (await world.fetcher.get(root)).html.endswith("Café à Nîmes")


async def test_a_compressed_page_is_unpacked() -> None:
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    pages = {
        "/gzip": response(gzip.compress(b"packed"), Content_Encoding="gzip"),
        "/deflate": response(zlib.compress(b"packed"), Content_Encoding="deflate"),
        "/raw": response(raw.compress(b"packed") + raw.flush(), Content_Encoding="deflate"),
    }
    async with web(WebSite(dict(pages))) as (world, root):
        assert [(await world.fetcher.get(root + path)).html for path in pages] == ["packed"] * 3


async def test_what_is_no_text_has_none_but_can_be_downloaded() -> None:
    site = WebSite({"/logo.png": response(b"\x89PNG\r\n\0", Content_Type="image/png")})
    async with web(site) as (world, root):
        page = await world.fetcher.get(f"{root}/logo.png")
        file = await world.fetcher.download(f"{root}/logo.png", max_bytes=100)
        too_large = await reason_of(world.fetcher.download(f"{root}/logo.png", max_bytes=4))

    assert (page.html, page.content_type) == ("", "image/png")
    assert (file.body, file.content_type) == (b"\x89PNG\r\n\0", "image/png")
    assert too_large == "too_large"
