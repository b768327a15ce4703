"""Read a page as lines in boxes, for prices: what is struck out is left out, tables, cards and lists keep their shape.

The walk of `html` knows no table cells and no `<del>`; only pages that name a currency are read this second time.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from engine.extract.style_sheets import Styles, classes_with
from engine.extract.walk import BLOCKS

LINE_MAX = 2_000  # a longer line is cut
LINES_MAX = 20_000
_UNREAD = frozenset(
    (
        *("script", "style", "template", "noscript", "svg", "math", "object", "canvas", "textarea", "select", "audio"),
        *("nav", "footer", "iframe", "head", "-comment", "-doctype", "del", "s", "strike", "input", "button"),
    )
)
_HEADINGS: Mapping[str, int] = {f"h{level}": level for level in range(1, 7)}
_OLD = re.compile(
    r"(?:^|[\s_-])(?:old|was|former|previous|ancien|original)[\s_-]?(?:price|prix|tarif|amount)(?:$|[\s_-])"
    r"|(?:price|prix|tarif)s?[\s_-]{0,2}(?:old|was|barre|ancien|before|avant|strike|crossed)"
    r"|(?:^|[\s_-])(?:strike(?:through|d)?|line-?through|compare-at(?:-price)?|crossed-out)(?:$|[\s_-])"
    r"|(?:^|\s)(?:old|was|barre)(?:$|\s)",
    re.IGNORECASE,
)
# Parts of pages whose amounts are others': a basket, comments, what follows an article.
_ELSEWHERE = re.compile(
    r"(?:^|[\s_-])(?:mini-?cart|cart|panier|basket|checkout|warenkorb|comments?|commentaires|sr-only|visually-hidden"
    r"|screen-reader-text|cookie\w{0,10}|breadcrumbs?|footer|pied)(?:$|[\s_-])",
    re.IGNORECASE,
)
_STRUCK = re.compile(r"line-through")
_CENTS = re.compile(r"\d{2}(?!\d)")
_WHOLE = frozenset(("html", "body"))  # their classes speak of all sorts of things
_CELLS = frozenset(("td", "th"))


@dataclass(slots=True, eq=False)
class Box:
    """A block element. Its lines are those from `start` to before `end`, its own and those of the boxes inside."""

    tag: str
    parent: "Box | None"
    start: int
    end: int = 0
    column: int = 0  # of a table cell: how many stand before it in its row
    cells: int = 0  # of a row: how many it has so far


@dataclass(slots=True, eq=False)
class Line:
    """One line of visible text; `heading` is 1 to 6 inside `h1` to `h6`, else 0."""

    text: str
    box: Box
    heading: int = 0


def read_boxes(tree: LexborHTMLParser) -> list[Line]:
    """The lines of a parsed page, in document order, with the boxes they stand in. Never raises, whatever the page."""
    return _Walk(tree).lines


class _Walk:
    def __init__(self, tree: LexborHTMLParser) -> None:
        self.lines: list[Line] = []
        self._styles = Styles()
        self._struck: set[str] = set()
        for node in tree.css("style"):
            sheet = node.text()
            self._styles.learn(sheet)
            self._struck.update(classes_with(_STRUCK, sheet))
        self._box = Box("", None, 0)
        self._text: list[str] = []
        if tree.root is not None:
            self._visit_all(tree.root)
        while self._box.parent is not None:
            self._end_block()
        self._end_block()

    def _visit_all(self, root: LexborNode) -> None:
        """Visit every node once. Without recursion: real pages nest thousands deep."""
        entered: list[tuple[LexborNode, bool]] = []
        node: LexborNode | None = root
        while node is not None and len(self.lines) < LINES_MAX:
            child = self._enter(node)
            if child is not None:
                entered.append((node, node.tag in BLOCKS))
                node = child
                continue
            while (following := node.next) is None and entered:
                node, is_block = entered.pop()
                if is_block:
                    self._end_block()
            node = following

    def _enter(self, node: LexborNode) -> LexborNode | None:
        """Take note of a node; returns its first child where the walk goes on, inside."""
        tag = node.tag or ""
        if tag == "-text":
            self._take(node.text_content or "")
            return None
        if tag == "br":
            self._end_line()
            return None
        if tag in _UNREAD or (tag not in _WHOLE and self._is_left_out(node.attributes)):
            if tag in BLOCKS:
                self._end_line()
            return None
        child = node.first_child
        if tag in BLOCKS:
            self._begin_block(tag)
            if child is None:
                self._end_block()
        return child

    def _is_left_out(self, attributes: Mapping[str, str | None]) -> bool:
        if not attributes:
            return False
        classes = attributes.get("class") or ""
        names = f"{attributes.get('id') or ''} {classes}"
        if len(names) > 1 and (_OLD.search(names) or _ELSEWHERE.search(names)):
            return True
        if "line-through" in (attributes.get("style") or "") or self._styles.hides(attributes):
            return True
        return bool(self._struck) and not self._struck.isdisjoint(classes.split())

    def _take(self, text: str) -> None:
        # '39<sup>90</sup> €' is no 3990: two digits in an element of their own are cents.
        if self._text and _CENTS.match(text) and self._text[-1][-1:].isdigit():
            self._text.append(",")
        if text:
            self._text.append(text)

    def _begin_block(self, tag: str) -> None:
        self._end_line()
        parent = self._box
        box = Box(tag, parent, len(self.lines))
        if tag in _CELLS:
            box.column = parent.cells
            parent.cells += 1
        self._box = box

    def _end_block(self) -> None:
        self._end_line()
        self._box.end = len(self.lines)
        if self._box.parent is not None:
            self._box = self._box.parent

    def _end_line(self) -> None:
        text = " ".join("".join(self._text).split())[:LINE_MAX]
        self._text.clear()
        if text:
            self.lines.append(Line(text, self._box, _HEADINGS.get(self._box.tag, 0)))
