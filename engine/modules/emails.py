"""Find a working address on each business's own website.

Reads the home page, then the pages it links as contact, legal notice, team or about; only where these give no address
of the business, contact and legal pages that home does not link. Source: the public site named in `site_web`. No
address is guessed. Mode `deep` looks at home, contact and legal page as a visitor's browser shows them, for rows that
have no address yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.extract.email_evidence import all_addresses, confidence, source
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
from engine.extract.pages import PAGES_MAX, PageKind
from engine.extract.reports import short_url
from engine.extract.visit import Reader, Rendered, Seen, Visited, visit_linked, visit_own_home, visit_unlinked
from engine.limits import EMAILS_DEEP_FACTOR
from engine.module import BrowserMissing, ModuleConfig, OutsendError, Past, Run, SiteModule, option
from engine.rows.types import Row, Value, is_empty

NORMAL, DEEP = "normal", "deep"
MODES = (NORMAL, DEEP)
DETAILS = ("emails_all", "email_source", "email_confidence")
CANDIDATES_SHOWN = 10  # in the report, best first; it stays under 10 KB
DEEP_WIDTH = 4  # the pages that a process's browser shows at once
NORMAL_SECONDS = 60.0
DEEP_SECONDS = 120.0  # three pages that hang, 23 s each, after a try by https in vain; and waiting for a shared browser
WITHOUT_BROWSER = "Deep Extract : aucun navigateur Chromium sur cette machine, des sites n'ont pas été relus."


@dataclass(frozen=True, slots=True)
class Way:
    """Which pages of a site a mode reads. `sought` are those it looks for beyond the links of the home page."""

    kinds: tuple[PageKind, ...]
    sought: tuple[PageKind, ...]
    pages_max: int


WAYS = {
    NORMAL: Way(("contact", "legal", "team", "about"), ("contact", "legal"), PAGES_MAX),
    DEEP: Way(("contact", "legal"), ("contact", "legal"), 3),
}


class BadEmailMode(OutsendError):
    code = "bad_email_mode"
    message = "Mode email invalide : {mode} (attendu: normal | deep)"
    hint = "Set mode to normal or deep."


class DeepNeedsNormal(OutsendError):
    code = "emails_deep_needs_normal"
    message = "Le mode Deep Extract n'est dispo qu'après une extraction normale"
    hint = "Run mode=normal first, then give that job, or the list it was run on, as source_job_id."


class EmailsConfig(ModuleConfig):
    # Plain text, so that another word gets the sentence of the docs.
    mode: str = option(
        NORMAL,
        fr="Mode",
        en="normal reads pages as they are served; deep shows them in a browser, for rows still without an email",
        json_schema_extra={"enum": list(MODES)},
    )
    source_job_id: str | None = option(
        None,
        fr="Extraction normale d'origine",
        en="The finished normal job, or its source; mode deep needs it, but in pipelines",
    )
    details: bool = option(
        False, fr="Colonnes de détail", en="Also emails_all, email_source (page and way) and email_confidence (0 to 1)"
    )


class Emails(SiteModule[EmailsConfig]):
    slug = "emails"
    label = {"fr": "Emails", "en": "Emails"}
    category, node_category, entry_category = "enrichment", "enrich", "enrich"
    lane = "serial"
    output = "pois_email"
    produces = ("email", "email_personal")
    result_unit = "emails"
    feature_page = "email-finder-pro-rgpd-france"
    config = EmailsConfig

    def columns(self, config: EmailsConfig) -> tuple[str, ...]:
        return (*self.produces, *DETAILS) if config.details else self.produces

    def width(self, config: EmailsConfig) -> int:
        return DEEP_WIDTH if config.mode == DEEP else super().width(config)

    def item_timeout_seconds(self, config: EmailsConfig) -> float:
        return DEEP_SECONDS if config.mode == DEEP else NORMAL_SECONDS

    def cost(self, count: int, config: EmailsConfig) -> float:
        return super().cost(count, config) * (EMAILS_DEEP_FACTOR if config.mode == DEEP else 1)

    def check(self, config: EmailsConfig, past: Past) -> None:
        """Raises BadEmailMode, DeepNeedsNormal."""
        if config.mode not in MODES:
            raise BadEmailMode(mode=config.mode)
        if config.mode == DEEP and not _ran_normally(config.source_job_id or "", past):
            raise DeepNeedsNormal

    def unread(self, reason: str) -> Mapping[str, Value]:
        return {"candidates": [], "pages": [], **super().unread(reason)}

    async def enrich(self, row: Row, config: EmailsConfig, run: Run) -> Row:
        """See `SiteModule`. In mode deep a row that has an `email` keeps what it has, and its site is not asked."""
        if config.mode == DEEP and not is_empty(row.get("email")):
            run.report(self.unread("has_email"))
            return {}
        return await super().enrich(row, config, run)

    async def read(self, site: str, row: Row, config: EmailsConfig, run: Run) -> Row:
        """Return `email` and `email_personal`, and the columns of `details` where asked for.

        All null when the site names no address.

        Raises:
            Unreachable: the site gave no page. NotOwnSite: it leads to a directory.
            BrowserMissing: mode deep, where no browser is; the job's notice says so once.
        """
        if config.mode == DEEP:
            ranked, pages = await _read_rendered(site, config, run)
        else:
            ranked, pages = await _read(site, run.fetcher, config)
        run.report(_report(ranked, pages, config))
        return _columns(ranked, details=config.details) if ranked else {}


def _ran_normally(source_job_id: str, past: Past) -> bool:
    """Whether that job is, or is the source of, a finished normal run of this module (CONTRACT X-51).

    In a pipeline the nodes above answer whatever the id, so it is asked for without one, too.
    """
    itself = past.done(source_job_id, Emails.slug)
    runs = [*past.done_on(source_job_id, Emails.slug), *([itself] if itself is not None else [])]
    return any(run.get("mode", NORMAL) == NORMAL for run in runs)


class _Site:
    """What was found on a site so far. Of its pages only what is asked for later stays: many sites are open at once."""

    def __init__(self, address: str) -> None:
        self.pages: list[Seen] = []
        self._address = address
        self._own = frozenset[str]()
        self._group: set[str] = set()
        self._foreign: set[str] = set()
        self._candidates: list[Candidate] = []

    def take(self, pages: list[Visited]) -> None:
        """Read pages, the home page first of all, and empty their list."""
        if not self.pages:
            self._own = own_domains((self._address, pages[0].url))
        for page in pages:
            self._candidates += find_candidates(page.document, page=page.url, kind=page.kind, own=self._own)
            self._group |= declared_domains(page.document)
            self._foreign |= foreign_domains(page.document)
            self.pages.append(page.seen)
        pages.clear()

    def ranked(self) -> list[Ranked]:
        """Its addresses, best first."""
        group, foreign = frozenset(self._group), frozenset(self._foreign)
        return rank(self._candidates, Domains(self._own, group, foreign - self._own))


async def _read_rendered(site: str, config: EmailsConfig, run: Run) -> tuple[list[Ranked], list[Seen]]:
    try:
        return await _read(site, Rendered(run.browser), config)
    except BrowserMissing:
        run.note(WITHOUT_BROWSER)
        raise
    finally:
        await run.browser.done_with(site)


async def _read(address: str, reader: Reader, config: EmailsConfig) -> tuple[list[Ranked], list[Seen]]:
    """The site's addresses, best first, and the pages they were read from. With `details` no page is spared."""
    way, site = WAYS[config.mode], _Site(address)
    site.take(await visit_own_home(reader, address, pages_max=way.pages_max))
    async for group in visit_linked(reader, site.pages, way.kinds, pages_max=way.pages_max):
        site.take(group)
        if not config.details and _is_settled(ranked := site.ranked()):
            return ranked, site.pages
    ranked = site.ranked()
    if not ranked or ranked[0].relation == "other":
        site.take(await visit_unlinked(reader, site.pages, way.sought, pages_max=way.pages_max))
        ranked = site.ranked()
    return ranked, site.pages


