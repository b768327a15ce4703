"""Systems whose generator is taken out of the page: each is still told by its other marks."""

import pytest

from engine.extract.technologies.matcher import REPORTED_MIN
from tests.engine.extract.test_technologies import MATCHER, VOCABULARY, found

# Addresses that a page loads are one kind of evidence, whichever element loads them.
LOADED = ("script", "link", "image", "frame")
HOME = "https://www.dupont.fr"


def kinds(slug: str) -> set[str]:
    """The kinds of evidence that show a technology by themselves, its generator aside."""
    return {
        "loaded" if pattern.place in LOADED else pattern.place
        for pattern in MATCHER.technologies[slug].patterns
        if pattern.name != "generator" and pattern.confidence >= REPORTED_MIN
    }


@pytest.mark.parametrize("slug", VOCABULARY["cms"].split())
def test_a_system_is_told_by_two_kinds_of_evidence_besides_its_generator(slug: str) -> None:
    """C-441."""
    assert len(kinds(slug)) >= 2


@pytest.mark.parametrize(
    ("html", "slug"),
    [
        (f'<link rel="pingback" href="{HOME}/xmlrpc.php">', "wordpress"),
        (f'<link rel="EditURI" type="application/rsd+xml" title="RSD" href="{HOME}/xmlrpc.php?rsd">', "wordpress"),
        (f'<link rel="https://api.w.org/" href="{HOME}/wp-json/">', "wordpress"),
        (
            '<link rel="alternate" type="application/json+oembed" '
            f'href="{HOME}/wp-json/oembed/1.0/embed?url=https%3A%2F%2Fwww.dupont.fr%2F">',
            "wordpress",
        ),
        (f'<link rel="alternate" type="text/xml+oembed" href="{HOME}/?rest_route=%2Foembed%2F1.0">', "wordpress"),
        (f'<link rel="alternate" type="application/json" href="{HOME}/wp-json/wp/v2/pages/7">', "wordpress"),
        (f'<link rel="wlwmanifest" href="{HOME}/wp-includes/wlwmanifest.xml">', "wordpress"),
        ('<body class="home wp-singular page wp-theme-dupont">x</body>', "wordpress"),
        ("<!-- This site is optimized with the Yoast SEO plugin v22.1 - https://yoast.com -->", "wordpress"),
        ("<!--\n\tThis website is powered by TYPO3 - inspiring people to share!\n-->", "typo3"),
        ('<div id="c12" class="frame frame-default frame-type-text frame-layout-0">x</div>', "typo3"),
        ('<div id="c12" class="csc-default">x</div>', "typo3"),
        ("<!-- This website is powered by Contao Open Source CMS :: Licensed under GNU/LGPL -->", "contao"),
        ('<div class="mod_article block"><div class="ce_text first block">x</div></div>', "contao"),
        ("<!-- This site was created in Webflow. https://webflow.com -->", "webflow"),
        ('<div class="navbar w-nav" data-collapse="medium">x</div>', "webflow"),
        ("<!-- This is Squarespace. --><!-- dupont-fr -->", "squarespace"),
        ('<div class="sqs-block html-block" data-block-type="2">x</div>', "squarespace"),
        ("<!-- Powered by Strikingly.com 4 (1) May 1 -->", "strikingly"),
        ('<body class="body cc-page j-has-shop">x</body>', "jimdo"),
        ('<div id="cc-inner">x</div>', "jimdo"),
        ('<link rel="service.post" href="https://www.blogger.com/feeds/1/posts/default">', "blogger"),
        ('<div class="widget Blog" data-version="2" id="Blog1">x</div>', "blogger"),
        ('<body class="site com_content view-featured no-layout itemid-101">x</body>', "joomla"),
        ('<form><input type="hidden" name="option" value="com_users"></form>', "joomla"),
        ('<article class="node" data-history-node-id="7">x</article>', "drupal"),
        ('<body class="path-node page-node-type-page">x</body>', "drupal"),
        ('<form><input type="hidden" name="form_build_id" value="form-x1"></form>', "drupal"),
        ('<form><input type="hidden" name="formulaire_action" value="recherche"></form>', "spip"),
        ('<div id="_desktop_language_selector">x</div>', "prestashop"),
        ('<article class="product" data-id-product="3" data-id-product-attribute="9">x</article>', "prestashop"),
        ('<div id="shopify-section-header" class="shopify-section">x</div>', "shopify"),
        ('<body class="common-home">x</body>', "opencart"),
    ],
)
def test_a_mark_in_the_page_tells_its_system(html: str, slug: str) -> None:
    """C-441."""
    assert slug in found(html)


@pytest.mark.parametrize(
    "html",
    [
        "<!-- <p>This website is powered by TYPO3</p> -->",
        "<!-- migrated from TYPO3 to plain pages, see Webflow and Squarespace -->",
        "<p>This website is powered by TYPO3 - inspiring people to share!</p>",
        '<a rel="pingback" href="https://blog.example/xmlrpc.php">x</a>',
        '<link rel="alternate" type="application/rss+xml" href="/feed/">',
        '<link rel="pingback" href="https://webmention.example/dupont/xmlrpc">',
        "<!--" * 50_000,
        "<!-- typo3 " * 20_000 + "-->",
    ],
    ids=lambda html: html[:40],
)
def test_a_system_that_a_page_only_speaks_of_is_not_there(html: str) -> None:
    assert found(html) == {}
