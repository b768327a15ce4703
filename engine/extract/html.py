"""The facts of an HTML page in one pass over its tree; every module reads these instead of the tree.

Texts are as people see them: entities decoded, white space folded, one block for each line. HTML comments are shown
to nobody and read by nobody.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from engine.extract.json_ld import read_json_ld
from engine.extract.lines import Block as Block
from engine.extract.lines import Lines, Place
from engine.extract.sections import Section
from engine.rows.types import Value

Attributes = Mapping[str, str | None]


class Link(NamedTuple):
    """An `a` or `area` with a target. `href` is as written; `pages.absolute` resolves it."""

    href: str
    text: str
    section: Section
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Script:
    """A script: `src` when it is loaded, `code` when it is inline. `kind` is its `type`, lower case."""

    src: str
    code: str
    kind: str


class Element(NamedTuple):
    """An element with attributes for scripts and machines: `data-*`, `on*`, `itemprop`, `alt`, `title`."""

    tag: str
    attributes: Attributes
    section: Section


@dataclass(frozen=True, slots=True)
class Document:
    """What a page says, in document order. `metas`: name, property or http-equiv (lower case) to its first content."""

    title: str = ""
    language: str = ""
    base: str = ""
    canonical: str = ""
    metas: Mapping[str, str] = field(default_factory=dict[str, str])
    links: tuple[Link, ...] = ()
    blocks: tuple[Block, ...] = ()
    scripts: tuple[Script, ...] = ()
    json_ld: tuple[dict[str, Value], ...] = ()
    frames: tuple[str, ...] = ()
    elements: tuple[Element, ...] = ()

    @property
    def text(self) -> str:
        """All visible text, a block a line."""
        return "\n".join(block.text for block in self.blocks)

    @property
    def refresh(self) -> str:
        """The target of a meta refresh, as written; '' without one, and for a page that is to be read before."""
        found = _REFRESH.match(self.metas.get("refresh", "")[:2_000])
        return found[2].strip(" '\"") if found and float(found[1] or 0) <= REFRESH_SECONDS_MAX else ""


REFRESH_SECONDS_MAX = 30.0
_REFRESH = re.compile(r"\s{0,9}(\d{0,9})[\d.]{0,9}\s{0,9}[;,]?\s{0,9}url\s{0,9}=(.+)", re.IGNORECASE | re.DOTALL)
_UNREAD = frozenset(("template", "svg", "math", "object", "canvas", "textarea", "select", "audio"))
_VOID = frozenset(("meta", "link", "base", "frame", "iframe", "script", "style", "title", "img", "br", "area"))
_FOR_MACHINES = frozenset(("itemprop", "alt", "title", "aria-label"))
_SIGN_ALT_MAX = 8  # an image that stands for '@' or '(at)' says so in its alt text


def read_html(tree: LexborHTMLParser) -> Document:
    """The facts of a parsed page. Never raises, whatever the page."""
    reader = _Reader()
    entered: list[LexborNode] = []
    node = tree.root
    # Without recursion: real pages nest thousands deep.
    while node is not None:
        if reader.enter(node):
            child = node.first_child
            if child is not None:
                entered.append(node)
                node = child
                continue
            reader.leave()
        while (following := node.next) is None and entered:
            node = entered.pop()
            reader.leave()
        node = following
    return reader.document()


@dataclass(slots=True)
class _OpenLink:
    href: str
    attributes: Attributes
    place: Place
    depth: int
    pieces: list[str]


class _Reader:
    """Collects the facts while the walk enters and leaves nodes."""

    def __init__(self) -> None:
        self._lines = Lines()
        self._depth = 0
        self._link: _OpenLink | None = None
        self._links: list[_OpenLink] = []
        self._elements: list[tuple[str, Attributes, Place]] = []
        self._scripts: list[Script] = []
        self._json_ld: list[dict[str, Value]] = []
        self._frames: list[str] = []
        self._metas: dict[str, str] = {}
        self._once: dict[str, str] = {}  # title, language, base, canonical

    def enter(self, node: LexborNode) -> bool:
        """Take note of a node; whether the walk goes inside (and `leave` follows)."""
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "")
            return False
        if tag[:1] == "-" or tag in _UNREAD:
            return False
        attributes = node.attributes
        if attributes:
            self._note_element(tag, attributes)
        if tag in _VOID:
            self._void(tag, attributes, node)
            return False
        if not self._lines.open(tag, attributes):
            return False
        self._depth += 1
        if attributes:
            self._open(tag, attributes)
        return True

    def _open(self, tag: str, attributes: Attributes) -> None:
        if tag == "a" and (href := attributes.get("href")):
            self._link = _OpenLink(href.strip(), attributes, self._lines.place(), self._depth, [])
            self._links.append(self._link)
        elif tag == "i" and "fa-at" in (attributes.get("class") or "").split():
            self._lines.add("@")  # an icon in place of the sign
        elif tag == "html":
            self._once.setdefault("language", (attributes.get("lang") or "").lower())

    def leave(self) -> None:
        if self._link is not None and self._link.depth == self._depth:
            self._link = None
        self._depth -= 1
        self._lines.close()

    def document(self) -> Document:
        section = self._lines.section_at
        return Document(
            title=self._once.get("title", ""),
            language=self._once.get("language", ""),
            base=self._once.get("base", ""),
            canonical=self._once.get("canonical", ""),
            metas=self._metas,
            links=tuple(
                Link(link.href, " ".join("".join(link.pieces).split()), section(link.place), link.attributes)
                for link in self._links
            ),
            blocks=tuple(self._lines.blocks),
            scripts=tuple(self._scripts),
            json_ld=tuple(self._json_ld),
            frames=tuple(self._frames),
            elements=tuple(Element(tag, attributes, section(place)) for tag, attributes, place in self._elements),
        )

    def _text(self, text: str) -> None:
        self._lines.add(text)
        if self._link is not None:
            self._link.pieces.append(text)

    def _note_element(self, tag: str, attributes: Attributes) -> None:
        for name in attributes:
            if name[:5] == "data-" or name[:2] == "on" or name in _FOR_MACHINES:
                self._elements.append((tag, attributes, self._lines.place()))
                return

    def _void(self, tag: str, attributes: Attributes, node: LexborNode) -> None:
        """Elements whose inside is no text of the page."""
        if tag == "br":
            self._lines.break_line()
        elif tag == "img":
            alt = attributes.get("alt") or ""
            if alt and len(alt) <= _SIGN_ALT_MAX:
                self._text(alt)
        elif tag == "script":
            self._script(attributes, node)
        elif tag == "style":
            self._lines.style(node.text())
        elif tag == "area":
            href, label = attributes.get("href") or "", attributes.get("alt") or ""
            self._links.append(_OpenLink(href.strip(), attributes, self._lines.place(), 0, [label]))
        else:
            self._head(tag, attributes, node)

    def _head(self, tag: str, attributes: Attributes, node: LexborNode) -> None:
        if tag in ("frame", "iframe"):
            self._frames.append((attributes.get("src") or "").strip())
        elif tag == "title":
            self._once.setdefault("title", " ".join(node.text().split()))
        elif tag == "base":
            self._once.setdefault("base", attributes.get("href") or "")
        elif tag == "link":
            if (attributes.get("rel") or "").lower() == "canonical":
                self._once.setdefault("canonical", attributes.get("href") or "")
        elif node.parent is None or node.parent.tag != "noscript":  # else for browsers without scripts only
            self._meta(attributes)

    def _meta(self, attributes: Attributes) -> None:
        content = attributes.get("content") or ""
        for key in ("name", "property", "http-equiv", "itemprop"):
            if content and (name := attributes.get(key)):
                self._metas.setdefault(name.lower(), content)

    def _script(self, attributes: Attributes, node: LexborNode) -> None:
        kind = (attributes.get("type") or "").lower().strip()
        src = (attributes.get("src") or "").strip()
        code = "" if src else node.text()
        if kind.startswith("application/ld+json"):
            self._json_ld.extend(read_json_ld(code))
        elif src or code:
            self._scripts.append(Script(src, code, kind))
