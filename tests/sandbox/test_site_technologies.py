"""What the truth says is installed stands in the pages, and nothing else does."""

import re

import pytest

from engine.sandbox.sites.technologies.stack import ANALYTICS, CONSENT, LURES, PIXELS
from engine.sandbox.truth import SiteTruth, Truth, truth_of
from engine.sandbox.world import build_world
from tests.sandbox.client import Client

# What each installation writes into a page in any of its forms, by the vendors' guides.
SIGNS = {
    "ga4": r"G-[A-Z0-9]{10}\b",
    "universal_analytics": r"\bUA-\d{6,10}-\d",
    "matomo": r"(?:matomo|piwik)\.php|matomoHost",
    "plausible": r"plausible\.io/js/",
    "hotjar": r"hjid|hotjarId",
    "clarity": r"clarity\.ms/tag/|user\.clarity",
    "fathom": r"cdn\.usefathom\.com",
    "umami": r"data-website-id",
    "simple_analytics": r"simpleanalyticscdn",
    "cloudflare_analytics": r"cloudflareinsights",
    "piwik_pro": r"containers\.piwik\.pro",
    "at_internet": r"aticdn\.net",
    "posthog": r"posthog\.init\('phc_",
    "mixpanel": r"mixpanel\.init\(",
    "segment": r"cdn\.segment\.com/analytics\.js",
    "contentsquare": r"contentsquare\.net/uxa",
    "adobe_analytics": r"AppMeasurement\.js",
    "yandex_metrica": r"mc\.yandex\.ru/metrika",
    "statcounter": r"sc_project",
    "meta": r"fbq\('init'|facebookpixelId",
    "google_ads": r"\bAW-\d{9,11}|google_conversion_id",
    "linkedin": r"_linkedin_partner_id|user\.linkedininsighttag",
    "tiktok": r"ttq\.load\('|tiktokId",
    "pinterest": r"pintrk\('load'",
    "snapchat": r"snaptr\('init'",
    "microsoft_ads": r"bat\.bing\.com/bat\.js|bingadsTag",
    "x_ads": r"twq\('config'",
    "criteo": r"criteo_q",
    "taboola": r"_tfa\.push",
    "outbrain": r"obApi\(",
    "reddit": r"rdt\('init'",
    "quora": r"qp\('init'",
    "adroll": r"adroll_adv_id",
    "axeptio": r"static\.axept\.io",
    "didomi": r"sdk\.privacy-center\.org",
    "tarteaucitron": r"tarteaucitron\.init",
    "cookiebot": r"consent\.cookiebot\.com",
    "onetrust": r"cdn\.cookielaw\.org",
    "quantcast_choice": r"cmp\.quantcast\.com",
    "complianz": r"complianz-gdpr",
    "cookieyes": r"cdn-cookieyes\.com",
    "iubenda": r"cdn\.iubenda\.com",
    "usercentrics": r"app\.usercentrics\.eu",
    "osano": r"cmp\.osano\.com",
    "sirdata": r"consentframework\.com",
    "termly": r"app\.termly\.io",
}
LURE_SIGNS = {
    "prose": "Faut-il installer Google Analytics",
    "escaped_snippet": "&lt;script async",
    "cookie_table": "<td>_fbp</td>",
    "share_links": "facebook.com/sharer",
    "commented_out": "<!-- retiré",
    "own_file": "/js/analytics.js",
    "powered_by_other": "https://www.drupal.org/",
    "wordpress_com_link": ".wordpress.com/",
    "foreign_upload": "/wp-content/uploads/2021/03/label",
    "buy_button": "ShopifyBuy.buildClient",
    "share_widgets": "fr_FR/sdk.js",
    "hints": '<link rel="preconnect" href="https://connect.facebook.net">',
    "verification_tags": "facebook-domain-verification",
}


async def home(client: Client, site: SiteTruth) -> str:
    """The home page's own content, behind an entrance too."""
    page = await client.follow(site.site_web)
    if 'http-equiv="refresh"' in page.text:
        page = await client.get(page.url + "accueil.html")
    elif "<FRAMESET" in page.text:
        page = await client.get(page.url + "accueil.htm")
    return page.body.decode("utf-16" if site.charset == "utf-16" else "utf-8", errors="replace")


def installed(site: SiteTruth) -> set[str]:
    named = [site.tech_analytics, site.tech_ads_pixels]
    return {slug for names in named if names for slug in names.split(", ")} | set(site.consent)


def test_every_technology_has_a_sign() -> None:
    assert set(SIGNS) == {*ANALYTICS, *PIXELS, *CONSENT}


@pytest.mark.slow(30)
async def test_a_site_shows_the_technologies_of_its_truth_and_no_other(client: Client, truth: Truth) -> None:
    for site in (one for one in truth.of_kind("healthy") if not one.lure):
        page = await home(client, site)

        assert {slug for slug, sign in SIGNS.items() if re.search(sign, page)} == installed(site), site.site_web


@pytest.mark.slow(30)
async def test_a_container_of_google_tag_manager_stands_where_the_truth_says_so(client: Client, truth: Truth) -> None:
    for site in truth.of_kind("healthy"):
        page = await home(client, site)

        assert ("googletagmanager.com/gtm.js" in page) == site.tag_manager == ("ns.html?id=GTM-" in page)


def test_some_sites_have_a_container_and_no_analytics(truth: Truth) -> None:
    assert [one for one in truth.of_kind("healthy") if one.tag_manager and one.tech_analytics is None]


def test_a_world_of_400_sites_holds_every_technology_and_every_lure() -> None:
    healthy = truth_of(build_world(400, seed=7)).of_kind("healthy")

    assert set().union(*map(installed, healthy)) == set(SIGNS)
    assert {one.lure for one in healthy} == {"", *LURES}


@pytest.mark.slow(30)
async def test_what_only_looks_installed_stands_on_the_home_page(client: Client, truth: Truth) -> None:
    seen = set[str]()
    for site in (one for one in truth.of_kind("healthy") if one.lure and not one.js_only and one.charset == "utf-8"):
        assert LURE_SIGNS[site.lure] in await home(client, site), site
        seen.add(site.lure)

    assert len(seen) > len(LURES) / 2


@pytest.mark.slow(30)
async def test_a_consent_manager_holds_scripts_back_on_some_sites(client: Client, truth: Truth) -> None:
    pages = [await home(client, site) for site in truth.of_kind("healthy") if site.consent]

    assert any('type="text/plain"' in page for page in pages)
    assert any("tarteaucitron.job" in page for page in pages)
    assert any('type="text/plain"' not in page for page in pages)


def test_a_column_lists_its_slugs_in_alphabetical_order(truth: Truth) -> None:
    for site in truth.sites:
        for cell in (site.tech_analytics, site.tech_ads_pixels):
            assert cell is None or cell == ", ".join(sorted(cell.split(", ")))


def test_a_broken_site_has_no_technologies(truth: Truth) -> None:
    assert not [one for one in truth.sites if one.kind != "healthy" and (one.tech_cms or installed(one))]
