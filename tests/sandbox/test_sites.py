"""Healthy sites show what the truth says, and look like real ones."""

import asyncio
import json
import re

import pytest

from engine.sandbox.truth import ShownTruth, SiteTruth, Truth
from tests.sandbox.client import Client
from tests.sandbox.decoder import addresses


def readable(truth: Truth) -> list[SiteTruth]:
    """The healthy sites whose pages a reader without JavaScript can read."""
    return [site for site in truth.of_kind("healthy") if not site.js_only]


@pytest.mark.slow(30)
async def test_every_address_of_the_truth_stands_on_its_page(client: Client, truth: Truth) -> None:
    async def check(shown: ShownTruth) -> None:
        page = await client.get(shown.url)
        assert page.status == 200, shown
        assert shown.address in addresses(page.text), shown

    for site in readable(truth):
        await asyncio.gather(*(check(shown) for shown in site.shown))


@pytest.mark.slow(30)
async def test_no_page_shows_an_address_of_the_company_that_the_truth_does_not_know(
    client: Client, truth: Truth
) -> None:
    for site in readable(truth):
        listed = {shown.address for shown in site.shown}
        domains = {address.partition("@")[2] for address in site.addresses}
        urls = {shown.url for shown in site.shown} | {(await client.follow(site.site_web)).url}
        for page in await asyncio.gather(*(client.get(url) for url in urls)):
            found = {one for one in addresses(page.text) if one.partition("@")[2] in domains}
            assert found <= listed


@pytest.mark.slow(30)
async def test_the_address_on_the_map_leads_to_the_home_page(client: Client, truth: Truth) -> None:
    for site in readable(truth):
        page = await client.follow(site.site_web)
        assert page.status == 200
        assert f"//{site.host}/" in page.url


def charset_site(truth: Truth, charset: str) -> SiteTruth:
    """A French site whose home page is neither an entrance nor a frame set: those say too little to tell a charset."""
    found = (site for site in readable(truth) if site.family not in ("table", "frameset"))
    return next(site for site in found if site.charset == charset and site.language == "fr")


@pytest.mark.parametrize(
    ("charset", "codec"),
    [("utf-8", "utf-8"), ("latin-1-header", "cp1252"), ("latin-1-mislabelled", "cp1252"), ("utf-16", "utf-16")],
)
async def test_a_page_is_written_in_its_charset(client: Client, truth: Truth, charset: str, codec: str) -> None:
    site = charset_site(truth, charset)

    page = await client.follow(site.site_web)

    assert "©" in page.body.decode(codec)


async def test_a_contact_page_that_nobody_links_stands_in_the_sitemap(client: Client, truth: Truth) -> None:
    for site in readable(truth):
        home = await client.follow(site.site_web)
        contact = next((one.url for one in site.shown if one.page == "contact" and one.owner == "own"), None)
        if contact and contact.partition(site.host)[2] not in home.text and "refresh" not in home.text:
            sitemap = await client.get(f"{contact.partition(site.host)[0]}{site.host}/sitemap.xml")
            assert contact in sitemap.text
            return
    raise AssertionError("no site hides its contact page")


async def test_robots_txt_forbids_the_pages_that_the_truth_calls_hidden(client: Client, truth: Truth) -> None:
    hidden = [shown for site in readable(truth) for shown in site.shown if shown.hidden]

    assert hidden
    for shown in hidden:
        root, path = re.match(r"(https?://[^/]+)(/.*)", shown.url).groups()  # type: ignore[union-attr]
        assert f"Disallow: {path}\n" in (await client.get(f"{root}/robots.txt")).text


async def test_a_splash_page_refreshes_to_the_home_page(client: Client, truth: Truth) -> None:
    for site in readable(truth):
        page = await client.follow(site.site_web)
        if 'http-equiv="refresh"' in page.text:
            inner = await client.get(page.url + "accueil.html")
            assert inner.status == 200
            return
    raise AssertionError("no site has a splash page")


async def test_unknown_paths_are_missing_softly_missing_or_home(client: Client, truth: Truth) -> None:
    seen = set[int]()
    for site in readable(truth):
        root = (await client.follow(site.site_web)).url
        seen.add((await client.get(root + "nulle-part-ici")).status)

    assert seen == {200, 302, 404}


async def test_a_wordpress_site_compresses_for_who_accepts_it(client: Client, truth: Truth) -> None:
    site = next(site for site in readable(truth) if site.family == "wordpress")
    url = (await client.follow(site.site_web)).url

    packed = await client.get(url, accept_encoding="gzip")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"wp-content" in packed.body


async def test_traps_stand_on_some_sites(client: Client, truth: Truth) -> None:
    pages = [(await client.follow(site.site_web)).text for site in readable(truth)[:40]]

    assert any("logo@2x.png" in page for page in pages)
    assert any("sentry" in page for page in pages)


async def test_a_group_is_declared_in_the_json_ld(client: Client, truth: Truth) -> None:
    site = next(site for site in readable(truth) if site.email and site.email.endswith("maisons-alize.com"))

    page = await client.get(next(one.url for one in site.shown if one.owner == "group"))

    assert "parentOrganization" in page.text
    assert "https://www.maisons-alize.com/" in page.text


async def test_some_json_ld_is_sloppy(client: Client, truth: Truth) -> None:
    broken = 0
    for site in readable(truth):
        page = (await client.follow(site.site_web)).text
        for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL):
            try:
                json.loads(text)
            except ValueError:
                broken += 1

    assert broken
