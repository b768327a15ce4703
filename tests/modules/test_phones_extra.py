"""The phones_extra module on small sites: what is a number, whose it is, and which are new."""

import json
from typing import Any

import pytest

from engine.module import NoConfig, Unreachable
from engine.modules.phones_extra import module
from engine.rows.types import Row
from tests.modules.small_web import Site, SmallWeb

HOME = "https://www.dupont.fr/"
CONTACT, LEGAL = f"{HOME}contact", f"{HOME}mentions-legales"
STRUCTURED = '<script type="application/ld+json">{"telephone":"+33 4 65 71 00 01","faxNumber":"0465710002"}</script>'
MENU = '<nav><a href="/contact">Contact</a> <a href="/mentions-legales">Mentions légales</a></nav>'


async def columns(web: SmallWeb, **cells: str) -> Row:
    return await module.enrich({"site_web": HOME, **cells}, NoConfig(), web.run())


async def numbers(html: str, **cells: str) -> list[str]:
    """The numbers of a site that is one page, in the column's order."""
    found = (await columns(SmallWeb({HOME: html}), **cells))["telephones_extra"]
    return str(found).split(", ") if found else []


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("04 65 71 00 01", "+33465710001"),
        ("04.65.71.00.01 du lundi au samedi", "+33465710001"),
        ("04-65-71-00-01", "+33465710001"),
        ("0465710001", "+33465710001"),
        ("04&nbsp;65&#8239;71&nbsp;00 01", "+33465710001"),
        ("+33 (0)4 65 71 00 01", "+33465710001"),
        ("(+33) 4 65 71 00 01", "+33465710001"),
        ("0033 4 65 71 00 01", "+33465710001"),
        ("<a href='tel:04.65.71.00.01'>Appeler</a>", "+33465710001"),
        ("<a href='tel:33465710001'>Appeler</a>", "+33465710001"),
        ("<a href='callto:+33%204%2065%2071%2000%2001'>Appeler</a>", "+33465710001"),
        ("Portable : 06 39 98 12 34", "+33639981234"),
        ("0 800 123 456 (appel gratuit)", "+33800123456"),
        ("Tél. 0692 12 34 56", "+262692123456"),
        ("Tél. +49 (0)30 23125-042", "+493023125042"),
        ("Tél / Fax : 04 65 71 00 01", "+33465710001"),
        ("04 65 71 00 01 / 06 39 98 12 34", "+33465710001, +33639981234"),
        ("04 65 71 00 01 06 39 98 12 34", "+33465710001, +33639981234"),
        ("Tél. 04 65 71 00 01 – Fax 04 65 71 00 02", "+33465710001"),
        (STRUCTURED, "+33465710001"),
        ('<meta itemprop="telephone" content="0465710001">', "+33465710001"),
    ],
)
async def test_reads_numbers_as_people_write_them(html: str, found: str) -> None:
    assert ", ".join(await numbers(f"<p>{html}</p>")) == found


@pytest.mark.parametrize(
    "html",
    [
        "SIRET 012 345 678 00012 – RCS Lyon 732 829 320",
        "TVA FR 83 404 833 048",
        "BCE 0412.987.654<br>TVA BE 0412.987.654<br>Numéro d'entreprise : 0412 987 654<br>BE 0412.987.654",
        "IBAN FR76 3000 6000 0112 3456 7890 189",
        "Du 01.02.2025 au 05.06.2025, ouvert 09.00 - 12.00",
        "GPS : 45.764043, 4.835659 ou +45.764043",
        "Réf. 0465710001",
        "Contrat d'assurance n° 0465710001",
        "1 200 000 000 € de chiffre, 0 465 710 001 km",
        "Commande 2025-0639-98123, code 0465710001ab",
        "Télécopie : 04 65 71 00 02",
        "<dl><dt>Fax</dt><dd>04 65 71 00 02</dd></dl>",
        "04 65 71 00 02 (fax)",
        "Fax : <a href='tel:+33465710002'>04 65 71 00 02</a>",
        "<a href='fax:0465710002'>Écrire</a>",
        "<a href='tel:'>Appeler</a> <a href='tel:+33(0)'>Appeler</a>",
        "<img alt='' src='/0465710001.jpg'><div data-id='0465710001'></div>",
        "3 1415926535 8979323846 2643383279 5028841971 6939937510 " * 40,
    ],
)
async def test_other_digits_and_fax_lines_are_no_numbers(html: str) -> None:
    assert await numbers(f"<p>{html}</p>") == []


