"""The techstack module: its columns and its report on small sites, and in the sandbox against the truth."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from engine.extract.reports import REPORT_BYTES_MAX
from engine.extract.technologies.matcher import matcher_of
from engine.module import NoConfig, Page, Unreachable
from engine.modules.techstack import SIGNATURES, module
from engine.network.types import TlsFacts
from engine.rows.types import Row
from engine.sandbox.process import RunningSandbox
from engine.sandbox.score import score_techstack
from tests.modules.small_web import Site, SmallWeb
from tests.modules.test_sites_in_sandbox import enriched
from tests.modules.test_truth_in_sandbox import healthy_rows

HOME = "https://www.dupont.fr/"
COLUMNS = ("tech_cms", "tech_analytics", "tech_ads_pixels")
PRECISION_FLOOR, RECALL_FLOOR = 0.99, 0.97
SHOP = """<html lang="fr"><head><meta charset="utf-8"><meta name="generator" content="WordPress 6.4.2">
<script src="/wp-content/plugins/woocommerce/a.js"></script><script src="https://js.stripe.com/v3/"></script>
<script src="https://plausible.io/js/script.js" data-domain="dupont.fr"></script>
<script src="https://www.googletagmanager.com/gtag/js?id=G-ABCD123456"></script>
<script>ttq.load('C1'); fbq('init', '1');</script><script src="https://client.crisp.chat/l.js"></script>
<iframe src="https://calendly.com/dupont/30min"></iframe></head><body><h1>Dupont</h1></body></html>"""


@dataclass
class Answering(SmallWeb):
    """A small web whose pages are changed on their way: headers, cookies, a certificate."""

    changes: dict[str, Any] = field(default_factory=dict[str, Any])

    async def get(self, url: str, *, fresh: bool = False, verify_tls: bool = True) -> Page:
        return replace(await super().get(url, fresh=fresh, verify_tls=verify_tls), **self.changes)


async def columns(web: SmallWeb, site: str = HOME) -> Row:
    return await module.enrich({"nom": "Dupont", "site_web": site}, NoConfig(), web.run())


def report(web: SmallWeb) -> Any:
    (only,) = web.reports
    return only


def slugs(web: SmallWeb, tier: str) -> set[str]:
    return {finding["slug"] for finding in report(web)["tiers"][tier]}


async def test_returns_the_cms_and_the_rest_in_alphabetical_order() -> None:
    """C-441."""
    assert await columns(SmallWeb({HOME: SHOP})) == {
        "tech_cms": "wordpress",
        "tech_analytics": "ga4, plausible",
        "tech_ads_pixels": "meta, tiktok",
    }


async def test_a_site_of_plain_pages_has_empty_columns() -> None:
    """C-441."""
    assert await columns(SmallWeb({HOME: "<h1>WordPress et Google Analytics</h1>"})) == dict.fromkeys(COLUMNS)


async def test_the_cms_with_the_most_signs_wins() -> None:
    html = (
        '<meta name="generator" content="WordPress 6.4"><script src="/wp-content/a.js"></script>'
        '<script src="https://static.parastorage.com/services/x.js"></script>'
    )

    assert (await columns(SmallWeb({HOME: html})))["tech_cms"] == "wordpress"


async def test_the_report_sorts_what_it_found_into_three_tiers_with_evidence() -> None:
    """C-441."""
    web = Answering({HOME: SHOP}, changes={"headers": {"Server": "nginx/1.24.0"}})

    await columns(web)

    assert {"ga4", "meta", "stripe", "calendly", "crisp", "woocommerce"} <= slugs(web, "business")
    assert slugs(web, "site") >= {"wordpress"}
    assert slugs(web, "infrastructure") == {"nginx", "php"}
    assert report(web)["tiers"]["infrastructure"][0] == {
        "name": "nginx",
        "slug": "nginx",
        "category": "server",
        "version": "1.24.0",
        "confidence": 100,
        "evidence": [{"where": "header", "what": "server: nginx/1.24.0"}],
    }


async def test_the_report_says_what_the_stack_means_for_the_business() -> None:
    """C-441."""
    web = SmallWeb({HOME: SHOP})

    await columns(web)

    signals = report(web)["signals"]
    assert signals["ecommerce"] == ["woocommerce"]
    assert signals["payment"] == ["stripe"]
    assert signals["booking"] == ["calendly"]
    assert signals["chat"] == ["crisp"]
    assert signals["paid_ads"] == ["meta", "tiktok"]
    assert signals["consent"] == []


async def test_the_report_holds_the_technical_facts_of_the_answer() -> None:
    """C-441."""
    facts = {
        "headers": {"server": "Apache", "content-type": 'text/html; charset="ISO-8859-1"'},
        "tls": TlsFacts("dupont.fr", "Let's Encrypt", 1_900_000_000.0),
        "elapsed_ms": 12.4,
    }
    web = Answering({HOME: SHOP}, changes=facts)

    await columns(web)

    assert report(web)["technical"] == {
        "status": 200,
        "final_url": HOME,
        "https": True,
        "tls_issuer": "Let's Encrypt",
        "tls_expires": "2030-03-17T17:46:40+00:00",
        "server": "Apache",
        "powered_by": None,
        "generator": "WordPress 6.4.2",
        "charset": "iso-8859-1",
        "language": "fr",
        "html_bytes": len(SHOP),
        "elapsed_ms": 12,
    }


@pytest.mark.parametrize("site", ["https://www.pagesjaunes.fr/pros/1", "https://www.doctolib.fr/dentiste/lyon/dupont"])
async def test_the_page_of_a_directory_tells_nothing_and_is_not_asked(site: str) -> None:
    web = SmallWeb({site: SHOP})

    assert await columns(web, site) == {}
    assert web.asked == []
    assert report(web)["reason"] == "directory"


async def test_a_site_that_leads_to_a_directory_tells_nothing() -> None:
    there = "https://www.facebook.com/dupont"
    web = SmallWeb({HOME: Site(leads_to=there), there: SHOP})

    assert await columns(web) == {}
    assert report(web)["reason"] == "directory"


async def test_an_answer_without_a_page_leaves_the_columns_empty_and_says_so() -> None:
    web = SmallWeb({HOME: ""})

    assert await columns(web) == dict.fromkeys(COLUMNS)
    assert report(web)["reason"] == "not_html"


@pytest.mark.parametrize("site", [HOME, "pas un site", "ftp://dupont.fr/"])
async def test_a_site_that_gives_no_page_is_an_error_of_its_item(site: str) -> None:
    """C-432, C-434."""
    with pytest.raises(Unreachable):
        await columns(SmallWeb({HOME: Site(status=500)}), site)


async def test_only_the_home_page_is_read_and_the_connection_is_closed() -> None:
    web = SmallWeb({HOME: SHOP + '<a href="/contact">Contact</a>', f"{HOME}contact": "<p>x</p>"})

    await columns(web)

    assert web.asked == [HOME]
    assert web.closed == [HOME]


async def test_a_home_page_of_frames_is_read_through_them() -> None:
    web = SmallWeb({HOME: '<frameset><frame src="/haut.html"></frameset>', f"{HOME}haut.html": SHOP})

    assert (await columns(web))["tech_cms"] == "wordpress"


async def test_the_report_of_a_site_that_uses_everything_stays_small() -> None:
    patterns = [pattern for one in matcher_of(SIGNATURES).technologies.values() for pattern in one.patterns]
    scripts = "".join(
        f'<script src="https://x.example/{p.literal}"></script>'
        for p in patterns
        if p.place == "script" and not p.match and "://" not in p.literal
    )
    web = Answering({HOME: scripts}, changes={"headers": {"server": "é" * 5_000, "x-powered-by": "ü" * 5_000}})

    await columns(web)

    assert report(web)["found"] > 100
    assert len(json.dumps(report(web))) <= REPORT_BYTES_MAX


async def test_a_very_large_page_is_read_like_a_small_one() -> None:
    web = SmallWeb({HOME: "<p>" + "Nos produits. " * 50_000 + "</p>" + SHOP})

    assert (await columns(web))["tech_ads_pixels"] == "meta, tiktok"


@pytest.mark.slow(90)
async def test_says_of_nearly_every_sandbox_site_what_it_uses_and_hardly_more(running_sandbox: RunningSandbox) -> None:
    """C-441."""
    truth = running_sandbox.truth()

    rows = await enriched(module, running_sandbox, healthy_rows(running_sandbox))

    wrong = [
        (site.family, site.site_web, column, row.get(column), getattr(site, column))
        for row in rows
        for site in [truth.site(str(row["site_web"]))]
        for column in COLUMNS
        if row.get(column) != getattr(site, column)
    ]
    for column, score in score_techstack(truth, rows).items():
        assert score.expected >= 20, column
        assert score.precision >= PRECISION_FLOOR, wrong
        assert score.recall >= RECALL_FLOOR, wrong
