"""Put the text of a page together as people see it: line by line, each with the section it stands in.

`Lines` follows a walk over the tree (`open`, `add`, `break_line`, `close`). Lines that speak of another party, such as
the paragraph behind the heading 'Hébergeur', get that party as their section.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from engine.extract.sections import Landmark, Party, Section, is_owner_label, landmark, party


class Block(NamedTuple):
    """One line of visible text. `heading` is 1 to 6 inside `h1` to `h6`, else 0."""

    text: str
    section: Section
    heading: int = 0


class Place(NamedTuple):
    """Where the walk was: the next line to be finished, and the section known by then."""

    line: int
    section: Section


@dataclass(slots=True)
class _Open:
    """An element that the walk is inside of. `reversed_from`: its text in the buffer is shown right to left."""

    tag: str
    landmark: Landmark | None
    reversed_from: int | None


@dataclass(slots=True)
class _Zone:
    """Lines that speak of another party, while at least `depth` elements are open."""

    party: Party
    depth: int
    by_label: bool
    filled: bool = False


BOLD_LABEL_MAX = 60
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LABELS = frozenset((*_HEADINGS, "dt", "th", "legend", "summary", "caption"))
_BOLD = frozenset(("b", "strong", "u"))
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details"),
        *("dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "header"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "html", "label", "legend", "li", "main", "menu", "nav"),
        *("noscript", "ol", "optgroup", "option", "p", "pre", "section", "summary", "table", "tbody", "td"),
        *("tfoot", "th", "thead", "tr", "ul", "video"),
    )
)
# Put between letters to confuse readers of addresses; never seen by people.
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]+")
_OVERRIDE = re.compile(r"\u202e([^\u202c\n]{1,300})\u202c?")
_TURNED = re.compile("bidi-override")
_NOT_SHOWN = re.compile(r"display:\s?none")
_SELECTOR_MAX = 400
_CLASS = re.compile(r"\.([\w-]{1,60})\s{0,5}(?=$|,)")


class Lines:
    """The visible lines of a page, built by a walk over its tree."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._open: list[_Open] = []
        self._buffer: list[str] = []
        self._plain = False  # the line has text that is not bold
        self._bold = 0
        self._zone: _Zone | None = None
        self._turned: set[str] = set()
        self._hidden: set[str] = set()

    def style(self, sheet: str) -> None:
        """Learn from a style sheet of the page which classes turn their text round and which hide it."""
        self._turned.update(_classes_with(_TURNED, sheet))
        self._hidden.update(_classes_with(_NOT_SHOWN, sheet))

    def open(self, tag: str, attributes: Mapping[str, str | None]) -> bool:
        """Enter an element; False when it is a decoy hidden inside a line, which nobody sees."""
        here = self._open[-1].landmark if self._open else None
        if tag in _BLOCKS:
            if self._buffer:
                self._finish_line(ended=False)
            opened = landmark(tag, attributes)
            if opened is not None and not (here == "main" and opened in ("header", "footer")):
                here = opened
                self._zone = None
        elif attributes and self._is_hidden(attributes):
            return False
        elif tag in _BOLD:
            self._bold += 1
        turned = bool(attributes) and self._is_turned(tag, attributes)
        self._open.append(_Open(tag, here, len(self._buffer) if turned else None))
        return True

    def add(self, text: str) -> None:
        """Append text as it stands in the tree."""
        if text.isspace():
            if self._buffer:
                self._buffer.append(" ")
            return
        self._buffer.append(text)
        if not self._bold:
            self._plain = True

    def break_line(self) -> None:
        """What `<br>` does."""
        if self._buffer:
            self._finish_line(ended=False)

    def close(self) -> None:
        """Leave the innermost element."""
        last = self._open[-1]
        if last.reversed_from is not None:
            self._buffer[last.reversed_from :] = ["".join(self._buffer[last.reversed_from :])[::-1]]
        if last.tag in _BLOCKS:
            if self._buffer:
                self._finish_line(ended=True)
            self._open.pop()
            self._leave_zone(len(self._open))
            return
        if last.tag in _BOLD:
            self._bold -= 1
        self._open.pop()  # no zone ends here: the text of a `<font>` belongs to a line that is not finished yet

    def place(self) -> Place:
        """Here; `section_at` tells its section once all lines are known."""
        here = self._open[-1].landmark if self._open else None
        return Place(len(self.blocks), self._zone.party if self._zone else here or "main")

    def section_at(self, place: Place) -> Section:
        """The section of a place: that of the line which it became part of when that line names another party."""
        if place.line < len(self.blocks):
            section = self.blocks[place.line].section
            if section in ("host", "agency", "mediator"):
                return section
        return place.section

    def _finish_line(self, *, ended: bool) -> None:
        """Make the buffer, which is not empty, a block. `ended`: its element ends with it."""
        text = " ".join(_visible("".join(self._buffer)).split())
        bold = not self._plain and len(text) <= BOLD_LABEL_MAX
        self._buffer.clear()
        self._plain = False
        if not text:
            return
        depth, owner = self._owner()
        self._enter_zone(text, depth, label=owner.tag in _LABELS, bold=bold, ended=ended)
        section = self._zone.party if self._zone else owner.landmark or "main"
        self.blocks.append(Block(text, section, _HEADINGS.get(owner.tag, 0)))

    def _owner(self) -> tuple[int, _Open]:
        """The innermost open block element and how many elements are open down to it."""
        for depth in range(len(self._open), 0, -1):
            if self._open[depth - 1].tag in _BLOCKS:
                return depth, self._open[depth - 1]
        return 0, _Open("", None, None)

    def _enter_zone(self, text: str, depth: int, *, label: bool, bold: bool, ended: bool) -> None:
        zone, about = self._zone, party(text)
        if about is not None:
            by_label = label or bold
            # A label that fills its element speaks of the siblings; any other line, of the rest of its own element.
            self._zone = _Zone(about, depth - 1 if by_label and ended else depth, by_label)
        elif zone is not None:
            zone.filled = True
            if label or is_owner_label(text) or (bold and zone.by_label and text.endswith(":")):
                self._zone = None

    def _leave_zone(self, depth: int) -> None:
        """A block element has ended; `depth` elements are still open."""
        zone = self._zone
        if zone is not None and depth < zone.depth:
            # A heading alone in its wrapper speaks of what follows the wrapper.
            self._zone = _Zone(zone.party, depth, by_label=True) if not zone.filled and zone.by_label else None

    def _is_hidden(self, attributes: Mapping[str, str | None]) -> bool:
        if "hidden" in attributes:
            return True
        style = attributes.get("style")
        if style and "display" in style and "display:none" in style.replace(" ", "").lower():
            return True
        return bool(self._hidden) and not self._hidden.isdisjoint((attributes.get("class") or "").split())

    def _is_turned(self, tag: str, attributes: Mapping[str, str | None]) -> bool:
        if tag == "bdo":
            return (attributes.get("dir") or "").lower() == "rtl"
        style = attributes.get("style")
        if style and "bidi-override" in style and "rtl" in style:
            return True
        return bool(self._turned) and not self._turned.isdisjoint((attributes.get("class") or "").split())


def _classes_with(declaration: re.Pattern[str], sheet: str) -> Iterator[str]:
    """Classes whose rule in the style sheet has the declaration."""
    for found in declaration.finditer(sheet):
        brace = sheet.rfind("{", max(0, found.start() - _SELECTOR_MAX), found.start())
        if brace >= 0:
            start = max(sheet.rfind(mark, max(0, brace - _SELECTOR_MAX), brace) for mark in "{}") + 1
            yield from _CLASS.findall(sheet, max(start, brace - _SELECTOR_MAX), brace)


def _visible(text: str) -> str:
    """`text` without invisible marks, what stands behind a right-to-left override put right."""
    if text.isascii():
        return text
    if "\u202e" in text:
        text = _OVERRIDE.sub(lambda found: found[1][::-1], text)
    return _INVISIBLE.sub("", text)
