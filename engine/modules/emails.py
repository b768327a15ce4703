"""Find a working address on each business's own website.

Reads the home page, then the pages it links as contact, legal notice, team or about; only where these give no address
of the business, contact and legal pages that home does not link. Source: the public site named in `site_web`. No
address is guessed.
"""

from collections.abc import Sequence

from engine.extract.emails import (
    Candidate,
    Domains,
    Ranked,
    declared_domains,
    find_candidates,
    foreign_domains,
    own_domains,
    rank,
)
from engine.extract.pages import PageKind
from engine.extract.visit import Visited, visit_home, visit_linked, visit_unlinked
from engine.module import ModuleConfig, OutsendError, Past, RowModule, Run, Unreachable, option
from engine.rows.sites import is_aggregator, normal_site
from engine.rows.types import Row, Value, text_of

MODES = ("normal", "deep")
KINDS: tuple[PageKind, ...] = ("contact", "legal", "team", "about")
CANDIDATES_SHOWN = 10  # in the report, best first; with `URL_SHOWN_MAX` it stays under 10 KB
URL_SHOWN_MAX = 300
SOUGHT = KINDS[:2]  # looked for beyond the links of a site that has shown no address of its own yet


class BadEmailMode(OutsendError):
    code = "bad_email_mode"
    message = "Mode email invalide : {mode} (attendu: normal | deep)"
    hint = "Set mode to normal or deep."


class DeepNeedsNormal(OutsendError):
    code = "emails_deep_needs_normal"
    message = "Le mode Deep Extract n'est dispo qu'après une extraction normale"
    hint = "Run mode=normal first, then give that job, or the list it was run on, as source_job_id."


class DeepNotAvailable(OutsendError):
    code = "emails_deep_not_available"
    message = "Le mode Deep Extract n'est pas encore disponible"
    hint = "This version reads pages as they are served: use mode=normal. Nothing was charged."


class EmailsConfig(ModuleConfig):
    # Plain text, so that another word gets the sentence of the docs.
    mode: str = option("normal", fr="Mode", en="Extraction depth", json_schema_extra={"enum": list(MODES)})
    source_job_id: str | None = option(
        None, fr="Extraction normale d'origine", en="The finished normal job, or its source; needed with mode deep"
    )


class Emails(RowModule[EmailsConfig]):
    slug = "emails"
    label = {"fr": "Emails", "en": "Emails"}
    category, node_category, entry_category = "enrichment", "enrich", "enrich"
    lane = "serial"
    accepts, output = "pois_any", "pois_email"
    needs = ("site_web",)
    produces = ("email", "email_personal")
    unit = "sites"
    result_unit = "emails"
    config = EmailsConfig

    def item_timeout_seconds(self, config: EmailsConfig) -> float:
        return 60.0

    def check(self, config: EmailsConfig, past: Past) -> None:
        """Raises BadEmailMode, DeepNeedsNormal, DeepNotAvailable."""
        if config.mode not in MODES:
            raise BadEmailMode(mode=config.mode)
        if config.mode == "deep":
            if not _ran_normally(config.source_job_id, past):
                raise DeepNeedsNormal
            raise DeepNotAvailable

    async def enrich(self, row: Row, config: EmailsConfig, run: Run) -> Row:
        """Return `email` and `email_personal`; both null when the site names none, or when it is a directory's.

        Raises:
            Unreachable: the site gave no page. The runner counts the item as an error.
        """
        cell = text_of(row.get("site_web"))
        site = normal_site(cell)
        if not site:
            raise Unreachable(url=cell, reason="bad_url")
        if is_aggregator(site):
            run.report({"candidates": [], "found": 0, "pages": [], "reason": "directory"})
            return {}
        try:
            ranked, pages = await _read(site, run)
        finally:
            await run.fetcher.done_with(site)
        shown = [_shown(place, entry) for place, entry in enumerate(ranked[:CANDIDATES_SHOWN], 1)]
        run.report({"candidates": shown, "found": len(ranked), "pages": [_short(page.url) for page in pages]})
        if not ranked:
            return {}
        best = ranked[0]
        return {"email": best.candidate.address, "email_personal": best.candidate.address if best.personal else None}


def _ran_normally(source_job_id: str | None, past: Past) -> bool:
    """Whether that job is, or is the source of, a finished normal run of this module (CONTRACT X-51)."""
    if not source_job_id:
        return False
    itself = past.done(source_job_id, Emails.slug)
    runs = [*past.done_on(source_job_id, Emails.slug), *([itself] if itself is not None else [])]
    return any(run.get("mode", "normal") == "normal" for run in runs)


async def _read(site: str, run: Run) -> tuple[list[Ranked], list[Visited]]:
    """The site's addresses, best first, and the pages they were read from."""
    pages = await visit_home(run.fetcher, site)
    if is_aggregator(pages[0].url):
        return [], pages
    own = own_domains((site, pages[0].url))
    candidates: list[Candidate] = []
    _gather(pages, own, candidates)
    async for group in visit_linked(run.fetcher, pages, KINDS):
        _gather(group, own, candidates)
        pages = [*pages, *group]
        if _is_settled(ranked := _ranked(candidates, pages, own)):
            return ranked, pages
    ranked = _ranked(candidates, pages, own)
    if not ranked or ranked[0].relation == "other":
        group = await visit_unlinked(run.fetcher, pages, SOUGHT)
        _gather(group, own, candidates)
        pages = [*pages, *group]
        ranked = _ranked(candidates, pages, own)
    return ranked, pages


def _gather(pages: Sequence[Visited], own: frozenset[str], candidates: list[Candidate]) -> None:
    for page in pages:
        candidates += find_candidates(page.document, page=page.url, kind=page.kind, own=own)


def _ranked(candidates: Sequence[Candidate], pages: Sequence[Visited], own: frozenset[str]) -> list[Ranked]:
    if not candidates:
        return []
    group = frozenset[str]().union(*(declared_domains(page.document) for page in pages))
    foreign = frozenset[str]().union(*(foreign_domains(page.document) for page in pages))
    return rank(candidates, Domains(own, group, foreign - own))


def _is_settled(ranked: Sequence[Ranked]) -> bool:
    """Whether no further page can bring a better address.

    All contact pages are read together and first, so nothing outranks a person on the site's own domain found there.
    """
    if not ranked:
        return False
    best = ranked[0]
    return best.relation == "own" and best.personal and best.candidate.kind == "contact"


def _shown(place: int, entry: Ranked) -> Value:
    found = entry.candidate
    return {
        "email": found.address,
        "rank": place,
        "page": _short(found.page),
        "page_kind": found.kind,
        "section": found.section,
        "method": found.method,
        "domain": entry.relation,
        "personal": entry.personal,
    }


def _short(url: str) -> str:
    return url[:URL_SHOWN_MAX]


module = Emails()
