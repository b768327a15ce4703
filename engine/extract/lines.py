"""Put the text of a page together as people see it: line by line, each with the section it stands in.

A walk over the tree leaves a record (`Event`s). Its texts are read first, the sections only when somebody asks, as many
readers of a page need none. Lines that speak of another party, such as the paragraph behind the heading 'Hébergeur',
get that party as their section.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from engine.extract.announced import is_legal_title
from engine.extract.sections import (
    PARTIES,
    Landmark,
    Party,
    Section,
    is_cell_label,
    is_owner_label,
    landmark,
    party,
)


class Block(NamedTuple):
    """One line of visible text. `heading` is 1 to 6 inside `h1` to `h6`, else 0.

    `row` is the number of the table row, or of the term with what is said of it, that the line stands in; else 0.
    """

    text: str
    section: Section
    heading: int = 0
    row: int = 0


# A block element begins: its tag, its attributes, how many elements are open with it.
Opening: TypeAlias = tuple[str, Mapping[str, str | None], int]
# A text as it stands in the tree, the beginning of a block, or what else there is to do.
Event: TypeAlias = str | Opening | Callable[["Sections"], None]


@dataclass(slots=True)
class _Zone:
    """Lines that speak of another party, while at least `depth` elements are open."""

    party: Party
    depth: int
    by_label: bool
    filled: bool = False


BOLD_LABEL_MAX = 60
PROSE_MIN = 120  # characters of a line that is neither an address nor opening hours
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LABELS = frozenset((*_HEADINGS, "dt", "th", "legend", "summary", "caption"))
_ROWS, _ROW_ENDS = frozenset(("tr", "dt")), frozenset(("tr", "dl"))
_NO_BLOCK = 1 << 30  # the number of no block
_TITLE_PARTS = re.compile(r"\s?[|·•–—:-]\s")
_LINE_END = "\0"  # no text of a tree holds it
# Put between letters to confuse readers of addresses; never seen by people.
_MARKS = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_INVISIBLE = re.compile(f"[{_MARKS}]+")
_OVERRIDE = "\u202e"  # what follows is shown right to left
_OVERRIDDEN = re.compile(r"\u202e([^\u202c\n]{1,300})\u202c?")


class Sections:
    """The sections of the lines and of the marked places, read from a walk's record."""

    def __init__(self, events: Sequence[Event], lines: Sequence[str], *, title: str = "") -> None:
        self.blocks: list[Block] = []
        self._lines = lines  # as `read_lines` gives them
        self._line = 0
        self._places: list[tuple[int, Section]] = []  # of each mark: the next block, the section by then
        self._line_begins = 0  # the first mark of this line
        self._link = 0  # the mark of the last link that began
        self._ended_links: list[int] = []  # those of the links that began and ended in this line
        self._open: list[tuple[str, Landmark | None, int]] = [("", None, 0)]
        self._plain = False  # the line has text that is not bold
        self._bold = 0
        self._zone: _Zone | None = None
        self._is_notice = any(map(is_legal_title, _TITLE_PARTS.split(title)))
        self._legal = False  # a heading, or a host, says that a legal text has begun
        self._top_ends: int | None = None  # the first mark below the top
        self._rows = 0  # that began so far
        self._row = 0
        self._row_begins = 0  # the number of its first block
        for event in events:
            if isinstance(event, str):
                if not self._plain and not self._bold and not event.isspace():
                    self._plain = True
            elif callable(event):
                event(self)
            else:
                self._begin_block(event)
        self._end_line(ended=False)

    def at(self, mark: int) -> Section:
        """The section of a marked place: that of the line it became part of when that line names another party."""
        number, section = self._places[mark]
        if number < len(self.blocks) and self.blocks[number].section in PARTIES:
            return self.blocks[number].section
        return section

    def is_on_top(self, mark: int) -> bool:
        """Whether a place stands above all that the page has to say: no heading, no prose, no main part before it."""
        return self._top_ends is not None and mark < self._top_ends

    def end_block(self) -> None:
        """A block element ends."""
        self._end_line(ended=True)
        tag, _, inside = self._open.pop()
        depth = inside - 1
        zone = self._zone
        if zone is not None and depth < zone.depth:
            # A heading alone in its wrapper speaks of what follows the wrapper; one of several columns doesn't.
            alone = tag != "tr" or len(self.blocks) - self._row_begins == 1
            carried = not zone.filled and zone.by_label and alone
            self._zone = _Zone(zone.party, depth, by_label=True) if carried else None
        if tag in _ROW_ENDS:
            self._row = 0

    def break_line(self) -> None:
        """What `<br>` does."""
        self._end_line(ended=False)

    def mark(self) -> None:
        """Remember this place; marks are numbered from 0."""
        self._places.append((len(self.blocks), self._zone.party if self._zone else self._open[-1][1] or "main"))

    def begin_link(self) -> None:
        """A link is a marked place."""
        self._link = len(self._places)
        self.mark()

    def end_link(self) -> None:
        """What follows in another line is no part of the link's."""
        if self._link >= self._line_begins:
            self._ended_links.append(self._link)

    def at_sign(self) -> None:
        """An icon stands for '@'."""
        self._plain = self._plain or not self._bold

    def begin_bold(self) -> None:
        self._bold += 1

    def end_bold(self) -> None:
        self._bold -= 1

    def begin_turned(self) -> None:
        """Text from here on is shown right to left, which doesn't matter here."""

    def end_turned(self) -> None:
        """No further."""

    def _begin_block(self, opening: Opening) -> None:
        self._end_line(ended=False)
        tag, attributes, depth = opening
        here = self._open[-1][1]
        opened = landmark(tag, attributes)
        if opened == "main" and self._top_ends is None:
            self._top_ends = len(self._places)
        if opened is not None and not (here == "main" and opened in ("header", "footer")):
            here = opened
            self._zone = None
        self._open.append((tag, here, depth))
        if tag in _ROWS:
            self._rows += 1
            self._row, self._row_begins = self._rows, len(self.blocks)

    def _end_line(self, *, ended: bool) -> None:
        """Make the line, unless it is empty, a block. `ended`: its element ends with it."""
        text = self._lines[self._line]
        self._line += 1
        if text:
            tag, here, depth = self._open[-1]
            bold = not self._plain and len(text) <= BOLD_LABEL_MAX
            if self._top_ends is None and (tag in _HEADINGS or len(text) >= PROSE_MIN):
                self._top_ends = self._line_begins
            if (tag in _LABELS or bold) and (tag == "h1" or not self._legal):
                self._legal = is_legal_title(text)
            announces = bold or (tag == "td" and ended and is_cell_label(text))
            self._enter_zone(text, depth, label=tag in _LABELS, announces=announces, bold=bold, ended=ended)
            section = self._zone.party if self._zone else here or "main"
            self.blocks.append(Block(text, section, _HEADINGS.get(tag, 0), self._row))
        else:  # a row of icons is no part of the line below it
            for link in self._ended_links:
                self._places[link] = _NO_BLOCK, self._places[link][1]
        self._ended_links.clear()
        self._line_begins = len(self._places)
        self._plain = False

    def _enter_zone(self, text: str, depth: int, *, label: bool, announces: bool, bold: bool, ended: bool) -> None:
        zone = self._zone
        about = party(text, footer=self._open[-1][1] == "footer", legal=self._is_notice or self._legal)
        self._legal = self._legal or about == "host"
        if about is not None:
            by_label = label or announces
            # A label that fills its element speaks of the siblings; any other line, of the rest of its own element.
            said = _Zone(about, depth - 1 if by_label and ended else depth, by_label)
            # A sentence that names the host again does not narrow what the heading 'Hébergement' has opened.
            if zone is not None and zone.party == about and zone.depth < said.depth:
                zone.filled = True
            else:
                self._zone = said
        elif zone is not None:
            zone.filled = True
            if label or is_owner_label(text) or (bold and zone.by_label and text.endswith(":")):
                self._zone = None


