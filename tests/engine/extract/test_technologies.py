"""Technologies of a page: each place of evidence, and what is no evidence at all."""

import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.extract.technologies.matcher import Finding, matcher_of
from engine.extract.technologies.table import PLACES, TIERS, BadSignature, read_technologies
from engine.modules.techstack import SIGNATURES
from engine.network.types import Page

HOME = "https://www.dupont.fr/"
MATCHER = matcher_of(SIGNATURES)
REAL_PAGES = Path(os.environ.get("OUTSEND_REAL_DATA") or "missing") / "pages"
# The generator's word for each system that real pages name there.
GENERATORS = {
    "wordpress": "wordpress",
    "drupal": "drupal",
    "joomla": "joomla",
    "typo3": "typo3",
    "blogger": "blogger",
    "spip": "spip",
}
GENERATOR = re.compile(r"""<meta[^>]{0,80}name=["']generator["'][^>]{0,80}content=["'](\w+)""", re.IGNORECASE)
# Slugs that the columns may hold whatever else is found; a rename would break saved filters.
VOCABULARY = {
    "cms": "wordpress shopify webflow wix squarespace prestashop joomla drupal jimdo magento typo3 ghost weebly duda "
    "godaddy_builder ionos_mywebsite e_monsite spip hubspot_cms framer blogger opencart strikingly odoo concrete_cms "
    "craft_cms contao modx bigcommerce",
    "analytics": "ga4 universal_analytics matomo plausible hotjar clarity fathom umami simple_analytics "
    "cloudflare_analytics piwik_pro at_internet posthog mixpanel segment contentsquare adobe_analytics yandex_metrica "
    "statcounter",
    "ads_pixel": "meta google_ads linkedin tiktok pinterest snapchat microsoft_ads x_ads criteo taboola outbrain "
    "reddit quora adroll",
    "consent": "axeptio didomi tarteaucitron cookiebot onetrust quantcast_choice complianz cookieyes iubenda "
    "usercentrics osano sirdata termly",
}


def found(html: str, headers: Mapping[str, str] | None = None, cookies: tuple[str, ...] = ()) -> dict[str, Finding]:
    """The findings of the home page of dupont.fr, by slug."""
    page = Page(HOME, HOME, 200, headers or {}, html, "text/html", cookies=cookies)
    return {finding.technology.slug: finding for finding in MATCHER.detect([page])}


def script(code: str) -> str:
    return f"<script>{code}</script>"


def test_every_technology_has_its_proof_and_a_sign_or_a_technology_that_implies_it() -> None:
    technologies = MATCHER.technologies
    implied = {slug for technology in technologies.values() for slug in technology.implies}

    assert len(technologies) >= 150
    assert [slug for slug, one in technologies.items() if not one.patterns and slug not in implied] == []
    assert [
        slug for slug, one in technologies.items() if not one.proof.startswith(("https://", "seen in real pages"))
    ] == []
    assert {one.tier for one in technologies.values()} == {"business", "site", "infrastructure"}
    assert {pattern.place for one in technologies.values() for pattern in one.patterns} == set(PLACES)


@pytest.mark.parametrize("category", VOCABULARY)
def test_the_slugs_of_the_columns_keep_their_names(category: str) -> None:
    slugs = {slug for slug, technology in MATCHER.technologies.items() if technology.category == category}

    assert set(VOCABULARY[category].split()) <= slugs


@pytest.mark.parametrize(
    ("html", "slug", "where"),
    [
        ('<meta name="Generator" content="WordPress 6.4.2">', "wordpress", "meta"),
        ('<script src="/wp-content/themes/x/a.js"></script>', "wordpress", "script"),
        ('<link rel="stylesheet" href="/wp-includes/css/a.css">', "wordpress", "link"),
        ('<link rel="preload" as="script" href="https://js.stripe.com/v3/">', "stripe", "script"),
        ('<html data-wf-site="1" data-wf-page="2"><body>x</body></html>', "webflow", "dom"),
        ('<iframe src="https://www.youtube-nocookie.com/embed/x"></iframe>', "youtube", "frame"),
        ('<form action="https://x.us1.list-manage.com/subscribe/post"></form>', "mailchimp", "form"),
        ('<noscript><img src="https://www.facebook.com/tr?id=1&ev=PageView"></noscript>', "meta", "image"),
        (script("fbq('init', '123456789012345');"), "meta", "inline"),
        (script("gtag('config', 'G-ABCD123456');"), "ga4", "inline"),
        (script("gtag('config', 'AW-123456789');"), "google_ads", "inline"),
        (script("ga('create', 'UA-123456-1', 'auto');"), "universal_analytics", "inline"),
        (script("var _paq=window._paq||[];_paq.push(['trackPageView']);"), "matomo", "inline"),
        (script("ttq.load('C0ABC');"), "tiktok", "inline"),
        (script(r'load("https:\/\/static.hotjar.com\/c\/hotjar-1.js")'), "hotjar", "inline"),
        ('<script type="text/x-magento-init">{}</script>', "magento", "dom"),
        ('<app-root ng-version="17.1.0"></app-root>', "angular", "dom"),
        ('<amp-pixel src="https://www.facebook.com/tr?id=1&noscript=1"></amp-pixel>', "meta", "image"),
        ('<amp-analytics type="googleanalytics"></amp-analytics>', "universal_analytics", "dom"),
        ('<link rel="https://api.w.org/" href="https://www.dupont.fr/wp-json/">', "wordpress", "dom"),
    ],
)
def test_finds_a_technology_where_it_stands(html: str, slug: str, where: str) -> None:
    assert where in {proof.where for proof in found(html)[slug].proofs}