@pytest.mark.parametrize(
    ("html", "cells", "found"),
    [
        ("<p>030 23125-042</p>", {"pays": "Allemagne"}, "+493023125042"),
        ("<p>030 23125-042</p>", {"adresse": "Torstraße 1, 10119 Berlin, Deutschland"}, "+493023125042"),
        ("<p>022 820 35 45</p>", {"country": "CH"}, "+41228203545"),
        ("<p>(415) 555-2671</p>", {"country": "US"}, "+14155552671"),
        ("<p>2025 555 2671 22</p>", {"country": "US"}, ""),
        ("<p>Tel. 912 34 56 78, ref 912 34 56 79</p>", {"pays": "España"}, "+34912345678"),
        ("<p>030 23125-042</p>", {}, ""),
    ],
)
async def test_a_national_number_is_dialled_in_the_country_of_the_row(
    html: str, cells: dict[str, str], found: str
) -> None:
    assert ", ".join(await numbers(html, **cells)) == found


async def test_the_languages_country_counts_where_the_sites_name_tells_none() -> None:
    site = "https://www.dupont.com/"
    web = SmallWeb({site: '<html lang="de-DE"><p>Tel. 030 23125042</p></html>'})

    assert (await columns(web, site_web=site))["telephones_extra"] == "+493023125042"


@pytest.mark.parametrize("known", ["04 65 71 00 01", "+33 (0)4.65.71.00.01", "0465710001, 06 39 98 12 34"])
async def test_the_number_of_the_row_is_not_given_again(known: str) -> None:
    html = "<p>Tél. 04.65.71.00.01</p><p>Atelier : 02 61 91 00 01</p>"

    assert await numbers(html, telephone=known) == ["+33261910001"]


async def test_the_numbers_of_the_host_the_agency_and_the_authority_are_left_out() -> None:
    html = (
        "<h2>Éditeur</h2><p>Dupont<br>Tél. 04 65 71 00 01</p>"
        "<h2>Hébergeur</h2><p>Nuage SAS<br>Tél. 01 99 00 12 34</p>"
        "<p>OVH, 09 72 10 10 07</p>"
        "<footer><p>Site réalisé par Pixelio – 02 61 91 00 01</p></footer>"
    )

    assert await numbers(html) == ["+33465710001"]


@pytest.mark.parametrize(
    "other",
    [
        "<footer><p>Création : Atelier Nemo, {}</p></footer>",
        "<footer><p>© 2010-2024 Dupont – Tél. 04 65 71 00 01 – Design &amp; intégration : Nemo {}</p></footer>",
        "<footer><p>Tous droits réservés. Graphisme : nemo.example – {}</p></footer>",
        "<footer><p>Garantie décennale : Mutuelle du Ponant, {}</p></footer>",
        "<h1>Mentions légales</h1><p>Création : Nemo<br>{}</p>",
        "<title>Dupont - Mentions légales</title><h3>Assurance</h3><p>Mutuelle du Ponant</p><p>3 quai Sud, {}</p>",
        "<h1>Mentions légales</h1><p>RC Pro : Mutuelle du Ponant, 3 quai Sud, tél. {}</p>",
        "<h1>Mentions légales</h1><p>Garant financier : Caution Sud, {}</p>",
        "<h1>Mentions légales</h1><p>Dupont est assurée auprès de la Mutuelle du Ponant, tél. {}</p>",
        "<h2>Hébergeur</h2><p>Nuage SAS</p><h2>Responsabilité civile professionnelle</h2><p>Ponant, {}</p>",
        "<p>Plateforme de règlement des litiges : {}</p>",
    ],
)
async def test_the_numbers_of_makers_insurers_and_guarantors_are_left_out(other: str) -> None:
    html = f"{other.format('02 61 91 00 01')}<h2>Contact</h2><p>Tél. 04 65 71 00 01</p>"

    assert await numbers(html) == ["+33465710001"]


@pytest.mark.parametrize(
    "own",
    [
        "<p>Création : Bijoux sur mesure, {}</p>",
        "<footer><p>Créations : bijoux et perles, {}</p></footer>",
        "<footer><p>Création : en 1998, {}</p></footer>",
        "<footer><p>Dupont, {} – Création : Atelier Nemo</p></footer>",
        "<h2>Assurance professionnelle</h2><p>Un devis ? {}</p>",
        "<footer><h4>Assurance professionnelle</h4><p>{}</p></footer>",
        "<h1>Mentions légales</h1><h2>Assurances Dupont</h2><p>{}</p>",
    ],
)
async def test_a_business_whose_trade_is_creation_or_insurance_keeps_its_number(own: str) -> None:
    assert await numbers(own.format("04 65 71 00 01")) == ["+33465710001"]


