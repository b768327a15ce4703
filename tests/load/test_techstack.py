"""What it costs to name the technologies of a real page, beside a bare parse of the same pages in the same run."""

import asyncio
import time

import pytest
from selectolax.lexbor import LexborHTMLParser

from engine.extract.technologies.matcher import matcher_of
from engine.module import NoConfig
from engine.modules.techstack import SIGNATURES, module
from engine.network.types import Page
from tests.load.real_pages import milliseconds, needed, real_pages
from tests.load.table import tell
from tests.modules.small_web import SmallWeb

MILLISECONDS_A_PAGE = 3.0  # PRODUCT, section 11: CPU after the fetch, parse included
MILLISECONDS_BEYOND_PARSE = 2.0
COMPILE_SECONDS = 0.3
TIMES_THE_SIGNATURES = 1.8  # for the rest of an item: the event loop, a look for frames, its report
ROUNDS = 7

pytestmark = [pytest.mark.slow(120), needed]


URL = "https://x.fr/"


def fetched(html: str) -> Page:
    return Page(URL, URL, 200, {}, html, "text/html")


def parsed(html: str) -> object:
    return fetched(html).parse()


def signs(html: str) -> object:
    return matcher_of(SIGNATURES).detect([fetched(html)])


def test_a_real_page_costs_three_milliseconds_at_most() -> None:
    pages = list(real_pages().values())
    begun = time.process_time()
    matcher_of(SIGNATURES)
    compiled = time.process_time() - begun

    bare, guarded, whole = milliseconds((LexborHTMLParser, parsed, signs), pages, rounds=ROUNDS)

    kilobytes = sum(map(len, pages)) / len(pages) / 1_000
    tell(
        f"techstack: signatures on {len(pages)} real pages of {kilobytes:.0f} KB",
        f"{whole:.2f} ms CPU a page, table compiled in {compiled:.3f} s",
        beside=f"bare parse {bare:.2f} ms, with the guard before it {guarded:.2f} ms",
        ratio=whole / bare,
        aim=f"{MILLISECONDS_A_PAGE:.0f} ms",
    )
    assert whole <= MILLISECONDS_A_PAGE
    assert whole - guarded <= MILLISECONDS_BEYOND_PARSE
    assert compiled <= COMPILE_SECONDS


def test_a_whole_item_costs_little_more_than_its_signatures() -> None:
    pages = list(real_pages().values())
    with asyncio.Runner() as runner:

        def item(html: str) -> None:
            runner.run(module.enrich({"site_web": URL}, NoConfig(), SmallWeb({URL: html}).run()))

        signatures, whole = milliseconds((signs, item), pages, rounds=ROUNDS)

    tell(
        f"techstack: all of an item on {len(pages)} real pages, fetched already",
        f"{whole:.2f} ms CPU a page",
        beside=f"signatures alone {signatures:.2f} ms",
        ratio=whole / signatures,
        aim=f"{TIMES_THE_SIGNATURES} times",
    )
    assert whole <= TIMES_THE_SIGNATURES * signatures
