"""What it costs to read a real page, beside a bare parse of the same pages in the same run."""

import gc
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from engine.extract.emails import find_candidates
from engine.extract.html import Document, read_html
from engine.extract.pages import PageKind, plan_links
from engine.network.markup import parseable

FOLDER = Path(os.environ.get("OUTSEND_REAL_DATA") or "missing") / "pages"
KINDS: tuple[PageKind, ...] = ("contact", "legal", "team", "about")
# The guard before the parse, facts, addresses and whom they belong to; most of these pages are four times a business's.
TIMES_THE_PARSE = 14.0
ROUNDS = 5

pytestmark = [
    pytest.mark.slow(120),
    pytest.mark.skipif(not FOLDER.is_dir(), reason="OUTSEND_REAL_DATA names no folder with pages/"),
]


@pytest.fixture(scope="module")
def pages() -> list[str]:
    return [file.read_text(encoding="utf-8", errors="replace") for file in sorted(FOLDER.glob("*.html"))]


@pytest.fixture(autouse=True)
def settled() -> Iterator[None]:
    """As in a worker, the collector passes over what is loaded: here, over all of the tests' own tools."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def milliseconds(steps: Sequence[Callable[[str], object]], pages: Sequence[str]) -> list[float]:
    """CPU time a page of each step, the best of some rounds; the steps take turns, as machines change their speed."""
    best = [float("inf")] * len(steps)
    for _ in range(ROUNDS):
        for number, step in enumerate(steps):
            begun = time.process_time()
            for html in pages:
                step(html)
            best[number] = min(best[number], (time.process_time() - begun) / len(pages) * 1_000)
    return best


def facts(html: str) -> Document:
    return read_html(LexborHTMLParser(parseable(html)))


def addresses(html: str) -> Document:
    document = facts(html)
    find_candidates(document, page="https://x.fr/", kind="home", own=frozenset())
    return document


def plan(html: str) -> None:
    plan_links(addresses(html), "https://x.fr/", KINDS)


def test_reading_a_page_costs_few_times_its_parse(pages: list[str]) -> None:
    bare, read, found, planned = milliseconds((LexborHTMLParser, facts, addresses, plan), pages)

    steps = f"parse {bare:.2f}, with facts {read:.2f}, with addresses {found:.2f}, with the next pages {planned:.2f} ms"
    print(f"\nreading a real page ({len(pages)})    CPU {steps}; {found / bare:.1f} times the parse")  # noqa: T201
    assert found <= TIMES_THE_PARSE * bare
