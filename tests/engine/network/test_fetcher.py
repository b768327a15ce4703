"""Fetching pages from servers on loopback."""

import asyncio
import gzip
import resource
import time
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from engine.clock import Clock
from engine.network.types import Unreachable
from engine.network.world import open_gateway, open_world
from tests.engine.network.outside import (
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

MEGABYTE = 1024 * 1024


async def reason_of(fetch: Awaitable[object]) -> str:
    with pytest.raises(Unreachable) as error:
        await fetch
    return error.value.reason


async def test_a_page_is_returned_with_what_surrounds_it() -> None:
    page = response(b"<h1>Bonjour</h1>", X_Powered_By="PHP", Set_Cookie="a=1; Path=/\r\nSet-Cookie: b=2")
    async with web(WebSite({"/": page})) as (world, root):
        found = await world.fetcher.get(root)

    assert (found.status, found.html, found.content_type) == (200, "<h1>Bonjour</h1>", "text/html")
    assert found.headers["x-powered-by"] == "PHP"
    assert found.cookies == ("a=1; Path=/", "b=2")
    assert (found.url, found.final_url, found.redirects) == (root, f"{root}/", ())
    assert found.tree.css_first("h1").text() == "Bonjour"
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
    async with listening(site) as port, name_server(hosts("shop.fr")) as (server, _):
        async with open_gateway(settings(dns_servers=(server,)), Clock()) as gateway:
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
    # First answer public (here: trusted), then private: each new connection is checked anew.
    turns = iter([["0 A 127.0.0.1"], ["0 A 127.0.0.1"]])
    site = WebSite({"/": response(b"x", Connection="close"), "/2": response(b"never")})

    def zone(_: str, kind: str) -> list[str]:
        return (next(turns, ["0 A 10.0.0.1"])) if kind == "A" else []

    clock = Clock()
    async with listening(site) as port, name_server(zone) as (server, _):
        async with open_world(settings(dns_servers=(server,)), clock) as world:
            await world.fetcher.get(f"http://rebind.fr:{port}/")
            await world.fetcher.done_with("http://rebind.fr/")
            await world.dns.addresses("rebind.fr", fresh=True)
            await world.dns.addresses("rebind.fr", fresh=True)

            assert await reason_of(world.fetcher.get(f"http://rebind.fr:{port}/2")) == "forbidden_address"

    assert "/2" not in site.paths


# Caps


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
    async with web(WebSite({"/": response(b"x", **many), "/1": response(b"x", X_Y="y" * 40_000)})) as (world, root):
        assert await reason_of(world.fetcher.get(root)) == "too_large"
        assert await reason_of(world.fetcher.get(f"{root}/1")) == "too_large"


async def test_a_page_that_drips_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.05)

    monkeypatch.setattr("engine.network.fetcher.PAGE", _limits(seconds=0.5))
    async with web(WebSite({"/": drip})) as (world, root):
        started = time.monotonic()
        reason = await reason_of(world.fetcher.get(root))

    assert reason == "timeout"
    assert time.monotonic() - started < 1.5


def _limits(*, seconds: float) -> object:
    from engine.network.visits import Limits

    return Limits(max_bytes=2 * MEGABYTE, seconds=seconds, text_only=True)


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
    async with web(WebSite({})) as (world, root):
        assert await reason_of(world.fetcher.get(root.replace("http:", "https:"))) == "tls_failure"


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


# Manners


async def test_a_page_that_robots_txt_disallows_is_not_asked_for() -> None:
    robots = b"User-agent: outsend\nDisallow: /private\n"
    site = WebSite({"/robots.txt": response(robots), "/": response(b"x"), "/private": response(b"secret")})
    async with web(site) as (world, root):
        await world.fetcher.get(root)
        reason = await reason_of(world.fetcher.get(f"{root}/private"))

    assert reason == "robots"
    assert site.paths == ["/robots.txt", "/"]


@pytest.mark.parametrize(
    "robots",
    [
        response(status="404 Not Found"),
        response(b"Disallow: /", status="500 Oops"),
        redirect("/robots.txt"),
        redirect("http://10.0.0.1/robots.txt"),
        response(b"\x89PNG" * 100, Content_Type="image/png"),
        b"garbage\r\n\r\n",
    ],
    ids=["missing", "failing", "looping", "forbidden", "an image", "garbage"],
)
async def test_a_robots_txt_that_cannot_be_read_allows_everything(robots: bytes) -> None:
    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(robots)
        await writer.drain()
        raise EOFError

    async with web(WebSite({"/robots.txt": send, "/": response(b"x")})) as (world, root):
        assert (await world.fetcher.get(root)).html == "x"


async def test_a_long_robots_txt_is_obeyed() -> None:
    robots = b"User-agent: *\n" + b"".join(b"Disallow: /%d\n" % number for number in range(5_000))
    async with web(WebSite({"/robots.txt": response(robots), "/": response(b"x")})) as (world, root):
        await world.fetcher.get(root)

        assert await reason_of(world.fetcher.get(f"{root}/4999")) == "robots"


async def test_a_site_gets_two_requests_at_once_then_one_each_third_of_a_second() -> None:
    site = WebSite({f"/{number}": response(b"x") for number in range(4)}, delay=0.05)
    async with web(site) as (world, root):
        await asyncio.gather(*(world.fetcher.get(f"{root}/{number}") for number in range(4)))

    times = [time for time, path in zip(site.times, site.paths, strict=True) if path != "/robots.txt"]
    gaps = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
    assert site.most_at_once <= 2
    assert gaps[0] < 0.1
    assert all(gap > 0.25 for gap in gaps[1:])


async def test_a_refusal_with_a_wait_is_tried_again_after_it() -> None:
    answers = [response(status="429 Too Many Requests", Retry_After="1"), response(b"welcome")]

    async def next_answer(writer: asyncio.StreamWriter) -> None:
        writer.write(answers.pop(0))

    site = WebSite({"/": next_answer})
    async with web(site) as (world, root):
        found = await world.fetcher.get(root)

    assert found.html == "welcome"
    assert site.times[-1] - site.times[-2] >= 0.95


async def test_a_refusal_without_a_wait_is_the_answer() -> None:
    site = WebSite({"/": response(b"no", status="403 Forbidden")})
    async with web(site) as (world, root):
        found = await world.fetcher.get(root)

    assert (found.status, site.paths.count("/")) == (403, 1)


Handler = Callable[[asyncio.StreamWriter], Awaitable[None]]
