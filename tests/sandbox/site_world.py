"""One world in this process: its sites with their truth, and their pages as text."""

import html
import re
from collections.abc import Callable
from functools import cache

from engine.sandbox.sites.paths import page_paths
from engine.sandbox.sites.render import draw
from engine.sandbox.sites.site import PageKind, Site
from engine.sandbox.truth import SiteTruth, truth_of
from engine.sandbox.world import build_world

WORLD = build_world(200, seed=7)
TRUTH = truth_of(WORLD)
TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.DOTALL | re.IGNORECASE)


def pairs(wanted: Callable[[Site], bool]) -> list[tuple[Site, SiteTruth]]:
    """Healthy sites that a reader without JavaScript can read, with their truth."""
    both = zip(WORLD.sites, TRUTH.sites, strict=True)
    return [(site, truth) for site, truth in both if site.bad is None and not site.js_only and wanted(site)]


def html_of(site: Site, kind: PageKind) -> str:
    """The page's markup, its entities undone."""
    return html.unescape(draw(site, kind, page_paths(site)[kind]))


def text_of(site: Site, kind: PageKind) -> str:
    """What people see of the page, in one line."""
    return " ".join(html.unescape(TAG.sub(" ", draw(site, kind, page_paths(site)[kind]))).split())


@cache
def pages_of(site: Site) -> str:
    """The markup of all pages of a site."""
    return "\n".join(html_of(site, kind) for kind in site.pages)
