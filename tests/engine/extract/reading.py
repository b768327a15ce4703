"""Short ways to read a page given as text."""

from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser

from engine.extract.emails import Domains, Ranked, declared_domains, find_candidates, foreign_domains, rank
from engine.extract.html import Document, read_html
from engine.extract.pages import PageKind, PlannedPage, menu_of, plan_menu

OWN = frozenset({"dupont.fr"})


def document(html: str) -> Document:
    return read_html(LexborHTMLParser(html))


def plan_links(document: Document, page_url: str, kinds: Sequence[PageKind]) -> list[PlannedPage]:
    """The pages of these kinds that a page links."""
    return plan_menu(menu_of(document, page_url), kinds)


def ranked(html: str, kind: PageKind = "home") -> list[Ranked]:
    """The addresses of one page of dupont.fr, best first."""
    read = document(html)
    found = find_candidates(read, page="https://dupont.fr/", kind=kind, own=OWN)
    return rank(found, Domains(OWN, declared_domains(read), foreign_domains(read)))


def addresses(html: str, kind: PageKind = "home") -> list[str]:
    return [entry.candidate.address for entry in ranked(html, kind)]
