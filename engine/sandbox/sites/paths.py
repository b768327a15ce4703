"""Where the pages of a site stand, by family of layout."""

import random

from engine.sandbox.draw import slug
from engine.sandbox.sites.site import Family, PageKind, Site
from engine.sandbox.sites.wording import TERMS, TITLES

# `{slug}` is the page's title, `{n}` its number.
PATTERNS: dict[Family, tuple[str, ...]] = {
    "wordpress": ("/{slug}/",),
    "wordpress_block": ("/{slug}/", "/index.php/{slug}/"),
    "builder": ("/{slug}",),
    "shop": ("/pages/{slug}",),
    "table": ("/{slug}.html", "/{slug}.php", "/{slug}.htm"),
    "landing": ("/{slug}.html", "/{slug}", "/fr/{slug}"),
    "webflow": ("/{slug}",),
    "squarespace": ("/{slug}", "/{slug}-1"),
    "prestashop": ("/content/{n}-{slug}", "/fr/content/{n}-{slug}"),
    "joomla": ("/index.php/{slug}", "/{n}-{slug}", "/{slug}.html"),
    "drupal": ("/{slug}", "/fr/{slug}", "/node/{n}"),
    "jimdo": ("/{slug}/",),
    "typo3": ("/{slug}", "/{slug}.html", "/accueil/{slug}"),
    "spip": ("/spip.php?article{n}", "/{slug}", "/-{slug}-"),
    "e_monsite": ("/pages/{slug}.html", "/pages/presentation/{slug}.html"),
    "next_js": ("/{slug}", "/fr/{slug}"),
    "agency": ("/{slug}", "/{slug}.html"),
    "frameset": ("/{slug}.htm",),
    "app": ("/{slug}",),
}
ENTRANCE = "/accueil.html"  # the home page behind a meta refresh
MAIN_FRAME = "/accueil.htm"  # the home page in the main frame of a frame set


def page_titles(site: Site) -> dict[PageKind, str]:
    rng = random.Random(f"{site.seed} titles")
    found: dict[PageKind, str] = {kind: rng.choice(titles) for kind, titles in TITLES[site.language].items()}
    if site.facts.notice == "terms":
        found["legal"] = TERMS[site.language][len(site.domain) % 2]
    return found


def page_paths(site: Site) -> dict[PageKind, str]:
    """Path of each page of this site; every page but home stands at home on a one-page site."""
    rng = random.Random(f"{site.seed} paths")
    pattern = rng.choice(PATTERNS[site.family])
    titles = page_titles(site)
    paths: dict[PageKind, str] = {}
    for number, kind in enumerate(site.pages, start=rng.randint(1, 40)):
        if kind == "home":
            paths[kind] = home_path(site)
        elif kind == "legal" and site.family == "shop":
            paths[kind] = f"/policies/{'terms-of-service' if site.facts.notice == 'terms' else 'legal-notice'}"
        else:
            paths[kind] = pattern.format(slug=slug(titles[kind]), n=number)
    return paths


def home_path(site: Site) -> str:
    """Where the home page's own content stands."""
    if site.meta_refresh:
        return ENTRANCE
    return MAIN_FRAME if site.family == "frameset" else "/"
