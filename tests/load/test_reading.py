"""What it costs to read a real page, beside a bare parse of the same pages in the same run."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from engine.extract.emails import find_candidates
from engine.extract.html import Document, read_html
from engine.extract.pages import PageKind, menu_of, plan_menu
from engine.network.markup import parseable
from tests.load.real_pages import milliseconds, needed, real_pages
from tests.load.table import tell

KINDS: tuple[PageKind, ...] = ("contact", "legal", "team", "about")
# The guard before the parse, facts, addresses and whom they belong to; most of these pages are four times a business's.
TIMES_THE_PARSE = 14.0
ROUNDS = 5

pytestmark = [pytest.mark.slow(120), needed]


def facts(html: str) -> Document:
    return read_html(LexborHTMLParser(parseable(html)))


def addresses(html: str) -> Document:
    document = facts(html)
    find_candidates(document, page="https://x.fr/", kind="home", own=frozenset())
    return document


def plan(html: str) -> None:
    plan_menu(menu_of(addresses(html), "https://x.fr/"), KINDS)


def test_reading_a_page_costs_few_times_its_parse() -> None:
    pages = list(real_pages().values())

    bare, read, found, planned = milliseconds((LexborHTMLParser, facts, addresses, plan), pages, rounds=ROUNDS)

    tell(
        f"reading: {len(pages)} real pages for their addresses",
        f"{found:.2f} ms CPU a page; facts alone {read:.2f}, the next pages to read {planned - found:.2f} more",
        beside=f"bare parse {bare:.2f} ms",
        ratio=found / bare,
        aim=f"{TIMES_THE_PARSE:.0f} times at most",
    )
    assert found <= TIMES_THE_PARSE * bare
