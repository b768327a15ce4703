"""Sites with several addresses, or with somebody else's: who of them is the business, and who is a person."""

from tests.holdout import cms, hiding, rivals, tags, traps
from tests.holdout.kinds import Shown, Site
from tests.holdout.templates.ardoise import ardoise
from tests.holdout.templates.auberge import auberge
from tests.holdout.templates.boutique import boutique
from tests.holdout.templates.cabinet import cabinet
from tests.holdout.templates.chantier import chantier
from tests.holdout.templates.gazette import gazette
from tests.holdout.templates.studio import studio
from tests.holdout.templates.vitrine import vitrine
from tests.holdout.wording import document, phone_of, pitch, story

SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://{0}/</loc></url>
<url><loc>https://{0}/contact</loc></url></urlset>"""


def _alone(site: Site) -> dict[str, str]:
    """A home page without a link, and a contact page that it does not mention."""
    words = f"<h1>{site.name}</h1><p>{pitch(site)}</p><p>{story(site)}</p>"
    return {
        "/": document(site, f"{site.name} - {site.city}", f"<body>{words}<p>{phone_of(site)}</p></body>"),
        "/contact": document(site, "Contact", f"<body><h1>Contact</h1>{site.at('contact')}</body>"),
    }


RIVALS = (
    Site(
        "avocats-pelletier-roux.fr",
        "Pelletier Roux",
        "avocats",
        "Rouen",
        cabinet,
        (
            Shown("team", hiding.mailto("helene.pelletier@avocats-pelletier-roux.fr", "Maître Hélène Pelletier")),
            Shown("contact", hiding.plain("contact@avocats-pelletier-roux.fr")),
            rivals.host(),
        ),
        (cms.WORDPRESS, tags.MATOMO_OWN, tags.LINKEDIN),
        email="helene.pelletier@avocats-pelletier-roux.fr",
        personal="yes",
    ),
    Site(
        "expertise-brochard.fr",
        "Expertise Brochard",
        "expert-comptable",
        "Poitiers",
        studio,
        (
            Shown("contact", hiding.plain("v.brochard@expertise-brochard.fr")),
            Shown("footer", hiding.mailto("info@expertise-brochard.fr")),
            rivals.agency_in_legal(),
        ),
        (cms.WEBFLOW_WITHOUT_NAME, tags.POSTHOG, tags.LINKEDIN),
        email="v.brochard@expertise-brochard.fr",
        personal="yes",
    ),
    Site(
        "geometres-de-thau.fr",
        "Géomètres de Thau",
        "géomètre",
        "Mèze",
        cabinet,
        (
            Shown("team", "<p>Paul Serres : paul.serres@geometres-de-thau.fr</p>"),
            Shown("team", "<p>Anaïs Costa : anais.costa@geometres-de-thau.fr</p>"),
            Shown("contact", hiding.plain("bureau@geometres-de-thau.fr")),
        ),
        (cms.DRUPAL_BY_FILES,),
        email="anais.costa@geometres-de-thau.fr",
        personal="yes",
    ),
    Site(
        "peinture-lassalle.fr",
        "Peinture Lassalle",
        "peintre en bâtiment",
        "Bayonne",
        chantier,
        (
            Shown("contact", hiding.plain("contact@peinture-lassalle.fr")),
            Shown("footer", hiding.mailto("peinture.lassalle64@gmail.com")),
        ),
        (tags.GOOGLE_ADS, traps.BOOTSTRAP),
        email="contact@peinture-lassalle.fr",
    ),
    Site(
        "coiffure-marylou.fr",
        "Coiffure Marylou",
        "coiffeuse",
        "Saintes",
        vitrine,
        (Shown("contact", hiding.mailto("coiffuremarylou17@orange.fr")), rivals.agency_credit()),
        (cms.WIX, traps.SOCIAL_LINKS),
        email="coiffuremarylou17@orange.fr",
        personal="open to both",
    ),
    Site(
        "elagage-forestier.fr",
        "Élagage Forestier",
        "élagueur",
        "Épinal",
        ardoise,
        (Shown("contact", hiding.plain("thomas.forestier@laposte.net")), rivals.host()),
        (),
        email="thomas.forestier@laposte.net",
        personal="yes",
    ),
    Site(
        "taxi-du-lac-annecy.fr",
        "Taxi du Lac",
        "taxi",
        "Annecy",
        vitrine,
        (Shown("contact", "<form><input type='email' placeholder='vous@exemple.fr'></form>"), rivals.host()),
        (cms.WORDPRESS, tags.COOKIEBOT, tags.GA4, traps.PLACEHOLDERS),
    ),
    Site(
        "salle-de-sport-altitude.fr",
        "Altitude Forme",
        "salle de sport",
        "Gap",
        studio,
        (rivals.agency_credit(), rivals.mediator()),
        (tags.META, tags.TIKTOK, tags.SNAPCHAT, tags.DIDOMI, traps.SENTRY),
    ),
    Site(
        "bijouterie-clairval.fr",
        "Bijouterie Clairval",
        "bijoutier",
        "Metz",
        boutique,
        (
            rivals.host(),
            Shown(
                "legal",
                "<h2>Éditeur</h2><p>Bijouterie Clairval SARL</p>" + hiding.plain("bonjour@bijouterie-clairval.fr"),
            ),
            rivals.mediator(),
            rivals.mailing_service(),
        ),
        (cms.SHOPIFY, tags.PINTEREST, tags.GA4, tags.HOTJAR, traps.RETINA),
        email="bonjour@bijouterie-clairval.fr",
    ),
    Site(
        "pepinieres-du-loiret.fr",
        "Pépinières du Loiret",
        "pépiniériste",
        "Olivet",
        boutique,
        (
            Shown("contact", hiding.plain("vente@pepinieres-du-loiret.fr")),
            Shown("legal", hiding.plain("administration@pepinieres-du-loiret.fr")),
            rivals.agency_credit(),
            rivals.photo_credit(),
        ),
        (cms.OPENCART, tags.YANDEX, traps.RETINA),
        email="vente@pepinieres-du-loiret.fr",
    ),
    Site(
        "ambulances-saint-eloi.fr",
        "Ambulances Saint-Éloi",
        "ambulances",
        "Nevers",
        cabinet,
        (
            Shown("home", hiding.plain("accueil@ambulances-saint-eloi.fr")),
            Shown("contact", hiding.plain("transport@ambulances-saint-eloi.fr")),
            rivals.host_in_a_list(),
        ),
        (traps.BORROWED_PICTURE, tags.AT_INTERNET),
        email="transport@ambulances-saint-eloi.fr",
    ),
    Site(
        "chocolaterie-noir-absolu.fr",
        "Noir Absolu",
        "chocolatier",
        "Bourg-en-Bresse",
        boutique,
        (
            Shown("contact", hiding.plain("info@chocolaterie-noir-absolu.fr")),
            Shown("contact", hiding.plain("boutique@chocolaterie-noir-absolu.fr")),
        ),
        (cms.WORDPRESS_SHOP, tags.META, traps.BUY_BUTTON),
        email="boutique@chocolaterie-noir-absolu.fr",
    ),
    Site(
        "residence-les-genets.fr",
        "Résidence Les Genêts",
        "résidence services",
        "Vichy",
        auberge,
        (
            Shown(
                "legal",
                "<h2>Éditeur du site</h2><p>Le site residence-les-genets.fr est édité par Groupe Allier Soleil SAS, "
                "12 cours Lafayette. E-mail : contact@groupe-alliersoleil.fr</p>",
            ),
            rivals.host(),
        ),
        (cms.TYPO3, tags.CONTENTSQUARE),
        email="contact@groupe-alliersoleil.fr",
    ),
    Site(
        "photographe-inesduval.fr",
        "Inès Duval",
        "photographe",
        "Biarritz",
        studio,
        (Shown("contact", hiding.in_a_sentence("ines@photographe-inesduval.fr")),),
        (cms.SQUARESPACE, tags.PINTEREST, traps.HANDLES),
        email="ines@photographe-inesduval.fr",
        personal="open to both",
    ),
    Site(
        "brasserie-du-beffroi.fr",
        "Brasserie du Beffroi",
        "brasserie",
        "Arras",
        auberge,
        (Shown("footer", hiding.mailto("brasseriedubeffroi@wanadoo.fr")), rivals.mailing_service("home")),
        (tags.CRITEO, tags.OUTBRAIN, traps.CALENDAR),
        email="brasseriedubeffroi@wanadoo.fr",
        personal="open to both",
    ),
    Site(
        "location-minibus-vendee.fr",
        "Minibus Vendée",
        "location de minibus",
        "La Roche-sur-Yon",
        _alone,
        (Shown("contact", hiding.plain("reservations@location-minibus-vendee.fr")),),
        (tags.GA4,),
        email="reservations@location-minibus-vendee.fr",
        extra=(("/sitemap.xml", SITEMAP.format("location-minibus-vendee.fr")),),
    ),
    Site(
        "ramonage-castel.fr",
        "Ramonage Castel",
        "ramoneur",
        "Sedan",
        _alone,
        (Shown("contact", hiding.plain("rendezvous@ramonage-castel.fr")),),
        (),
        email="rendezvous@ramonage-castel.fr",
        url="https://www.ramonage-castel.fr/?utm_source=annuaire&utm_medium=fiche",
    ),
    Site(
        "formation-altea.fr",
        "Altéa Formation",
        "organisme de formation",
        "Mulhouse",
        studio,
        (
            Shown("contact", hiding.plain("info@formation-altea.fr")),
            Shown("legal", "<p>Directrice de la publication : Sonia Keller (s.keller@formation-altea.fr)</p>"),
            rivals.agency_in_legal(),
        ),
        (tags.REDDIT, tags.QUORA, tags.X_ADS, tags.MIXPANEL, traps.THEME_AUTHOR),
        email="s.keller@formation-altea.fr",
        personal="yes",
    ),
    Site(
        "developpeur-web-armor.fr",
        "Armor Code",
        "développeur web",
        "Lannion",
        gazette,
        (
            Shown("contact", hiding.plain("projets@developpeur-web-armor.fr")),
            Shown("home", "<p>npm install swiper@11.1.4</p>"),
        ),
        (traps.CODE_SAMPLE, traps.PROSE, traps.COMMENTED_OUT),
        email="projets@developpeur-web-armor.fr",
    ),
    Site(
        "maroquinerie-tannat.fr",
        "Maroquinerie Tannat",
        "maroquinier",
        "Mazamet",
        boutique,
        (Shown("contact", hiding.plain("sav@maroquinerie-tannat.fr")), rivals.mediator()),
        (cms.BIGCOMMERCE, tags.ADROLL, traps.OLD_ADDRESS),
        email="sav@maroquinerie-tannat.fr",
    ),
    Site(
        "diagnostic-immo-aube.fr",
        "Diagnostic Immo Aube",
        "diagnostiqueur",
        "Troyes",
        chantier,
        (Shown("contact", hiding.plain("rdv@diagnostic-immo-aube.fr")),),
        (cms.ODOO, tags.MICROSOFT, tags.GOOGLE_ADS),
        email="rdv@diagnostic-immo-aube.fr",
    ),
)
