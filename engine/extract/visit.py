"""Read the pages of one site that matter: what `pages` plans, fetched.

The only part of this package that waits for the network; it knows the protocols `Fetcher` and `Browser` alone.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple, Protocol
from urllib.parse import urljoin

from engine.errors import OutsendError
from engine.extract.html import Document, read_html
from engine.extract.pages import (
    PAGES_MAX,
    Menu,
    PageKind,
    PlannedPage,
    absolute,
    base_of,
    guesses,
    is_same_site,
    menu_of,
    nested_sitemap,
    plan_menu,
    plan_sitemap,
    same_page,
)
from engine.network.types import Browser, NotConnected, Page, Unreachable
from engine.rows.sites import is_aggregator

# Many cells hold no scheme, and old sites have no certificate.
NO_HTTPS = ("refused", "tls_failure")
# After a site did not even take the connection in the ten seconds that it had: together the time of one page.
SECOND_SCHEME_SECONDS = 10.0
# A home page of more characters is the site's own, unless it says one of these: it need not be read to know that.
SHORT_PAGE = 20_000
LARGE_CHARACTERS = 500_000  # of the pages of a site that are read at once
_REFRESH = re.compile(r"http-equiv\s{0,9}=\s{0,9}[\"']?refresh")


class NotOwnSite(OutsendError):
    """The address leads to a directory or a platform: what stands there is not the business's own."""

    code = "not_own_site"
    message = "Page d'annuaire ou de plateforme, pas un site propre"
    hint = "Give the address of the business's own website."


class Reader(Protocol):
    """Gives pages: a `Fetcher` as they are served, `Rendered` as they stand when their scripts have run."""

    async def get(self, url: str, *, fresh: bool = False) -> Page:
        """The page behind `url`, whatever its status. Raises Unreachable."""
        ...


@dataclass(frozen=True, slots=True)
class Rendered:
    """Pages as a browser shows them, always looked at afresh."""

    browser: Browser

    async def get(self, url: str, *, fresh: bool = True) -> Page:
        """See `Reader`. Raises BrowserMissing, too."""
        return await self.browser.render(url)


class Seen(NamedTuple):
    """What is remembered of a page that was read, to plan the next ones. `url` is where it was found in the end."""

    url: str
    kind: PageKind
    menu: Menu
    elapsed_ms: float


class Visited:
    """One page that was fetched, read when first asked for. `url` is where it was found in the end.

    It weighs megabytes: who reads many sites at once keeps what he needs, and `seen`.
    """

    def __init__(self, page: Page, kind: PageKind) -> None:
        self.page = page
        self.url = page.final_url
        self.kind: PageKind = kind

    @cached_property
    def document(self) -> Document:
        return read_html(self.page.parse())

    @cached_property
    def seen(self) -> Seen:
        return Seen(self.url, self.kind, menu_of(self.document, self.url), self.page.elapsed_ms)


async def fetch_home(reader: Reader, site: str, *, fresh: bool = False) -> Page:
    """The page at a site's address, whatever its status; by http where nothing speaks https.

    A server that takes the connection and then says nothing is not asked a second time.

    Raises:
        Unreachable: neither gave an answer.
    """
    try:
        return await reader.get(site, fresh=fresh)
    except Unreachable as failure:
        silent = failure.reason == "timeout" and isinstance(failure, NotConnected)
        if not site.startswith("https:") or not (silent or failure.reason in NO_HTTPS):
            raise
        try:
            async with asyncio.timeout(SECOND_SCHEME_SECONDS if silent else None):
                return await reader.get(f"http:{site[len('https:') :]}", fresh=fresh)
        except TimeoutError:
            raise failure from None


async def visit_home(reader: Reader, site: str, *, pages_max: int = PAGES_MAX) -> list[Visited]:
    """The home page of a site, one meta refresh followed, with the pages of its frames.

    A deep address that is gone (4xx, 5xx) is replaced by the root of its host. Frames leave room for two more pages.

    Raises:
        Unreachable: the site gave no page.
    """
    page = await fetch_home(reader, site)
    root = urljoin(page.final_url, "/")
    if not page.ok and page.final_url != root:
        page = await reader.get(root)
    if not page.ok:
        raise Unreachable(url=site, reason="bad_answer", detail=f"status {page.status}")
    home = Visited(page, "home")
    if len(page.html) > SHORT_PAGE and not _leads_on(page.html.lower()):
        return [home]
    if target := absolute(home.document.refresh, base_of(home.document, home.url)):
        home = await _try(reader, PlannedPage(target, "home"), target) or home
    frames = [absolute(frame, base_of(home.document, home.url)) for frame in home.document.frames if frame]
    planned = [PlannedPage(frame, "home") for frame in frames if frame and is_same_site(frame, home.url)]
    # Frames take the place of a home page only where it is nothing but frames, whatever it says to those who show none.
    is_framed = not home.document.blocks or (planned and home.document.is_frameset)
    return [home, *(await _read(reader, planned[: pages_max - 2], home.url) if is_framed else ())]


def _leads_on(html: str) -> bool:
    """Whether a page in lower case may be a frameset, or refresh to another."""
    return "<frame" in html or _REFRESH.search(html) is not None


