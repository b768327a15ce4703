"""Pages of two megabytes made to take a reader's time cost about what an ordinary page of their size costs."""

import time

import pytest

from engine.extract.emails import declared_domains, find_candidates, foreign_domains
from engine.extract.html import read_html
from engine.network.markup import ATTRIBUTES_MAX, ELEMENTS_MAX
from engine.network.types import Page
from tests.engine.extract.reading import OWN, plan_links

CHARACTERS = 2_000_000
ORDINARY = '<div class="a b"><p>Du bon <b>pain</b>, <a href="/p">chez vous</a> : x@y.fr</p></div>\n<!-- c -->'
TIMES_ORDINARY = 4.0
CPU_SECONDS = 2.0  # where the machine is busy, the ordinary page may have been lucky


def filled(unit: str, *, before: str = "", after: str = "", share: float = 1.0) -> str:
    return before + unit * int(CHARACTERS * share / len(unit)) + after


def numbered(unit: str, count: int) -> str:
    return "".join(unit.replace("#", str(number)) for number in range(count))


def script(code: str, *, kind: str = "") -> str:
    return f'<script type="{kind}">{code}</script>'


SHAPES = {
    "attributes": lambda: f"<p {numbered('a# ', 250_000)}>",
    "attributes whose values hold signs": lambda: "<p " + numbered('a#=">" ', 180_000) + ">",
    "attributes of a script": lambda: f"<script {numbered('a# ', 250_000)}></script>",
    "attributes of many elements": lambda: filled(f"<p {numbered('a# ', 4_000)}></p>"),
    "nested blocks": lambda: filled("<div>", share=0.5) + filled("</div>", share=0.5),
    "end tags in deep blocks": lambda: filled("</p>", before="<div>" * 9_000),
    "paragraphs in deep blocks": lambda: filled("<p>x</p>", before="<span>" * 9_000),
    "bold that stays open": lambda: filled("<b></p>"),
    "bold copied into paragraphs": lambda: filled("<p>x</p>", before=f"<p>{numbered('<b a=#>', 3_000)}</p>"),
    "bold hidden behind end tags": lambda: filled("<p>x</p>", before="</b>" * 9_000 + numbered("<b a=#>", 3_000)),
    "links": lambda: filled("<a href=/contact><div></a>"),
    "cells in pictures": lambda: filled("<td>", before="<svg>"),
    "text moved out of a table": lambda: filled(f"{'x' * 100}<!-- -->", before="<table>"),
    "options": lambda: filled("<option>", before="<select>"),
    "tables": lambda: filled("<table><tr><td>"),
    "style sheets": lambda: numbered("<style>.a#{display:none}</style>", 60_000),
    "rules and elements": lambda: (
        f"<style>{numbered('.a#{display:none}', 40_000)}</style>" + numbered("<p class=a#>", 40_000)
    ),
    "turned text": lambda: filled("x", before="<bdo dir=rtl>" * 4_000, after="</bdo>" * 4_000, share=0.9),
    "spelled signs": lambda: filled("_at_"),
    "spelled signs in lines": lambda: filled("<br>a(at)b.zz"),
    "addresses in lines": lambda: filled("<br>a@b.zz"),
    "an address in a long script": lambda: filled("'a@b.fr',", before=f"<script>{'x' * 1_000_000}", share=0.5),
    "comments in scripts": lambda: filled(script("/*'@'" * 3_000)),
    "open strings in scripts": lambda: filled(script("'@';" + "'\\" * 9_000)),
    "handlers": lambda: filled("<p onclick=\"mail('a','b.fr')\">"),
    "tokens": lambda: filled('<a data-mailto-token="aaaaaa">x</a>'),
    "a long token": lambda: filled("a", before='<a data-mailto-token="', after='">x</a>'),
    "comments in data": lambda: filled(script('{"a":/*' * 40_000, kind="application/ld+json")),
    "open strings in data": lambda: filled(script("{" + '"\\' * 99_999, kind="application/ld+json")),
    "links to contact pages": lambda: numbered("<a href=contact#>x</a>", 80_000),
    "entities": lambda: filled("&amp;#64;"),
    "signs": lambda: filled("<"),
}  # fmt: skip


def cpu_seconds(html: str) -> float:
    """For all that the search for addresses does with one page."""
    page = Page("https://dupont.fr/", "https://dupont.fr/", 200, {}, html[:CHARACTERS])
    begun = time.process_time()
    document = read_html(page.parse())
    find_candidates(document, page=page.url, kind="home", own=OWN)
    declared_domains(document)
    foreign_domains(document)
    plan_links(document, page.url, ("contact", "legal"))
    return time.process_time() - begun


@pytest.fixture(scope="module")
def ordinary() -> float:
    return cpu_seconds(filled(ORDINARY))


@pytest.mark.slow(20)
@pytest.mark.parametrize("shape", SHAPES)
def test_costs_about_what_an_ordinary_page_of_its_size_costs(shape: str, ordinary: float) -> None:
    assert cpu_seconds(SHAPES[shape]()) < max(TIMES_ORDINARY * ordinary, CPU_SECONDS)


def page(html: str) -> Page:
    return Page("https://dupont.fr/", "https://dupont.fr/", 200, {}, html)


def test_twenty_kilobytes_do_not_become_a_million_elements() -> None:
    html = f"<p>{numbered('<b a=#>', 1_000)}</p>{'<p>x</p>' * 1_500}"

    assert len(page(html).parse().css("*")) < 2 * ELEMENTS_MAX


def test_a_page_ends_before_its_crowded_element() -> None:
    tree = page(f"<p>a</p>{' ' * 70_000}<i {numbered('b#=1 ', ATTRIBUTES_MAX + 1)}>c</i>").parse()

    assert (len(tree.css("p")), len(tree.css("i"))) == (1, 0)


@pytest.mark.parametrize(
    "html",
    [
        "<table>" + "<tr><td><p>a<td><b>b</b><br>" * 12_000,
        "<li><font size=2 color=red>a</font><li>b" * 20_000,
        "<ul><li>a<ul><li>b</ul></ul><!-- <b a=1> -->" * 15_000,
        f"<script>{'<b a=1><div>' * 40_000}</script>" + "<p>a</p>" * 20_000,
        '<p title="' + "a b " * 20_000 + '">x</p>' + "<p>a" * 15_000,
        "<select><option>a</option><option>b</select>" * 15_000,
        f"<table><tr><td><p>{'a ' * 99}</p></td></tr></table><!-- b -->" * 4_000,
    ],
    ids=["cells", "fonts", "lists", "code", "long value", "options", "tables"],
)
def test_a_long_page_that_people_make_is_read_to_its_end(html: str) -> None:
    assert len(page(f"{html}</table></select><p id=end>fin</p>").parse().css("#end")) == 1
