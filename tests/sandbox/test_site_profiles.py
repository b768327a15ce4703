"""A business's profiles are linked as the truth has them, beside links to networks that are no profile of its own."""

import html
import json
import re

import pytest

from engine.sandbox.sites.social_lures import LURES, VENDORS
from engine.sandbox.sites.socials import LINKED, NETWORKS
from tests.sandbox.site_world import TRUTH, pages_of, pairs

# The first to ask draws all pages of the world.
pytestmark = pytest.mark.slow(20)
CANONICAL = re.compile(
    r"https://(?:www\.facebook\.com/(?:[\w.-]+|profile\.php\?id=\d+)|www\.instagram\.com/[\w.]+"
    r"|www\.linkedin\.com/(?:company|in)/[\w-]+|x\.com/\w{1,15}|www\.youtube\.com/(?:@|c/|user/|channel/UC)[\w.-]+"
    r"|www\.tiktok\.com/@[\w.-]+|www\.pinterest\.com/\w+|wa\.me/\d{11})"
)


def test_profiles_are_canonical_and_every_network_is_met() -> None:
    met = {network: address for _, truth in pairs(lambda site: True) for network, address in truth.socials.items()}

    assert set(met) == {*NETWORKS, "whatsapp"}
    for _, truth in pairs(lambda site: True):
        assert all(CANONICAL.fullmatch(address) for address in truth.socials.values()), truth.socials
        assert {network: truth.columns[network] for network in truth.socials} == truth.socials


def test_profiles_of_the_truth_are_linked_or_listed() -> None:
    found = pairs(lambda site: True)

    assert {bool(truth.socials) for _, truth in found} == {True, False}
    for site, truth in found:
        page = pages_of(site).replace("\\/", "/")
        for address in truth.socials.values():
            handle = re.split(r"[/=@]", address)[-1]
            assert re.search(rf'(?:href="|")[^"\s]*(?:/|=|@|\+|%2B){re.escape(handle)}["/?&]', page), address


def test_profiles_are_linked_in_other_forms_than_the_canonical_one() -> None:
    pages = "\n".join(pages_of(site) for site, _ in pairs(lambda site: True))

    for network, forms in LINKED.items():
        hosts = {form.split("{path}")[0].replace("&amp;", "&") for form in forms}
        assert sum(f'href="{host}' in pages for host in hosts) >= min(2, len(hosts)), network
    assert re.search(r'"sameAs": \["https', pages)


def test_a_scripted_site_shows_no_profile_to_a_reader_without_javascript() -> None:
    for truth in TRUTH.of_kind("healthy"):
        if truth.js_only:
            assert {truth.columns[network] for network in NETWORKS} == {None}


def test_links_that_are_no_profile_of_the_business_stand_on_many_sites() -> None:
    found = pairs(lambda site: True)
    pages = {site.url: pages_of(site) for site, _ in found}
    said = json.dumps([truth.socials for _, truth in found])

    for one in LURES:
        assert any(html.unescape(one.split("{")[0]) in page for page in pages.values()), one
    assert any(vendor in page for vendor in VENDORS.values() for page in pages.values())
    assert not any(vendor.rsplit("/", 1)[-1] in said for vendor in VENDORS.values())
    assert any("facebook.com/agencecapclic" in page for page in pages.values()) and "agencecapclic" not in said
