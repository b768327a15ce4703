"""Pages that stand for a home page: its frames, and what stands in them."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.extract.emails import find_candidates
from engine.extract.visit import visit_home
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
