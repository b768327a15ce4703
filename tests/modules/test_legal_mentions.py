"""The legal_mentions module: what it reads of a notice, in which forms, and whose it is."""

import json
from typing import Any

import pytest

from engine.module import NoConfig, Unreachable
from engine.modules.legal_mentions import module
from engine.rows.types import Row
from tests.modules.small_web import Site, SmallWeb

HOME = "https://www.dupont.fr/"
NOTICE = f"{HOME}mentions-legales"
NAV = '<nav><a href="/mentions-legales">Mentions légales</a><a href="/societe">Société</a></nav>'
HOST = "<h2>Hébergeur</h2><p>Nuage SAS<br>2 rue du Serveur, Roubaix<br>04 65 71 00 01<br>aide@nuage-sas.fr</p>"
BLOCK = f"""<h1>Mentions légales</h1><h2>Éditeur du site</h2><p>Dupont Plomberie SARL<br>
au capital de 7.500,00 euros<br>12 rue des Lilas, 59000 Lille<br>RCS Lille B 912 345 675<br>
Tél. : 03 53 01 12 34<br>contact@dupont.fr</p>
<p>Directrice de la publication : Mme Claire de La Tour, gérante</p>{HOST}"""


async def mentions(notice: str, home: str = NAV) -> Row:
    return await read(SmallWeb({HOME: home, NOTICE: notice}))


async def read(web: SmallWeb) -> Row:
    found = await module.enrich({"nom": "Dupont", "site_web": HOME}, NoConfig(), web.run())
    return {column.removeprefix("mentions_"): value for column, value in found.items() if value is not None}


def report(web: SmallWeb) -> Any:
    (only,) = web.reports
    return only


async def test_reads_all_eight_columns_of_a_notice() -> None:
    """C-465."""
    assert await mentions(BLOCK) == {
        "url": NOTICE,
        "raison_sociale": "Dupont Plomberie SARL",
        "capital": "7.500,00 euros",
        "rcs": "RCS Lille 912 345 675",
        "directeur": "Claire de La Tour",
        "hebergeur": "Nuage SAS",
        "email": "contact@dupont.fr",
        "telephone": "+33353011234",
    }


async def test_reads_a_notice_that_is_one_sentence() -> None:
    text = (
        "Le site www.dupont.fr est édité par la société Dupont Plomberie, SARL au capital de 10 000 €, immatriculée au"
        " Registre du Commerce et des Sociétés de Saint-Étienne sous le numéro 912 345 675, dont le siège est à Lyon,"
        " et hébergé par la société Nuage SAS, au capital de 20 000 €, RCS Lille 901 234 567."
        " Le directeur de la publication est Monsieur Jean-Luc Martin."
    )

    assert await mentions(f"<p>{text}</p>") == {
        "url": NOTICE,
        "raison_sociale": "Dupont Plomberie, SARL",
        "capital": "10 000 €",
        "rcs": "RCS Saint-Étienne 912 345 675",
        "directeur": "Jean-Luc Martin",
        "hebergeur": "Nuage SAS",
    }


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<p>Raison sociale : SARL Le Fournil</p>", "SARL Le Fournil"),
        ("<tr><th>Dénomination sociale</th><td>La Table d'Ana SAS</td></tr>", "La Table d'Ana SAS"),
        ("<dl><dt>Éditeur<dd>Jean Dupont EI</dl>", "Jean Dupont EI"),
        ("<p>Ce site est la propriété de la société Dupont &amp; Fils.</p>", "Dupont & Fils"),
        ("<p>Site édité par : SAS « Au Pain Doré » – 3 rue Basse</p>", "SAS « Au Pain Doré"),
        ("<p>Published by Dupont Ltd, registered in Lyon</p>", "Dupont Ltd"),
        ("<p>Dupont SARL au capital de 500 €</p>", "Dupont SARL"),
        ("<p>Éditrice : Anne Roux EI</p>", "Anne Roux EI"),
        ("<p>Les pages sont publiées par l'EARL Roux</p>", "EARL Roux"),
        ("<p>Propriétaires du site | Anne Roux EI</p>", "Anne Roux EI"),
        ("<h2>Qui édite le site ?</h2><p>Association Vivre Ici, 2 rue Basse</p>", "Association Vivre Ici"),
        ("<p>Site édité par l'association Vivre Ici.</p>", "association Vivre Ici"),
        (
            "<p>La propriété du site est à Roux.</p><p>Site édité par la Société Nouvelle Roux, SAS</p>",
            "Société Nouvelle Roux, SAS",
        ),
        ("<p>Ce site est la propriété de la Société Laitière des Alpes.</p>", "Société Laitière des Alpes"),
        ("<p>Ce site est la propriété de la Société Rivière SAS.</p>", "Rivière SAS"),
        ("<p>Ce contrat est conclu entre l'EARL Roux, RCS Lyon 912 345 675, et son client.</p>", "EARL Roux"),
        ("<p>Ces conditions valent entre la SCEA Roux au capital de 500 € et vous</p>", "SCEA Roux"),
        ("<p>Nos conditions sont celles des magasins Roux SARL au capital de 500 €</p>", None),
        ("<p>L'éditeur du site s'engage à respecter la loi.</p>", None),
        ("<p>Éditeur : le présent site est édité dans le respect de la loi</p>", None),
    ],
)
async def test_the_publishers_name_is_as_written_with_its_form(html: str, name: str | None) -> None:
    notice = f"<table>{html}</table><p>SIRET 912 345 675 00017</p><p>Hébergeur : Nuage SAS</p>"

    assert (await mentions(notice)).get("raison_sociale") == name


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("RCS de Lyon 912345675", "RCS Lyon 912 345 675"),
        ("912 345 675 R.C.S. Aix en Provence", "RCS Aix en Provence 912 345 675"),
        ("RCS : Clermont-Ferrand<br>SIRET : 912 345 675 00017", "RCS Clermont-Ferrand 912 345 675"),
        ("R.C.S. PARIS B 912 345 675", "RCS PARIS 912 345 675"),
        ("RCS d'Annecy n° 912 345 675", "RCS Annecy 912 345 675"),
        ("RCS Lille 912 345 678", None), ("RCS Lille", None),
    ],
)  # fmt: skip
async def test_the_register_entry_has_its_town_and_a_sound_number(line: str, entry: str | None) -> None:
    assert (await mentions(f"<p>Éditeur : Dupont SARL<br>{line}<br>Hébergeur : Nuage</p>")).get("rcs") == entry


