"""Words of sale, parking and suspension: they close the page that is a notice, never that of a business."""

from typing import NamedTuple

import pytest

from tests.modules.looks import HOME, verdict
from tests.modules.small_web import Site, SmallWeb

MENU = '<nav><a href="/services">Services</a><a href="/equipe">Équipe</a><a href="/contact">Contact</a></nav>'


class Case(NamedTuple):
    """A page of a business, or of none, and the name that the map gives."""

    name: str
    html: str
    status: int = 200


TRAPS = {
    "a notary who sells estates": Case(
        "Étude Vasseur",
        f"<title>Étude Vasseur, notaires</title>{MENU}<h1>Nom de domaine à vendre, viager, terrains</h1>"
        "<p>Étude Vasseur, 4 place du Marché, 21200 Beaune. Tél. 03 80 00 11 22.</p>",
    ),
    "a shop that explains suspended accounts": Case(
        "Pédale Douce",
        f"<title>Pédale Douce, vélos à Niort</title>{MENU}<h1>Compte suspendu ?</h1><p>Votre compte client est "
        "suspendu après trois essais. Écrivez à aide@dupont.fr ou passez, 9h - 18h.</p>",
    ),
    "a lawyer of domain names": Case(
        "Maître Ollivier",
        "<title>Maître Ollivier, avocat</title><h1>Nom de domaine expiré ?</h1><p>Maître Ollivier, 8 rue du Palais, "
        "35000 Rennes, 02 99 00 11 22. Votre nom de domaine a expiré ou votre site a été suspendu : nous agissons.</p>",
    ),
    "a tiny page of a craftsman": Case(
        "Menuiserie Kervella",
        "<title>Menuiserie Kervella</title><p>Menuiserie Kervella, 29000 Quimper, 02 98 00 11 22. Cause retraite, ce "
        "domaine est à vendre avec l'atelier.</p>",
    ),
    "a hoster's own site": Case(
        "Nuage Breton",
        f"<title>Nuage Breton, hébergeur</title>{MENU}<h1>Hébergement suspendu : que faire ?</h1>"
        "<p>Acheter ce nom de domaine, domain parking, redirections. Tél. 02 40 00 11 22</p>",
    ),
    "a domain broker with a widget of a market": Case(
        "Nomio",
        f"<title>Nomio, courtier</title>{MENU}<h1>Nos noms</h1><p>Nomio, 75011 Paris, 01 40 00 11 22</p>"
        "<iframe src='https://sedo.com/widget'></iframe>",
    ),
    "a winery whose estate is for sale": Case(
        "Château Bélair",
        "<title>Château Bélair</title><h1>Ce domaine est à vendre</h1><p>Château Bélair, 33330 Saint-Émilion, "
        "visites de 10h à 18h, 05 57 00 11 22.</p>",
    ),
    "a page of anchors": Case(
        "Salon Mireille",
        "<title>Salon Mireille</title><a href=#tarifs>Tarifs</a><a href=#avis>Avis</a><a href=#venir>Venir</a>"
        "<p>Salon Mireille. Notre ancien site web suspendu est remplacé par celui-ci.</p>",
    ),
    "a page whose facts are for machines": Case(
        "",
        '<script type="application/ld+json">{"@type":"Store","telephone":"+33 1 40 00 11 22"}</script>'
        "<h1>Bienvenue</h1><p>Compte suspendu : demandez à la caisse, 69003 Lyon.</p>",
    ),
    "an estate on a page whose name nobody knows": Case(
        "", "<h1>Ce domaine est à vendre</h1><p>33330 Saint-Émilion, visites de 10h à 18h, 05 57 00 11 22.</p>"
    ),
    "an agency that builds sites": Case(
        "Studio Ardent",
        f"<title>Studio Ardent</title>{MENU}<p>Studio Ardent crée votre site. Sans page par défaut, sans « site en "
        "construction » ni « coming soon ».</p>",
    ),
    "a school with a page under way": Case(
        "École Pasteur",
        f"<title>École Pasteur</title>{MENU}<h1>Espace bientôt en ligne</h1><p>École Pasteur, 59000 Lille</p>",
    ),
    "an insolvency lawyer": Case(
        "Cabinet Marchetti",
        f"<title>Cabinet Marchetti</title>{MENU}<h1>Liquidation judiciaire, cessation d'activité</h1>"
        "<p>Le cabinet Marchetti vous défend.</p>",
    ),
    "a German solicitor": Case(
        "Kanzlei Brandt",
        f"<title>Kanzlei Brandt</title>{MENU}<h1>Konto gesperrt?</h1><p>Kanzlei Brandt, 10115 Berlin, 030 1234567. "
        "Domain kaufen, Domain geparkt: wir beraten.</p>",
    ),
    "an Italian estate agent": Case(
        "Agenzia Bellini",
        f"<title>Agenzia Bellini</title>{MENU}<h1>Dominio in vendita nel Chianti</h1><p>Agenzia Bellini, 50022 Greve, "
        "+39 055 000 1122</p>",
    ),
    "a Spanish bank adviser": Case(
        "Gestoría Ruiz",
        f"<title>Gestoría Ruiz</title>{MENU}<h1>¿Cuenta suspendida?</h1><p>28013 Madrid. 912 345 678</p>",
    ),
    "an English web studio": Case(
        "Harbour Web",
        f"<title>Harbour Web</title>{MENU}<h1>Website suspended? Domain has expired?</h1><p>Leeds LS1 4AP, "
        "open 9am to 5pm. Buy this domain for a client? Ask us.</p>",
    ),
}