def read_lines(events: Sequence[Event], *, redrawn: bool) -> list[str]:
    """The text from each event that ends a line to the next, white space folded; most are empty.

    `redrawn`: an icon stands for a sign, or a style turns text round.
    """
    whole = "".join(_redrawn(events) if redrawn else _as_it_stands(events))
    if _OVERRIDE in whole:
        return [" ".join(_visible(line).split()) for line in whole.split(_LINE_END)]
    return [line.strip() for line in " ".join(_visible(whole).split()).split(_LINE_END)]


def _as_it_stands(events: Sequence[Event]) -> list[str]:
    end, br = Sections.end_block, Sections.break_line
    return [
        event
        if isinstance(event, str)
        else _LINE_END
        if event is end or isinstance(event, tuple) or event is br
        else ""
        for event in events
    ]


def _redrawn(events: Sequence[Event]) -> Iterator[str]:
    """The texts as an icon and a style show them."""
    turned: list[str] = []
    depth = 0  # elements that turn their text; one inside of another turns nothing back
    for event in events:
        if isinstance(event, str) or event is Sections.at_sign:
            text = event if isinstance(event, str) else "@"
            if depth:
                turned.append(text)
            else:
                yield text
            continue
        ends_line = isinstance(event, tuple) or event is Sections.end_block or event is Sections.break_line
        depth += (event is Sections.begin_turned) - (event is Sections.end_turned)
        if turned and (ends_line or not depth):
            yield "".join(turned)[::-1]
            turned.clear()
        if ends_line:
            yield _LINE_END
    yield "".join(turned)[::-1]


def _visible(text: str) -> str:
    """`text` without invisible marks, what stands behind a right-to-left override put right."""
    if _OVERRIDE in text:
        text = _OVERRIDDEN.sub(lambda found: found[1][::-1], text)
    return _INVISIBLE.sub("", text) if any(mark in text for mark in _MARKS) else text