def test_finds_a_technology_in_headers_of_any_case_and_in_cookies() -> None:
    seen = found("<p>x</p>", {"Server": "nginx/1.24.0", "X-Powered-By": "PHP/8.2.1"}, ("PrestaShop-ab=1; path=/",))

    assert {"nginx", "php", "prestashop"} <= set(seen)
    assert (seen["nginx"].version, seen["php"].version) == ("1.24.0", "8.2.1")
    assert seen["prestashop"].proofs[0] == ("cookie", "PrestaShop-ab")


@pytest.mark.parametrize(
    "html",
    [
        '<script type="text/plain" data-category="marketing">fbq("init", "1234");</script>',
        '<script type="text/plain" data-src="https://connect.facebook.net/fr_FR/fbevents.js"></script>',
        '<script type="didomi/javascript">fbq("init", "1234");</script>',
        '<script type="rocketlazyloadscript" data-rocket-src="//connect.facebook.net/en_US/fbevents.js"></script>',
        script("tarteaucitron.user.facebookpixelId = '1234';"),
        "<template><p>x</p></template><script src=//CONNECT.facebook.net/en_US/fbevents.js></script>",
    ],
)
def test_a_pixel_that_waits_for_consent_is_installed(html: str) -> None:
    assert "meta" in found(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>Nous utilisons Google Analytics, WordPress et le pixel Facebook : fbq('init', '1')</p>",
        "<pre><code>&lt;script&gt;gtag('config', 'G-ABCD123456')&lt;/script&gt;</code></pre>",
        "<!-- <script>fbq('init', '1234');</script> <link rel=stylesheet href=/wp-content/a.css> -->",
        script("/* fbq('init', '1234'); */ var a = 1;"),
        script("var a = 1; // fbq('init', '1234');"),
        script("\n// gtag('config', 'G-ABCD123456');\nvar a;"),
        '<a href="https://wordpress.com/fr/">WordPress</a><a href="https://www.facebook.com/tr?id=1">Facebook</a>',
        '<a href="https://www.dupont.fr/wp-content/uploads/menu.pdf">Menu</a>',
        '<script type="application/ld+json">{"text": "fbq(\'init\', \'1\')", "u": "/wp-content/a.js"}</script>',
        '<script type="application/json">{"code": "gtag(\'config\', \'G-ABCD123456\')"}</script>',
        '<link rel="preconnect" href="https://connect.facebook.net/en_US/fbevents.js">',
        '<link rel="dns-prefetch" href="//static.hotjar.com/c/hotjar-1.js">',
        '<link rel="canonical" href="https://www.dupont.fr/wp-content/page">',
        '<meta name="description" content="Agence WordPress, Shopify et Google Analytics">',
        '<textarea><script src="/wp-content/a.js"></script></textarea>',
        '<script src="/js/analytics.js"></script>',
        '<img src="https://blog.example/wp-content/uploads/photo.jpg">',
        '<img src="https://static.wixstatic.com/media/photo.jpg">',
        '<script src="https://partner.example/wp-content/plugins/widget/w.js"></script>',
        script('var block = ["static.hotjar.com", "connect.facebook.net", "google-analytics.com", "snap.licdn.com"];'),
    ],
)
def test_what_is_only_spoken_of_or_elsewhere_is_not_there(html: str) -> None:
    assert found(html) == {}


def test_an_active_snippet_beside_a_commented_one_counts() -> None:
    seen = found(script("// gtag('config', 'UA-1234567-1');\ngtag('config', 'G-ABCD123456');"))

    assert "ga4" in seen
    assert "universal_analytics" not in seen


def test_a_media_type_in_code_opens_no_comment() -> None:
    assert "meta" in found(script("var a = 'image/*'; fbq('init', '1234'); var b = '*/*';"))


def test_a_stylesheet_of_ones_own_content_network_counts() -> None:
    html = (
        '<link rel="stylesheet" href="https://c.cdn.example/wp-content/a.css">'
        '<script src="https://c.cdn.example/wp-includes/a.js"></script>'
    )

    assert "wordpress" in found(html)


