"""How fast the invented pages are: always the same figures for a host and a strategy.

A page is known by its host alone: www and the path change nothing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from engine.sandbox.sites.site import BadKind, Site

Strategy = Literal["mobile", "desktop"]
Columns: TypeAlias = dict[str, int | float | None]
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
# A page that shows nothing before the laboratory loses patience.
BLANK: frozenset[BadKind] = frozenset({"challenge"})
# What the laboratory says of a page that it can't load.
FAILURES: dict[BadKind, str] = {
    "nxdomain": "DNS_FAILURE",
    "dns_failure": "DNS_FAILURE",
    "tls_expired": "INSECURE_DOCUMENT_REQUEST",
    "tls_wrong_name": "INSECURE_DOCUMENT_REQUEST",
    "tls_untrusted": "INSECURE_DOCUMENT_REQUEST",
    "refused": "FAILED_DOCUMENT_REQUEST",
    "redirect_loop": "FAILED_DOCUMENT_REQUEST",
    "redirect_to_metadata": "FAILED_DOCUMENT_REQUEST",
    "redirect_to_private": "FAILED_DOCUMENT_REQUEST",
    "redirect_chain": "FAILED_DOCUMENT_REQUEST",
    "rebinding": "FAILED_DOCUMENT_REQUEST",
    "bomb": "FAILED_DOCUMENT_REQUEST",
    "bomb_deflate": "FAILED_DOCUMENT_REQUEST",
    "bomb_brotli": "FAILED_DOCUMENT_REQUEST",
    "hang_before_headers": "FAILED_DOCUMENT_REQUEST",
    "hang_after_headers": "FAILED_DOCUMENT_REQUEST",
    "hang_in_body": "FAILED_DOCUMENT_REQUEST",
    "drip": "FAILED_DOCUMENT_REQUEST",
    "reset": "FAILED_DOCUMENT_REQUEST",
    "bad_chunks": "FAILED_DOCUMENT_REQUEST",
    "bad_gzip": "FAILED_DOCUMENT_REQUEST",
    "endless_headers": "FAILED_DOCUMENT_REQUEST",
    "server_error": "ERRORED_DOCUMENT_REQUEST",
    "http_403": "ERRORED_DOCUMENT_REQUEST",
    "http_404": "ERRORED_DOCUMENT_REQUEST",
    "http_410": "ERRORED_DOCUMENT_REQUEST",
    "http_429": "ERRORED_DOCUMENT_REQUEST",
}
COLUMNS = {
    "performance": "pagespeed_score",
    "accessibility": "pagespeed_accessibility",
    "best-practices": "pagespeed_best_practices",
    "seo": "pagespeed_seo",
}


@dataclass(frozen=True, slots=True)
class Speed:
    """One page as the laboratory measures it. Scores are hundredths, times whole milliseconds; `visits` says whether
    enough visitors came for figures of theirs, `stubborn` whether the first question about the page fails."""

    scores: Mapping[str, int]
    lcp_ms: int
    fcp_ms: int
    tbt_ms: int
    cls: float
    visits: bool
    stubborn: bool

    @property
    def columns(self) -> Columns:
        """What a right run of pagespeed writes."""
        return {
            **{COLUMNS[category]: score for category, score in self.scores.items()},
            "pagespeed_lcp_ms": self.lcp_ms,
            "pagespeed_fcp_ms": self.fcp_ms,
            "pagespeed_tbt_ms": self.tbt_ms,
            "pagespeed_cls": self.cls,
        }


def bare_host(url: str) -> str:
    """The host of an address without www, lower case; '' when it has none."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def speed_of(host: str, strategy: Strategy) -> Speed:
    """The figures of a host's pages. A phone is slower than a desk in everything but what doesn't depend on it."""
    digest = hashlib.sha256(host.removeprefix("www.").encode()).digest()
    slowness = 1.0 if strategy == "mobile" else 0.4
    fcp = round((700 + digest[0] * 13) * slowness)
    return Speed(
        scores={
            "performance": min(100, 22 + digest[1] % 60 + (0 if strategy == "mobile" else 18)),
            "accessibility": 55 + digest[2] % 46,
            "best-practices": 50 + digest[3] % 51,
            "seo": 58 + digest[4] % 43,
        },
        lcp_ms=fcp + round((400 + digest[5] * 17) * slowness),
        fcp_ms=fcp,
        tbt_ms=round(digest[6] * 5 * slowness),
        cls=round(digest[7] / 700, 3),
        visits=digest[8] % 2 == 0,
        stubborn=digest[9] % 8 == 0,
    )


def failure_of(site: Site) -> str | None:
    """Lighthouse's code for a site that it can't load; None for one that it measures."""
    return FAILURES.get(site.bad) if site.bad else None


def is_blank(site: Site) -> bool:
    """Whether the page shows nothing at all, so that no score can be given."""
    return site.bad in BLANK