@pytest.mark.parametrize(
    ("line", "person"),
    [
        ("Directeur de la publication : M. Jean Dupont", "Jean Dupont"),
        ("Responsable de la publication - Claire DURAND (gérante)", "Claire DURAND"),
        ("Gérant : Jean Le Goff", "Jean Le Goff"), ("Publication director: Ann Lee", "Ann Lee"),
        ("Jean Dupont, en qualité de directeur de la publication", "Jean Dupont"),
        ("Le directeur de la publication est Jean Dupont, gérant.", "Jean Dupont"),
        ("Gérant : Paul Roux<br>Directeur de publication : Jean Dupont", "Jean Dupont"),
        ("Gérante et directrice de la publication : Anne Roux", "Anne Roux"),
        ("Directeur de publication et président : Jean Dupont", "Jean Dupont"),
        ("Directeur de la publication : la société Dupont SARL", None),
        ("Directeur de la publication : le gérant", None),
    ],
)  # fmt: skip
async def test_the_director_of_the_publication_is_a_person(line: str, person: str | None) -> None:
    assert (await mentions(f"<p>Éditeur : Dupont SARL<br>{line}<br>Hébergeur : Nuage</p>")).get("directeur") == person


@pytest.mark.parametrize(
    "html",
    [
        "<p>Hébergeur : Nuage SAS, 2 rue du Serveur</p>", "<p>Le site est hébergé par Nuage SAS - Roubaix</p>",
        "<h3>Hébergement</h3><p>Nuage SAS<br>RCS Lille 901 234 567</p>",
        "<p>Hébergement du site : la société Nuage SAS</p>",
        "<p>L'hébergement du site est assuré par Nuage SAS, dont le siège est à Lille.</p>",
        "<p>Hébergeuse : Nuage SAS, 2 rue du Serveur, aide@nuage-sas.fr</p>",
        "<p>Hébergement | Nuage SAS, 2 rue du Serveur, RCS Lille 901 234 567</p>",
        "<p><b>Hébergement</b> Nuage SAS, SAS au capital de 90 000 €, 2 rue du Serveur à Roubaix, par aide@nuage.fr"
        " ou au 04 65 71 00 01, RCS Lille 901 234 567</p>",
        "<div>Hébergement</div><div>Nuage SAS, 04 65 71 00 01, RCS Lille 901 234 567</div>",
        "<h2>Qui héberge ce site ?</h2><p>Nuage SAS, RCS Lille 901 234 567</p>",
        "<h2>3. Hébergement</h2><ul><li>Nom : Nuage SAS</li><li>Téléphone : 04 65 71 00 01</li></ul>",
    ],
)  # fmt: skip
async def test_the_host_is_named_in_many_forms(html: str) -> None:
    assert await mentions(f"<p>Éditeur : Dupont SARL</p>{html}") == {
        "url": NOTICE,
        "raison_sociale": "Dupont SARL",
        "hebergeur": "Nuage SAS",
    }


