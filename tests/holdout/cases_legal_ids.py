"""Sites with company identifiers: their own, those of hosts, makers and insurers, and numbers that are none.

The publishers' numbers are invented, with sound checksums unless a case is about a broken one. Those of the hosts and
of one insurer are public facts.
"""

from collections.abc import Mapping

from tests.holdout.kinds import Column
from tests.holdout.studies import Told, either, study
from tests.holdout.templates.shells import Frame, application, bandeau, blocs, sections, tableau

OVH = """<h3>Hébergement</h3><p>OVH SAS au capital de 10 174 560 €<br>RCS Lille Métropole 424 761 419 00045<br>
Code APE 2620Z<br>N° TVA : FR 22 424 761 419<br>2 rue Kellermann, 59100 Roubaix</p>"""
SCALEWAY = (
    "<p>Le site est hébergé par Scaleway SAS, 8 rue de la Ville-l'Évêque, 75008 Paris, RCS Paris 433 115 904.</p>"
)
IONOS = "Hébergeur : IONOS SARL, 7 place de la Gare, 57200 Sarreguemines, RCS Sarreguemines B 431 303 775"
NOTICE = "/mentions-legales"


def _ids(siren: Told = None, siret: Told = None, vat: Told = None) -> Mapping[Column, Told]:
    return {"siren": siren, "siret": siret, "tva_intra": vat}


