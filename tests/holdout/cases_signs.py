"""Sites whose technologies show by a less common sign."""

from tests.holdout import hiding, signs, tags, traps
from tests.holdout.kinds import Mark, Shown, Site, Template
from tests.holdout.templates.auberge import auberge
from tests.holdout.templates.boutique import boutique
from tests.holdout.templates.cabinet import cabinet
from tests.holdout.templates.chantier import chantier
from tests.holdout.templates.gazette import gazette
from tests.holdout.templates.studio import studio
from tests.holdout.templates.vitrine import vitrine


def _site(domain: str, name: str, trade: str, city: str, template: Template, *marks: Mark) -> Site:
    """A site with an address that is easy to find: here the technologies are the question."""
    address = f"contact@{domain}"
    return Site(domain, name, trade, city, template, (Shown("contact", hiding.plain(address)),), marks, email=address)


SIGNS = (
    _site(
        "verrerie-du-lison.fr",
        "Verrerie du Lison",
        "verrier",
        "Ornans",
        gazette,
        signs.WORDPRESS_OEMBED,
        signs.GA4_FIRST_PARTY,
    ),
    _site(
        "audioprothese-jaures.fr",
        "Audio Jaurès",
        "audioprothésiste",
        "Castres",
        cabinet,
        signs.JOOMLA_OPTIONS,
        signs.XITI_OLD,
    ),
    _site(
        "maison-medicale-du-ried.fr",
        "Maison médicale du Ried",
        "médecins",
        "Sélestat",
        cabinet,
        signs.DRUPAL_AGGREGATED,
        signs.MATOMO_IMAGE,
    ),
    _site(
        "abbaye-gites-du-perche.fr",
        "Gîtes de l'Abbaye",
        "gîtes",
        "Mortagne",
        auberge,
        signs.TYPO3_COMMENT,
        signs.PLAUSIBLE_OWN,
    ),
    _site(
        "quincaillerie-delorme.fr",
        "Quincaillerie Delorme",
        "quincaillier",
        "Roanne",
        boutique,
        signs.PRESTASHOP_OLD,
        signs.CRITEO_STATIC,
        signs.GOOGLE_ADS_VIEW,
    ),
    _site(
        "savons-de-la-drome.fr",
        "Savons de la Drôme",
        "savonnier",
        "Nyons",
        boutique,
        signs.SHOPIFY_HEADERS,
        signs.PINTEREST_IMAGE,
        signs.META_CONSENT,
    ),
    _site("yoga-quai-nord.fr", "Yoga Quai Nord", "yoga", "Dunkerque", vitrine, signs.WIX_META, signs.HOTJAR_DIRECT),
    _site(
        "luthier-hautbois.fr",
        "Luthier Hautbois",
        "luthier",
        "Mirecourt",
        vitrine,
        signs.SQUARESPACE_COMMENT,
        signs.CLARITY_DIRECT,
    ),
    _site(
        "jouets-bois-du-jura.fr",
        "Jouets du Jura",
        "jouets en bois",
        "Moirans",
        boutique,
        signs.MAGENTO_ONE,
        signs.MICROSOFT_IMAGE,
        tags.GA4,
    ),
    _site(
        "chorale-du-vexin.fr", "Chorale du Vexin", "chorale", "Magny", gazette, signs.SPIP_NAME, signs.STATCOUNTER_IMAGE
    ),
    _site(
        "architecte-valadon.fr",
        "Agence Valadon",
        "architecte",
        "Limoges",
        studio,
        signs.CRAFT_TOKEN,
        signs.UMAMI_OWN,
        signs.LINKEDIN_IMAGE,
    ),
    _site(
        "crepi-facade-lemoine.fr",
        "Façades Lemoine",
        "façadier",
        "Évreux",
        chantier,
        signs.CONCRETE_FIVE,
        tags.GA4,
        signs.GOOGLE_ADS_EVENT,
    ),
    _site(
        "logiciel-artisan-brest.fr",
        "Logiciel Artisan",
        "éditeur de logiciel",
        "Brest",
        studio,
        signs.MIXPANEL_HOSTED,
        signs.QUORA_IMAGE,
        signs.HUBSPOT_TRACKER,
    ),
    _site(
        "conseil-rh-meridien.fr",
        "Conseil RH Méridien",
        "conseil",
        "Nice",
        studio,
        signs.HUBSPOT_TRACKER,
        signs.WORDPRESS_OEMBED,
        traps.PROSE,
    ),
)
