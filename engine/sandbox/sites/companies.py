"""Invented companies whose addresses stand on other people's sites: hosts, agencies, groups, a mediator."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    domain: str
    mail: str
    address: str
    phone: str


HOSTS = (
    Company(
        "Nuage Hébergement SAS",
        "nuage-hebergement.fr",
        "support@nuage-hebergement.fr",
        "2 rue du Serveur-Gris, 59100 Roubaix",
        "03 53 01 10 07",
    ),
    Company(
        "Octet Libre SARL",
        "octet-libre.net",
        "contact@octet-libre.net",
        "14 boulevard de la Baie-Rack, 75013 Paris",
        "01 99 00 42 01",
    ),
    Company("Webland GmbH", "webland-host.eu", "info@webland-host.eu", "Kabelweg 7, 77694 Kehl", "03 53 01 99 12"),
)
AGENCIES = (
    Company(
        "Atelier Pixel Vert",
        "atelier-pixel-vert.fr",
        "hello@atelier-pixel-vert.fr",
        "5 rue des Trois-Lanternes, 69007 Lyon",
        "04 65 71 20 20",
    ),
    Company(
        "Agence Cap Clic",
        "cap-clic.com",
        "contact@cap-clic.com",
        "8 quai de la Vieille-Enclume, 44000 Nantes",
        "02 61 91 30 30",
    ),
)
GROUPS = (
    Company(
        "Horizon Proximité",
        "horizon-proximite.fr",
        "contact@horizon-proximite.fr",
        "30 avenue du Grand-Cèdre, 35000 Rennes",
        "02 61 91 44 44",
    ),
    Company(
        "Maisons Alizé",
        "maisons-alize.com",
        "contact@maisons-alize.com",
        "3 place du Sablier, 59800 Lille",
        "03 53 01 55 55",
    ),
)
MEDIATOR = Company(
    "Médiation Tranquille",
    "mediation-tranquille.org",
    "saisine@mediation-tranquille.org",
    "1 rue de la Boussole, 75009 Paris",
    "01 99 00 66 66",
)
BY_DOMAIN = {company.domain: company for company in (*HOSTS, *AGENCIES, *GROUPS, MEDIATOR)}
