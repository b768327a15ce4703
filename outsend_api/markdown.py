"""Markdown of our own as HTML: headings that can be linked to, tables and code that scroll by themselves."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import count, pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

TITLE = "h1"
_SEPARATORS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the title. `level` is 2 for the first below it."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    html: str
    headings: tuple[Heading, ...]


def render(text: str) -> Rendered:
    """The text as HTML, without its title, and the headings of what remains. HTML in the text is shown as text."""
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Html).enable("table")
    tokens = parser.parse(text)
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == TITLE:
        tokens = tokens[3:]  # opening, text, closing
    headings = _anchored(tokens)
    return Rendered(parser.renderer.render(tokens, parser.options, {}), headings)


class _Html(RendererHTML):
    """What is wider than its column scrolls, by the keyboard as well."""

    def heading_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        anchor = tokens[idx - 2].attrGet("id")
        return f' <a class="anchor" href="#{anchor}" aria-label="Link to this section">#</a></{tokens[idx].tag}>\n'

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return '<div class="wide" role="region" aria-label="Table" tabindex="0"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</table></div>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<pre tabindex="0"><code>{escape(tokens[idx].content)}</code></pre>\n'


def _anchored(tokens: Sequence[Token]) -> tuple[Heading, ...]:
    """Give each heading an `id` of its own, and list them."""
    found: dict[str, Heading] = {}
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            text = "".join(child.content for child in inline.children or ())
            name = _SEPARATORS.sub("-", text.lower()).strip("-") or "section"
            anchors = (name if number == 1 else f"{name}-{number}" for number in count(1))
            anchor = next(anchor for anchor in anchors if anchor not in found)
            opening.attrSet("id", anchor)
            found[anchor] = Heading(int(opening.tag[1:]), anchor, text)
    return tuple(found.values())
