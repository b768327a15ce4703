"""Cut a page short before what would take its parser too long.

The parser's time is linear on pages that people make. It is quadratic in the attributes of one element, in the depth of
nesting and in a few rarer shapes. And each paragraph behind formatting elements (`<b class=1>`) that stay open gets
copies of them all, so that 20 KB become a tree of 600,000 elements. Cheap looks tell nearly every page harmless; the
others are read tag by tag, and end where they would pass a limit.
"""

import re
from collections import Counter

LENGTH_UNSEEN = 60_000  # characters hold too few attributes to do harm
TAGS_UNSEEN = 1_000  # tags open too few formatting elements for it
TAGS_SHALLOW = 10_000  # tags can't nest deep enough for it
TAG_LENGTH_UNSEEN = 1_500
MOVED_UNSEEN = 2_000_000_000  # tags times characters, copied where text is moved out of a table
CHARACTERS_A_STEP = 16  # that are copied in the time of a step
ATTRIBUTES_MAX = 500  # of one element
ELEMENTS_MAX = 100_000  # copies included; 2 MB of ordinary pages hold a third of it
STEPS_MAX = 20_000_000  # over all tags, the elements open by then; a step takes some nanoseconds
ALIKE_MAX = 3  # formatting elements with the same attributes that are copied (HTML standard, "Noah's Ark clause")

_FORMATS = frozenset(("b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"))
_ALONE = frozenset(("a", "nobr"))  # formatting elements, too, but each ends the one before
_VOID = frozenset(
    (
        *("area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source"),
        *("track", "wbr"),
    )
)
# The next of their kind ends them, so that they need no end tag and don't nest; inside of `svg` they do.
_ENDED_BY_NEXT = frozenset(
    ("body", "dd", "dt", "head", "html", "li", "option", "p", "rp", "rt", "tbody", "td", "tfoot", "th", "thead", "tr")
)
_FOREIGN = ("svg", "math")
# Text directly in these is moved before the table, to what was moved there before.
_TABLE_PARTS = frozenset(("table", "caption", "colgroup", "tbody", "tfoot", "thead", "tr"))
_CELLS = frozenset(("td", "th", "caption"))
_RAW_TEXT = frozenset(("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"))

# What a tag holds behind its name; quoted values may hold '<' and '>'.
_REST = r"""[^>"']*+(?:"[^"]*+"[^>"']*+|'[^']*+'[^>"']*+)*+"""
# What looks like tags inside of comments, scripts and styles is none.
_COMMENT = "<!--[^-]*+(?:-(?!->)[^-]*+)*+"
_CODE = "|".join(rf"<(?i:{name})(?=[\s/>]){_REST}[^<]*+(?:<(?!/(?i:{name}))[^<]*+)*+" for name in ("script", "style"))
_START_TAGS = re.compile(f"{_CODE}|<[a-zA-Z]{_REST}|{_COMMENT}")
_TABLE = re.compile("<table", re.IGNORECASE)
_TAG = re.compile(rf"{_COMMENT}|<(/?)([a-zA-Z][^\s/>]*+)({_REST})")
_QUOTED = re.compile("\"[^\"]*+\"|'[^']*+'")
# Without attributes of their own only few of them are copied.
_STYLED_FORMATS = re.compile(r"<(?=[bceFfistuBCEISTU])(?:[bisuBISU]|(?i:big|code|em|font|small|strike|strong|tt))[\s/]")
_FORMAT_TAGS = re.compile(r"<(/?)(?=[bceFfistuBCEISTU])((?i:big|b|code|em|font|i|small|strike|strong|s|tt|u))[\s/>]")


# What browsers that run scripts pass over, and where it may stand in a head.
_FRAMESETS = ("<frameset", "<FRAMESET", "<Frameset")
_HEAD_MAX = 60_000
_NOSCRIPT = re.compile(r"<noscript[^<>]{0,200}>[^<]*+(?:<(?!/noscript)[^<]*+)*+</noscript\s{0,9}>", re.IGNORECASE)


def parseable(html: str) -> str:
    """The page, or its beginning: what is parsed in linear time, to a tree of at most `ELEMENTS_MAX` elements."""
    html = _with_frames(html)
    return html[: _safe_end(html)] if _is_suspect(html) else html


def _with_frames(html: str) -> str:
    """A frameset without the `noscript` before it.

    To the parser, which runs no scripts, an image in there begins the body, behind which a frameset counts no more.
    """
    start = max(html.find(tag, 0, _HEAD_MAX) for tag in _FRAMESETS)
    return html if start < 0 else _NOSCRIPT.sub("", html[:start]) + html[start:]


