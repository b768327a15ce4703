"""Find the social network profiles that each business links from its own website.

Reads the home page, then, unless that names several networks, the pages it links as contact or about. Source: the
public site named in `site_web`. Nothing is asked of the networks themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.extract.pages import PageKind
from engine.extract.reports import short_url
from engine.extract.social_addresses import NETWORKS, Network
from engine.extract.socials import Business, Chosen, Sighting, business_of, choose, find_profiles, makers_of
from engine.extract.visit import Seen, Visited, visit_linked, visit_own_home
from engine.module import NoConfig, Run, SiteModule
from engine.rows.types import Row, Value, text_of

KINDS: tuple[PageKind, ...] = ("contact", "about")
ENOUGH = 3  # networks: who names so many at home names the others there too


@dataclass(slots=True)
class _Read:
    """What was read of a site so far."""

    business: Business
    pages: list[Seen] = field(default_factory=list[Seen])
    sightings: list[Sighting] = field(default_factory=list[Sighting])
    makers: frozenset[str] = frozenset()

    def take(self, group: list[Visited]) -> None:
        """Read pages, the home page first of all, and empty their list."""
        for page in group:
            self.pages.append(page.seen)
            if found := find_profiles(page.document, page=page.url, kind=page.kind):
                self.sightings += found
                self.makers |= makers_of(page.document)
        group.clear()

    def chosen(self) -> dict[Network, Chosen]:
        return choose(self.sightings, self.business, makers=self.makers)


class Socials(SiteModule[NoConfig]):
    slug = "socials"
    label = {"fr": "Réseaux sociaux", "en": "Social profiles"}
    category, node_category, entry_category = "enrichment", "enrich", "enrich"
    lane = "serial"
    produces = NETWORKS

    async def read(self, site: str, row: Row, config: NoConfig, run: Run) -> Row:
        """Return one canonical address per network; null where the site links no profile of the business.

        Raises:
            Unreachable: the site gave no page.
            NotOwnSite: it leads to a directory.
        """
        read = _Read(business_of(text_of(row.get("nom")), site))
        read.take(await visit_own_home(run.fetcher, site))
        if len(read.chosen()) < ENOUGH:
            async for group in visit_linked(run.fetcher, tuple(read.pages), KINDS):
                read.take(group)
        chosen = read.chosen()
        run.report(_report(chosen, read.pages))
        return {network: chosen[network].profile.address if network in chosen else None for network in NETWORKS}


def _report(chosen: Mapping[Network, Chosen], pages: Sequence[Seen]) -> dict[str, Value]:
    return {
        "found": len(chosen),
        "profiles": [_shown(found) for found in chosen.values()],
        "pages": [short_url(page.url) for page in pages],
    }


def _shown(found: Chosen) -> Value:
    return {
        "network": found.profile.network,
        "url": short_url(found.profile.address),
        "page": short_url(found.best.page),
        "page_kind": found.best.kind,
        "section": found.best.section,
        "method": found.best.method,
        "pages": found.pages,
    }


module = Socials()
