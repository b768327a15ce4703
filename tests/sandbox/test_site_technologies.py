"""What the truth says is installed stands in the pages, and nothing else does."""

import re

import pytest

from engine.sandbox.sites.paths import home_path
from engine.sandbox.sites.render import draw
from engine.sandbox.sites.technologies.markup import marks
from engine.sandbox.sites.technologies.stack import (
    AFFILIATIONS,
    ANALYTICS,
    CHATS,
    CONSENT,
    CRMS,
    LURES,
    MIMICS,
    NETWORKS,
    PIXELS,
    Stack,
)
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
# The same of CRMs, chats, rented space, affiliation; one vendor may be of several kinds.
MARKETING_SIGNS = {
    "crm_detected": {
        "hubspot": r"js\.hs-scripts\.com/\d|js\.hsforms\.net|user\.hubspotId",
        "brevo": r"sibautomation\.com|cdn\.brevo\.com|sibforms\.com|user\.sendinblueKey",
        "klaviyo": r"static\.klaviyo\.com/onsite",
        "mailchimp": r"chimpstatic\.com|list-manage\.com/subscribe",
        "activecampaign": r"diffuser-cdn\.app-us1\.com",
    },
    "chat_widgets": {
        "intercom": r"widget\.intercom\.io/widget/",
        "crisp": r"client\.crisp\.chat/l\.js|user\.crispID",
        "drift": r"drift\.load\('",
        "tawk": r"embed\.tawk\.to/",
        "tidio": r"code\.tidio\.co/",
        "zendesk": r"zdassets\.com/ekr/snippet\.js",
        "hubspot": r"hsConversationsSettings",
    },
    "ads_networks": {
        "adsense": r"pagead/js/adsbygoogle\.js",
        "taboola": r"libtrc/[\w-]+/loader\.js",
        "outbrain": r"widgets\.outbrain\.com",
        "amazon": r"amazon-adsystem\.com",
    },
}
MIMIC_SIGNS = {
    "vendor_prose": "HubSpot ou Brevo pour les courriels",
    "vendor_classes": "intercom-lightweight",
    "vendor_links": "https://www.hubspot.fr/",
    "commented_chat": "<!-- plus de messagerie",
    "escaped_chat": "&lt;script id=&quot;hs-script-loader",
    "own_chat": "/js/chat.js",
    "vendor_hints": '<link rel="preconnect" href="https://widget.intercom.io">',
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


def cell(site: SiteTruth, column: str) -> set[str]:
    return set(str(site.columns[column] or "").split(", ")) - {""}


def matching(signs: dict[str, str], page: str) -> set[str]:
    return {slug for slug, sign in signs.items() if re.search(sign, page)}


def score_class(page: str) -> str:
    """How much a page does for its marketing: 'none', 'some', or 'high' with a pixel and more besides."""
    found, tools = matching(SIGNS, page), [one for signs in MARKETING_SIGNS.values() for one in matching(signs, page)]
    if not found and not tools and "gtm.js" not in page and "dwin1.com" not in page:
        return "none"
    return "high" if found & set(PIXELS) and (tools or found - set(PIXELS)) else "some"


def test_every_technology_has_a_sign() -> None:
    assert set(SIGNS) == {*ANALYTICS, *PIXELS, *CONSENT}
    assert [set(signs) for signs in MARKETING_SIGNS.values()] == [set(CRMS), set(CHATS), set(NETWORKS)]
    assert set(MIMIC_SIGNS) == set(MIMICS)


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


def test_marketing_tools_of_the_truth_stand_in_the_pages_and_no_others() -> None:
    world = build_world(200, seed=7)
    classes = set[tuple[str, object]]()
    for site, told in zip(world.sites, truth_of(world).sites, strict=True):
        if site.bad or site.stack.lure or site.stack.mimic:
            continue
        page = draw(site, "home", home_path(site))
        for column in MARKETING_SIGNS.keys() & told.columns.keys():
            assert matching(MARKETING_SIGNS[column], page) == cell(told, column), (site.host, column)
        classes.add((score_class(page), told.columns.get("ads_score", "left to the weights")))

    assert classes == {("none", 0), ("some", "left to the weights"), ("high", "left to the weights")}


def test_columns_of_marketing_agree_with_each_other(truth: Truth) -> None:
    for site in truth.of_kind("healthy"):
        columns, pixels = site.columns, cell(site, "pixels_detected")

        assert (columns["pixel_meta"], columns["pixel_google_ads"]) == ("meta" in pixels, "google_ads" in pixels)
        assert columns["pixels_detected"] == site.tech_ads_pixels
        assert columns["crm_detected"] == columns["crm_marketing"]
        assert columns.get("chat_widget", columns["chat_widgets"]) == columns["chat_widgets"]
        assert columns["cmp_vendor"] == (site.consent[0] if site.consent else None)
        assert not pixels or columns["ads_active"] is True


def test_a_world_of_400_sites_holds_every_marketing_tool_and_every_mimic() -> None:
    world = build_world(400, seed=7)
    healthy = truth_of(world).of_kind("healthy")
    stacks = [site.stack for site in world.sites if site.bad is None]

    for column, signs in MARKETING_SIGNS.items():
        assert set().union(*(cell(one, column) for one in healthy if column in one.columns)) == set(signs)
    assert {one.mimic for one in stacks} == {"", *MIMICS}
    assert {one.affiliation for one in stacks} == {"", *AFFILIATIONS}
    assert any(one.gated and one.crm for one in stacks)


@pytest.mark.parametrize("mimic", MIMICS)
def test_what_only_looks_like_a_marketing_tool_installs_nothing(mimic: str) -> None:
    parts = marks(Stack(mimic=mimic), seed="7/1", domain="exemple.fr")
    text = f"{parts.head}\n{parts.tail}\n{parts.block}"
    # What a comment or an example holds is not run.
    installed = re.sub(r"<!--.*?-->|<pre>.*?</pre>", "", text, flags=re.DOTALL)

    assert MIMIC_SIGNS[mimic] in text
    assert not any(matching(signs, installed) for signs in MARKETING_SIGNS.values())
