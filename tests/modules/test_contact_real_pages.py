"""socials and phones_extra on real saved pages (OUTSEND_REAL_DATA): how much they find, what they never take, speed."""

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from engine.extract.html import Document, read_html
from engine.extract.phone_numbers import country_of
from engine.extract.phones import find_phones, lines_of
from engine.extract.socials import business_of, choose, find_profiles, makers_of
from tests.load.real_pages import milliseconds, needed, real_pages

PROFILES_MIN, LINES_MIN, LINES_MAX = 230, 9, 25
CPU_MILLISECONDS_A_PAGE = 2.8  # of each module, beyond what every reader of the page pays
# What is the network's own, another's or a sample.
NOBODYS = re.compile(r"/(?:sharer?|intent|wordpress\w*|username|login|hashtag|watch|embed|plugins)\b", re.IGNORECASE)

pytestmark = needed


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return real_pages()


def site_of(name: str) -> str:
    """The address of a saved page's site: its file is called `domain.word.html`."""
    return f"https://{name.rsplit('.', 2)[0]}/"


def profiles(document: Document, site: str) -> list[str]:
    found = find_profiles(document, page=site, kind="home")
    makers = makers_of(document) if found else frozenset[str]()
    return [one.profile.address for one in choose(found, business_of("", site), makers=makers).values()]


def numbers(document: Document, site: str) -> list[str]:
    country = country_of({"site_web": site}, language=document.language)
    return [line.number.e164 for line in lines_of(find_phones(document, page=site, kind="home", country=country))]


@pytest.mark.slow(60)
def test_profiles_and_numbers_are_found_and_no_page_does_harm(pages: dict[str, str]) -> None:
    documents = {site_of(name): read_html(LexborHTMLParser(html)) for name, html in pages.items()}

    chosen = [address for site, document in documents.items() for address in profiles(document, site)]
    lines = [number for site, document in documents.items() for number in numbers(document, site)]

    assert len(chosen) >= PROFILES_MIN
    assert [address for address in chosen if NOBODYS.search(address)] == []
    # Most of these are news pages: full of dates and amounts, without a number to call.
    assert LINES_MIN <= len(lines) <= LINES_MAX


@pytest.mark.slow(60)
def test_reading_a_page_stays_cheap(pages: dict[str, str]) -> None:
    trees = {html: LexborHTMLParser(html) for html in pages.values()}

    def shared(html: str) -> None:
        read_html(trees[html])

    def for_profiles(html: str) -> None:
        profiles(read_html(trees[html]), "https://x.fr/")

    def for_numbers(html: str) -> None:
        numbers(read_html(trees[html]), "https://x.fr/")

    paid, *each = milliseconds([shared, for_profiles, for_numbers], list(pages.values()), rounds=3)

    assert [round(cost - paid, 1) for cost in each if cost - paid > CPU_MILLISECONDS_A_PAGE] == []