async def visit_own_home(reader: Reader, site: str, *, pages_max: int = PAGES_MAX) -> list[Visited]:
    """`visit_home`, of a site that is the business's own.

    Raises:
        Unreachable: the site gave no page.
        NotOwnSite: it leads to a directory or a platform.
    """
    home = await visit_home(reader, site, pages_max=pages_max)
    if is_aggregator(home[0].url):
        raise NotOwnSite
    return home


def is_large(pages: Iterable[Page]) -> bool:
    """Whether reading these pages may take more than 50 ms, and so belongs in a thread."""
    return sum(len(page.html) for page in pages) > LARGE_CHARACTERS


async def visit_site(
    reader: Reader,
    site: str,
    kinds: Sequence[PageKind],
    *,
    sought: Sequence[PageKind] = (),
    pages_max: int = PAGES_MAX,
) -> AsyncIterator[list[Visited]]:
    """The pages of a site, group by group: home, those of `kinds` that it links, those of `sought` that it does not.

    At most `pages_max` in all. Who empties the list that he is given frees its pages before the next are fetched.

    Raises:
        Unreachable: the site gave no page.
        NotOwnSite: it leads to a directory or a platform.
    """
    home = await visit_own_home(reader, site, pages_max=pages_max)
    read = [page.seen for page in home]
    home_read = tuple(read)
    yield home
    async for group in visit_linked(reader, home_read, kinds, pages_max=pages_max):
        read += [page.seen for page in group]
        yield group
    if sought:
        yield await visit_unlinked(reader, read, sought, pages_max=pages_max)


async def visit_linked(
    reader: Reader, home: Sequence[Seen], kinds: Sequence[PageKind], *, pages_max: int = PAGES_MAX
) -> AsyncIterator[list[Visited]]:
    """The pages of these kinds that the home page links, kind by kind in the order of `kinds`.

    At most `pages_max` of a site with those of `home`. Pages that can't be read, or that lead to another registrable
    domain, are left out. Who empties the list that he is given frees its pages before the next are fetched.
    """
    planned = sorted(_linked(home, kinds), key=lambda page: kinds.index(page.kind))
    read = list(home)
    for _, group in groupby(_spread(planned, pages_max - len(home)), key=lambda page: page.kind):
        new = await _read_new(reader, list(group), read)
        read += [visited.seen for visited in new]
        yield new


async def visit_unlinked(
    reader: Reader, read: Sequence[Seen], kinds: Sequence[PageKind], *, pages_max: int = PAGES_MAX
) -> list[Visited]:
    """Pages of those of these kinds that home links none of; `read` are the pages read so far, home first.

    Found by the links of the other pages, else by the sitemap, else by well-known addresses. At most
    `pages_max` of a site with those read.
    """
    linked = {page.kind for page in _linked([part for part in read if part.kind == "home"], kinds)}
    missing: list[PageKind] = [kind for kind in kinds if kind not in linked]
    if not missing or len(read) >= pages_max:
        return []
    home_url = read[0].url
    planned = _linked(read, missing) or await _from_sitemap(reader, home_url, missing) or guesses(home_url, missing)
    return await _read_new(reader, _spread(planned, pages_max - len(read)), read)


def _linked(pages: Sequence[Seen], kinds: Sequence[PageKind]) -> list[PlannedPage]:
    """What the pages link of these kinds, each once."""
    return list(dict.fromkeys(link for page in pages for link in plan_menu(page.menu, kinds)))


def _spread(planned: list[PlannedPage], room: int) -> list[PlannedPage]:
    """The first `room` pages such that every kind keeps one before any has a second; order stays."""
    firsts: list[PlannedPage] = []
    seconds: list[PlannedPage] = []
    for page in planned:
        (seconds if any(page.kind == first.kind for first in firsts) else firsts).append(page)
    kept = set((firsts + seconds)[:room])
    return [page for page in planned if page in kept]


async def _from_sitemap(reader: Reader, home_url: str, kinds: Sequence[PageKind]) -> list[PlannedPage]:
    xml = await _text(reader, urljoin(home_url, "/sitemap.xml"))
    nested = nested_sitemap(xml)
    if nested and is_same_site(nested, home_url):
        xml = await _text(reader, nested)
    return plan_sitemap(xml, home_url, kinds)


async def _text(reader: Reader, url: str) -> str:
    try:
        page = await reader.get(url)
    except Unreachable:
        return ""
    return page.html if page.ok else ""


async def _read_new(reader: Reader, planned: Sequence[PlannedPage], read: Sequence[Seen]) -> list[Visited]:
    """Those of the planned pages that are not among the read ones: a guess that leads back home is no contact page."""
    seen = {same_page(page.url) for page in read}
    return [page for page in await _read(reader, planned, read[0].url) if same_page(page.url) not in seen]


async def _read(reader: Reader, planned: Sequence[PlannedPage], home_url: str) -> list[Visited]:
    """The pages that could be read, in the order of `planned`; read together, the reader keeps the pace."""
    if len(planned) == 1:  # as most often: needs no task
        read = [await _try(reader, planned[0], home_url)]
    else:
        read = await asyncio.gather(*(_try(reader, page, home_url) for page in planned))
    return [visited for visited in read if visited is not None]


async def _try(reader: Reader, planned: PlannedPage, home_url: str) -> Visited | None:
    try:
        page = await reader.get(planned.url)
    except Unreachable:
        return None
    if not page.ok or not is_same_site(page.final_url, home_url):
        return None
    return Visited(page, planned.kind)
