"""Sites in other languages, and French ones that are alive and well although a word on them sounds like the end."""

from tests.holdout import cms, hiding, rivals, tags, traps
from tests.holdout.kinds import Shown, Site
from tests.holdout.templates.ardoise import ardoise
from tests.holdout.templates.auberge import auberge
from tests.holdout.templates.bottega import bottega
from tests.holdout.templates.cabinet import cabinet
from tests.holdout.templates.chantier import chantier
from tests.holdout.templates.gazette import gazette
from tests.holdout.templates.handwerk import handwerk
from tests.holdout.templates.studio import studio
from tests.holdout.templates.vitrine import vitrine

ABROAD = (
    Site(
        "schreinerei-lindner.de",
        "Schreinerei Lindner",
        "Schreinerei",
        "Freiburg",
        handwerk,
        (Shown("legal", hiding.round_at("info@schreinerei-lindner.de")), rivals.agency_german()),
        (cms.TYPO3, tags.MATOMO_OWN),
        email="info@schreinerei-lindner.de",
        language="de",
    ),
    Site(
        "baeckerei-sonnenkorn.de",
        "Bäckerei Sonnenkorn",
        "Bäckerei",
        "Ulm",
        handwerk,
        (
            Shown("contact", hiding.mailto("bestellung@baeckerei-sonnenkorn.de")),
            Shown("legal", "<p>Geschäftsführerin: Jana Vogt, jana.vogt@baeckerei-sonnenkorn.de</p>"),
        ),
        (cms.CONTAO, traps.PROSE),
        email="jana.vogt@baeckerei-sonnenkorn.de",
        personal="yes",
        language="de",
    ),
    Site(
        "zahnarzt-am-markt-jena.de",
        "Zahnarztpraxis am Markt",
        "Zahnarztpraxis",
        "Jena",
        handwerk,
        (Shown("contact", hiding.cloudflare("praxis@zahnarzt-am-markt-jena.de")),),
        (cms.JIMDO, tags.PIWIK_PRO),
        email="praxis@zahnarzt-am-markt-jena.de",
        language="de",
    ),
    Site(
        "fahrradladen-speiche.de",
        "Fahrradladen Speiche",
        "Fahrradladen",
        "Bremen",
        handwerk,
        (Shown("contact", hiding.plain("fahrradladen.speiche@gmx.de")),),
        (tags.GA4, tags.MICROSOFT),
        email="fahrradladen.speiche@gmx.de",
        personal="open to both",
        language="de",
    ),
    Site(
        "falegnameria-bosco.it",
        "Falegnameria Bosco",
        "falegnameria",
        "Trento",
        bottega,
        (Shown("contact", hiding.entities("info@falegnameria-bosco.it")), rivals.host_italian()),
        (cms.JOOMLA, tags.META),
        email="info@falegnameria-bosco.it",
        language="it",
    ),
    Site(
        "gelateria-tre-lune.it",
        "Gelateria Tre Lune",
        "gelateria",
        "Parma",
        bottega,
        (Shown("footer", hiding.mailto("gelateriatrelune@libero.it")),),
        (cms.WEEBLY, tags.TIKTOK),
        email="gelateriatrelune@libero.it",
        personal="open to both",
        language="it",
    ),
    Site(
        "studio-legale-ferri.it",
        "Studio Legale Ferri",
        "studio legale",
        "Lucca",
        bottega,
        (
            Shown("team", hiding.mailto("m.ferri@studio-legale-ferri.it", "Avv. Marta Ferri")),
            Shown("contact", hiding.plain("segreteria@studio-legale-ferri.it")),
        ),
        (cms.WORDPRESS, tags.LINKEDIN),
        email="m.ferri@studio-legale-ferri.it",
        personal="yes",
        language="it",
    ),
    Site(
        "ceramica-azahar.es",
        "Cerámica Azahar",
        "taller de cerámica",
        "Valencia",
        bottega,
        (Shown("contact", hiding.script_variables("taller@ceramica-azahar.es")),),
        (cms.PRESTASHOP, tags.META, tags.GA4),
        email="taller@ceramica-azahar.es",
        language="es",
    ),
    Site(
        "clinica-dental-rosales.es",
        "Clínica Dental Rosales",
        "clínica dental",
        "Zaragoza",
        bottega,
        (Shown("legal", hiding.plain("citas@clinica-dental-rosales.es")),),
        (cms.SQUARESPACE, tags.CLARITY, tags.GOOGLE_ADS),
        email="citas@clinica-dental-rosales.es",
        language="es",
    ),
    Site(
        "harbour-kitchens.co.uk",
        "Harbour Kitchens",
        "kitchen fitter",
        "Whitby",
        bottega,
        (Shown("contact", hiding.square_at("hello@harbour-kitchens.co.uk")),),
        (cms.WEBFLOW, tags.FATHOM, tags.META),
        email="hello@harbour-kitchens.co.uk",
        language="en",
    ),
    Site(
        "dales-accounting.co.uk",
        "Dales Accounting",
        "accountant",
        "Skipton",
        bottega,
        (
            Shown("team", "<p>Ruth Hale, partner: ruth.hale@dales-accounting.co.uk</p>"),
            Shown("contact", hiding.mailto("office@dales-accounting.co.uk")),
        ),
        (cms.HUBSPOT, tags.SEGMENT, tags.LINKEDIN, tags.X_ADS),
        email="ruth.hale@dales-accounting.co.uk",
        personal="yes",
        language="en",
    ),
)