async def test_a_sentence_of_a_notice_that_turns_to_a_mediator_gives_his_number() -> None:
    notice = (
        "<p>Conformément aux articles L.611-1 et suivants du code de la consommation, le client peut s'adresser au "
        "médiateur de la consommation : Concilia, 14 rue Haute, 75017 Paris, tél. 02 61 91 00 01. Pour vous opposer "
        "à un traitement, sans attendre la CNIL, appelez-nous au 04 65 71 00 01.</p>"
    )
    web = SmallWeb({HOME: MENU, LEGAL: notice})

    assert (await columns(web))["telephones_extra"] == "+33465710001"


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        ({"@type": "WebSite", "creator": {"@type": "Organization", "telephone": "0261910001"}}, []),
        ({"@type": "WebSite", "provider": {"@type": "Organization", "telephone": "0261910001"}}, []),
        ({"@type": "WebSite", "publisher": {"url": "https://nemo.example/", "telephone": "0261910001"}}, []),
        ({"@type": "WebSite", "publisher": {"url": HOME, "telephone": "0465710001"}}, ["+33465710001"]),
        ({"@type": "Service", "provider": {"@type": "Plumber", "telephone": "0465710001"}}, ["+33465710001"]),
        (
            {
                "@graph": [
                    {"@type": "WebSite", "creator": {"@id": "#nemo"}, "author": {"@id": "#own"}},
                    {"@id": "#nemo", "telephone": "0261910001", "contactPoint": {"telephone": "0261910002"}},
                    {"@type": "WebPage", "publisher": {"@id": "#own"}},
                    {
                        "@id": "#own",
                        "@type": "Plumber",
                        "telephone": "0465710001",
                        "sponsor": {"telephone": "0261910003"},
                    },
                ]
            },
            ["+33465710001"],
        ),
        (
            {
                "@type": "Plumber",
                "contactPoint": [{"telephone": "0465710001"}],
                "department": {"telephone": "0465710002"},
            },
            ["+33465710001", "+33465710002"],
        ),
    ],
)
async def test_structured_data_gives_the_numbers_of_the_business_alone(declared: object, found: list[str]) -> None:
    assert await numbers(f'<script type="application/ld+json">{json.dumps(declared)}</script>') == found


async def test_says_the_mobile_among_them_and_the_page_where_they_stand() -> None:
    web = SmallWeb(
        {
            HOME: f"{MENU}<p>Tél. 04 65 71 00 01</p>",
            CONTACT: f"{MENU}<p>Tél. 04 65 71 00 01</p><p>Bureau : 01 99 00 12 34, portable 06 39 98 12 34</p>",
            LEGAL: MENU,
        }
    )

    assert await columns(web, telephone="04 65 71 00 01") == {
        "telephones_extra": "+33199001234, +33639981234",
        "telephone_mobile": "+33639981234",
        "telephone_source": CONTACT,
    }
    (report,) = web.reports
    phones: Any = report["phones"]
    assert report["pages"] == [HOME, CONTACT, LEGAL]
    assert phones[1] == {
        "phone": "+33639981234",
        "type": "mobile",
        "country": "FR",
        "page": CONTACT,
        "page_kind": "contact",
        "pages": 1,
        "section": "main",
        "method": "text",
    }


async def test_a_site_that_names_no_other_number_leaves_the_cells_empty() -> None:
    assert await columns(SmallWeb({HOME: "<p>Bonjour</p>"})) == dict.fromkeys(module.produces)


async def test_a_site_that_is_a_directory_of_numbers_gives_ten() -> None:
    html = "".join(f"<p>Tél. 04 65 71 00 {last}</p>" for last in range(10, 99))

    assert len(await numbers(html)) == 10


async def test_the_page_of_a_directory_tells_nothing_and_a_site_that_gives_no_page_is_an_error() -> None:
    there = "https://www.pagesjaunes.fr/pros/1"
    led = SmallWeb({HOME: Site(leads_to=there), there: "<p>Tél. 04 65 71 00 01</p>"})

    assert await columns(led) == {}
    assert led.reports[0]["reason"] == "directory"
    with pytest.raises(Unreachable):
        await columns(SmallWeb({HOME: Site(status=500)}))
