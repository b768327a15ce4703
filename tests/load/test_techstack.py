"""What it costs to name the technologies of a real page, beside a bare parse of the same pages in the same run."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from engine.extract.technologies.matcher import matcher_of
from engine.modules.techstack import SIGNATURES
from engine.network.types import Page
from tests.load.table import tell

FOLDER = Path(os.environ.get("OUTSEND_REAL_DATA") or "missing") / "pages"
MILLISECONDS_A_PAGE = 3.0  # PRODUCT, section 11: CPU after the fetch, parse included
MILLISECONDS_BEYOND_PARSE = 2.0
COMPILE_SECONDS = 0.3
ROUNDS = 5

pytestmark = [
    pytest.mark.slow(120),
    pytest.mark.skipif(not FOLDER.is_dir(), reason="OUTSEND_REAL_DATA names no folder with pages/"),
]


@pytest.fixture(scope="module")
def pages() -> list[str]:
    return [file.read_text(encoding="utf-8", errors="replace") for file in sorted(FOLDER.glob("*.html"))]


def milliseconds(work: Callable[[str], object], pages: Sequence[str]) -> float:
    """CPU time a page, the best of some rounds."""
    rounds: list[float] = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for html in pages:
            work(html)
        rounds.append((time.process_time() - begun) / len(pages) * 1_000)
    return min(rounds)


def fetched(html: str) -> Page:
    return Page("https://x.fr/", "https://x.fr/", 200, {}, html, "text/html")


def test_a_real_page_costs_three_milliseconds_at_most(pages: list[str]) -> None:
    begun = time.process_time()
    matcher = matcher_of(SIGNATURES)
    compiled = time.process_time() - begun

    bare = milliseconds(LexborHTMLParser, pages)
    parsing = milliseconds(lambda html: fetched(html).parse(), pages)
    whole = milliseconds(lambda html: matcher.detect([fetched(html)]), pages)

    tell(
        f"techstack, {len(pages)} real pages",
        f"{whole:.2f} ms CPU a page, table compiled in {compiled:.3f} s",
        beside=f"bare parse {bare:.2f} ms",
        ratio=whole / bare,
        aim=f"{MILLISECONDS_A_PAGE:.0f} ms",
    )
    assert whole <= MILLISECONDS_A_PAGE
    assert whole - parsing <= MILLISECONDS_BEYOND_PARSE
    assert compiled <= COMPILE_SECONDS
