"""Sites with profiles of their own, of others, and with links that look like profiles and are none."""

from collections.abc import Mapping
from typing import get_args

from tests.holdout.kinds import Column, SocialColumn
from tests.holdout.studies import Told, either, study
from tests.holdout.templates.shells import Frame, application, bandeau, blocs, sections, tableau

SHARE = """<div class="partager">Partager : <a href="https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fexemple.fr">F</a>
<a href="https://twitter.com/intent/tweet?text=A%20lire&amp;via=lejournal">T</a>
<a href="https://www.linkedin.com/shareArticle?mini=true&amp;url=https%3A%2F%2Fexemple.fr">in</a>
<a href="https://pinterest.com/pin/create/button/?url=https%3A%2F%2Fexemple.fr">P</a>
<a href="https://api.whatsapp.com/send?text=https%3A%2F%2Fexemple.fr">WhatsApp</a></div>"""
AGENCY = """<p class="credits">Site réalisé par <a href="https://www.agence-coquelicom.fr">Coquelicom</a>
<a href="https://www.facebook.com/agencecoquelicom"><i class="fa fa-facebook"></i></a>
<a href="https://www.linkedin.com/company/coquelicom"><i class="fa fa-linkedin"></i></a></p>"""


def _profiles(**known: Told) -> Mapping[Column, Told]:
    """All eight columns; a network that is not named has no profile."""
    networks: tuple[SocialColumn, ...] = get_args(SocialColumn)
    return {network: known.get(network) for network in networks}


