"""Read the pages of one site that matter: what `pages` plans, fetched.

The only part of this package that waits for the network; it knows the `Fetcher` protocol alone.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urljoin

from engine.extract.html import Document, read_html
from engine.extract.pages import (
    PAGES_MAX,
    PageKind,
    PlannedPage,
    absolute,
    base_of,
    guesses,
    is_same_site,
    nested_sitemap,
    plan_links,
    plan_sitemap,
    same_page,
)
from engine.network.types import Fetcher, Page, Unreachable

# Many cells hold no scheme, and old sites have no certificate.
NO_HTTPS = ("refused", "tls_failure", "timeout")


@dataclass(frozen=True, slots=True)
class Visited:
    """One page that was read. `url` is where it was found in the end."""

    url: str
    kind: PageKind
    document: Document
    page: Page


async def fetch_home(fetcher: Fetcher, site: str, *, fresh: bool = False) -> Page:
    """The page at a site's address, whatever its status; by http where nothing speaks https.

    Raises:
        Unreachable: neither gave an answer.
    """
    try:
        return await fetcher.get(site, fresh=fresh)
    except Unreachable as failure:
        if not site.startswith("https:") or failure.reason not in NO_HTTPS:
            raise
    return await fetcher.get(f"http:{site[len('https:') :]}", fresh=fresh)


async def visit_home(fetcher: Fetcher, site: str) -> list[Visited]:
    """The home page of a site, one meta refresh followed, with the pages of its frames.

    A deep address that is gone (4xx, 5xx) is replaced by the root of its host.

    Raises:
        Unreachable: the site gave no page.
    """
    page = await fetch_home(fetcher, site)
    root = urljoin(page.final_url, "/")
    if not page.ok and page.final_url != root:
        page = await fetcher.get(root)
    if not page.ok:
        raise Unreachable(url=site, reason="bad_answer", detail=f"status {page.status}")
    home = _visited(page, "home")
    if target := absolute(home.document.refresh, base_of(home.document, home.url)):
        home = await _try(fetcher, PlannedPage(target, "home"), target) or home
    frames = [absolute(frame, base_of(home.document, home.url)) for frame in home.document.frames if frame]
    planned = [PlannedPage(frame, "home") for frame in frames if frame and is_same_site(frame, home.url)]
    # Frames take the place of a home page only where it is nothing but frames.
    framed = [] if home.document.blocks else await _read(fetcher, planned[: PAGES_MAX - 2], home.url)
    return [home, *framed]


async def visit_linked(
    fetcher: Fetcher, home: Sequence[Visited], kinds: Sequence[PageKind]
) -> AsyncIterator[list[Visited]]:
    """The pages of these kinds that the home page links, kind by kind in the order of `kinds`, six of a site in all.

    Pages that can't be read, or that lead to another registrable domain, are left out.
    """
    planned = sorted(_linked(home, kinds), key=lambda page: kinds.index(page.kind))
    read = list(home)
    for _, group in groupby(_spread(planned, PAGES_MAX - len(home)), key=lambda page: page.kind):
        new = await _read_new(fetcher, list(group), read)
        read += new
        yield new


async def visit_unlinked(fetcher: Fetcher, read: Sequence[Visited], kinds: Sequence[PageKind]) -> list[Visited]:
    """Pages of those of these kinds that home links none of; `read` are the pages read so far, home first.

    Found by the links of the other pages, else by the sitemap, else by well-known addresses. At most six of a site
    with those read.
    """
    linked = {page.kind for page in _linked([part for part in read if part.kind == "home"], kinds)}
    missing: list[PageKind] = [kind for kind in kinds if kind not in linked]
    if not missing or len(read) >= PAGES_MAX:
        return []
    home_url = read[0].url
    planned = _linked(read, missing) or await _from_sitemap(fetcher, home_url, missing) or guesses(home_url, missing)
    return await _read_new(fetcher, _spread(planned, PAGES_MAX - len(read)), read)


def _linked(pages: Sequence[Visited], kinds: Sequence[PageKind]) -> list[PlannedPage]:
    """What the pages link of these kinds, each once."""
    return list(dict.fromkeys(link for page in pages for link in plan_links(page.document, page.url, kinds)))


def _spread(planned: list[PlannedPage], room: int) -> list[PlannedPage]:
    """The first `room` pages such that every kind keeps one before any has a second; order stays."""
    firsts: list[PlannedPage] = []
    seconds: list[PlannedPage] = []
    for page in planned:
        (seconds if any(page.kind == first.kind for first in firsts) else firsts).append(page)
    kept = set((firsts + seconds)[:room])
    return [page for page in planned if page in kept]


async def _from_sitemap(fetcher: Fetcher, home_url: str, kinds: Sequence[PageKind]) -> list[PlannedPage]:
    xml = await _text(fetcher, urljoin(home_url, "/sitemap.xml"))
    nested = nested_sitemap(xml)
    if nested and is_same_site(nested, home_url):
        xml = await _text(fetcher, nested)
    return plan_sitemap(xml, home_url, kinds)


async def _text(fetcher: Fetcher, url: str) -> str:
    try:
        page = await fetcher.get(url)
    except Unreachable:
        return ""
    return page.html if page.ok else ""


async def _read_new(fetcher: Fetcher, planned: Sequence[PlannedPage], read: Sequence[Visited]) -> list[Visited]:
    """Those of the planned pages that are not among the read ones: a guess that leads back home is no contact page."""
    seen = {same_page(page.url) for page in read}
    return [page for page in await _read(fetcher, planned, read[0].url) if same_page(page.url) not in seen]


async def _read(fetcher: Fetcher, planned: Sequence[PlannedPage], home_url: str) -> list[Visited]:
    """The pages that could be read, in the order of `planned`; fetched together, the fetcher keeps the pace."""
    read = await asyncio.gather(*(_try(fetcher, page, home_url) for page in planned))
    return [visited for visited in read if visited is not None]


async def _try(fetcher: Fetcher, planned: PlannedPage, home_url: str) -> Visited | None:
    try:
        page = await fetcher.get(planned.url)
    except Unreachable:
        return None
    if not page.ok or not is_same_site(page.final_url, home_url):
        return None
    return _visited(page, planned.kind)


def _visited(page: Page, kind: PageKind) -> Visited:
    return Visited(page.final_url, kind, read_html(page.tree), page)
