"""ads_intelligence over real saved pages, where a folder of them is given (OUTSEND_REAL_DATA): counts, harm, speed."""

from collections import Counter

import pytest

from engine.extract.advertising import vendors_of
from engine.extract.filter_lists import InstalledLists
from engine.modules.ads_intelligence import DATA
from engine.network.types import Page
from tests.load.real_pages import milliseconds, needed, real_pages

pytestmark = needed

VENDORS = vendors_of(DATA / "marketing", DATA / "technologies")
# Sites with a tool of that role, counted by eye; each is a loader, an initialising call or a form at work.
SEEN = {"pixel": 16, "retargeting": 6, "network": 31, "crm": 12, "consent": 19}
# A page of a public body, of a wiki, of a small shop: nothing is bought there.
WITHOUT_MARKETING = ("en.wikipedia.org.tsne.html", "bmjv.de.konsum.html", "blog.python.org.html", "stuttgart.de.html")
CPU_MS_A_PAGE = 12.0  # news pages of 124 KB; 3 ms on a quiet machine


def page(name: str, html: str) -> Page:
    url = f"https://www.{'.'.join(name.split('.')[:2])}/"
    return Page(url, url, 200, {}, html, "text/html")


@pytest.mark.slow(60)
def test_tells_the_tools_of_real_pages_and_none_where_there_are_none() -> None:
    """C-442."""
    found = {name: VENDORS.find([page(name, html)], InstalledLists(())) for name, html in real_pages().items()}

    sites = Counter(role for one in found.values() for role in {sighting.role for sighting in one.sightings})
    assert len(found) >= 100
    assert {role: sites[role] for role in SEEN} == SEEN
    for name in WITHOUT_MARKETING:
        assert found[name].vendors("pixel", "retargeting", "network", "crm", "chat") == [], name
    assert found["blog.wordpress.com.diverse.html"].vendors("pixel", "retargeting") == ["adroll", "meta"]
    assert found["brigitte.de.ikigai.html"].vendors("retargeting") == ["google_ads"]


@pytest.mark.slow(60)
def test_a_real_page_costs_little() -> None:
    pages = real_pages()
    lists = InstalledLists(())

    (cost,) = milliseconds(
        [lambda html: VENDORS.find([page("dupont.fr", html)], lists)], list(pages.values()), rounds=2
    )

    assert cost <= CPU_MS_A_PAGE
