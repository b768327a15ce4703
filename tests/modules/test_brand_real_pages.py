"""Real saved pages, where a folder of them is given (OUTSEND_REAL_DATA): whose logo is found, and what it costs."""

from collections import Counter

import pytest
from selectolax.lexbor import LexborHTMLParser

from engine.extract.brand import Brand, read_brand
from engine.network.types import Page
from tests.load.real_pages import milliseconds, needed, real_pages

# Seen by eye in 110 pages, most of newspapers and blogs.
LOGOS_MIN, ICONS_MIN, COLORS_MIN = 85, 85, 20
# Pages that show a header's logo of somebody else: an advertiser's.
WRONG_MAX = 2
MILLISECONDS_A_PAGE = 12.0  # of 124 KB; a small business's page costs a fourth

pytestmark = [needed, pytest.mark.slow(60)]


@pytest.fixture(scope="module")
def brands() -> dict[str, Brand]:
    return {name: read_brand(*parsed(name, html)) for name, html in real_pages().items()}


def parsed(name: str, html: str) -> tuple[LexborHTMLParser, str]:
    """The tree of a page, and where it stood, guessed by its file's name."""
    url = f"https://www.{'.'.join(name.split('.')[:2])}/"
    return Page(url, url, 200, {}, html).parse(), url


def test_most_pages_show_a_logo_and_an_icon(brands: dict[str, Brand]) -> None:
    told = Counter(brand.logos[0].source for brand in brands.values() if brand.logos)

    assert len(brands) >= 100
    assert sum(told.values()) >= LOGOS_MIN, told
    assert told["header-img"] + told["header-svg"] + told["json-ld"] >= 70, told
    assert sum(bool(brand.icons) for brand in brands.values()) >= ICONS_MIN
    assert sum(bool(brand.colors) for brand in brands.values()) >= COLORS_MIN


def test_hardly_a_page_shows_the_logo_of_another(brands: dict[str, Brand]) -> None:
    foreign = [brand.logos[0].url for brand in brands.values() if brand.logos and "ads" in brand.logos[0].name]

    assert len(foreign) <= WRONG_MAX, foreign


def test_reading_a_page_stays_cheap() -> None:
    pages = list(real_pages().values())

    (spent,) = milliseconds([lambda html: read_brand(LexborHTMLParser(html), "https://x.fr/")], pages, rounds=2)

    assert spent < MILLISECONDS_A_PAGE
