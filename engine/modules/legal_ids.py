"""Read SIREN, SIRET and VAT number of each business from its own site, checked by their own arithmetic.

Reads the home page, then the legal notice, then terms of sale, contact and about pages while no company is found; a
legal notice that home does not link is looked for. Source: the public site named in `site_web`. The numbers of the
host, the agency, an insurer or the owner of a brand are not the business's.
"""

from collections.abc import Sequence

from engine.extract.legal_ids import Broken, Company, Number, find_numbers, is_service, own_company
from engine.extract.pages import PageKind
from engine.extract.reports import short_url
from engine.extract.visit import Visited, visit_site
from engine.module import NoConfig, Run, SiteModule
from engine.rows.sites import host_of
from engine.rows.types import Row, Value, text_of

KINDS: tuple[PageKind, ...] = ("legal", "terms", "contact", "about")
SOUGHT: tuple[PageKind, ...] = ("legal",)
NUMBERS_SHOWN = 15  # in the report, which stays under 10 KB
BROKEN_SHOWN = 5
SAID_MAX = 160


class LegalIds(SiteModule[NoConfig]):
    slug = "legal_ids"
    label = {"fr": "Identifiants légaux", "en": "Company identifiers"}
    category, node_category, entry_category = "enrichment", "enrich", "enrich"
    lane = "serial"
    produces = ("siren", "siret", "tva_intra", "legal_ids_source")

    async def read(self, site: str, row: Row, config: NoConfig, run: Run) -> Row:
        """Return the numbers of one company, which agree, and the page where they stand; null what is not given.

        All null where the site names no company, or several and none of them fits the business.

        Raises:
            Unreachable: the site gave no page.
            NotOwnSite: it leads to a directory.
        """
        found = _Found(site, text_of(row.get("nom")))
        async for pages in visit_site(run.fetcher, site, KINDS, sought=SOUGHT):
            if found.take(pages):
                break
        company = found.company
        run.report(_report(found, company))
        if company is None:
            return {}
        return {
            "siren": company.siren,
            "siret": company.siret,
            "tva_intra": company.tva_intra,
            "legal_ids_source": company.source,
        }


class _Found:
    """What was found on a site so far."""

    def __init__(self, site: str, name: str) -> None:
        self.numbers: list[Number] = []
        self.broken: list[Broken] = []
        self.pages: list[str] = []
        self.site_words: tuple[str, ...] = ()
        self._site, self._name = site, name
        self._has_notice = False

    @property
    def company(self) -> Company | None:
        return own_company(self.numbers, name=self._name, site_words=self.site_words)

    def take(self, pages: list[Visited]) -> bool:
        """Read pages, the home page first of all, and empty their list. True: no further page is needed."""
        if pages and not self.pages:
            self._begin(pages[0])
        kinds = {page.kind for page in pages}
        for page in pages:
            numbers, broken = find_numbers(page.document, page=page.url, kind=page.kind)
            self.numbers += numbers
            self.broken += broken
            self.pages.append(page.url)
        pages.clear()
        # The legal notice gives more than a footer does.
        is_enough = "home" not in kinds or not self._has_notice
        return is_enough and self.company is not None

    def _begin(self, home: Visited) -> None:
        hosts = dict.fromkeys((host_of(self._site), host_of(home.url)))
        self.site_words = tuple(word for host in hosts for word in host.split(".")[:-1] if word != "www")
        self._has_notice = any(kind == "legal" for _, kind in home.seen.menu.links)


def _report(found: _Found, company: Company | None) -> dict[str, Value]:
    others = sorted({one.siren for one in found.numbers if _is_own(one, found)} - {company.siren if company else ""})
    return {
        "found": int(company is not None),
        "reason": _reason(found, company, others),
        "disagreement": [*others],
        "numbers": [_shown(one, found) for one in found.numbers[:NUMBERS_SHOWN]],
        "broken": [{"number": one.value, "page": short_url(one.page)} for one in found.broken[:BROKEN_SHOWN]],
        "pages": [short_url(page) for page in found.pages],
    }


def _reason(found: _Found, company: Company | None, others: Sequence[str]) -> str:
    if company is not None:
        return ""
    if others:
        return "several_companies"
    return "checksum" if found.broken else "none_given"


def _is_own(number: Number, found: _Found) -> bool:
    return number.whose == "owner" and not is_service(number, found.site_words)


def _shown(number: Number, found: _Found) -> Value:
    whose = "service" if number.whose == "owner" and is_service(number, found.site_words) else number.whose
    return {
        "kind": number.kind,
        "number": number.value,
        "whose": whose,
        "page": short_url(number.page),
        "way": number.way,
        "line": number.shown[:SAID_MAX],
    }


module = LegalIds()
