"""Sites whose addresses are easy to read and easy to get wrong: glued, broken, beside demo texts, in the header."""

from tests.holdout import cms, hiding, rivals, tags, traps
from tests.holdout.kinds import Shown, Site
from tests.holdout.templates.auberge import auberge
from tests.holdout.templates.boutique import boutique
from tests.holdout.templates.cabinet import cabinet
from tests.holdout.templates.chantier import chantier
from tests.holdout.templates.gazette import gazette
from tests.holdout.templates.studio import studio
from tests.holdout.templates.vitrine import vitrine

EDGES = (
    Site(
        "climatisation-borel.fr",
        "Climatisation Borel",
        "climaticien",
        "Nîmes",
        vitrine,
        (Shown("contact", hiding.glued_to_neighbours("contact@climatisation-borel.fr")),),
        (cms.WIX, tags.GOOGLE_ADS, tags.TAG_MANAGER),
        email="contact@climatisation-borel.fr",
    ),
    Site(
        "tapissier-faubourg.fr",
        "Tapissier du Faubourg",
        "tapissier",
        "Orléans",
        studio,
        (Shown("header", hiding.mailto_with_blanks("contact@tapissier-faubourg.fr")),),
        (cms.WEBFLOW, traps.SOCIAL_WIDGETS),
        email="contact@tapissier-faubourg.fr",
    ),
    Site(
        "ferme-de-l-oseraie.fr",
        "Ferme de l'Oseraie",
        "maraîcher",
        "Beauvais",
        gazette,
        (Shown("contact", hiding.named_entities("contact@ferme-de-l-oseraie.fr")), rivals.left_by_the_theme()),
        (cms.WORDPRESS, tags.PLAUSIBLE, traps.RETINA),
        email="contact@ferme-de-l-oseraie.fr",
    ),
    Site(
        "clinique-equine-de-la-baie.fr",
        "Clinique équine de la Baie",
        "vétérinaire équin",
        "Avranches",
        cabinet,
        (
            Shown("contact", hiding.breakable("accueil@clinique-equine-de-la-baie.fr")),
            rivals.data_protection_officer(),
            rivals.host_in_a_list(),
        ),
        (cms.DRUPAL, tags.MATOMO_CLOUD, traps.SECURITY_POLICY),
        email="accueil@clinique-equine-de-la-baie.fr",
    ),
    Site(
        "studio-danse-tempo.fr",
        "Studio Tempo",
        "école de danse",
        "Colmar",
        vitrine,
        (rivals.left_by_the_theme(), rivals.host_in_a_list()),
        (cms.WORDPRESS_WITHOUT_NAME, traps.COMMENTED_OUT),
    ),
    Site(
        "meubles-clairbois.fr",
        "Meubles Clairbois",
        "ébéniste",
        "Châteauroux",
        boutique,
        (
            Shown("contact", hiding.plain("contact@meubles-clairbois.fr")),
            Shown("team", "<p>Atelier : Luc Garnier, l.garnier@meubles-clairbois.fr</p>"),
            rivals.agency_credit(),
            rivals.mediator(),
            rivals.data_protection_officer(),
        ),
        (cms.PRESTASHOP, tags.ADOBE, tags.CRITEO, tags.META),
        email="l.garnier@meubles-clairbois.fr",
        personal="yes",
    ),
    Site(
        "chambres-de-la-ria.fr",
        "Chambres de la Ria",
        "chambres d'hôtes",
        "Étel",
        auberge,
        (Shown("footer", hiding.cloudflare("contact@chambres-de-la-ria.fr")), rivals.photo_credit(), rivals.host()),
        (tags.TARTEAUCITRON, tags.GA4_BY_TARTEAUCITRON, traps.MAPS_AND_FONTS),
        email="contact@chambres-de-la-ria.fr",
        home="/fr/",
    ),
    Site(
        "isolation-berthier.fr",
        "Isolation Berthier",
        "isolation",
        "Chaumont",
        chantier,
        (Shown("footer", hiding.arobase("contact@isolation-berthier.fr")), rivals.agency_in_legal()),
        (traps.OWN_ANALYTICS_FILE, traps.OLD_ADDRESS, tags.META_IMAGE),
        email="contact@isolation-berthier.fr",
    ),
)