def _is_suspect(html: str) -> bool:
    """Whether the page may be dear to parse; cheap beside the reading of a page, and nearly free for a short one."""
    tags = html.count("<")
    if tags > TAGS_SHALLOW or (tags * len(html) > MOVED_UNSEEN and _TABLE.search(html)):
        return True
    styled = len(_STYLED_FORMATS.findall(html)) if tags > TAGS_UNSEEN else 0
    if styled * tags > ELEMENTS_MAX and _formats_left_open(html) * tags > ELEMENTS_MAX:
        return True
    return len(html) > LENGTH_UNSEEN and _is_somewhere_crowded(html)


def _is_somewhere_crowded(html: str) -> bool:
    tags = _START_TAGS.findall(html)
    if max(map(len, tags), default=0) <= TAG_LENGTH_UNSEEN:
        return False
    return any(len(tag) > TAG_LENGTH_UNSEEN and _is_crowded(tag) for tag in tags)


def _formats_left_open(html: str) -> int:
    """How many formatting elements are open at once, at most."""
    opened = Counter[str]()
    left = most = 0
    for closing, name in _FORMAT_TAGS.findall(html):
        if not closing:
            opened[name] += 1
            left += 1
            most = max(most, left)
        elif opened[name]:
            opened[name] -= 1
            left -= 1
    return most


def _is_crowded(tag: str) -> bool:
    """Whether a tag has too many attributes; what follows the tag doesn't count."""
    found = _TAG.match(tag)
    return found is not None and len(_QUOTED.sub(" ", found[3] or "").replace("/", " ").split()) > ATTRIBUTES_MAX


class _Tree:
    """What the parser would have to do for the tags so far, estimated from above."""

    def __init__(self) -> None:
        self._elements = 0
        self._steps = 0
        self._depth = 0
        self._opened = Counter[str]()
        self._formats: dict[str, list[str]] = {}  # by name, the attributes of those that are open
        self._copied = 0  # how many these are
        self._options = 0  # of the open `select`: each looks at those before
        self._moved = 0  # characters of text directly in a table
        self._in_table = False
        self._paragraphs = 0  # `<p>` without its `</p>`

    @property
    def too_dear(self) -> bool:
        return self._elements > ELEMENTS_MAX or self._steps > STEPS_MAX

    @property
    def foreign(self) -> bool:
        return any(self._opened[name] for name in _FOREIGN)

    def begin(self, name: str, rest: str) -> None:
        """Take in a start tag."""
        self._pass()
        self._in_table = name in _TABLE_PARTS
        self._paragraphs += name == "p"
        self._options = 0 if name == "select" else self._options + (name == "option")
        if name == "option":
            self._steps += self._options
        if name in _FORMATS or name in _ALONE:
            self._begin_format(name, rest)
        if name not in _VOID and (name not in _ENDED_BY_NEXT or self.foreign):
            self._opened[name] += 1
            self._depth += 1

    def end(self, name: str) -> None:
        """Take in an end tag. `</p>` and `</br>` that end nothing stand for elements."""
        self._in_table = self._in_table or name in _CELLS
        self._steps += self._depth
        if name == "p" and self._paragraphs:
            self._paragraphs -= 1
        elif name in ("p", "br"):
            self._pass()
        elif self._opened[name]:
            self._close(name)

    def _close(self, name: str) -> None:
        self._opened[name] -= 1
        self._depth -= 1
        if self._formats.get(name):
            self._formats[name].pop()
            self._copied -= 1

    def text(self, length: int) -> None:
        """Take in so many characters before the next tag."""
        if self._in_table and self._opened["table"]:
            self._moved += length
            self._steps += self._moved // CHARACTERS_A_STEP

    def _pass(self) -> None:
        self._elements += 1 + self._copied
        self._steps += self._depth

    def _begin_format(self, name: str, rest: str) -> None:
        alike = self._formats.setdefault(name, [])
        if name in _ALONE:
            self._copied -= len(alike)
            alike.clear()
        if alike.count(rest) < ALIKE_MAX:
            alike.append(rest)
            self._copied += 1


def _safe_end(html: str) -> int:
    """Where to cut the page: before the first tag that would be too dear."""
    tree = _Tree()
    at = 0
    while (found := _TAG.search(html, at)) is not None:
        if html[at : found.start()].strip():
            tree.text(found.start() - at)
        at = found.end()
        closing, name, rest = found[1], (found[2] or "").lower(), found[3] or ""
        if closing:
            tree.end(name)
        elif name:  # no comment
            tree.begin(name, rest)
        if tree.too_dear or (len(rest) > TAG_LENGTH_UNSEEN and _is_crowded(found[0])):
            return found.start()
        if name in _RAW_TEXT and not closing and not tree.foreign:
            at = _end_of_raw(html, name, at)
    return len(html)


def _end_of_raw(html: str, name: str, start: int) -> int:
    found = re.compile(f"</{name}", re.IGNORECASE).search(html, start)
    return found.start() if found else len(html)
