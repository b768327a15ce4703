"""Addresses of others that stand on a business's pages: its host, its agency, its mediator, its mailing service."""

from tests.holdout.kinds import Place, Shown

AGENCY = "bonjour@atelier-des-pages.fr"
HOST = "support@serveurs-de-loire.fr"
MEDIATOR = "saisine@mediation-consommation-ouest.fr"
MAILING = "abuse@lettres-groupees.fr"
PHOTOGRAPHER = "studio@lumiere-rasante.fr"


def host(address: str = HOST) -> Shown:
    return Shown(
        "legal",
        "<h2>Hébergement</h2><p>Le site est hébergé par Serveurs de Loire SAS, 4 quai de la Fosse, 44000 Nantes. "
        f"Téléphone : 02 99 00 00 12. E-mail : <a href='mailto:{address}'>{address}</a></p>",
    )


def host_in_a_list() -> Shown:
    return Shown(
        "legal",
        f"<ul><li><strong>Hébergeur :</strong> Serveurs de Loire SAS - {HOST}</li>"
        "<li><strong>Propriété intellectuelle :</strong> tous droits réservés</li></ul>",
    )


def agency_credit(address: str = AGENCY) -> Shown:
    return Shown(
        "footer", f'<p class="credit">Réalisation : <a href="mailto:{address}">Atelier des pages</a>, agence web</p>'
    )


def agency_in_legal(address: str = AGENCY) -> Shown:
    return Shown(
        "legal",
        f"<h3>Conception et réalisation du site</h3><p>Atelier des pages, agence web à Rennes, {address}</p>",
    )


def mediator(address: str = MEDIATOR) -> Shown:
    return Shown(
        "legal",
        "<h3>Médiation de la consommation</h3><p>En cas de litige, le consommateur peut saisir gratuitement le "
        f"médiateur : Médiation Consommation Ouest, 12 rue du Port, 35000 Rennes, {address}.</p>",
    )


def mailing_service(place: Place = "legal") -> Shown:
    return Shown(
        place,
        "<h3>Lettre d'information</h3><p>Nos envois passent par le routeur Lettres Groupées ; "
        f"pour signaler un abus : {MAILING}</p>",
    )


def photo_credit() -> Shown:
    return Shown("legal", f"<h3>Crédits photographiques</h3><p>Lumière rasante, {PHOTOGRAPHER}</p>")


def agency_german() -> Shown:
    return Shown("legal", "<h3>Webdesign und Umsetzung</h3><p>Seitenwerk Agentur, hallo@seitenwerk-agentur.de</p>")


def host_italian() -> Shown:
    return Shown(
        "legal", "<h3>Hosting</h3><p>Il sito è ospitato da Nuvola Server S.r.l., assistenza@nuvolaserver.it</p>"
    )


def data_protection_officer() -> Shown:
    return Shown(
        "legal",
        "<h3>Données personnelles</h3><p>Notre délégué à la protection des données est le cabinet Ouest RGPD, "
        "que vous pouvez joindre à dpo@ouest-rgpd-conseil.fr. Vous pouvez aussi saisir la CNIL.</p>",
    )


def left_by_the_theme() -> Shown:
    """What the maker of a theme wrote and nobody replaced."""
    return Shown("footer", "<p>123 rue de l'Exemple, 00000 Ville - contact@example.com - info@exemple.fr</p>")
