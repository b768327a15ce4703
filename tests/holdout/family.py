"""The hold-out family: every site, and how each one answers over HTTP."""

from collections.abc import Callable, Mapping

from engine.sandbox.http import Reply, Request, redirect, reply
from tests.holdout.cases_abroad import ABROAD, LIVELY
from tests.holdout.cases_brand import BRANDS
from tests.holdout.cases_edges import EDGES
from tests.holdout.cases_fates import FATES
from tests.holdout.cases_hiding import HIDING
from tests.holdout.cases_legal_ids import LEGAL_IDS
from tests.holdout.cases_marketing import MARKETING
from tests.holdout.cases_mentions import MENTIONS
from tests.holdout.cases_mentions_abroad import MENTIONS_ABROAD
from tests.holdout.cases_phones import PHONES
from tests.holdout.cases_prices import PRICES
from tests.holdout.cases_rivals import RIVALS
from tests.holdout.cases_signs import SIGNS
from tests.holdout.cases_socials import SOCIALS
from tests.holdout.kinds import Fate, Site, Study

Answer = Callable[[Request], Reply]

SITES: tuple[Site, ...] = (*HIDING, *RIVALS, *EDGES, *ABROAD, *LIVELY, *SIGNS)
CASES: tuple[Site | Fate, ...] = (*SITES, *FATES)
SUBJECTS: Mapping[str, tuple[Study, ...]] = {  # module -> the sites that state the truth of its columns
    "socials": SOCIALS,
    "phones_extra": PHONES,
    "legal_ids": LEGAL_IDS,
    "legal_mentions": (*MENTIONS, *MENTIONS_ABROAD),
    "pricing": PRICES,
    "ads_intelligence": MARKETING,
    "brand_assets": BRANDS,
}
STUDIES: tuple[Study, ...] = tuple(study for studies in SUBJECTS.values() for study in studies)
MISSING = b"<html><head><title>404</title></head><body><h1>404</h1></body></html>"
NOT_FOUND = reply(404, MISSING)


def answer_of_site(site: Site) -> Answer:
    """The pages of a site; its files; 404 for the rest."""
    html = f"text/html; charset={site.encoding}"
    replies = {
        path: reply(200, page.encode(site.encoding, "xmlcharrefreplace"), content_type=html, headers=site.headers)
        for path, page in site.template(site).items()
    }
    replies |= {path: reply(200, text.encode(), content_type="application/xml") for path, text in site.extra}
    if site.home != "/":
        replies["/"] = redirect(site.home, 302)
    return lambda request: replies.get(request.path, NOT_FOUND)


def answer_of_study(study: Study) -> Answer:
    """The pages and files of a study; 404 for the rest."""
    replies = {path: reply(200, page.encode()) for path, page in study.pages.items()}
    replies |= {path: reply(200, content, content_type=kind) for path, (kind, content) in study.files.items()}
    return lambda request: replies.get(request.path, NOT_FOUND)


def answer_of_fate(fate: Fate) -> Answer:
    """The one answer of a domain that is no ordinary site."""
    headers = (("Location", fate.location), *fate.headers) if fate.location else fate.headers
    everything = reply(fate.status, (fate.body or "").encode(), headers=headers)
    return lambda _: everything


def answer_of_destination(page: str) -> Answer:
    """A page under every address that a redirect may name."""
    found = reply(200, page.encode())
    return lambda request: NOT_FOUND if request.path == "/robots.txt" else found
