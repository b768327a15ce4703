"""Tell what each business's website is made with: its CMS, its analytics, its advertising pixels.

Reads the home page alone: its address, headers, cookies, certificate, what it loads and runs. Source: the public site
named in `site_web`, and our own table of signatures (`data/technologies`). What a site only speaks of is not there.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from engine.extract.reports import fitting
from engine.extract.technologies.evidence import Evidence
from engine.extract.technologies.matcher import Finding, matcher_of
from engine.extract.technologies.table import Tier
from engine.extract.visit import is_large, visit_own_home
from engine.module import NoConfig, Page, Run, SiteModule
from engine.rows.types import Row, Value

SIGNATURES = Path(__file__).parent / "data" / "technologies"
TEXT_MAX = 200  # characters shown of a header, an address or a meta element
# How many findings and how many proofs of each, until the report fits.
FITS: tuple[tuple[int, int], ...] = ((80, 3), (60, 1), (40, 0))
TIERS: tuple[Tier, ...] = ("business", "site", "infrastructure")
# What the technologies say about the business: each signal lists those of its categories.
SIGNALS: Mapping[str, tuple[str, ...]] = {
    "ecommerce": ("ecommerce",),
    "payment": ("payment",),
    "booking": ("booking",),
    "paid_ads": ("ads_pixel",),
    "analytics": ("analytics",),
    "tag_manager": ("tag_manager",),
    "consent": ("consent",),
    "chat": ("chat",),
    "crm": ("crm",),
    "email_marketing": ("email_marketing", "marketing_automation"),
    "reviews": ("reviews",),
}


class Techstack(SiteModule[NoConfig]):
    slug = "techstack"
    label = {"fr": "Stack technique", "en": "Tech stack"}
    category, node_category, entry_category = "intelligence", "signals", "signals"
    lane = "serial"
    produces = ("tech_cms", "tech_analytics", "tech_ads_pixels")

    def unread(self, reason: str) -> Mapping[str, Value]:
        return _empty(reason)

    async def read(self, site: str, row: Row, config: NoConfig, run: Run) -> Row:
        """Return the three columns; each null when nothing of its kind was found.

        Raises:
            Unreachable: the site gave no page. NotOwnSite: it leads to a directory.
        """
        pages = [visited.page for visited in await visit_own_home(run.fetcher, site)]
        columns, report = await asyncio.to_thread(_read, pages) if is_large(pages) else _read(pages)
        run.report(report)
        return columns


def _read(pages: Sequence[Page]) -> tuple[Row, dict[str, Value]]:
    """The columns and the report of one site's pages, home first."""
    evidence = [Evidence(page) for page in pages]
    findings = matcher_of(SIGNATURES).detect(evidence)
    return _columns(findings), fitting(FITS, lambda most: _report(evidence[0], findings, *most))


def _columns(findings: Sequence[Finding]) -> Row:
    """The flat columns: the CMS with the most signs; the others by the alphabet."""
    systems = [finding for finding in findings if finding.technology.category == "cms"]
    best = min(systems, key=lambda finding: (-finding.weight, finding.technology.slug), default=None)
    return {
        "tech_cms": best.technology.slug if best else None,
        "tech_analytics": _joined(findings, "analytics"),
        "tech_ads_pixels": _joined(findings, "ads_pixel"),
    }


def _joined(findings: Sequence[Finding], category: str) -> str | None:
    slugs = (finding.technology.slug for finding in findings if finding.technology.category == category)
    return ", ".join(sorted(slugs)) or None


def _empty(reason: str) -> dict[str, Value]:
    return {"found": 0, "reason": reason, "tiers": {}, "signals": {}, "technical": {}}


def _report(evidence: Evidence, findings: Sequence[Finding], findings_max: int, proofs_max: int) -> dict[str, Value]:
    shown = findings[:findings_max]
    return {
        "found": len(findings),
        "reason": "" if evidence.page.html else "not_html",
        "tiers": {
            tier: [_shown(finding, proofs_max) for finding in shown if finding.technology.tier == tier]
            for tier in TIERS
        },
        "signals": {signal: _slugs(findings, categories) for signal, categories in SIGNALS.items()},
        "technical": _technical(evidence),
    }


def _shown(finding: Finding, proofs_max: int) -> Value:
    technology = finding.technology
    return {
        "name": technology.name,
        "slug": technology.slug,
        "category": technology.category,
        "version": finding.version[:TEXT_MAX] or None,
        "confidence": finding.confidence,
        "evidence": [{"where": proof.where, "what": proof.what} for proof in finding.proofs[:proofs_max]],
    }


def _slugs(findings: Sequence[Finding], categories: Sequence[str]) -> Value:
    return [
        finding.technology.slug
        for finding in findings
        if any(category in categories for category in finding.technology.categories)
    ]


def _technical(evidence: Evidence) -> Value:
    """What the answer itself says. `tls_expires` is a time in UTC, `html_bytes` the decoded page in UTF-8."""
    page = evidence.page
    return {
        "status": page.status,
        "final_url": page.final_url[:TEXT_MAX],
        "https": page.final_url.startswith("https:"),
        "tls_issuer": page.tls.issuer[:TEXT_MAX] if page.tls else None,
        "tls_expires": datetime.fromtimestamp(page.tls.expires_at, UTC).isoformat() if page.tls else None,
        "server": page.headers.get("server", "")[:TEXT_MAX] or None,
        "powered_by": page.headers.get("x-powered-by", "")[:TEXT_MAX] or None,
        "generator": ", ".join(evidence.metas.get("generator", ()))[:TEXT_MAX] or None,
        "charset": _charset(page) or evidence.charset[:TEXT_MAX] or None,
        "language": evidence.language[:TEXT_MAX] or None,
        "html_bytes": len(page.html.encode("utf-8", "replace")),
        "elapsed_ms": round(page.elapsed_ms),
    }


def _charset(page: Page) -> str:
    declared = page.headers.get("content-type", "").lower().partition("charset=")[2]
    return declared.partition(";")[0].strip("\"' ")[:TEXT_MAX]


module = Techstack()
