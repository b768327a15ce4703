"""What the walk takes down comes out the same whatever is asked first, and costs nothing that nobody asks for."""

import gc
import weakref

import pytest

from engine.extract.html import Document
from engine.extract.walk import Walk
from tests.engine.extract.reading import document

PAGES = (
    "<h1>Dupont</h1><p>a<br>b<i>c</i></p><div> <p> </p> d\n e </div>",
    "<p>contact<i class='fa fa-at'></i>dupont.fr</p><p>b</p>",
    "<style>.r{unicode-bidi:bidi-override}</style><p>Mail : <span class=r>rf.tnopud@tcatnoc</span></p><p>b</p>",
    "<p>\u200b</p><p>con\u00adtact</p><p>\u202erf.tnopud\u202c</p>",
    "<h2>H\u00e9bergeur</h2><p>eux <a href='https://eux.fr'>ici</a></p>",
)


@pytest.mark.parametrize("html", PAGES)
def test_the_text_is_that_of_the_blocks(html: str) -> None:
    read = document(html)

    assert read.text.split("\n") == [block.text for block in read.blocks]


@pytest.mark.parametrize("html", PAGES)
def test_the_order_of_questions_changes_no_answer(html: str) -> None:
    early, late = document(html), document(html)

    sections = [link.section for link in early.links]

    assert (late.text, late.blocks, [link.section for link in late.links]) == (early.text, early.blocks, sections)


def test_a_document_goes_with_its_last_user() -> None:
    read = document(PAGES[-1])
    assert read.links[0].section == "host"
    seen = weakref.ref(walk_of(read))

    gc.disable()  # a cycle would stay until the collector comes by: thousands of pages in memory
    try:
        del read
        assert seen() is None
    finally:
        gc.enable()


def walk_of(read: Document) -> Walk:
    return read.links[0].walk
