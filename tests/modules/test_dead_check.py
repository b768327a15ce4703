"""The verdict on a site: what proves that nobody is behind it, what only leaves a doubt."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from engine.clock import Clock
from engine.modules.dead_check import DeadCheck
from engine.network.types import Answer, Reason
from tests.modules.looks import HOME, WORKING, verdict
from tests.modules.small_web import Site, SmallWeb

GONE = Answer("nxdomain")


def page(text: str, title: str = "") -> SmallWeb:
    return SmallWeb({HOME: f"<title>{title}</title><h1>{text}</h1>"})


async def test_a_working_site_is_open() -> None:
    web = SmallWeb({HOME: WORKING})

    assert await verdict(web) == "open"
    assert web.fresh == [True]
    assert web.closed == [HOME]


async def test_the_report_of_a_site_with_many_signs_stays_plain_and_small() -> None:
    there = f"https://sedoparking.com/{'q' * 20_000}"
    text = "<title>Domaine à vendre - 404</title><h1>Ce compte a été suspendu</h1><p>Site en construction</p>"
    web = SmallWeb({HOME: Site(leads_to=there), there: Site(text, status=404)})

    await verdict(web)

    (report,) = web.reports
    assert len(json.dumps(report, allow_nan=False)) < 10_000
    assert {"sign", "weight", "evidence"} == cast("list[Any]", report["signs"])[0].keys()


async def test_a_page_drawn_by_scripts_is_open() -> None:
    assert (
        await verdict(SmallWeb({HOME: "<title>Dupont</title><div id=app></div><script src=/app.js></script>"}))
        == "open"
    )


async def test_a_name_that_does_not_exist_is_closed() -> None:
    web = SmallWeb({HOME: WORKING}, names={"www.dupont.fr": GONE, "dupont.fr": GONE})

    assert await verdict(web) == "closed: nxdomain"
    assert web.asked == []


async def test_a_missing_name_is_asked_again_past_the_cache() -> None:
    class Flaky(SmallWeb):
        async def addresses(self, host: str, *, fresh: bool = False) -> Answer:
            return Answer("ok", ("198.18.0.1",)) if fresh else GONE

    assert await verdict(Flaky({HOME: WORKING})) == "open"


async def test_without_its_www_the_bare_name_is_asked() -> None:
    web = SmallWeb({"https://dupont.fr/": WORKING}, names={"www.dupont.fr": GONE})

    assert await verdict(web) == "open"


async def test_a_missing_subdomain_of_a_living_domain_proves_nothing() -> None:
    assert (
        await verdict(SmallWeb({}, names={"shop.dupont.fr": GONE}), "https://shop.dupont.fr/") == "uncertain: nxdomain"
    )


@pytest.mark.parametrize(
    "text",
    [
        *("Ce nom de domaine est à vendre !", "dupont.fr est à vendre", "Domaine à vendre : dupont.fr"),
        *("This domain is for sale", "Buy this domain", "The domain dupont.fr may be for sale. dupont.fr is for sale"),
        *("Diese Domain steht zum Verkauf", "Este dominio está en venta", "Questo dominio è in vendita"),
    ],
)
async def test_a_domain_for_sale_is_closed(text: str) -> None:
    assert await verdict(page(text)) == "closed: for_sale"


@pytest.mark.parametrize(
    "html",
    [
        "<p>This domain is parked free, courtesy of Registrar.</p>",
        "<title>dupont.fr</title><script src='//d38psrni17bvxu.cloudfront.net/x.js'></script>",
        "<iframe src='https://www.sedoparking.com/dupont.fr'></iframe>",
        "<script>window.onload=function(){window.location.href='/lander'}</script>",
        "<script>window.park = 'eyJ'</script><div id=target></div>",
        "<h1>Ce nom de domaine a expiré</h1>",
    ],
)
async def test_a_parked_domain_is_closed(html: str) -> None:
    assert await verdict(SmallWeb({HOME: html})) == "closed: parked"


async def test_name_servers_that_only_park_close_a_site_whatever_it_answers() -> None:
    web = SmallWeb(
        {HOME: Site(fails="robots")}, nameservers={"dupont.fr": ("NS1.sedoparking.com.", "ns2.sedoparking.com.")}
    )

    assert await verdict(web) == "closed: parked"


@pytest.mark.parametrize(
    "web",
    [
        page("This Account has been suspended."),
        page("Ce site a été suspendu"),
        SmallWeb({HOME: Site("<h1>Account Suspended</h1>", status=503)}),
        SmallWeb(
            {HOME: Site(leads_to=f"{HOME}cgi-sys/suspendedpage.cgi"), f"{HOME}cgi-sys/suspendedpage.cgi": "<p>x</p>"}
        ),
    ],
)
async def test_a_suspended_account_is_closed(web: SmallWeb) -> None:
    assert await verdict(web) == "closed: suspended"


async def test_a_site_that_leads_to_an_unrelated_domain_was_resold() -> None:
    there = "https://casino-royal.bet/"
    web = SmallWeb({HOME: Site(leads_to=there), there: "<title>Casino</title><p>Jouez maintenant</p>"})

    assert await verdict(web) == "closed: resold"
    assert web.reports[0]["final_url"] == there


async def test_a_site_that_leads_to_a_domain_market_is_for_sale() -> None:
    there = "https://dan.com/buy-domain/dupont.fr"
    web = SmallWeb({HOME: Site(leads_to=there), there: "<p>Own it today</p>"})

    assert await verdict(web) == "closed: for_sale"


async def test_a_meta_refresh_to_an_unrelated_domain_is_a_resale_too() -> None:
    there = "https://casino-royal.bet/"
    web = SmallWeb({HOME: f'<meta http-equiv=refresh content="0;url={there}">', there: "<p>Jouez</p>"})

    assert await verdict(web) == "closed: resold"


@pytest.mark.parametrize(
    ("site", "there", "html"),
    [
        (HOME, "https://dupont.com/", WORKING),
        ("https://dupont-avocats.fr/", "https://www.dupontavocats.eu/", "<p>Bienvenue</p>"),
        ("https://cabinet-dupont.fr/", "https://dupont-martin.fr/", "<p>Bienvenue</p>"),
        ("https://avocat-lyon.fr/", "https://groupe-justice.com/lyon", "<h1>Le cabinet Dupont vous accueille</h1>"),
        ("https://hotel-bellevue.fr/", "https://grandes-chaines.com/h/12", "<p>Hôtel Bellevue, Lyon</p>"),
    ],
)
async def test_a_business_that_moved_is_open(site: str, there: str, html: str) -> None:
    web = SmallWeb({site: Site(leads_to=there), there: html})

    assert await verdict(web, site) == "open"


@pytest.mark.parametrize("site", ["https://www.doctolib.fr/avocat/lyon/dupont", "https://www.pagesjaunes.fr/pros/1"])
async def test_a_page_on_a_directory_is_recognised_and_not_asked(site: str) -> None:
    web = SmallWeb({site: WORKING})

    assert await verdict(web, site) == "uncertain: directory"
    assert web.asked == []


async def test_a_site_that_leads_to_a_directory_is_uncertain() -> None:
    there = "https://www.facebook.com/dupont"
    web = SmallWeb({HOME: Site(leads_to=there), there: "<p>x</p>"})

    assert await verdict(web) == "uncertain: directory"


async def test_a_link_shortener_is_judged_by_where_it_leads() -> None:
    web = SmallWeb(
        {"https://bit.ly/3x": Site(leads_to="https://quatre-saisons.fr/"), "https://quatre-saisons.fr/": WORKING}
    )

    assert await verdict(web, "https://bit.ly/3x", "Garage du Nord") == "open"


@pytest.mark.parametrize(
    "reason",
    [
        "timeout",
        "refused",
        "dns_failure",
        "too_many_redirects",
        "bad_answer",
        "robots",
        "forbidden_address",
        "tls_failure",
    ],
)
async def test_what_only_fails_today_is_uncertain(reason: Reason) -> None:
    fails = Site(fails=reason)

    assert await verdict(SmallWeb({HOME: fails, "http://www.dupont.fr/": fails})) == f"uncertain: {reason}"


@pytest.mark.parametrize(
    ("status", "reason"),
    [(500, "http_error"), (503, "http_error"), (403, "blocked"), (429, "blocked"), (404, "missing"), (410, "missing")],
)
async def test_a_bad_status_is_uncertain(status: int, reason: str) -> None:
    assert await verdict(SmallWeb({HOME: Site("<p>x</p>", status=status)})) == f"uncertain: {reason}"


async def test_a_site_without_https_is_looked_at_by_http() -> None:
    web = SmallWeb({"https://dupont.fr": Site(fails="refused"), "http://dupont.fr": WORKING})

    assert await verdict(web, "dupont.fr") == "open"


async def test_a_missing_page_of_a_living_site_is_open() -> None:
    assert await verdict(SmallWeb({HOME: WORKING}), f"{HOME}ancienne-page") == "open"


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        ("Page introuvable", "Oups", "missing"),
        ("Apache2 Ubuntu Default Page: It works", "It works!", "default_page"),
        ("Welcome to nginx!", "Welcome to nginx!", "default_page"),
        ("Plesk", "Web Server's Default Page", "default_page"),
        ("IIS Windows Server", "", "default_page"),
        ("Dupont", "Site en construction", "default_page"),
        ("Just a moment...", "Checking your browser", "challenge"),
        ("Dupont", "Fermeture définitive du magasin, merci à tous", "says_closed"),
    ],
)
async def test_a_page_that_shows_no_business_is_uncertain(title: str, text: str, reason: str) -> None:
    assert await verdict(page(text, title)) == f"uncertain: {reason}"


async def test_an_empty_page_is_uncertain() -> None:
    assert await verdict(SmallWeb({HOME: ""})) == "uncertain: empty"


async def test_a_business_that_only_speaks_of_sales_and_parking_is_open() -> None:
    long = (
        "<p>Domaine viticole à vendre en Provence, un domaine à vendre rare. Site en construction depuis 2019.</p>" * 60
    )
    web = SmallWeb(
        {HOME: f"<title>Domaines et châteaux</title><h1>Nos annonces</h1>{long}<p>This domain is for sale</p>"}
    )

    assert await verdict(web) == "open"


@pytest.mark.parametrize(
    "text", ["Domaine à vendre en Provence : 12 hectares", "contact@dupont.fr : à vendre, maison 4 pièces"]
)
async def test_a_short_page_of_an_estate_agent_is_open(text: str) -> None:
    assert await verdict(page(text)) == "open"


@pytest.mark.parametrize(("days", "expected"), [(3, "open"), (29, "open"), (31, "uncertain: tls_expired")])
async def test_a_certificate_is_forgiven_for_thirty_days(days: int, expected: str) -> None:
    class Noon(Clock):
        def now(self) -> datetime:
            return datetime(2030, 6, 1, 12, tzinfo=UTC)

    expired = (Noon().now() - timedelta(days=days)).timestamp()
    web = SmallWeb({HOME: Site(WORKING, fails="tls_expired", expires_at=expired)})

    assert await verdict(web, check=DeadCheck(Noon())) == expected


@pytest.mark.parametrize("reason", ["tls_name", "tls_untrusted"])
async def test_a_foreign_certificate_is_uncertain(reason: Reason) -> None:
    assert await verdict(SmallWeb({HOME: Site(WORKING, fails=reason, expires_at=4e9)})) == f"uncertain: {reason}"


async def test_a_parked_page_behind_a_foreign_certificate_is_closed() -> None:
    web = SmallWeb({HOME: Site("<h1>This domain is for sale</h1>", fails="tls_name", expires_at=4e9)})

    assert await verdict(web) == "closed: for_sale"


async def test_a_cell_that_holds_no_address_is_uncertain() -> None:
    assert await verdict(SmallWeb({}), "aucun site") == "uncertain: bad_url"


async def test_reports_every_sign_with_its_evidence() -> None:
    web = page("Ce nom de domaine est à vendre")

    await verdict(web)

    assert web.reports[0] == {
        "site_alive": "closed",
        "reason": "for_sale",
        "signs": [{"sign": "for_sale", "weight": "proof", "evidence": "nom de domaine est a vendre"}],
        "final_url": HOME,
        "status": 200,
    }
