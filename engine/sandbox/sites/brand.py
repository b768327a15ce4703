"""How a site shows its brand: where its logo and icons stand, in which colours, and what only looks like its logo."""

import random
from dataclasses import dataclass

from engine.sandbox.draw import card_of, words
from engine.sandbox.sites.site import Family, Language, Site

# Far from white, black and grey, and far from each other.
COLOURS = words(
    "#1B6E8C #C8102E #2E7D32 #E07A1F #5B2A86 #0F4C81 #AD1457 #00897B #3949AB #B5651D #6D8B1F #D81B60 #00695C #8E3B1F"
)
# Their icon comes from the product's own hosts.
HOSTED: frozenset[Family] = frozenset({"builder", "squarespace", "webflow"})
FOLDERS: dict[Family, str] = {
    "wordpress": "/wp-content/uploads/2023/04",
    "wordpress_block": "/wp-content/uploads/2024/09",
    "shop": "/cdn/shop/files",
    "prestashop": "/img",
    "drupal": "/sites/default/files",
    "typo3": "/fileadmin/user_upload",
    "spip": "/IMG/logo",
    "landing": "/assets/img",
    "agency": "/dist/images",
}
ICON_FOLDERS: dict[Family, str] = {"prestashop": "/img", "spip": "/squelettes", "typo3": "/fileadmin/icons"}
PLACEHOLDER = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
SIZE = 'width="240" height="72"'


@dataclass(frozen=True, slots=True)
class Form:
    """A way of showing the logo. `header` stands for the name in the header, `head` in the head.

    `source` as the column `logo_source` names it, '' where readers may differ; `url` is the name of the file that is
    clearly the logo, '' for none or several.
    """

    header: str = ""
    head: str = ""
    source: str = ""
    url: str = ""
    raster: bool = False  # the logo's pixels tell the brand's colour


JSON_LD = '<script type="application/ld+json">{"@context":"https://schema.org","@type":"Organization",%s}</script>'
LOGO_OBJECT = '"logo":{"@type":"ImageObject","url":"${root}${mark}","width":480,"height":144}'
TOUCH = '<link rel="apple-touch-icon" sizes="180x180" href="${touch}">'
MANIFEST = '<link rel="manifest" href="${manifest}">'
FORMS: dict[str, Form] = {
    "header_class": Form(
        f'<img class="site-logo" src="${{mark}}" {SIZE} alt="${{name}}">', source="header-img", url="mark", raster=True
    ),
    "header_alt": Form(
        f'<img src="${{root}}${{mark}}" {SIZE} alt="Logo ${{name}}">', source="header-img", url="mark", raster=True
    ),
    "header_file": Form(f'<img id="logo" src="${{logo}}" {SIZE} alt="">', source="header-img", url="logo", raster=True),
    "header_svg_file": Form(
        '<img class="logo" src="${svg}" width="240" height="80" alt="${name}">', source="header-img", url="svg"
    ),
    "header_lazy": Form(
        f'<img class="custom-logo lazyload" src="{PLACEHOLDER}" data-src="${{logo}}" {SIZE} alt="${{name}}">'
        f'<noscript><img class="custom-logo" src="${{logo}}" {SIZE} alt="${{name}}"></noscript>',
        source="header-img",
        url="logo",
        raster=True,
    ),
    # One image in two sizes: either address is right.
    "header_srcset": Form(
        f'<img class="logo" src="${{logo}}" srcset="${{logo}} 1x, ${{logo_2x}} 2x" {SIZE} alt="${{name}}">',
        source="header-img",
        raster=True,
    ),
    "header_data": Form(
        f'<img class="logo" src="${{data}}" {SIZE} alt="Logo ${{name}}">', source="header-img", raster=True
    ),
    "header_inline": Form("${inline}", source="header-svg"),
    "header_hostile": Form(
        '<img class="logo" src="${hostile}" width="240" height="80" alt="${name}">', source="header-img", url="hostile"
    ),
    "json_ld": Form(head=JSON_LD % LOGO_OBJECT, source="json-ld", url="mark", raster=True),
    "json_ld_text": Form(head=JSON_LD % '"logo":"${root}${logo}"', source="json-ld", url="logo", raster=True),
    "apple_touch": Form(head=TOUCH, source="apple-touch-icon", url="touch", raster=True),
    "manifest": Form(head=MANIFEST, source="manifest", url="icon_512", raster=True),
    "mask_icon": Form(head='<link rel="mask-icon" href="${mask}" color="${main}">', source="mask-icon", url="mask"),
    "og_logo": Form(
        head='<meta property="og:image" content="${root}${logo}">', source="og:image", url="logo", raster=True
    ),
    "broken": Form(
        f'<img class="logo" src="${{missing}}" {SIZE} alt="${{name}}">',
        head=JSON_LD % LOGO_OBJECT,
        source="json-ld",
        url="mark",
        raster=True,
    ),
    "oversized": Form(
        f'<img class="logo" src="${{huge}}" {SIZE} alt="${{name}}">', head=TOUCH, source="apple-touch-icon", url="touch"
    ),
    # Several at once, all of them right.
    "many": Form(
        f'<img class="logo" src="${{logo}}" {SIZE} alt="${{name}}">',
        head=f"{JSON_LD % LOGO_OBJECT}\n{TOUCH}\n{MANIFEST}",
        raster=True,
    ),
    "photo_alone": Form(head='<meta property="og:image" content="${root}${photo}">'),
    "none": Form(),
}
# Those whose icons compete with the favicon.
WITH_ICONS = frozenset({"apple_touch", "manifest", "oversized", "many"})
FORM_CARDS = (*("header_class", "header_alt", "header_file"), *FORMS)
# Links of favicons, and the file that is the best of them, '' for none.
FAVICONS: dict[str, tuple[str, str]] = {
    "root": ("", "ico"),
    "link_ico": ('<link rel="shortcut icon" type="image/x-icon" href="${ico}">', "ico"),
    "png": ('<link rel="icon" type="image/png" sizes="32x32" href="${root}${icon_32}">', "icon_32"),
    "sizes": (
        '<link rel="icon" type="image/png" sizes="16x16" href="${icon_16}">\n'
        '<link rel="icon" type="image/png" sizes="192x192" href="${icon_192}">\n'
        '<link rel="icon" type="image/png" sizes="32x32" href="${icon_32}">',
        "icon_192",
    ),
    "svg": (
        '<link rel="icon" href="${ico}" sizes="32x32">\n<link rel="icon" type="image/svg+xml" href="${icon_svg}">',
        "icon_svg",
    ),
    "data": ('<link rel="icon" href="${data}">', ""),
    "missing": ('<link rel="icon" type="image/png" href="${missing_icon}">', ""),
    "none": ("", ""),
}
THEMES: dict[str, str] = {
    "none": "",
    "hex": '<meta name="theme-color" content="${main}">',
    "lower": '<meta content="${lower}" name="theme-color">\n<meta name="msapplication-TileColor" content="#da532c">',
    "rgb": '<meta name="theme-color" content="${rgb}">',
    "white": '<meta name="theme-color" content="#ffffff">',
    "black": '<meta name="theme-color" content="#0b0b0b">',
}
TELLING_THEMES = frozenset({"hex", "lower", "rgb"})
THEME_CARDS = (*("none",) * 5, *THEMES)
PHOTO = '<meta property="og:image" content="${root}${photo}">\n<meta property="og:image:width" content="600">'
OTHERS = """<div class="partenaires"><h3>${partners}</h3>
<img src="${badge}" width="120" height="36" alt="Logo Qualité Artisan"> <img src="${card}" width="60" height="20"
alt="Carte bancaire" class="payment-logo"> <a href="https://www.meublerie-du-lac.example/"><img src="${supplier}"
width="120" height="40" alt="Logo fournisseur" class="logo-partenaire"></a></div>"""
PARTNERS: dict[Language, str] = {"fr": "Nos partenaires", "de": "Unsere Partner", "en": "Our partners"}


