"""Read the legal notice of each site: who publishes it, its capital and register entry, its director, its host.

Reads the home page, then the legal notice that it links, else its terms of sale; a notice that home does not link is
looked for. Source: the public site named in `site_web`. Values are as written there; the host's are never the
business's.
"""

from collections.abc import Sequence

from engine.extract.notice_page import NoticePage, read_page
from engine.extract.pages import PageKind
from engine.extract.phone_numbers import country_of
from engine.extract.reports import short_url
from engine.extract.visit import Visited, visit_site
from engine.module import NoConfig, Run, SiteModule
from engine.rows.types import Row, Value

KINDS: tuple[PageKind, ...] = ("legal", "terms")
SOUGHT: tuple[PageKind, ...] = ("legal",)


class LegalMentions(SiteModule[NoConfig]):
    slug = "legal_mentions"
    label = {"fr": "Mentions légales", "en": "Legal notice"}
    category, node_category, entry_category = "enrichment", "enrich", "enrich"
    lane = "serial"
    produces = (
        "mentions_url", "mentions_raison_sociale", "mentions_capital", "mentions_rcs", "mentions_directeur",
        "mentions_hebergeur", "mentions_email", "mentions_telephone",
    )  # fmt: skip

    async def read(self, site: str, row: Row, config: NoConfig, run: Run) -> Row:
        """Return what the notice says, each column null where it does not; all null without a notice.

        Raises:
            Unreachable: the site gave no page.
            NotOwnSite: it leads to a directory.
        """
        found: list[NoticePage] = []
        read: list[str] = []
        async for pages in visit_site(run.fetcher, site, KINDS, sought=SOUGHT):
            found += _take(pages, site, row, read)
            if any(page.is_complete for page in found):
                break
        notices = sorted(found, key=lambda page: page.rank)  # stable: else as they were read
        run.report(_report(notices, read))
        return _columns(notices)


def _take(pages: list[Visited], site: str, row: Row, read: list[str]) -> list[NoticePage]:
    """The notices on pages, whose list is emptied; `read` gets their addresses."""
    found: list[NoticePage] = []
    for page in pages:
        read.append(page.url)
        country = country_of(row, language=page.document.language)
        found.append(read_page(page.document, page=page.url, kind=page.kind, site=site, country=country))
    pages.clear()
    return [page for page in found if page.is_notice]


def _columns(notices: Sequence[NoticePage]) -> Row:
    """The best page's words; a second notice fills what the first leaves open."""
    columns: Row = {"mentions_url": notices[0].url} if notices else {}
    for page in notices:
        for column, said in page.said.items():
            columns.setdefault(f"mentions_{column}", said.value)
    return columns


def _report(notices: Sequence[NoticePage], read: Sequence[str]) -> dict[str, Value]:
    return {
        "found": sum(len(page.said) for page in notices[:1]),
        "reason": "" if notices else "no_notice",
        "notices": [
            {
                "page": short_url(page.url),
                "page_kind": page.kind,
                "said": {
                    column: {"value": said.value, "way": said.way, "line": said.shown}
                    for column, said in page.said.items()
                },
            }
            for page in notices[:3]
        ],
        "pages": [short_url(page) for page in read],
    }


module = LegalMentions()