LIVELY = (
    Site(
        "domaine-des-trois-puits.fr",
        "Domaine des Trois Puits",
        "vigneron",
        "Gaillac",
        auberge,
        (
            Shown(
                "home",
                "<h2>Domaine à vendre ? Non !</h2><p>On nous le demande souvent : le domaine n'est pas à vendre.</p>",
            ),
            Shown("contact", hiding.plain("cave@domaine-des-trois-puits.fr")),
        ),
        (cms.WORDPRESS, tags.META),
        email="cave@domaine-des-trois-puits.fr",
    ),
    Site(
        "immobilier-cotes-de-meuse.fr",
        "Immobilier Côtes de Meuse",
        "agence immobilière",
        "Verdun",
        chantier,
        (
            Shown(
                "home",
                "<h2>À vendre</h2><p>Domaine à vendre, 12 hectares. Terrain à vendre. Ce domaine est en vente.</p>",
            ),
            Shown("contact", hiding.plain("agence@immobilier-cotes-de-meuse.fr")),
        ),
        (tags.GOOGLE_ADS, tags.META, tags.TAG_MANAGER),
        email="agence@immobilier-cotes-de-meuse.fr",
    ),
    Site(
        "erreur404-escape.fr",
        "Erreur 404 Escape Game",
        "escape game",
        "Lille",
        vitrine,
        (
            Shown(
                "home",
                "<p>La page est introuvable ? C'est le début de l'enquête : salle « Erreur 404 », 2 à 6 joueurs.</p>",
            ),
            Shown("contact", hiding.mailto("jouer@erreur404-escape.fr")),
        ),
        (cms.SQUARESPACE, tags.TIKTOK),
        email="jouer@erreur404-escape.fr",
    ),
    Site(
        "parking-gare-oceane.fr",
        "Parking Gare Océane",
        "parking couvert",
        "Lorient",
        studio,
        (
            Shown("home", "<p>Places de parking à louer. Compte suspendu ? Appelez l'exploitant pour le rétablir.</p>"),
            Shown("contact", hiding.plain("exploitation@parking-gare-oceane.fr")),
        ),
        (tags.GA4, tags.HOTJAR),
        email="exploitation@parking-gare-oceane.fr",
    ),
    Site(
        "hebergement-noms-armor.fr",
        "Armor Noms",
        "agence web et noms de domaine",
        "Brest",
        gazette,
        (
            Shown(
                "home",
                "<p>Votre nom de domaine a expiré ? Nous aidons à le renouveler. « This domain is parked » s'affiche "
                "chez votre hébergeur : voici que faire.</p>",
            ),
            Shown("contact", hiding.plain("agence@hebergement-noms-armor.fr")),
        ),
        (cms.GHOST, tags.PLAUSIBLE, traps.PROSE),
        email="agence@hebergement-noms-armor.fr",
    ),
    Site(
        "glacier-des-sables.fr",
        "Glacier des Sables",
        "glacier",
        "Royan",
        ardoise,
        (
            Shown("home", "<p><b>Fermeture annuelle</b> : nous sommes fermés de novembre à mars, à bientôt !</p>"),
            Shown("contact", hiding.plain("glaces@glacier-des-sables.fr")),
        ),
        (tags.UNIVERSAL,),
        email="glaces@glacier-des-sables.fr",
    ),
    Site(
        "maconnerie-en-construction.fr",
        "Maçonnerie Ruault",
        "maçon",
        "Laval",
        cabinet,
        (
            Shown("home", "<p>Quatre maisons en construction cette année, dix chantiers terminés.</p>"),
            Shown("contact", hiding.plain("contact@maconnerie-en-construction.fr")),
        ),
        (cms.E_MONSITE, tags.AT_INTERNET),
        email="contact@maconnerie-en-construction.fr",
    ),
)
