"""Real saved pages, where a folder of them is given (OUTSEND_REAL_DATA): no harm, every mailto found, speed."""

import os
import re
import time
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from selectolax.lexbor import LexborHTMLParser

from engine.extract.emails import (
    Domains,
    declared_domains,
    find_candidates,
    foreign_domains,
    own_domains,
    rank,
)
from engine.extract.html import Document, read_html
from engine.network.markup import parseable
from engine.network.types import Page
from tests.engine.extract.reading import plan_links

FOLDER = Path(os.environ.get("OUTSEND_REAL_DATA") or "missing") / "pages"
MAILTO = re.compile(r"mailto:([^\"'?>\s]+@[^\"'?>\s]+)")
TAKEN_MIN = 25
# Words that no mailbox is called by. On its own domain a site is believed when it writes 'name at domain', which reads
# 'work at blog.python.org' wrong: the price of the many who hide their address so.
PROSE = re.compile(r"(?:this|that|work|works|look|project|python|us|me|you|t)@.*")
NOBODYS = {"work@blog.python.org"}
# Most of these are news pages of 150 KB and 1,700 nodes; a small business's page costs a fourth.
CPU_SECONDS_A_PAGE = 0.015

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="OUTSEND_REAL_DATA names no folder with pages/")


@pytest.fixture(scope="module")
def pages() -> list[str]:
    return [file.read_text(encoding="utf-8", errors="replace") for file in sorted(FOLDER.glob("*.html"))]


@pytest.mark.slow(60)
def test_every_mailto_is_found_and_no_page_does_harm(pages: list[str]) -> None:
    wanted = found = 0
    for html in pages:
        page, document = read(html)
        candidates = find_candidates(document, page=page.url, kind="home", own=frozenset())
        plan_links(document, page.url, ("contact", "legal", "team", "about", "prices"))
        mailtos = {unquote(unescape(address)).lower() for address in MAILTO.findall(html)}
        wanted += len(mailtos)
        found += len(mailtos & {candidate.address for candidate in candidates})

    assert len(pages) >= 100
    assert wanted >= 10
    assert found == wanted


@pytest.mark.slow(60)
def test_what_is_taken_is_somebodys_address(pages: list[str]) -> None:
    taken: list[str] = []
    for html in pages:
        page, document = read(html)
        own = own_domains([document.canonical] if document.canonical.startswith("http") else [])
        candidates = find_candidates(document, page=page.url, kind="contact", own=own)
        ranked = rank(candidates, Domains(own, declared_domains(document), foreign_domains(document) - own))
        taken += [entry.candidate.address for entry in ranked]

    assert len(taken) >= TAKEN_MIN
    assert {address for address in taken if PROSE.fullmatch(address)} <= NOBODYS


@pytest.mark.slow(60)
def test_no_real_page_is_cut_short(pages: list[str]) -> None:
    assert [len(html) for html in pages if parseable(html) != html] == []


def read(html: str) -> tuple[Page, Document]:
    page = Page("https://x.fr/", "https://x.fr/", 200, {}, html)
    return page, read_html(page.parse())


@pytest.mark.slow(60)
def test_reading_a_page_stays_cheap(pages: list[str]) -> None:
    trees = [LexborHTMLParser(html) for html in pages]

    start = time.process_time()
    for tree in trees:
        find_candidates(read_html(tree), page="https://x.fr/", kind="home", own=frozenset())
    seconds = time.process_time() - start

    assert seconds / len(pages) < CPU_SECONDS_A_PAGE
