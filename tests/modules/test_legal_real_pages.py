"""Legal numbers and notices on real saved pages, where a folder of them is given (OUTSEND_REAL_DATA)."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from engine.extract.html import read_html
from engine.extract.legal_ids import Number, find_numbers
from engine.extract.notice_page import NoticePage, read_page
from tests.load.real_pages import milliseconds, needed, real_pages

pytestmark = needed
# Beside the reading of the page itself. These are news pages of 120 KB; a notice is read of legal pages alone.
NUMBERS_MS, NOTICE_MS = 3.0, 20.0


def numbers_of(html: str) -> list[Number]:
    numbers, _ = find_numbers(read_html(LexborHTMLParser(html)), page="https://x.fr/", kind="legal")
    return numbers


def notice_of(html: str) -> NoticePage:
    document = read_html(LexborHTMLParser(html))
    return read_page(document, page="https://x.fr/", kind="legal", site="https://x.fr/", country="FR")


@pytest.mark.slow(60)
def test_no_page_that_is_no_legal_notice_gives_a_number_or_a_notice() -> None:
    """The saved pages are front pages and articles; two of them speak of a register."""
    pages = real_pages()

    numbers = {name: found for name, html in pages.items() if (found := numbers_of(html))}
    notices = {name: dict(found.said) for name, html in pages.items() if (found := notice_of(html)).is_notice}

    assert len(pages) >= 100
    assert numbers == {}
    assert notices == {}


@pytest.mark.slow(60)
def test_looking_for_numbers_and_for_a_notice_stays_cheap() -> None:
    pages = list(real_pages().values())
    read, numbers, notice = milliseconds(
        [lambda html: read_html(LexborHTMLParser(html)).blocks, numbers_of, notice_of], pages, rounds=2
    )

    assert numbers - read < NUMBERS_MS
    assert notice - read < NOTICE_MS
