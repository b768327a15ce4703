"""What a page shows of the technologies behind it: what it loads, frames and runs, its marks for machines.

Never its visible text, its outgoing links or its structured data: a technology that is only spoken of is not there. Of
its comments those without markup alone, where systems sign their pages; what is commented out is not there. Scripts
that wait for consent (`type="text/plain"`, `data-src`) are installed, so they count.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from selectolax.lexbor import LexborNode

from engine.extract.technologies.table import Place
from engine.extract.walk import Attributes
from engine.network.types import Page
from engine.rows.sites import host_of, registrable_domain

URL_MAX = 2_000  # characters of an address that are looked at
CODE_MAX = 200_000  # of one script
COMMENTS_MAX = 100
COMMENT_MAX = 500  # characters of one
SEPARATOR = "\x00\n"  # between two scripts: no pattern reaches over it
_ELEMENTS = (
    "html,body,[class],[id],script,link,meta,img,iframe,frame,form,input,embed,"
    "app-root,[data-reactroot],astro-island,amp-analytics,amp-pixel"
)
_URL_PLACES: Mapping[str, Place] = {
    "img": "image",
    "iframe": "frame",
    "frame": "frame",
    "embed": "frame",
    "form": "form",
    "amp-pixel": "image",
}
_READ = frozenset(("html", "script", "link", "meta", "input", "astro-island", "amp-analytics", *_URL_PLACES))
# Scripts that hold data or markup for later, not code.
_DATA_KINDS = ("json", "template", "text/html", "handlebars", "mustache", "importmap", "speculationrules", "x-tmpl")
_URL_ATTRIBUTES = frozenset(("src", "href", "action", "data-suppressedsrc"))
_LOADING_RELS = frozenset(
    ("stylesheet", "preload", "modulepreload", "icon", "shortcut", "apple-touch-icon", "manifest", "mask-icon")
)


@dataclass(frozen=True, slots=True)
class Text:
    """All pieces of one place, one after the other; `folded` is the same in lower case, character by character."""

    whole: str
    folded: str


class Evidence:
    """The evidence of one page. Everything is gathered in one pass over its tree."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.metas: dict[str, list[str]] = {}
        self.language = ""  # of the page, as its root says
        self.charset = ""  # as a meta element says
        self.tree = page.parse()
        self._urls: dict[Place, dict[str, None]] = {}
        self._codes: list[str] = []
        self._marks: set[str] = set()
        if page.html:
            self._gather()

    @cached_property
    def own_domain(self) -> str:
        return registrable_domain(host_of(self.page.final_url))

    @cached_property
    def cookies(self) -> tuple[str, ...]:
        """The names of the cookies that the answer sets."""
        return tuple(cookie.partition("=")[0].strip() for cookie in self.page.cookies)

    @cached_property
    def texts(self) -> dict[Place, Text]:
        """What the automaton reads, by place."""
        texts: dict[Place, Text] = {place: _text("\n".join(urls)) for place, urls in self._urls.items()}
        texts["inline"] = _text(SEPARATOR.join(self._codes).replace("\\/", "/"))
        texts["dom"] = _text("\n".join(self._marks))
        texts["comment"] = _text("\n".join(_comments(self.page.html)))
        return texts

    def is_own(self, url: str) -> bool:
        """Whether an address lies on the site itself."""
        if not url.startswith(("http://", "https://", "//")):
            return True
        host = url.partition("//")[2].partition("/")[0].partition(":")[0].lower()
        return host == self.own_domain or host.endswith(f".{self.own_domain}")

    def _gather(self) -> None:
        marks = self._marks
        for node in self.tree.css(_ELEMENTS):
            attributes, tag = node.attributes, node.tag
            marks.update(attributes)
            if value := attributes.get("class"):
                marks.add(value)
            if value := attributes.get("id"):
                marks.add(value)
            if tag in _READ:
                self._read(tag, attributes, node)

    def _read(self, tag: str, attributes: Attributes, node: LexborNode) -> None:
        if tag == "script":
            self._script(attributes, node)
        elif tag == "meta":
            self._meta(attributes)
        elif tag == "link":
            self._link(attributes)
        elif place := _URL_PLACES.get(tag):
            self._add(place, attributes.items())
        elif tag == "html":
            self.language = (attributes.get("lang") or "").strip().lower()
        else:
            self._marks.add(f"{tag} {attributes.get('name')} {attributes.get('type')}")

    def _script(self, attributes: Attributes, node: LexborNode) -> None:
        kind = (attributes.get("type") or "").lower()
        self._marks.add(kind)
        if self._add("script", attributes.items()):
            return
        if not any(word in kind for word in _DATA_KINDS):
            self._codes.append(node.text()[:CODE_MAX])

    def _meta(self, attributes: Attributes) -> None:
        content, name = attributes.get("content") or "", attributes.get("name") or attributes.get("http-equiv")
        if charset := attributes.get("charset"):
            self.charset = self.charset or charset.strip().lower()
        if name:
            self.metas.setdefault(name.strip().lower(), []).append(content.strip())

    def _link(self, attributes: Attributes) -> None:
        rel = (attributes.get("rel") or "").lower()
        self._marks.add(rel)
        if _LOADING_RELS.isdisjoint(rel.split()):
            return
        place: Place = "script" if attributes.get("as") == "script" or "modulepreload" in rel else "link"
        self._add(place, attributes.items())

    def _add(self, place: Place, attributes: Iterable[tuple[str, str | None]]) -> bool:
        """Keep the addresses among the attributes: `src`, `href`, `action`, and what a lazy loader calls them."""
        found = False
        for name, value in attributes:
            if value and (name in _URL_ATTRIBUTES or name[-4:] == "-src" or name[-5:] == "-href"):
                found = True
                if value[:5] != "data:":
                    self._urls.setdefault(place, {})[value[:URL_MAX].strip()] = None
        return found


def _comments(html: str) -> Iterator[str]:
    """The comments that hold no markup, each on one line."""
    end = 0
    for _ in range(COMMENTS_MAX):
        start = html.find("<!--", end)
        end = html.find("-->", start)
        if start < 0 or end < 0:
            return
        comment = html[start + 4 : min(end, start + 4 + COMMENT_MAX)]
        if "<" not in comment:
            yield " ".join(comment.split())


def _text(whole: str) -> Text:
    folded = whole.lower()
    # A few letters of the world grow when they are folded; positions must stay the same.
    return Text(whole, folded) if len(folded) == len(whole) else Text(folded, folded)
