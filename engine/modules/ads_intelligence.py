"""Tell how far each business goes in paid marketing by its website: pixels, retargeting, CRM, chat, consent, a score.

Reads the home page alone. Source: the public site named in `site_web`, our own table of vendors (`data/marketing`), and
the published filter lists where `outsend lists update` has fetched them. What a site only speaks of is not there.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from engine.extract.advertising import Lists, Marketing, Role, Sighting, vendors_of
from engine.extract.reports import fitting, short_url
from engine.extract.visit import is_large, visit_own_home
from engine.module import NoConfig, Page, Run, SiteModule
from engine.rows.types import Row, Value

DATA = Path(__file__).parent / "data"
# How many findings and how many proofs of each, until the report fits.
FITS: tuple[tuple[int, int], ...] = ((60, 3), (40, 1), (30, 0))
HOSTS_MAX = 20
HTML_TYPES = ("", "text/html", "application/xhtml+xml")


class Part(NamedTuple):
    """A part of the score: its points for any vendor in one of these roles."""

    name: str
    roles: tuple[Role, ...]
    points: int


# Paid media weighs most, chat least (modules/ads_intelligence). Together 100.
SCORE = (
    Part("pixels", ("pixel",), 40),
    Part("retargeting", ("retargeting",), 25),
    Part("crm", ("crm",), 15),
    Part("analytics_and_consent", ("analytics", "consent"), 12),
    Part("chat", ("chat",), 8),
)
OTHER_TOOLS: tuple[Role, ...] = ("consent", "cdp", "affiliate", "retargeting")


class AdsIntelligence(SiteModule[NoConfig]):
    slug = "ads_intelligence"
    label = {"fr": "Profil publicitaire", "en": "Ads profile"}
    category, node_category, entry_category = "intelligence", "signals", "signals"
    lane = "parallel"
    produces = (
        *("ads_score", "pixels_detected", "crm_detected", "chat_widget", "marketing_tools", "ads_active"),
        *("ads_networks", "pixel_meta", "pixel_google_ads", "cmp_vendor", "retargeting", "crm_marketing"),
        "chat_widgets",
    )

    def unread(self, reason: str) -> Mapping[str, Value]:
        return {"found": 0, "reason": reason, "score": [], "findings": []}

    async def read(self, site: str, row: Row, config: NoConfig, run: Run) -> Row:
        """Return the thirteen columns; `ads_score` 0 alone where the home page is empty or no HTML."""
        pages = [visited.page for visited in await visit_own_home(run.fetcher, site)]
        if not any(_is_html(page) for page in pages):
            run.report(self.unread("not_html"))
            return {"ads_score": 0}
        # The lists cost what a large page does.
        apart = run.filter_lists.installed or is_large(pages)
        found = await asyncio.to_thread(_find, pages, run.filter_lists) if apart else _find(pages, run.filter_lists)
        run.report(fitting(FITS, lambda most: _report(found, pages[0], run.filter_lists, *most)))
        return _columns(found)


def _is_html(page: Page) -> bool:
    return page.content_type in HTML_TYPES and bool(page.html.strip())


def _find(pages: Sequence[Page], lists: Lists) -> Marketing:
    return vendors_of(DATA / "marketing", DATA / "technologies").find(pages, lists)


def _columns(found: Marketing) -> Row:
    pixels = found.vendors("pixel")
    crm = _joined(found.vendors("crm"))
    return {
        "ads_score": sum(part.points for part, _ in _reasons(found)),
        "pixels_detected": _joined(pixels),
        "crm_detected": crm,
        "chat_widget": found.surest("chat"),
        "marketing_tools": _joined(found.vendors(*OTHER_TOOLS)),
        "ads_active": bool(found.vendors("pixel", "retargeting")),
        "ads_networks": _joined(found.vendors("network")),
        "pixel_meta": "meta" in pixels,
        "pixel_google_ads": "google_ads" in pixels,
        "cmp_vendor": _joined(found.vendors("consent")),
        "retargeting": _joined(found.vendors("retargeting")),
        "crm_marketing": crm,
        "chat_widgets": _joined(found.vendors("chat")),
    }


def _joined(slugs: Sequence[str]) -> str | None:
    return ", ".join(slugs) or None


def _reasons(found: Marketing) -> list[tuple[Part, list[str]]]:
    """The parts of the score that the site has, with the vendors that earn them."""
    return [(part, vendors) for part in SCORE if (vendors := found.vendors(*part.roles))]


def _report(found: Marketing, home: Page, lists: Lists, findings_max: int, proofs_max: int) -> dict[str, Value]:
    return {
        "found": len({sighting.vendor.slug for sighting in found.sightings}),
        "reason": "",
        "page": short_url(home.final_url),
        "score": [
            {"reason": part.name, "points": part.points, "vendors": list(vendors[:findings_max])}
            for part, vendors in _reasons(found)
        ],
        "findings": [_shown(sighting, proofs_max) for sighting in found.sightings[:findings_max]],
        "containers": list(found.vendors("container")),
        "filter_lists": {
            "installed": lists.installed,
            "addresses": found.listed,
            "unnamed": list(found.unnamed[:HOSTS_MAX]),
        },
    }


def _shown(sighting: Sighting, proofs_max: int) -> Value:
    return {
        "vendor": sighting.vendor.slug,
        "name": sighting.vendor.name,
        "role": sighting.role,
        "confidence": sighting.confidence,
        "evidence": [{"where": proof.where, "what": proof.what} for proof in sighting.proofs[:proofs_max]],
    }


module = AdsIntelligence()
