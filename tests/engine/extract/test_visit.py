"""Pages that stand for a home page: its frames, and what stands in them."""

import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.extract.emails import find_candidates
from engine.extract.html import Document
from engine.extract.visit import visit_home, visit_linked
from engine.network.types import Page, Unreachable
from tests.engine.extract.reading import OWN

HOME = "https://dupont.fr/"
FRAMESET = """<frameset rows="80,*"><frame src="haut.html"><frame src="https://www.dupont.fr/corps.html">
<frame src="https://ailleurs.com/pub.html"><noframes><p>Ce navigateur ne montre pas les cadres.</p></noframes>
</frameset>"""


@dataclass(frozen=True)
class Web:
    """The outside world: addresses and what they serve."""

    pages: Mapping[str, str]

    async def get(self, url: str, *, fresh: bool = False) -> Page:
        if url not in self.pages:
            raise Unreachable(url=url, reason="refused")
        return Page(url, url, 200, {}, self.pages[url])


async def test_frames_of_the_same_site_continue_the_home_page() -> None:
    script = "<script>document.write('con' + 'tact' + '@' + 'dupont.fr')</script>"
    web = Web(
        {
            HOME: FRAMESET,
            "https://dupont.fr/haut.html": "<h1>Dupont</h1>",
            "https://www.dupont.fr/corps.html": f"<p>\u00c9crivez-nous : {script}</p>",
            "https://ailleurs.com/pub.html": "<p>pub@ailleurs.com</p>",
        }
    )

    pages = await visit_home(web, HOME)

    assert [(page.url, page.kind) for page in pages] == [
        (HOME, "home"),
        ("https://dupont.fr/haut.html", "home"),
        ("https://www.dupont.fr/corps.html", "home"),
    ]
    found = [find_candidates(page.document, page=page.url, kind=page.kind, own=OWN) for page in pages]
    assert [candidate.address for page in found for candidate in page] == ["contact@dupont.fr"]


async def test_a_frame_that_is_away_leaves_the_others() -> None:
    web = Web({HOME: FRAMESET, "https://www.dupont.fr/corps.html": "<p>contact@dupont.fr</p>"})

    assert [page.url for page in await visit_home(web, HOME)] == [HOME, "https://www.dupont.fr/corps.html"]


async def test_a_frame_beside_text_is_no_part_of_the_home_page() -> None:
    web = Web({HOME: "<p>Bonjour</p><iframe src=carte.html></iframe>", "https://dupont.fr/carte.html": "<p>Carte</p>"})

    assert [page.url for page in await visit_home(web, HOME)] == [HOME]


@dataclass(frozen=True)
class Weighed(Web):
    """Notes how many documents that were read are still held when a page is asked for."""

    documents: list["weakref.ref[Document]"] = field(default_factory=list["weakref.ref[Document]"])
    held: list[int] = field(default_factory=list[int])

    async def get(self, url: str, *, fresh: bool = False) -> Page:
        self.held.append(sum(document() is not None for document in self.documents))
        return await super().get(url, fresh=fresh)


async def test_a_reader_who_empties_his_lists_holds_no_page_while_the_next_is_fetched() -> None:
    menu = '<a href="/contact">Contact</a><a href="/mentions-legales">Mentions l\u00e9gales</a>'
    web = Weighed({HOME: menu, f"{HOME}contact": menu, f"{HOME}mentions-legales": menu})

    pages = await visit_home(web, HOME)
    read = [page.seen for page in pages]
    web.documents.extend(weakref.ref(page.document) for page in pages)
    pages.clear()
    async for group in visit_linked(web, read, ("contact", "legal")):
        web.documents.extend(weakref.ref(page.document) for page in group)
        group.clear()

    assert len(web.documents) == 3
    assert web.held == [0, 0, 0]
