"""The pricing module on small sites: what counts as a price, what it is for, how the plans are told."""

import json
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from engine.extract.prices_boxes import read_boxes
from engine.extract.prices_items import read_items
from engine.module import NoConfig, Unreachable
from engine.modules.pricing import module
from engine.rows.types import Row
from tests.modules.small_web import Site, SmallWeb

HOME = "https://www.atelier-dupont.fr/"
PRICES = f"{HOME}tarifs"
MENU = '<nav><a href="/tarifs">Tarifs</a></nav>'
NOTHING: Row = {"pricing_found": False}

CARDS = """<main><div class="grid">
<div class="plan"><h3>Essentiel</h3><p><span>39</span><sup>90</sup> € <small>HT / mois</small></p><p>1 poste</p></div>
<div class="plan"><h3>Pro</h3><p><del>99 €</del> <b>79 € HT</b></p><p>par mois</p><p>soit 790 € par an</p></div>
<div class="plan"><h3>Sur mesure</h3><p>Sur devis</p></div>
</div><p>Essayez gratuitement pendant 14 jours.</p></main>"""
TABLE = """<table><tr><th>Soin</th><th>30 min</th><th>1 heure</th></tr>
<tr><td>Massage</td><td>45 €</td><td>80 €</td></tr>
<tr><td>Visage</td><td>40,50&nbsp;€</td><td>sur demande</td></tr></table>"""
LIST = """<h1>Nos tarifs</h1><ul><li>Coupe femme : à partir de 45 €</li><li>Coupe homme ......... 25 €</li>
<li>Couleur de 60 à 90 €</li></ul>"""
TERMS = "<h2>Tarifs</h2><dl><dt>Première consultation</dt><dd>60 €</dd><dt>Suivi</dt><dd>50 € la séance</dd></dl>"
BREAKS = "<h2>Tarifs</h2><p>Nuit en semaine 90 €<br>Nuit le week-end 110 €</p>"
PROSE = (
    "<p>Pour une recherche de fuite, comptez 85,00 € TTC. Le dépannage coûte 120 € le jour ; notre cabinet existe "
    "depuis vingt ans et emploie quatre personnes à plein temps.</p>"
)


async def columns(web: SmallWeb) -> Row:
    found = await module.enrich({"site_web": HOME}, NoConfig(), web.run())
    assert set(found) <= set(module.produces)
    return found


async def plans(page: str) -> Any:
    return (await columns(SmallWeb({HOME: MENU, PRICES: page}))).get("pricing_plans")


def report(web: SmallWeb) -> Any:
    (only,) = web.reports
    return only


async def test_cards_give_their_plans_their_range_and_the_free_trial() -> None:
    web = SmallWeb({HOME: MENU, PRICES: CARDS})

    assert await columns(web) == {
        "pricing_url": PRICES,
        "pricing_found": True,
        "pricing_min": 39.9,
        "pricing_max": 79.0,
        "pricing_currency": "EUR",
        "pricing_period": "month",
        "pricing_plans": "Essentiel 39.90 €/month HT; Pro 79 €/month HT; Sur mesure sur devis",
        "pricing_free_trial": True,
    }
    assert report(web) == {
        "found": 3,
        "reason": "",
        "page": PRICES,
        "page_kind": "prices",
        "offers": [
            {"plan": "Essentiel 39.90 €/month HT", "period": "month", "way": "card"},
            {"plan": "Pro 79 €/month HT", "period": "month", "way": "card"},
            {"plan": "Sur mesure sur devis", "period": "once", "way": "card"},
        ],
        "pages": [HOME, PRICES],
    }


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (TABLE, "Massage - 30 min 45 €; Massage - 1 heure 80 €; Visage - 30 min 40.50 €; Visage - 1 heure sur devis"),
        (LIST, "Coupe femme 45 €; Coupe homme 25 €; Couleur 60-90 €"),
        (TERMS, "Première consultation 60 €; Suivi 50 €/session"),
        (BREAKS, "Nuit en semaine 90 €; Nuit le week-end 110 €"),
        (PROSE, "une recherche de fuite 85 € TTC; Le dépannage 120 €/day"),
        ("<table><tr><td></td><td>Solo</td><td>Duo</td></tr><tr><td>Prix</td><td>9 €</td><td>15 €</td></tr></table>",
         "Solo 9 €; Duo 15 €"),
        ("<p>Starter: $19/mo</p><p>Team: $49 per user / month, excl. VAT</p>",
         "Starter 19 $/month; Team 49 $/month HT"),
        ("<p>Doppelzimmer: CHF 120.- pro Nacht</p><p>Suite: CHF 1'250.50 pro Nacht</p>",
         "Doppelzimmer 120 CHF/night; Suite 1250.50 CHF/night"),
        ("<h2>Abonnement</h2><p>1 490,00 € TTC par an</p>", "Abonnement 1490 €/year TTC"),
    ],
)  # fmt: skip
async def test_every_shape_of_a_price_list_is_read(page: str, told: str) -> None:
    assert await plans(page) == told


