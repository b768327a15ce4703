"""The facts of an HTML page in one pass over its tree; every module reads these instead of the tree.

Texts are as people see them: entities decoded, white space folded, one block for each line. HTML comments are shown
to nobody and read by nobody. What costs time is worked out when it is first asked for: lines, sections, JSON-LD.
"""

import re
from functools import cached_property
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from engine.extract.json_ld import read_json_ld
from engine.extract.lines import Block as Block
from engine.extract.sections import Section
from engine.extract.walk import Attributes, LinkPlace, Walk
from engine.extract.walk import Script as Script
from engine.rows.types import Value


class Link(NamedTuple):
    """An `a` or `area` with a target. `href` is as written; `pages.absolute` resolves it."""

    href: str
    attributes: Attributes
    walk: Walk
    place: LinkPlace

    @property
    def text(self) -> str:
        return self.walk.link_text(self.place)

    @property
    def section(self) -> Section:
        return self.walk.sections.at(self.place[-1])

    @property
    def is_on_top(self) -> bool:
        """Whether no heading and no prose stands before it."""
        return self.walk.sections.is_on_top(self.place[-1])


class Element(NamedTuple):
    """An element with attributes for scripts and machines: `data-*`, `on*`, `itemprop`, `alt`, `title`."""

    tag: str
    attributes: Attributes
    walk: Walk
    mark: int

    @property
    def section(self) -> Section:
        return self.walk.sections.at(self.mark)


class Document:
    """What a page says, in document order. `metas`: name, property or http-equiv (lower case) to its first content."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self.title: str = walk.once.get("title", "")
        self.language: str = walk.once.get("language", "")
        self.base: str = walk.once.get("base", "")
        self.canonical: str = walk.once.get("canonical", "")
        self.metas = walk.metas
        self.scripts = tuple(walk.scripts)
        self.frames = tuple(walk.frames)
        self.is_frameset = walk.is_frameset

    @cached_property
    def links(self) -> tuple[Link, ...]:
        walk = self._walk
        return tuple([Link((place[1].get("href") or "").strip(), place[1], walk, place) for place in walk.links])

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        walk = self._walk
        return tuple([Element(tag, attributes, walk, mark) for tag, attributes, mark in walk.elements])

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(self._walk.sections.blocks)

    @cached_property
    def json_ld(self) -> tuple[dict[str, Value], ...]:
        return tuple([thing for code in self._walk.json_ld for thing in read_json_ld(code)])

    @cached_property
    def text(self) -> str:
        """All visible text, a block a line. Their sections are not worked out for it."""
        return "\n".join(filter(None, self._walk.lines))

    @property
    def refresh(self) -> str:
        """The target of a meta refresh, as written; '' without one, and for a page that is to be read before."""
        found = _REFRESH.match(self.metas.get("refresh", "")[:2_000])
        return found[2].strip(" '\"") if found and float(found[1] or 0) <= REFRESH_SECONDS_MAX else ""


REFRESH_SECONDS_MAX = 30.0
_REFRESH = re.compile(r"\s{0,9}(\d{0,9})[\d.]{0,9}\s{0,9}[;,]?\s{0,9}url\s{0,9}=(.+)", re.IGNORECASE | re.DOTALL)


def read_html(tree: LexborHTMLParser) -> Document:
    """The facts of a parsed page. Never raises, whatever the page."""
    return Document(Walk(tree.root))
