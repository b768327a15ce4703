"""Sites that are gone, broken or hostile."""

import time
import zlib
from collections.abc import Iterator

import aiohttp
import pytest

from engine.sandbox.truth import SiteTruth, Truth
from tests.sandbox.client import Client


def bad(truth: Truth, kind: str) -> SiteTruth:
    return truth.of_kind(kind)[0]


@pytest.mark.parametrize(
    ("kind", "status", "phrase"),
    [
        ("parked_nameserver", 200, "window.park"),
        ("parked_phrase", 200, "domaine est à vendre"),
        ("suspended", 200, "Account Suspended"),
        ("soft_404", 200, "introuvable"),
        ("challenge", 403, "Just a moment"),
        ("directory", 200, "annuaire"),
    ],
)
async def test_a_broken_site_says_what_it_is(client: Client, truth: Truth, kind: str, status: int, phrase: str) -> None:
    page = await client.follow(bad(truth, kind).site_web)

    assert page.status == status
    assert phrase in page.body.decode()


async def test_a_default_page_is_that_of_a_web_server(client: Client, truth: Truth) -> None:
    page = await client.follow(bad(truth, "default_page").site_web)

    assert "Welcome to nginx!" in page.text or "Apache2" in page.text


async def test_a_resold_domain_leads_to_a_stranger(client: Client, truth: Truth) -> None:
    site = bad(truth, "resold")

    page = await client.follow(site.site_web)

    assert site.host.removeprefix("www.") not in page.url.partition("?")[0]
    assert "machines à sous" in page.body.decode()


async def test_a_redirect_loop_never_ends(client: Client, truth: Truth) -> None:
    with pytest.raises(AssertionError, match="too many redirects"):
        await client.follow(bad(truth, "redirect_loop").site_web)


async def test_a_hostile_site_redirects_to_the_metadata_address(client: Client, truth: Truth) -> None:
    page = await client.get(bad(truth, "redirect_to_metadata").site_web)

    assert page.headers["Location"].startswith("http://169.254.169.254/")


async def test_a_failing_server_answers_with_5xx(client: Client, truth: Truth) -> None:
    assert (await client.follow(bad(truth, "server_error").site_web)).status in (500, 503)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("tls_expired", "expired"), ("tls_wrong_name", "mismatch"), ("tls_untrusted", "issuer")],
)
async def test_a_bad_certificate_fails_its_check(client: Client, truth: Truth, kind: str, reason: str) -> None:
    with pytest.raises(aiohttp.ClientConnectorCertificateError, match=reason):
        await client.get(f"https://{bad(truth, kind).host}/")


async def test_a_refused_connection_is_a_bad_gateway(client: Client, truth: Truth) -> None:
    with pytest.raises(aiohttp.ClientHttpProxyError) as caught:
        await client.get(f"https://{bad(truth, 'refused').host}/")

    assert caught.value.status == 502


@pytest.mark.slow(20)
async def test_a_slow_home_page_takes_nine_seconds(client: Client, truth: Truth) -> None:
    begun = time.monotonic()

    page = await client.follow(bad(truth, "slow").site_web)

    assert page.status == 200
    assert 8.9 < time.monotonic() - begun < 12


async def test_a_huge_page_goes_on_for_fifteen_megabytes(client: Client, truth: Truth) -> None:
    page = await client.follow(bad(truth, "huge").site_web)

    assert 15 << 20 < len(page.body) < 16 << 20


async def test_a_bomb_is_small_on_the_wire_and_grows_a_thousand_times(client: Client, truth: Truth) -> None:
    address = await client.address(bad(truth, "bomb").host)
    headers = {"Host": bad(truth, "bomb").host}

    async with aiohttp.ClientSession(auto_decompress=False) as session:
        url = f"http://{address}/"
        async with session.get(url, proxy=client.sandbox.proxy, headers=headers, allow_redirects=False) as answer:
            packed = await answer.read()

    assert len(packed) < 1 << 20
    grown = sum(len(piece) for piece in pieces(packed))
    assert grown > 300 << 20


def pieces(packed: bytes) -> Iterator[bytes]:
    """The unpacked stream, a megabyte at a time; its checksum must be right."""
    machine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    while not machine.eof:
        piece = machine.decompress(packed, 1 << 20)
        packed = machine.unconsumed_tail
        yield piece


def test_closed_needs_hard_proof(truth: Truth) -> None:
    closed = {site.kind for site in truth.sites if site.site_alive == "closed"}

    assert closed == {"nxdomain", "parked_nameserver", "parked_phrase", "resold", "suspended"}


def test_broken_sites_expect_no_address(truth: Truth) -> None:
    shown = {site.kind for site in truth.sites if site.email and site.kind != "healthy"}

    assert shown == {"slow", "huge"}