@pytest.mark.parametrize(
    "line",
    [
        "Frais de livraison : 6,90 €", "Livraison offerte dès 60 € d'achat", "Total du panier : 45,00 €",
        "SARL au capital de 10 000 €", "Amende de 3 750 €", "Service 0,35 €/min + prix d'un appel",
        "Économisez 20 €", "20 € de remise", "Au lieu de 120 €", "Jusqu'à 500 € remboursés", "Levée de 3 millions €",
        "Indemnité forfaitaire pour frais de recouvrement : 40 €", "Caution : 300 €", "Nous avons levé 5 M€",
        "<s>80 €</s>", "<span class='old-price'>80 €</span>", "<b style='text-decoration:line-through'>80 €</b>",
        "<i class='x'>80 €</i><style>.x { text-decoration: line-through }</style>", "<span hidden>80 €</span>",
        "<div class='mini-cart'>1 article 80 €</div>", "Contactez-nous", "Ouvert 24 h sur 24",
    ],
)  # fmt: skip
async def test_what_nobody_pays_for_the_business_is_no_price(line: str) -> None:
    assert await columns(SmallWeb({HOME: MENU, PRICES: f"<p>{line}</p>"})) == NOTHING


async def test_declared_offers_go_first_unless_the_page_shows_them_all_and_more() -> None:
    offers = [
        {"@type": "Offer", "name": "Mensuel", "priceCurrency": "EUR", "priceSpecification": [
            {"price": "55", "priceType": "https://schema.org/ListPrice"},
            {"price": "39.00", "unitCode": "MON", "valueAddedTaxIncluded": True}]},
        {"@type": "AggregateOffer", "lowPrice": 20, "highPrice": "60", "priceCurrency": "EUR",
         "itemOffered": {"name": "Atelier"}},
        {"@type": "Offer", "name": "Sans devise", "price": 10},
    ]  # fmt: skip
    declared = f'<script type="application/ld+json">{json.dumps({"@type": "Service", "offers": offers})}</script>'
    shown = "<ul><li>Atelier 20 €</li><li>Mensuel 39 €</li><li>Stage 300 €</li></ul>"

    assert await plans(f"{declared}<p>Dès 15 €</p>") == "Mensuel 39 €/month TTC; Atelier 20-60 €"
    assert await plans(declared + shown) == "Atelier 20 €; Mensuel 39 €/month; Stage 300 €"


async def test_home_counts_where_it_shows_prices_and_no_price_page_does() -> None:
    lone = "<main><p>Notre maison a 120 € en caisse</p></main>"

    assert (await columns(SmallWeb({HOME: CARDS})))["pricing_url"] == HOME
    assert (await columns(SmallWeb({HOME: MENU + CARDS, PRICES: "<p>Bientôt</p>"})))["pricing_url"] == HOME
    assert await columns(SmallWeb({HOME: lone})) == NOTHING


async def test_an_article_on_a_home_page_is_no_price_list() -> None:
    article = '<meta property="og:type" content="article"><ul><li>Un casque à 30 €</li><li>Un jeu à 60 €</li></ul>'

    assert await columns(SmallWeb({HOME: article})) == NOTHING


async def test_a_page_that_only_takes_requests_has_plans_and_no_price() -> None:
    page = "<ul><li><h3>Mariage</h3><p>Sur devis</p></li><li><h3>Séminaire</h3><p>Nous consulter</p></li></ul>"

    assert await columns(SmallWeb({HOME: MENU, PRICES: page})) == {
        "pricing_url": PRICES,
        "pricing_found": False,
        "pricing_min": None,
        "pricing_max": None,
        "pricing_currency": None,
        "pricing_period": None,
        "pricing_plans": "Mariage sur devis; Séminaire sur devis",
        "pricing_free_trial": False,
    }


async def test_a_price_page_that_home_does_not_link_is_looked_for() -> None:
    web = SmallWeb({HOME: "<p>Bienvenue</p>", PRICES: LIST})

    assert (await columns(web))["pricing_url"] == PRICES
    assert web.closed == [HOME]


async def test_the_page_of_a_directory_tells_nothing_and_no_page_is_an_error() -> None:
    there = "https://www.facebook.com/dupont"
    web = SmallWeb({HOME: Site(leads_to=there), there: CARDS})

    assert await columns(web) == {}
    assert report(web)["reason"] == "directory"
    with pytest.raises(Unreachable):
        await columns(SmallWeb({HOME: Site(status=500)}))


def test_hostile_pages_are_read_in_time() -> None:
    lists = f"<ul>{'<li>x 5 €</li>' * 20_000}</ul>"
    deep = f"{'<div>5 €' * 3_000}"
    table = f"<table>{'<tr>' + '<td>5 €</td>' * 40 + '</tr>'}" * 300
    line = "<p>" + "5 € à " * 100_000 + "€" * 100_000

    for html in (lists, deep, table, line):
        assert len(read_items(read_boxes(LexborHTMLParser(html)), is_price_page=True)) <= 300
