"""Where the pages of a site stand, by family of layout."""

import random

from engine.sandbox.draw import slug
from engine.sandbox.sites.site import Family, PageKind, Site
from engine.sandbox.sites.wording import TITLES

PATTERNS: dict[Family, tuple[str, ...]] = {
    "wordpress": ("/{}/",),
    "builder": ("/{}",),
    "shop": ("/pages/{}",),
    "table": ("/{}.html", "/{}.php", "/{}.htm"),
    "landing": ("/{}.html", "/{}", "/fr/{}"),
}
ENTRANCE = "/accueil.html"  # the home page behind a meta refresh


def page_titles(site: Site) -> dict[PageKind, str]:
    rng = random.Random(f"{site.seed} titles")
    return {kind: rng.choice(titles) for kind, titles in TITLES[site.language].items()}


def page_paths(site: Site) -> dict[PageKind, str]:
    """Path of each page of this site; every page but home stands at home on a one-page site."""
    rng = random.Random(f"{site.seed} paths")
    pattern = rng.choice(PATTERNS[site.family])
    titles = page_titles(site)
    paths: dict[PageKind, str] = {}
    for kind in site.pages:
        if kind == "home":
            paths[kind] = ENTRANCE if site.meta_refresh else "/"
        elif kind == "legal" and site.family == "shop":
            paths[kind] = "/policies/legal-notice"
        else:
            paths[kind] = pattern.format(slug(titles[kind]))
    return paths
