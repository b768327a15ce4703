"""Sites with a logo and icons of their own, beside those of partners, labels, payment services and photographs."""

import json

from tests.holdout import pictures
from tests.holdout.studies import either, study
from tests.holdout.templates.shells import Frame, application, bandeau, blocs, sections, tableau

GREEN, BRICK, NIGHT, VIOLET, OCHRE = "#1B7F4B", "#B23A2E", "#1D3F72", "#6B2FA0", "#C98A1B"
MANIFEST = json.dumps(
    {
        "name": "Klarelo",
        "theme_color": VIOLET,
        "background_color": "#ffffff",
        "icons": [
            {"src": "/icons/192.png", "sizes": "192x192", "type": "image/png"},
            {"src": "/icons/512.png", "sizes": "512x512", "type": "image/png"},
        ],
    }
)
PAYMENTS = (
    '<div class="paiement"><img src="/img/visa.png" alt="Visa"><img src="/img/mastercard.png" alt="Mastercard">'
    '<img src="/img/logo-paypal.png" alt="Logo PayPal"></div>'
)

BRANDS = (
    study(
        "jardinerie-des-trois-chenes.fr",
        bandeau,
        Frame(
            "Jardinerie des Trois Chênes",
            head=f'<link rel="icon" href="/favicon.png" type="image/png"><meta name="theme-color" content="{GREEN}">'
            '<meta property="og:image" content="https://jardinerie-des-trois-chenes.fr/img/serre.jpg">',
            top='<a href="/"><img src="/img/logo-trois-chenes.png" alt="Jardinerie des Trois Chênes" width="320"></a>',
            foot=PAYMENTS,
        ),
        '<h1>Arbres et arbustes</h1><img src="/img/serre.jpg" alt="La serre">',
        {
            "logo_url": "https://jardinerie-des-trois-chenes.fr/img/logo-trois-chenes.png",
            "favicon_url": "https://jardinerie-des-trois-chenes.fr/favicon.png",
            "brand_color": GREEN,
        },
        files={
            "/favicon.png": pictures.icon(GREEN, 64),
            "/img/logo-trois-chenes.png": pictures.logo(GREEN),
            "/img/serre.jpg": pictures.photograph(),
            "/img/visa.png": pictures.logo("#1A1F71"),
            "/img/mastercard.png": pictures.logo("#EB001B"),
            "/img/logo-paypal.png": pictures.logo("#003087"),
        },
    ),
    study(
        "klarelo.fr",
        application,
        Frame(
            "Klarelo",
            head='<link rel="manifest" href="/site.webmanifest"><link rel="icon" href="/favicon.svg" '
            'type="image/svg+xml">',
            top='<a href="/">' + pictures.inline_svg(VIOLET, "Klarelo", 'class="logo" aria-label="Klarelo"') + "</a>",
        ),
        '<h1>Votre trésorerie à 90 jours</h1><h2>Ils nous font confiance</h2><img src="/c/logo-vasseur.png" '
        'alt="Vasseur">',
        {"logo_url": None, "favicon_url": "https://klarelo.fr/favicon.svg", "brand_color": VIOLET},
        files={
            "/site.webmanifest": ("application/manifest+json", MANIFEST.encode()),
            "/favicon.svg": pictures.svg(VIOLET),
            "/icons/192.png": pictures.icon(VIOLET, 192),
            "/icons/512.png": pictures.icon(VIOLET, 512),
            "/c/logo-vasseur.png": pictures.logo(OCHRE),
        },
    ),
    study(
        "auberge-du-puits-dore.fr",
        tableau,
        Frame(
            "Auberge du Puits Doré",
            head='<link rel="shortcut icon" href="favicon.ico">',
            top='<img src="images/logo.png" border="0">',
        ),
        '<p>Menus et chambres.</p><img src="images/logis-de-france.png" alt="Logis"><img src="images/michelin.png" '
        'alt="Guide Michelin">',
        {
            "logo_url": "https://auberge-du-puits-dore.fr/images/logo.png",
            "favicon_url": "https://auberge-du-puits-dore.fr/favicon.ico",
            "brand_color": OCHRE,
        },
        files={
            "/favicon.ico": pictures.ico(OCHRE),
            "/images/logo.png": pictures.logo(OCHRE),
            "/images/logis-de-france.png": pictures.logo("#E2B007", (120, 120)),
            "/images/michelin.png": pictures.logo("#C8102E", (120, 120)),
        },
    ),
    study(
        "electricite-marchandeau.fr",
        blocs,
        Frame(
            "Électricité Marchandeau",
            head='<link rel="icon" href="/ico/32.png" sizes="32x32"><link rel="icon" href="/ico/192.png" '
            'sizes="192x192">',
            top='<div class="brand"><img class="lazyload" '
            'src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAAB'
            'AAEAAAICTAEAOw==" data-src="/uploads/marchandeau-logo.png" alt="Électricité Marchandeau"></div>',
        ),
        '<p>Certifications :</p><img src="/uploads/qualifelec.png" alt="Qualifelec"><img src="/uploads/rge.png" '
        'alt="RGE">',
        {
            "logo_url": "https://electricite-marchandeau.fr/uploads/marchandeau-logo.png",
            "favicon_url": either(
                "https://electricite-marchandeau.fr/ico/192.png", "https://electricite-marchandeau.fr/ico/32.png"
            ),
            "brand_color": NIGHT,
        },
        files={
            "/uploads/marchandeau-logo.png": pictures.logo(NIGHT),
            "/uploads/qualifelec.png": pictures.logo("#0072BC", (160, 160)),
            "/uploads/rge.png": pictures.logo("#009640", (160, 160)),
            "/ico/32.png": pictures.icon(NIGHT, 32),
            "/ico/192.png": pictures.icon(NIGHT, 192),
        },
    ),
    study(
        "clinique-veterinaire-du-lac.fr",
        sections,
        Frame(
            "Clinique vétérinaire du Lac",
            head="""<script type="application/ld+json">{"@context":"https://schema.org","@type":"VeterinaryCare",
"name":"Clinique vétérinaire du Lac","logo":{"@type":"ImageObject","url":"/media/enseigne.png"}}</script>
<meta property="og:image" content="/media/lac.jpg">""",
        ),
        '<p>Chiens, chats, nouveaux animaux.</p><img src="/media/lac.jpg" alt="">',
        {"logo_url": "https://clinique-veterinaire-du-lac.fr/media/enseigne.png", "brand_color": BRICK},
        files={"/media/enseigne.png": pictures.logo(BRICK), "/media/lac.jpg": pictures.photograph()},
    ),
    study(
        "domaine-de-la-grangette.fr",
        sections,
        Frame(
            "Domaine de la Grangette",
            head='<meta property="og:image" content="https://domaine-de-la-grangette.fr/photos/vignes.jpg">',
        ),
        '<p>Vins du Minervois.</p><h2>Partenaires</h2><img src="/photos/logo-aop.png" alt="Logo AOP">'
        '<img src="/photos/logo-vignerons.png" alt="Vignerons indépendants">',
        {"logo_url": None, "favicon_url": None},
        files={
            "/photos/vignes.jpg": pictures.photograph(),
            "/photos/logo-aop.png": pictures.logo("#C40D3C", (200, 200)),
            "/photos/logo-vignerons.png": pictures.logo("#5A2A6B", (200, 200)),
        },
    ),
    study(
        "maison-perle-mariages.fr",
        bandeau,
        Frame(
            "Maison Perle",
            head='<meta name="theme-color" content="#ffffff"><link rel="apple-touch-icon" href="/touch.png" '
            'sizes="180x180">',
            top='<a class="site-logo" href="/"><picture><source srcset="/l/perle.webp" type="image/webp"><img '
            'src="/l/perle.png" alt="Maison Perle"></picture></a>',
        ),
        "<h1>Organisation de mariages</h1>",
        {
            "logo_url": either(
                "https://maison-perle-mariages.fr/l/perle.png", "https://maison-perle-mariages.fr/l/perle.webp"
            ),
            "brand_color": BRICK,
        },
        files={"/l/perle.png": pictures.logo(BRICK), "/touch.png": pictures.icon(BRICK, 180)},
    ),
    study(
        "paysagiste-rousselot.fr",
        blocs,
        Frame(
            "Rousselot Paysage",
            head='<link rel="apple-touch-icon" sizes="180x180" href="/apple-touch-icon.png">'
            '<link rel="icon" type="image/png" sizes="32x32" href="/favicon-32x32.png">',
        ),
        '<p>Création de jardins à Épinal.</p><footer><img src="/logo-region.png" alt="Région Grand Est"></footer>',
        {
            "logo_url": "https://paysagiste-rousselot.fr/apple-touch-icon.png",
            "favicon_url": either(
                "https://paysagiste-rousselot.fr/favicon-32x32.png",
                "https://paysagiste-rousselot.fr/apple-touch-icon.png",
            ),
            "brand_color": GREEN,
        },
        files={
            "/apple-touch-icon.png": pictures.icon(GREEN, 180),
            "/favicon-32x32.png": pictures.icon(GREEN, 32),
            "/logo-region.png": pictures.logo("#E4003A"),
        },
    ),
    study(
        "uhren-falkner.de",
        bandeau,
        Frame(
            "Uhren Falkner",
            lang="de",
            head='<link rel="icon" href="/static/favicon.ico?v=3">',
            top='<a href="/" class="navbar-brand"><img src="/static/falkner.svg" alt="Uhren Falkner Logo"></a>'
            '<img src="/static/omega.png" alt="Konzessionär">',
        ),
        "<h1>Uhrmacher in Regensburg</h1>",
        {
            "logo_url": "https://uhren-falkner.de/static/falkner.svg",
            "favicon_url": "https://uhren-falkner.de/static/favicon.ico?v=3",
            "brand_color": NIGHT,
        },
        files={
            "/static/favicon.ico": pictures.ico(NIGHT),
            "/static/falkner.svg": pictures.svg(NIGHT, "Falkner"),
            "/static/omega.png": pictures.logo("#D2001C"),
        },
    ),
    study(
        "tea-on-the-quay.co.uk",
        sections,
        Frame(
            "Tea on the Quay",
            lang="en",
            head=f'<meta name="theme-color" content="{VIOLET.lower()}"><link rel="icon" href="/fav.svg">',
            top='<div id="logo"><a href="/"><img srcset="/i/tea.png 1x, /i/tea-2x.png 2x" src="/i/tea.png" '
            'alt="Tea on the Quay"></a></div><img src="/i/uk-flag.png" alt="English" width="20">',
        ),
        '<p>Scones and loose-leaf tea.</p><a href="https://www.instagram.com/teaonthequay"><img src="/i/instagram.png" '
        'alt="Instagram logo"></a>',
        {
            "logo_url": either("https://tea-on-the-quay.co.uk/i/tea.png", "https://tea-on-the-quay.co.uk/i/tea-2x.png"),
            "favicon_url": "https://tea-on-the-quay.co.uk/fav.svg",
            "brand_color": VIOLET,
        },
        files={
            "/fav.svg": pictures.svg(VIOLET),
            "/i/tea.png": pictures.logo(VIOLET),
            "/i/tea-2x.png": pictures.logo(VIOLET, (640, 192)),
            "/i/uk-flag.png": pictures.icon("#012169", 40),
            "/i/instagram.png": pictures.icon("#E1306C", 48),
        },
    ),
    study(
        "chocolats-vuillemin.ch",
        application,
        Frame(
            "Chocolats Vuillemin",
            head='<link rel="icon" href="/favicon.ico" sizes="any">',
            top='<a href="/" title="Accueil"><img src="/_img/entete.png" alt="Chocolats Vuillemin, Fribourg"></a>',
        ),
        '<h1>Pralinés</h1><div class="credit">Réalisé par <img src="/_img/logo-agence.png" alt="Agence Bise"></div>',
        {
            "logo_url": "https://chocolats-vuillemin.ch/_img/entete.png",
            "favicon_url": "https://chocolats-vuillemin.ch/favicon.ico",
            "brand_color": BRICK,
        },
        files={
            "/favicon.ico": pictures.ico(BRICK),
            "/_img/entete.png": pictures.logo(BRICK, ground="#FFFFFF"),
            "/_img/logo-agence.png": pictures.logo("#00A3E0"),
        },
    ),
    study(
        "notaires-du-vieux-port.fr",
        bandeau,
        Frame(
            "Notaires du Vieux-Port",
            head='<link rel="icon" href="/nvp.png"><meta name="msapplication-TileColor" content="#da532c">',
            top='<a href="/"><h1 class="marque">Notaires du Vieux-Port</h1></a>',
        ),
        '<p>Marseille.</p><img src="/notaires-de-france.png" alt="Notaires de France">',
        {"favicon_url": "https://notaires-du-vieux-port.fr/nvp.png"},
        files={"/nvp.png": pictures.icon(NIGHT, 48), "/notaires-de-france.png": pictures.logo("#9D1C2D", (180, 180))},
    ),
    study(
        "moulin-de-kerguen.fr",
        bandeau,
        Frame(
            "Moulin de Kerguen",
            head="""<link rel="icon" href="/favicon-96x96.png" sizes="96x96"><script type="application/ld+json">
{"@type":"Organization","name":"Moulin de Kerguen","logo":"https://moulin-de-kerguen.fr/files/carre.png"}</script>""",
            top='<img src="/files/bandeau.jpg" alt="" class="bandeau"><a href="/" rel="home"><img '
            'src="/files/enseigne.png" '
            'class="custom-logo" alt="Moulin de Kerguen"></a>',
        ),
        "<h1>Farines de blé noir</h1>",
        {
            "logo_url": "https://moulin-de-kerguen.fr/files/enseigne.png",
            "favicon_url": "https://moulin-de-kerguen.fr/favicon-96x96.png",
            "brand_color": OCHRE,
        },
        files={
            "/files/bandeau.jpg": pictures.photograph((1600, 300)),
            "/files/enseigne.png": pictures.logo(OCHRE),
            "/files/carre.png": pictures.logo(OCHRE, (200, 200)),
            "/favicon-96x96.png": pictures.icon(OCHRE, 96),
        },
    ),
    study(
        "cours-de-piano-lucie-hamel.fr",
        sections,
        Frame("Lucie Hamel, piano", head='<meta property="og:image" content="/og-logo.png">'),
        '<p>Cours à domicile à Chartres.</p><img src="/piano.jpg" alt="">',
        {"logo_url": "https://cours-de-piano-lucie-hamel.fr/og-logo.png", "brand_color": NIGHT},
        files={"/og-logo.png": pictures.logo(NIGHT, (600, 315), ground="#FFFFFF"), "/piano.jpg": pictures.photograph()},
    ),
)