@dataclass(frozen=True, slots=True)
class Brand:
    """`form`, `favicon` and `theme` are keys of the tables above; colours as '#RRGGBB' in capitals."""

    form: str
    favicon: str
    theme: str
    main: str
    accent: str
    ground: str  # of the mark: transparent, white or full
    photo: bool
    others: bool  # logos of others stand on the home page

    @property
    def logo(self) -> Form:
        return FORMS[self.form]


def brand_of(site: Site) -> Brand:
    """The same each time for the same site."""
    rng = random.Random(f"{site.seed} brand")
    main, accent = rng.sample(COLOURS, 2)
    form = card_of(site.seed, "logo", FORM_CARDS)
    return Brand(
        form=form,
        favicon="hosted" if site.family in HOSTED else card_of(site.seed, "favicon", tuple(FAVICONS)),
        theme=card_of(site.seed, "theme", THEME_CARDS),
        main=main,
        accent=accent,
        ground=rng.choice(("transparent", "white", "full")),
        photo=form not in ("none", "og_logo", "photo_alone") and rng.random() < 0.5,
        others=rng.random() < 0.4,
    )


def file_paths(site: Site, brand: Brand) -> dict[str, str]:
    """Path of each file by its name in the tables above; not every site has each."""
    folder, icons = FOLDERS.get(site.family, "/images"), ICON_FOLDERS.get(site.family, "")
    return {
        "mark": f"{folder}/{site.domain.partition('.')[0]}-2023.png",
        "logo": f"{folder}/logo.png",
        "logo_2x": f"{folder}/logo@2x.png",
        "svg": f"{folder}/logo.svg",
        "hostile": f"{folder}/logo-vectoriel.svg",
        "huge": f"{folder}/logo-impression.png",
        "missing": f"{folder}/logo-ancien.png",
        "photo": f"{folder}/devanture.jpg",
        "badge": f"{folder}/logo-qualite-artisan.png",
        "card": f"{folder}/carte-bancaire.png",
        "supplier": f"{folder}/logo-fournisseur.svg",
        "touch": "/apple-touch-icon.png",
        "mask": "/safari-pinned-tab.svg",
        "manifest": "/site.webmanifest",
        "icon_512": "/android-chrome-512x512.png",
        "icon_of_manifest": "/android-chrome-192x192.png",
        "icon_192": f"{icons}/favicon-192x192.png",
        "icon_32": f"{icons}/favicon-32x32.png",
        "icon_16": f"{icons}/favicon-16x16.png",
        "icon_svg": f"{icons}/icon.svg",
        "missing_icon": f"{icons}/favicon-ancien.png",
        "ico": f"{icons}/favicon.ico" if brand.favicon == "link_ico" else "/favicon.ico",
    }