SOCIALS = (
    study(
        "bistrot-du-quai-vannes.fr",
        bandeau,
        Frame(
            "Le Bistrot du Quai",
            head="""<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite",
"url":"https://bistrot-du-quai-vannes.fr/"},{"@type":"Restaurant","name":"Le Bistrot du Quai","sameAs":
["https://www.facebook.com/bistrotduquaivannes/","https://www.instagram.com/bistrotduquaivannes"]}]}</script>""",
            foot='<a href="https://m.facebook.com/bistrotduquaivannes/?ref=bookmarks" aria-label="Facebook"></a>'
            '<a href="https://instagram.com/bistrotduquaivannes?igshid=MzRlODBiNWFlZA=="></a>' + AGENCY,
        ),
        "<h1>Cuisine de marché face au port</h1><p>Menu du jour à l'ardoise, poissons de la criée.</p>" + SHARE,
        _profiles(
            facebook="https://www.facebook.com/bistrotduquaivannes",
            instagram="https://www.instagram.com/bistrotduquaivannes",
        ),
    ),
    study(
        "atelier-ciseaux.fr",
        blocs,
        Frame(
            "L'Atelier Ciseaux",
            top='<a href="https://fr-fr.facebook.com/atelierciseaux/" target="_blank"><svg class="ico"></svg></a>'
            '<a href="https://www.tiktok.com/@atelierciseaux?lang=fr" target="_blank"><svg class="ico"></svg></a>',
        ),
        """<h2>Coiffeur à Niort</h2><p>Nos plus belles réalisations :
<a href="https://www.instagram.com/explore/tags/balayage/">#balayage</a></p>
<blockquote data-instgrm-permalink="https://www.instagram.com/p/CxAb12Cd3Ef/"><a
href="https://www.instagram.com/p/CxAb12Cd3Ef/">Voir cette publication</a></blockquote>""",
        _profiles(facebook="https://www.facebook.com/atelierciseaux", tiktok="https://www.tiktok.com/@atelierciseaux"),
    ),
    study(
        "garage-des-tilleuls.fr",
        tableau,
        Frame("Garage des Tilleuls", foot="© Garage des Tilleuls"),
        "<h2>Pneus, vidange, carrosserie</h2><p>Devis gratuit.</p>"
        '<a href="whatsapp://send?text=Garage%20des%20Tilleuls">Envoyer à un ami</a>' + SHARE,
        _profiles(),
    ),
    study(
        "mahe-avocats.fr",
        sections,
        Frame(
            "Mahé Avocats",
            foot='<a href="https://fr.linkedin.com/company/mahe-avocats/about/">LinkedIn</a>',
        ),
        "<h2>Droit du travail et droit social</h2><p>Le cabinet intervient à Quimper et dans tout le Finistère.</p>",
        _profiles(linkedin="https://www.linkedin.com/company/mahe-avocats"),
        pages={
            "/le-cabinet": (
                "Le cabinet",
                '<h2>Claire Mahé</h2><p>Avocate au barreau de Quimper. <a href="https://fr.linkedin.com/in/'
                'claire-mahe-4b12a7/?originalSubdomain=fr">Son profil LinkedIn</a></p>',
            )
        },
    ),
    study(
        "geometre-lanvin.fr",
        bandeau,
        Frame("Hugo Lanvin, géomètre-expert", foot=AGENCY),
        '<h1>Bornage, division, copropriété</h1><p><a href="https://www.linkedin.com/in/hugo-lanvin-geometre">'
        "Hugo Lanvin sur LinkedIn</a></p>",
        _profiles(linkedin="https://www.linkedin.com/in/hugo-lanvin-geometre"),
    ),
    study(
        "tournelia.fr",
        application,
        Frame(
            "Tournelia",
            foot='<a href="https://twitter.com/tournelia">Twitter</a><a href="https://www.linkedin.com/company/tournelia">'
            'in</a><a href="https://www.youtube.com/channel/UCq7Vw2mTz8Kx0aLrN4pYe1A">YouTube</a>',
        ),
        """<h1>Vos tournées planifiées en deux minutes</h1><section><h2>Ils nous font confiance</h2>
<a href="https://www.linkedin.com/company/transports-vasseur"><img alt="Transports Vasseur" src="/c/vasseur.png"></a>
<a href="https://www.linkedin.com/company/laiterie-du-ventoux"><img alt="Laiterie du Ventoux" src="/c/ldv.png"></a>
</section><iframe src="https://www.youtube.com/embed/Zx81KqPo2aa"></iframe>""",
        _profiles(
            x_twitter="https://x.com/tournelia",
            linkedin="https://www.linkedin.com/company/tournelia",
            youtube="https://www.youtube.com/channel/UCq7Vw2mTz8Kx0aLrN4pYe1A",
        ),
    ),
    study(
        "hotel-les-embruns-sarzeau.fr",
        sections,
        Frame(
            "Hôtel Les Embruns",
            top='<a href="https://www.facebook.com/profile.php?id=100063512345678&amp;locale=fr_FR">f</a>',
            foot='<a class="wa" href="https://api.whatsapp.com/send?phone=33639980512&amp;text=Bonjour">WhatsApp</a>',
        ),
        '<p>Douze chambres, dont six avec vue sur mer. Avis sur <a href="https://www.tripadvisor.fr/Hotel_Review-g1">'
        "TripAdvisor</a>.</p>",
        _profiles(
            facebook=either(
                "https://www.facebook.com/profile.php?id=100063512345678", "https://www.facebook.com/100063512345678"
            ),
            whatsapp="https://wa.me/33639980512",
        ),
    ),
    study(
        "menuiserie-lebrun-cholet.fr",
        blocs,
        Frame("Menuiserie Lebrun"),
        '<p>Fenêtres, escaliers, agencement.</p><div class="fb-page" '
        'data-href="https://www.facebook.com/menuiserielebruncholet" data-tabs="timeline"></div>'
        '<a href="https://www.pinterest.fr/menuiserielebrun/">Nos idées sur Pinterest</a>',
        _profiles(
            facebook=either("https://www.facebook.com/menuiserielebruncholet", None),
            pinterest="https://www.pinterest.com/menuiserielebrun",
        ),
    ),
    study(
        "yoga-des-sources.fr",
        blocs,
        Frame(
            "Yoga des Sources",
            head='<meta name="generator" content="Wix.com Website Builder">',
            foot='<a href="https://www.instagram.com/yogadessources/"></a><a href="https://www.facebook.com/wix"></a>'
            '<a href="https://twitter.com/wix"></a>',
        ),
        "<p>Cours collectifs et retraites en Ardèche. Groupe des élèves : "
        '<a href="https://chat.whatsapp.com/Gf4kLmN0pQr2StUv">nous rejoindre</a></p>',
        _profiles(instagram="https://www.instagram.com/yogadessources"),
    ),
    study(
        "judo-club-argentan.fr",
        bandeau,
        Frame(
            "Judo Club Argentan",
            foot='<a href="https://www.facebook.com/judoclubargentan">Notre page</a>'
            '<a href="https://www.youtube.com/@judoclubargentan?sub_confirmation=1">Notre chaîne</a>',
        ),
        """<h1>Dojo municipal</h1><h2>Nos partenaires</h2><ul><li><a href="https://www.facebook.com/boulangeriegosselin">
Boulangerie Gosselin</a></li><li><a href="https://www.instagram.com/optique_argentan/">Optique du Centre</a></li>
<li><a href="https://www.facebook.com/ffjudo">France Judo</a></li></ul>""",
        _profiles(
            facebook="https://www.facebook.com/judoclubargentan",
            youtube="https://www.youtube.com/@judoclubargentan",
            instagram=either(None),
        ),
    ),
    study(
        "baeckerei-brandl.de",
        bandeau,
        Frame(
            "Bäckerei Brandl",
            lang="de",
            foot='<a href="https://de-de.facebook.com/baeckereibrandl">Facebook</a>'
            '<a href="https://www.instagram.com/baeckerei.brandl/?hl=de">Instagram</a>'
            '<a href="https://www.xing.com/companies/baeckereibrandl">Xing</a>',
        ),
        "<h1>Brot aus dem Holzofen</h1><p>Täglich ab sechs Uhr in Landshut.</p>",
        _profiles(
            facebook="https://www.facebook.com/baeckereibrandl", instagram="https://www.instagram.com/baeckerei.brandl"
        ),
        pages={"/impressum": ("Impressum", "<h1>Impressum</h1><p>Bäckerei Brandl, Altstadt 4, Landshut</p>")},
    ),
    study(
        "pennyroyal-flowers.co.uk",
        sections,
        Frame(
            "Pennyroyal Flowers",
            lang="en",
            foot='<a href="https://x.com/pennyroyalflwrs">X</a><a href="http://www.pinterest.co.uk/pennyroyalflowers/">'
            'Pinterest</a><a href="https://www.facebook.com/share.php?u=https://pennyroyal-flowers.co.uk">Share</a>'
            '<a href="https://www.facebook.com/login/?next=%2F">Log in with Facebook</a>',
        ),
        '<p>Wedding flowers in Bristol. Watch <a href="https://youtu.be/Ab12Cd34Ef5">our workshop film</a>.</p>',
        _profiles(x_twitter="https://x.com/pennyroyalflwrs", pinterest="https://www.pinterest.com/pennyroyalflowers"),
    ),
    study(
        "fleurs-dazay.fr",
        bandeau,
        Frame("Fleurs d'Azay"),
        '<h1>Deux boutiques</h1><p>Suivez <a href="https://www.facebook.com/fleursdazaytours">la boutique de Tours</a> '
        'et <a href="https://www.facebook.com/fleursdazayblois">la boutique de Blois</a>.</p>',
        _profiles(),
    ),
    study(
        "horlogerie-perret.ch",
        sections,
        Frame("Horlogerie Perret", foot="<p>Horlogerie Perret, Le Locle</p>"),
        '<p>Réparation de montres anciennes.</p><a href="https://www.youtube.com/watch?v=Qw12Er34Ty5">Notre film</a>',
        _profiles(
            instagram="https://www.instagram.com/horlogerieperret",
            linkedin="https://www.linkedin.com/company/horlogerie-perret",
            whatsapp="https://wa.me/33639980734",
        ),
        pages={
            "/contact": (
                "Contact",
                '<h1>Nous joindre</h1><p><a href="https://www.instagram.com/horlogerieperret/">Instagram</a>, '
                '<a href="https://ch.linkedin.com/company/horlogerie-perret">LinkedIn</a>, '
                '<a href="https://wa.me/33639980734?text=Bonjour">WhatsApp</a></p>',
            )
        },
    ),
    study(
        "la-marelle-jouets.be",
        blocs,
        Frame(
            "La Marelle", foot='<a href="https://www.facebook.com/groups/1234567890123456/">Le groupe des parents</a>'
        ),
        """<h2>Jouets en bois à Namur</h2><a href="https://www.facebook.com/events/987654321098765/">Fête d'automne</a>
<a href="https://www.instagram.com/reel/C0aBcDeFgHi/">Le film</a>
<a href="https://www.instagram.com/accounts/login/">Connexion</a>
<a href="https://www.youtube.com/results?search_query=jouets">Vidéos</a>""",
        {name: told for name, told in _profiles().items() if name != "facebook"},
    ),
    study(
        "miellerie-du-causse.fr",
        tableau,
        Frame(
            "Miellerie du Causse",
            head="""<script type="application/ld+json">[{"@type":"LocalBusiness","name":"Miellerie du Causse","sameAs":
"https://www.instagram.com/miellerie.du.causse/"}]</script>""",
            foot='<a href="//www.facebook.com/Miellerie-du-Causse-104567890123456/">Facebook</a>',
        ),
        """<p>Ruches fournies par <a href="https://www.instagram.com/ruchers_lozere">les Ruchers de Lozère</a>.
<a href="https://vm.tiktok.com/ZMabcdef1/">Une vidéo</a> d'un client ; article de
<a href="https://x.com/gazettecausses/status/1781234567890123456">la Gazette</a>.</p>""",
        _profiles(
            instagram="https://www.instagram.com/miellerie.du.causse",
            facebook=either(
                "https://www.facebook.com/Miellerie-du-Causse-104567890123456",
                "https://www.facebook.com/104567890123456",
                "https://www.facebook.com/profile.php?id=104567890123456",
            ),
        ),
    ),
)
