"""Find the phone numbers that a business publishes on its site beside the one you have.

Reads the home page, then the pages it links as contact, legal notice, team or about; a contact page that home does not
link is looked for. Source: the public site named in `site_web`. Fax lines and the numbers of the host, the agency, an
insurer or a mediator do not count, and nothing is called.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.extract.pages import PageKind
from engine.extract.phone_numbers import country_of, numbers_in
from engine.extract.phones import Line, Phone, find_phones, lines_of, source_of
from engine.extract.reports import short_url
from engine.extract.visit import Visited, visit_site
from engine.module import NoConfig, Run, SiteModule
from engine.rows.cells import cell_text
from engine.rows.types import Row, Value

KINDS: tuple[PageKind, ...] = ("contact", "legal", "team", "about")
SOUGHT: tuple[PageKind, ...] = ("contact",)


@dataclass(slots=True)
class _Read:
    """What was read of a site so far. `country` is where its national numbers are dialled."""

    country: str = ""
    pages: list[str] = field(default_factory=list[str])
    phones: list[Phone] = field(default_factory=list[Phone])


class PhonesExtra(SiteModule[NoConfig]):
    slug = "phones_extra"
    label = {"fr": "Téléphones supplémentaires", "en": "Extra phone numbers"}
    category, node_category, entry_category = "enrichment", "enrich", "enrich"
    lane = "serial"
    produces = ("telephones_extra", "telephone_mobile", "telephone_source")

    async def read(self, site: str, row: Row, config: NoConfig, run: Run) -> Row:
        """Return the further numbers in E.164 form, the first mobile among them, and the page where they stand.

        All null when the site names no other number than the row's `telephone`.

        Raises:
            Unreachable: the site gave no page.
            NotOwnSite: it leads to a directory.
        """
        read = _Read()
        async for group in visit_site(run.fetcher, site, KINDS, sought=SOUGHT):
            _take(group, row, read)
        known = [number.e164 for number in numbers_in(cell_text(row.get("telephone")).strip(), read.country)]
        lines = lines_of(read.phones, without=known)
        run.report(_report(lines, read.pages))
        return _columns(lines)


def _take(group: list[Visited], row: Row, read: _Read) -> None:
    """Read pages, the home page first of all, and empty their list."""
    if group and not read.pages:
        read.country = country_of(row, language=group[0].document.language)
    for page in group:
        read.pages.append(page.url)
        read.phones += find_phones(page.document, page=page.url, kind=page.kind, country=read.country)
    group.clear()


def _columns(lines: Sequence[Line]) -> Row:
    return {
        "telephones_extra": ", ".join(line.number.e164 for line in lines) or None,
        "telephone_mobile": next((line.number.e164 for line in lines if line.number.type == "mobile"), None),
        "telephone_source": source_of(lines),
    }


def _report(lines: Sequence[Line], pages: Sequence[str]) -> dict[str, Value]:
    return {
        "found": len(lines),
        "phones": [_shown(line) for line in lines],
        "pages": [short_url(page) for page in pages],
    }


def _shown(line: Line) -> Value:
    return {
        "phone": line.number.e164,
        "type": line.number.type,
        "country": line.number.country or None,
        "page": short_url(line.pages[0]),
        "page_kind": line.first.kind,
        "pages": len(line.pages),
        "section": line.first.section,
        "method": line.first.method,
    }


module = PhonesExtra()