@pytest.mark.parametrize(
    "row",
    ["<tr><td>{}</td><td>{}</td></tr>", "<tr><th>{} :</th><td>{}</td></tr>", "<dt>{}</dt><dd>{}</dd>"],
)
async def test_a_label_in_a_cell_of_its_own_speaks_of_the_cell_beside_it_alone(row: str) -> None:
    said = {
        "Éditrice": "Anne Roux EI",
        "Hébergeur": "Nuage SARL, SARL au capital de 900 €<br>RCS Lille 901 234 567<br>04 65 71 00 01",
        "Création": "Studio Web SARL au capital de 800 €",
        "Assureur": "Mutuelle SA au capital de 700 €, RCS Niort 901 234 567",
        "RCS": "Lyon 912 345 675",
        "Téléphone": "03 53 01 12 34",
    }
    rows = "".join(row.format(label, value) for label, value in said.items())

    assert await mentions(f"<dl>{rows}</dl>" if "<dt>" in row else f"<table>{rows}</table>") == {
        "url": NOTICE,
        "raison_sociale": "Anne Roux EI",
        "rcs": "RCS Lyon 912 345 675",
        "hebergeur": "Nuage SARL",
        "telephone": "+33353011234",
    }


@pytest.mark.parametrize("line", ["BCE : 0412.987.654", "TVA BE 0412.987.654", "N° d'entreprise : 0412 987 654"])
async def test_the_number_of_a_belgian_company_is_no_telephone(line: str) -> None:
    assert "telephone" not in await mentions(f"<p>Éditeur : Dupont SRL<br>{line}<br>Hébergeur : Nuage</p>")


async def test_what_the_host_or_the_maker_gives_is_not_the_companys() -> None:
    maker = "<h2>Conception et réalisation</h2><p>Studio Web SARL au capital de 900 €<br>RCS Lyon 901 234 567</p>"

    assert await mentions(f"<h2>Éditeur</h2><p>Jean Dupont EI</p>{HOST}{maker}") == {
        "url": NOTICE,
        "raison_sociale": "Jean Dupont EI",
        "hebergeur": "Nuage SAS",
    }


async def test_a_notice_in_terms_of_sale_or_in_a_footer_is_read_where_there_is_no_other() -> None:
    terms = SmallWeb({HOME: '<a href="/cgv">Conditions générales</a>', f"{HOME}cgv": BLOCK})
    footer = "<p>Tél. 06 39 98 00 01</p><footer>Dupont SARL – Capital social : 500 € – RCS Lyon 912 345 675</footer>"

    assert (await read(terms))["url"] == f"{HOME}cgv"
    assert await mentions("", home=footer) == {
        "url": HOME,
        "raison_sociale": "Dupont SARL",
        "capital": "500 €",
        "rcs": "RCS Lyon 912 345 675",
    }


async def test_a_site_without_a_notice_has_empty_columns_and_its_report_says_so() -> None:
    web = SmallWeb({HOME: "<nav>Société</nav><p>Notre hébergement : 12 chambres</p>"})

    assert await read(web) == {}
    assert report(web)["reason"] == "no_notice"


async def test_the_report_tells_where_each_value_was_read() -> None:
    web = SmallWeb({HOME: NAV, NOTICE: BLOCK})

    await read(web)

    (notice,) = report(web)["notices"]
    assert notice["page"] == NOTICE
    assert notice["said"]["hebergeur"] == {"value": "Nuage SAS", "way": "label", "line": "Nuage SAS"}
    assert len(json.dumps(report(web))) < 10_000
    assert web.asked == [HOME, NOTICE]
    assert web.closed == [HOME]


async def test_a_directory_tells_nothing_and_a_dead_site_is_an_error() -> None:
    there = "https://www.facebook.com/dupont"
    web = SmallWeb({HOME: Site(leads_to=there), there: BLOCK})

    assert await read(web) == {}
    assert report(web)["reason"] == "directory"
    with pytest.raises(Unreachable):
        await read(SmallWeb({HOME: Site(status=500)}))