def test_google_tag_manager_alone_is_no_analytics() -> None:
    snippet = script("(function(w){w.src='https://www.googletagmanager.com/gtm.js?id='+i})(window,'GTM-ABC123');")

    assert set(found(snippet)) == {"google_tag_manager"}


@pytest.mark.parametrize(
    ("src", "slug"),
    [
        ("https://connect.facebook.net/fr_FR/sdk.js", "facebook_sdk"),
        ("https://platform.twitter.com/widgets.js", "x_widgets"),
        ("https://assets.pinterest.com/js/pinit.js", "pinterest_button"),
        ("https://cdn.taboola.com/libtrc/journal/loader.js", "taboola_feed"),
        ("https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js", "google_adsense"),
        ("https://sdks.shopifycdn.com/buy-button/latest/buy-button-storefront.min.js", "shopify_buy_button"),
    ],
)
def test_a_button_or_a_publishers_tag_is_no_pixel_and_no_cms(src: str, slug: str) -> None:
    assert set(found(f'<script async src="{src}"></script>')) == {slug}


def test_reads_versions_and_what_a_technology_implies() -> None:
    seen = found('<meta name="generator" content="WooCommerce 8.5.1"><script src="/js/jquery-3.7.1.min.js"></script>')

    assert seen["woocommerce"].version == "8.5.1"
    assert seen["jquery"].version == "3.7.1"
    assert seen["wordpress"].proofs == [("implied", "WooCommerce")]
    assert "php" in seen


def test_evidence_is_short_and_stays_within_its_script() -> None:
    seen = found(script("_paq.push(['trackPageView']); fbq('init', '1');") + script("secret()") + script("ttq.load()"))

    shown = [proof.what for finding in seen.values() for proof in finding.proofs]
    assert all(len(what) <= 120 and "\x00" not in what and "secret" not in what for what in shown)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<",
        "\x00" * 50,
        "İ" * 50 + script("İ fbq('init', '1')"),
        script("gtag fbq( _paq /* " * 10_000),
        script("x/*" * 20_000 + " fbq( ga( ua- " * 2_000),
        "<script src='/jquery" + "/jquery" * 20_000 + "'></script>",
        "<meta><link><script><img src><iframe src=''><form action>",
    ],
)
def test_no_page_does_harm(html: str) -> None:
    found(html)


def test_letters_that_grow_in_lower_case_hide_nothing() -> None:
    assert "meta" in found(script("var city = 'İstanbul İİİ'; fbq('init', '1');"))


def test_finds_the_same_in_every_run() -> None:
    html = '<script src="/wp-content/a.js"></script>' + script("fbq('init', '1'); gtag('config', 'G-ABCD123456')")

    runs = [[(f.technology.slug, f.weight, f.proofs) for f in found(html).values()] for _ in range(3)]
    assert runs[0] == runs[1] == runs[2]


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('[a]\nname = "A"\nproof = "x"', "a has no category"),
        ('[a]\nname = "A"\nproof = "x"\ncategory = "toys"', f"expected one of {', '.join(TIERS)}"),
        ('[a]\nname = "A"\nproof = "x"\ncategory = "cms"\nplace = ["x"]', "a has the place place"),
        ('[a]\nname = "A"\nproof = "x"\ncategory = "cms"\nimplies = ["b"]', "implies b"),
        ('[a]\nname = "A"\nproof = "x"\ncategory = "cms"\nscript = ["x"]', "too short"),
    ],
)
def test_a_bad_signature_says_what_to_change(tmp_path: Path, toml: str, told: str) -> None:
    (tmp_path / "one.toml").write_text(toml)

    with pytest.raises(BadSignature, match=told):
        read_technologies(tmp_path)


@pytest.mark.slow(60)
@pytest.mark.skipif(not REAL_PAGES.is_dir(), reason="OUTSEND_REAL_DATA names no folder with pages/")
def test_real_pages_are_read_without_harm_and_their_cms_agrees_with_what_they_say() -> None:
    counts, disagreeing, said = Counter[str](), list[str](), 0
    for file in sorted(REAL_PAGES.glob("*.html")):
        html = file.read_text(encoding="utf-8", errors="replace")
        seen = found(html)
        counts.update(finding.technology.category for finding in seen.values())
        named = {GENERATORS[word.lower()] for word in GENERATOR.findall(html) if word.lower() in GENERATORS}
        said += bool(named)
        if named - set(seen):
            disagreeing.append(file.name)

    # Some pages were saved without what they load, so the floors are those of the whole set.
    assert said >= 20
    assert disagreeing == []
    assert counts["cms"] >= 65
    assert counts["analytics"] >= 60
    assert counts["ads_pixel"] >= 15