CLOSURES = {
    "for sale": Case("Cabinet Roche", "<title>dupont.fr</title><h1>Ce nom de domaine est à vendre</h1>"),
    "for sale with a broker's number": Case(
        "Cabinet Roche",
        "<title>dupont.fr est à vendre</title><h1>Ce domaine est à vendre</h1><p>Appelez le 01 40 00 11 22.</p>"
        "<a href='/mentions-legales'>Mentions légales</a>",
    ),
    "for sale with much to say": Case(
        "Cabinet Roche",
        f"<title>dupont.fr est à vendre</title><h1>dupont.fr</h1><p>{'Un nom court se retient mieux. ' * 70}</p>"
        "<p>Acheter ce domaine</p>",
    ),
    "for sale by its owner": Case(
        "Cabinet Roche",
        "<h1>dupont.fr : nom de domaine à vendre</h1><p>Offres à vente@dupont.fr</p>",
    ),
    "for sale under a list of searches": Case(
        "Cabinet Roche",
        "<title>dupont.fr</title><h2>Recherches associées</h2><a href='/?q=avocat'>Avocat</a><a href='/?q=notaire'>"
        "Notaire</a><a href='/?q=divorce'>Divorce</a><p>Ce domaine est peut-être à vendre !</p>",
    ),
    "expired at its registrar": Case(
        "Cabinet Roche",
        "<title>Domaine expiré</title><h1>Le nom de domaine dupont.fr</h1><p>Ce nom de domaine a expiré. "
        "Titulaire ? <a href='https://registrar.example/renouveler'>Renouveler</a></p>",
    ),
    "parked free": Case("Cabinet Roche", "<title>dupont.fr</title><p>Ce nom de domaine est parqué.</p>"),
    "suspended by its host": Case(
        "Cabinet Roche",
        "<title>Compte suspendu</title><h1>Compte suspendu</h1><p>Contactez votre hébergeur au 09 72 00 11 22.</p>",
    ),
    "suspended with a bad status": Case("Cabinet Roche", "<p>Ce site a été suspendu.</p>", status=503),
    "hosting that ran out": Case(
        "Cabinet Roche", "<h1>Votre hébergement a expiré</h1><a href='/admin'>Administration</a>"
    ),
    "suspended, in English": Case(
        "Cabinet Roche",
        "<title>Account Suspended</title><p>This Account has been suspended. Contact your provider.</p>",
    ),
    "code of a parking service beside words": Case(
        "Cabinet Roche",
        f"<title>dupont.fr</title>{MENU}<p>Related searches for this domain</p><script>window.park = 'e'</script>",
    ),
    "a frame of a market": Case("Cabinet Roche", "<title>dupont.fr</title><iframe src='https://sedo.com/x'></iframe>"),
    "for sale on a page with all of a broker's facts": Case(
        "Cabinet Roche",
        "<title>Le domaine dupont.fr est à vendre</title><h1>dupont.fr</h1><p>Nomio, 75011 Paris, tél. 01 40 00 11 22, "
        "de 9h à 18h</p><a href=/offre>Offre</a><a href=/aide>Aide</a><a href=/legal>Mentions légales</a>",
    ),
    "suspended with all of the host's addresses": Case(
        "Cabinet Roche",
        "<title>Compte suspendu</title><h1>Compte suspendu</h1><p>Nuage Breton, 44000 Nantes, 02 40 00 11 22, de 9h à "
        "18h</p><a href='/cgv'>Mentions légales</a>",
    ),
    "German": Case(
        "Kanzlei Roche",
        "<title>dupont.fr steht zum Verkauf</title><h1>Diese Domain steht zum Verkauf</h1><a href='/impressum'>"
        "Impressum</a><a href='/datenschutz'>Datenschutz</a>",
    ),
    "Italian": Case("Studio Roche", "<title>dupont.fr</title><p>Il dominio è scaduto: dominio scaduto.</p>"),
    "Spanish": Case("Clínica Roche", "<h1>Cuenta suspendida</h1><p>Póngase en contacto con su proveedor.</p>"),
    "English": Case("Roche Law", "<title>dupont.fr</title><p>The domain name is for sale. Make an offer.</p>"),
}


async def verdict_on(case: Case) -> str:
    return await verdict(SmallWeb({HOME: Site(case.html, status=case.status)}), name=case.name)


@pytest.mark.parametrize("case", TRAPS.values(), ids=TRAPS)
async def test_a_business_may_speak_of_sales_parking_and_suspension(case: Case) -> None:
    """C-453."""
    assert await verdict_on(case) == "open"


@pytest.mark.parametrize("case", CLOSURES.values(), ids=CLOSURES)
async def test_a_page_that_is_nothing_but_a_notice_closes_the_site(case: Case) -> None:
    """C-453."""
    assert (await verdict_on(case)).startswith("closed: ")


async def test_the_report_says_what_outweighed_the_words() -> None:
    web = SmallWeb({HOME: TRAPS["a winery whose estate is for sale"].html})

    await verdict(web, name="Château Bélair")

    assert web.reports[0]["signs"] == [
        {"sign": "for_sale", "weight": "note", "evidence": "ce domaine est a vendre"},
        {"sign": "business", "weight": "note", "evidence": "name, phone, address, hours"},
    ]


async def test_as_much_for_a_notice_as_for_a_business_is_a_doubt() -> None:
    html = "<h1>Ce domaine est à vendre</h1><p>Château Bélair, 05 57 00 11 22.</p>"

    assert await verdict(SmallWeb({HOME: html}), name="Château Bélair") == "uncertain: for_sale"
