"""One walk over the tree of a page, which takes down all that any reader of the page may ask for.

A page has a thousand and more nodes, so the walk does the least it can at each: it allocates nothing that stays for
elements without attributes, and what can be worked out later (`lines`, `html`) is left for those who ask for it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

from selectolax.lexbor import LexborNode

from engine.extract.lines import Event, Sections, read_lines
from engine.extract.style_sheets import Styles

Attributes: TypeAlias = Mapping[str, str | None]


class Script(NamedTuple):
    """A script: `src` when it is loaded, `code` when it is inline. `kind` is its `type`, lower case."""

    src: str
    code: str
    kind: str


# A link to come back to: whether it is an `area`, its attributes, where its texts begin in the record, its mark.
LinkPlace: TypeAlias = tuple[bool, Attributes, int, int]
# What is added to the record when an element ends; None: the walk doesn't go inside.
_Ending: TypeAlias = Sequence[Event] | None

BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details"),
        *("dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "header"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "html", "label", "legend", "li", "main", "menu", "nav"),
        *("noscript", "ol", "optgroup", "option", "p", "pre", "section", "summary", "table", "tbody", "td"),
        *("tfoot", "th", "thead", "tr", "ul", "video"),
    )
)
_UNREAD = frozenset(
    (
        *("template", "svg", "math", "object", "canvas", "textarea", "select", "audio"),
        *("-comment", "-doctype", "-document", "-end-of-file", "-undef", ""),
    )
)
_FOR_MACHINES = frozenset(("itemprop", "alt", "title", "aria-label"))
# Frequent attributes that decide nothing: one look tells that an element has no others. (Not `style`, `hidden`, `dir`.)
_PLAIN = frozenset(
    (
        *("class", "id", "href", "rel", "target", "type", "src", "srcset", "sizes", "width", "height", "lang", "name"),
        *("role", "content", "property", "value", "media", "charset", "loading", "decoding", "async", "defer", "for"),
        *("action", "method", "align", "valign", "border", "colspan", "rowspan", "tabindex", "placeholder"),
        *("aria-hidden", "aria-expanded", "aria-controls", "aria-haspopup", "aria-labelledby", "aria-describedby"),
    )
)
_VOID = frozenset(("area", "base", "br", "frame", "iframe", "img", "link", "meta", "script", "style", "title"))
_SIGN_ALT_MAX = 8  # an image that stands for '@' or '(at)' says so in its alt text
_NOTHING: Sequence[Event] = ()
_BLOCK: Sequence[Event] = (Sections.end_block,)
_BOLD: Sequence[Event] = (Sections.end_bold,)
_LINK: Sequence[Event] = (Sections.end_link,)


class Walk:
    """What was met, in document order. `events` is the record that `Sections` reads."""

    def __init__(self, root: LexborNode | None) -> None:
        self.once: dict[str, str] = {}  # title, language, base, canonical: the first of each
        self.metas: dict[str, str] = {}
        self.scripts: list[Script] = []
        self.json_ld: list[str] = []
        self.frames: list[str] = []
        self.is_frameset = False
        self.links: list[LinkPlace] = []
        self.elements: list[tuple[str, Attributes, int]] = []  # tag, attributes, mark
        self.events: list[Event] = []
        self.redrawn = False  # an icon stands for a sign, or a style turns text round
        self.marks = 0
        self.styles = Styles()
        self._visit_all(root)

    def link_text(self, link: LinkPlace) -> str:
        """The text of a link, white space folded."""
        area, attributes, start, _ = link
        if area:
            return " ".join((attributes.get("alt") or "").split())
        pieces: list[str] = []
        # The record holds the end of every link. A link inside of another, which no good page has, ends it too.
        for at in range(start, len(self.events)):
            event = self.events[at]
            if isinstance(event, str):
                pieces.append(event)
            elif event is Sections.end_link or event is Sections.begin_link:
                break
        return " ".join("".join(pieces).split())

    @cached_property
    def lines(self) -> list[str]:
        """The visible text line by line; some lines are empty."""
        return read_lines(self.events, redrawn=self.redrawn)

    @cached_property
    def sections(self) -> Sections:
        """What the record says of sections."""
        return Sections(self.events, self.lines, title=self.once.get("title", ""))

    def _visit_all(self, root: LexborNode | None) -> None:
        """Visit every node once. Without recursion: real pages nest thousands deep."""
        events = self.events
        entered: list[LexborNode] = []
        endings: list[Sequence[Event]] = []
        node = root
        while node is not None:
            tag = node.tag or ""
            if tag == "-text":
                events.append(node.text_content or "")
            elif tag not in _UNREAD and (ending := self._enter(tag, node, len(entered))) is not None:
                child = node.first_child
                if child is not None:
                    entered.append(node)
                    endings.append(ending)
                    node = child
                    continue
                if ending:
                    events.extend(ending)
            while (following := node.next) is None and entered:
                node = entered.pop()
                if ending := endings.pop():
                    events.extend(ending)
            node = following

    def _enter(self, tag: str, node: LexborNode, depth: int) -> _Ending:
        """Take note of an element inside of `depth` others."""
        attributes = node.attributes
        if attributes:
            odd = not _PLAIN.issuperset(attributes)
            if odd:
                self._note_element(tag, attributes)
            if (odd or self.styles.classes) and self.styles.concern(attributes) and tag not in _VOID:
                return self._enter_styled(tag, attributes, node, depth)
        take = _TAKERS.get(tag)
        return _NOTHING if take is None else take(self, tag, attributes, node, depth)

    def _enter_styled(self, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
        """As `_enter`, for an element that its style may hide or turn."""
        block, turned = tag in BLOCKS, self.styles.turns(tag, attributes)
        if not block and self.styles.hides(attributes):
            return None  # a decoy inside a line, which nobody sees
        ending = _NOTHING
        if block:
            ending = _TAKERS[tag](self, tag, attributes, node, depth)
        if turned:
            self.redrawn = True
            self.events.append(Sections.begin_turned)
        if not block and (take := _TAKERS.get(tag)) is not None:
            ending = take(self, tag, attributes, node, depth)
        return (Sections.end_turned, *(ending or ())) if turned else ending

    def mark(self) -> int:
        """The number of this place, whose section `Sections` tells."""
        self.events.append(Sections.mark)
        self.marks += 1
        return self.marks - 1

    def _note_element(self, tag: str, attributes: Attributes) -> None:
        for name in attributes:
            if name[:5] == "data-" or name[:2] == "on" or name in _FOR_MACHINES:
                self.elements.append((tag, attributes, self.mark()))
                return


def _begin_block(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    walk.events.append((tag, attributes, depth + 1))
    return _BLOCK


def _html(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    walk.once.setdefault("language", (attributes.get("lang") or "").lower())
    return _begin_block(walk, tag, attributes, node, depth)


def _bold(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    walk.events.append(Sections.begin_bold)
    return _BOLD


def _icon(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    if attributes and "fa-at" in (attributes.get("class") or "").split():
        walk.redrawn = True
        walk.events.append(Sections.at_sign)
    return _NOTHING


def _link(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    if not attributes.get("href"):
        return _NOTHING
    walk.events.append(Sections.begin_link)
    walk.links.append((False, attributes, len(walk.events), walk.marks))
    walk.marks += 1
    return _LINK


def _area(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    walk.links.append((True, attributes, len(walk.events), walk.mark()))


def _break(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    walk.events.append(Sections.break_line)


def _image(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    alt = attributes.get("alt") or ""
    if alt and len(alt) <= _SIGN_ALT_MAX:
        walk.events.append(alt)


def _style(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    walk.styles.learn(node.text())


def _frame(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    walk.frames.append((attributes.get("src") or "").strip())


def _frameset(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    walk.is_frameset = True
    return _begin_block(walk, tag, attributes, node, depth)


def _title(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    walk.once.setdefault("title", " ".join(node.text().split()))


def _base(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    walk.once.setdefault("base", attributes.get("href") or "")


def _head_link(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    if (attributes.get("rel") or "").lower() == "canonical":
        walk.once.setdefault("canonical", attributes.get("href") or "")


def _meta(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    content = attributes.get("content")
    if not content or (node.parent is not None and node.parent.tag == "noscript"):
        return  # for browsers without scripts only
    for key in ("name", "property", "http-equiv", "itemprop"):
        if name := attributes.get(key):
            walk.metas.setdefault(name.lower(), content)


def _script(walk: Walk, tag: str, attributes: Attributes, node: LexborNode, depth: int) -> _Ending:
    kind = (attributes.get("type") or "").lower().strip()
    src = (attributes.get("src") or "").strip()
    code = "" if src else node.text()
    if kind.startswith("application/ld+json"):
        walk.json_ld.append(code)
    elif src or code:
        walk.scripts.append(Script(src, code, kind))


_TAKERS: Mapping[str, Callable[[Walk, str, Attributes, LexborNode, int], _Ending]] = {
    **dict.fromkeys(BLOCKS, _begin_block),
    **dict.fromkeys(("b", "strong", "u"), _bold),
    **dict.fromkeys(("frame", "iframe"), _frame),
    "a": _link,
    "area": _area,
    "base": _base,
    "br": _break,
    "frameset": _frameset,
    "html": _html,
    "i": _icon,
    "img": _image,
    "link": _head_link,
    "meta": _meta,
    "script": _script,
    "style": _style,
    "title": _title,
}