def _is_settled(ranked: Sequence[Ranked]) -> bool:
    """Whether no further page can bring a better address.

    All contact pages are read together and first, so nothing outranks a person on the site's own domain found there.
    """
    if not ranked:
        return False
    best = ranked[0]
    return best.relation == "own" and best.personal and best.candidate.kind == "contact"


def _columns(ranked: Sequence[Ranked], *, details: bool) -> Row:
    best = ranked[0]
    address = best.candidate.address
    columns: Row = {"email": address, "email_personal": address if best.personal else None}
    if not details:
        return columns
    return columns | dict(zip(DETAILS, (all_addresses(ranked), source(best), confidence(best)), strict=True))


def _report(ranked: Sequence[Ranked], pages: Sequence[Seen], config: EmailsConfig) -> dict[str, Value]:
    """The best candidates and the pages read; in mode deep, how many were rendered and what that took."""
    shown: list[Value] = [_shown(place, entry) for place, entry in enumerate(ranked[:CANDIDATES_SHOWN], 1)]
    report: dict[str, Value] = {
        "candidates": shown,
        "found": len(ranked),
        "pages": [short_url(page.url) for page in pages],
    }
    if config.mode == DEEP:
        report |= {"rendered": len(pages), "rendered_ms": round(sum(page.elapsed_ms for page in pages))}
    return report


def _shown(place: int, entry: Ranked) -> Value:
    found = entry.candidate
    return {
        "email": found.address,
        "rank": place,
        "page": short_url(found.page),
        "page_kind": found.kind,
        "section": found.section,
        "method": found.method,
        "domain": entry.relation,
        "personal": entry.personal,
    }


module = Emails()
