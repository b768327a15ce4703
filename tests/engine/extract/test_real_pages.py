"""Real saved pages, where a folder of them is given (OUTSEND_REAL_DATA): no harm, every mailto found, speed."""

import os
import re
import time
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from selectolax.lexbor import LexborHTMLParser

from engine.extract.emails import Domains, find_candidates, rank
from engine.extract.html import read_html
from engine.extract.pages import plan_links

FOLDER = Path(os.environ.get("OUTSEND_REAL_DATA") or "missing") / "pages"
MAILTO = re.compile(r"mailto:([^\"'?>\s]+@[^\"'?>\s]+)")
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
        document = read_html(LexborHTMLParser(html))
        candidates = find_candidates(document, page="https://x.fr/", kind="home", own=frozenset())
        rank(candidates, Domains(frozenset()))
        plan_links(document, "https://x.fr/", ("contact", "legal", "team", "about", "prices"))
        mailtos = {unquote(unescape(address)).lower() for address in MAILTO.findall(html)}
        wanted += len(mailtos)
        found += len(mailtos & {candidate.address for candidate in candidates})

    assert len(pages) >= 100
    assert wanted >= 10
    assert found == wanted


@pytest.mark.slow(60)
def test_reading_a_page_stays_cheap(pages: list[str]) -> None:
    trees = [LexborHTMLParser(html) for html in pages]

    start = time.process_time()
    for tree in trees:
        find_candidates(read_html(tree), page="https://x.fr/", kind="home", own=frozenset())
    seconds = time.process_time() - start

    assert seconds / len(pages) < CPU_SECONDS_A_PAGE
