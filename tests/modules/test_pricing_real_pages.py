"""pricing on real saved pages (OUTSEND_REAL_DATA): shops have prices, articles have none, and reading stays cheap."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from engine.extract.html import read_html
from engine.extract.prices import PricePage, may_name_prices, read_prices
from engine.extract.prices_boxes import read_boxes
from tests.load.real_pages import milliseconds, needed, real_pages

SHOPS = {"ebrosia.de.zinfandel.html", "toralin.de.schmierfett.html"}
# Most of the pages are articles: those that are taken for a price list, as a home page would be.
WRONG_MAX = 3
CPU_MILLISECONDS_A_PAGE = 8.0

pytestmark = needed


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return real_pages()


def prices_of(html: str) -> PricePage | None:
    if not may_name_prices(html):
        return None
    document = read_html(LexborHTMLParser(html))
    return read_prices(document, read_boxes(LexborHTMLParser(html)), url="https://x.fr/", kind="home")


@pytest.mark.slow(60)
def test_shops_have_prices_and_articles_have_none(pages: dict[str, str]) -> None:
    read = {name: prices_of(html) for name, html in pages.items()}

    found = {name for name, page in read.items() if page is not None and page.priced}
    assert found >= SHOPS
    assert len(found - SHOPS) <= WRONG_MAX, found


@pytest.mark.slow(60)
def test_reading_a_page_for_its_prices_stays_cheap(pages: dict[str, str]) -> None:
    (cost,) = milliseconds([prices_of], list(pages.values()), rounds=2)

    assert cost <= CPU_MILLISECONDS_A_PAGE