LEGAL_IDS = (
    study(
        "charpente-delmas.fr",
        bandeau,
        Frame("Charpente Delmas"),
        "<h1>Charpente traditionnelle</h1><p>Cantal et Aveyron.</p>",
        _ids("854677978"),
        pages={
            NOTICE: (
                "Mentions légales",
                "<h1>Mentions légales</h1><p>Charpente Delmas SARL au capital de 8 000 €<br>SIREN : 854 677 978</p>"
                + OVH,
            )
        },
    ),
    study(
        "chez-paulette-besancon.fr",
        sections,
        Frame("Chez Paulette", foot="<p>© Chez Paulette - SIRET 732 401 864 00010 - APE 5610A</p>"),
        "<p>Cuisine familiale, terrasse, parking.</p>",
        _ids("732401864", "73240186400010"),
    ),
    study(
        "ambiance-piscines-83.fr",
        blocs,
        Frame("Ambiance Piscines"),
        "<p>Construction et rénovation de bassins.</p>",
        _ids("879899276", None, "FR77879899276"),
        pages={
            NOTICE: (
                "Mentions légales",
                "<p>Ambiance Piscines, 4 chemin du Gapeau, 83210 La Farlède.<br>"
                "TVA intracommunautaire : FR 77 879 899 276</p>" + SCALEWAY,
            )
        },
    ),
    study(
        "serrurerie-vauban.fr",
        tableau,
        Frame("Serrurerie Vauban", foot="SIRET : 593 263 008 00019"),
        "<p>Ouverture de portes.</p>",
        _ids(),
    ),
    study(
        "spa-les-lauzes.fr",
        bandeau,
        Frame("Spa Les Lauzes"),
        "<h1>Soins et détente</h1>",
        _ids("804756542", "80475654200036", "FR69804756542"),
        pages={
            NOTICE: (
                "Mentions légales",
                """<h2>1. Éditeur</h2><ul><li>Les Lauzes SAS</li><li>SIRET : 804&nbsp;756&nbsp;542&nbsp;00036</li>
<li>N° de TVA : FR69804756542</li></ul><h2>2. Conception</h2><ul><li>Studio Kréanim SARL</li>
<li>SIRET : 532 083 193 00039</li><li>TVA : FR34532083193</li></ul><h2>3. Hébergement</h2><ul><li>OVH SAS</li>
<li>SIRET : 424 761 419 00045</li></ul>""",
            )
        },
    ),
    study(
        "transports-querci.fr",
        sections,
        Frame("Transports Querci"),
        "<p>Affrètement, messagerie, stockage.</p>",
        _ids("555614635"),
        pages={
            NOTICE: (
                "Mentions légales",
                "<p>Le présent site est édité par la société Transports Querci, SA au capital de 150 000 euros, "
                "immatriculée au registre du commerce et des sociétés de Cahors sous le numéro 555 614 635, "
                "dont le siège "
                "est situé 9 avenue de Toulouse, 46000 Cahors.</p>" + SCALEWAY,
            )
        },
    ),
    study(
        "chorale-arc-en-ciel.fr",
        bandeau,
        Frame("Chorale Arc-en-Ciel", foot="Tél. 03 53 01 09 09"),
        "<h1>Chanter ensemble</h1>",
        _ids(),
        pages={
            NOTICE: (
                "Mentions légales",
                "<p>Association loi 1901 déclarée en préfecture sous le n° W543001234. Agrément jeunesse n° 414 "
                "626 770. "
                "Compte 20041 01005 0500013M026 06.</p>" + OVH,
            )
        },
    ),
    study(
        "mathilde-aubry-decoration.fr",
        blocs,
        Frame("Mathilde Aubry"),
        "<p>Décoratrice d'intérieur à Tours.</p>",
        _ids("934389313", "93438931300016"),
        pages={
            NOTICE: (
                "Mentions légales",
                """<p><strong>Propriétaire :</strong> Mathilde Aubry EI - 93438931300016 (SIRET)</p><p>TVA non
applicable,
art. 293 B du CGI.</p><p><strong>Assurance RC professionnelle :</strong> AXA France IARD, RCS Nanterre 722 057
460</p>"""
                + f"<p>{IONOS}</p>",
            )
        },
    ),
    study(
        "carnet-de-rando-jura.fr",
        sections,
        Frame("Carnet de rando Jura"),
        "<p>Itinéraires et photos.</p>",
        _ids(),
        pages={
            NOTICE: (
                "Mentions légales",
                f"<p>Site édité par un particulier, qui a choisi de rester anonyme (LCEN, art. "
                f"6).</p>{OVH}<p>{IONOS}</p>",
            )
        },
    ),
    study(
        "isolation-rivoire.fr",
        bandeau,
        Frame("Isolation Rivoire"),
        "<h1>Combles et murs</h1>",
        _ids("712059997", "71205999700015"),
        pages={NOTICE: ("Mentions légales", "<p>Isolation Rivoire SAS. N° SIRET 71205999700015.</p>" + OVH)},
        unlinked=True,
    ),
    study(
        "schreinerei-obermaier.de",
        bandeau,
        Frame("Schreinerei Obermaier", lang="de"),
        "<h1>Küchen und Treppen</h1>",
        _ids(),
        pages={
            "/impressum": (
                "Impressum",
                "<p>Schreinerei Obermaier GmbH, Amtsgericht Traunstein HRB 21345, USt-IdNr.: DE123456788</p>",
            )
        },
    ),
    study(
        "opticiens-morvan.fr",
        tableau,
        Frame("Opticiens Morvan"),
        "<p>Deux magasins : Autun et Château-Chinon.</p>",
        _ids("793969882", either("79396988200034", "79396988200042")),
        pages={
            NOTICE: (
                "Mentions légales",
                "<p>Opticiens Morvan SARL - Siège : SIRET 793 969 882 00034 - Établissement secondaire : "
                "SIRET 793 969 882 00042</p>",
            )
        },
    ),
    study(
        "hotel-le-cedre-bleu.fr",
        sections,
        Frame("Hôtel Le Cèdre Bleu"),
        "<p>Vingt chambres au calme.</p>",
        _ids("416751139", None, "FR59416751139"),
        pages={
            NOTICE: (
                "Mentions légales",
                """<h2>Exploitant</h2><p>L'hôtel est exploité par la SARL Le Cèdre Bleu, RCS Annecy 416 751 139, TVA
FR59416751139.</p><h2>Marque</h2><p>« Nuits d'Altitude » est une marque déposée appartenant à Altihôtels Développement
SA, RCS Paris 814 724 639.</p>"""
                + OVH,
            )
        },
    ),
    study(
        "boutique-savonnerie-nyons.fr",
        application,
        Frame("Savonnerie de Nyons"),
        "<p>Savons à l'huile d'olive.</p>",
        _ids("913309555", "91330955500013", "FR38913309555"),
        pages={
            "/cgv": (
                "Conditions générales de vente",
                "<h1>CGV</h1><p>Les présentes conditions régissent les ventes de la société Savonnerie de Nyons "
                "(SIRET 913.309.555.00013, TVA FR 38 913309555). Le médiateur est la FEVAD. Paiement par Stripe.</p>",
            )
        },
    ),
    study(
        "peinture-lemoine-caen.fr",
        blocs,
        Frame("Peinture Lemoine", foot="<p>874 618 051 R.C.S. Caen - SIRET 874 618 051 00014</p>"),
        "<p>Ravalement et décoration.</p>",
        _ids("874618051"),
    ),
    study(
        "cote-et-campagne-immo.fr",
        sections,
        Frame("Côté et Campagne"),
        "<p>Deux agences, une équipe.</p>",
        _ids(),
        pages={
            NOTICE: (
                "Mentions légales",
                "<p>Ce site est édité conjointement par Brunet Transactions SARL, SIREN 888 872 728, et par "
                "Lestrade Gestion SARL, SIREN 897 730 123.</p>" + OVH,
            )
        },
    ),
)
