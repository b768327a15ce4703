"""Images and drawings in a page that look like its owner's logo, by what they are called and where they stand."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from engine.extract.lines import PROSE_MIN
from engine.extract.pages import absolute
from engine.extract.sections import landmark
from engine.rows.columns import fold
from engine.rows.sites import registrable_domain

LogoSource = Literal[
    "header-img", "header-svg", "json-ld", "manifest", "apple-touch-icon", "mask-icon", "tile-image", "og:image"
]

IMAGES_MAX = 150  # of a page that are looked at, in document order
DRAWINGS_MAX = 30  # of its inline SVGs
ANCESTORS_MAX = 10
NAMING_ANCESTORS = 4  # whose names speak of the image itself
DATA_URL_MAX = 3_000_000  # characters of a `data:` address
URL_MAX = 2_000  # of any other
MARKUP_MAX = 300_000
LEAST_SCORE = 55
SYMBOLS_MAX = 5  # that are looked up for a drawing

_LOGO = re.compile(
    r"logo(?!ut|n\b|s?-?(?:slider|carousel|wall|cloud|grid|list))|(?:^|[\s_-])(?:navbar-)?brand(?:$|[\s_-])|site-brand"
)
# What is said of the logos of others, and of pictures that are none.
_FOREIGN = re.compile(
    r"(?<![a-z])(?:partenaire|partner|client|customer|sponsor|payment|paiement|certif|award|trust|avis(?![a-z])|review"
    r"|member|membre|federation|labels?(?![a-z])|normes?(?![a-z])|qualit|reference|fournisseur|supplier"
    r"|marques?(?![a-z])|brands(?![a-z])|footer|social|facebook|instagram|linkedin|twitter|youtube|tiktok|pinterest"
    r"|whatsapp|google|paypal|visa(?![a-z])|mastercard|stripe|amex|klarna|app-?store|play-?store|powered|agenc[ey]"
    r"|cookie|axeptio|flags?(?![a-z])|drapeau|lang(?![a-z])|template|wordpress|joomla|prestashop|loader|spinner"
    r"|placeholder|avatar|author|picto|slides?(?![a-z])|slider|carousel|testimonial|temoignage|presse(?![a-z]))"
)
# Where a page shows the languages that it has.
_LANGUAGES = re.compile(r"(?:^|[/_])(?:flags?|languages?|lang|drapeaux?)/|(?:^|/)[a-z]{2}\.(?:gif|png|svg|jpg)$")
# What platforms and systems show for everybody who has no icon of his own.
_DEFAULTS = re.compile(
    r"//s\d\.wp\.com/i/(?:webclip|favicon|blank)|default-favicon|/wp-includes/images/w-logo|/i/blank\.|/s-logo\.gif"
)
_REFERENCE = re.compile(r"href=\"#([\w-]{1,80})\"")
_HEADER = re.compile(
    r"(?:^|[\s_-])(?:header|head|masthead|navbar|nav|topbar|top|entete|branding|menu|banniere)(?:$|[\s_-])"
)
_SPLIT = re.compile(r"[\W_]+")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_UNSEEN = frozenset(("script", "style", "noscript", "template", "svg"))
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-url", "data-srcset", "data-lazy-srcset")


class Candidate(NamedTuple):
    """Where a logo may stand. `markup` instead of `url` where it is drawn in the page itself."""

    source: LogoSource
    score: int
    url: str = ""
    markup: str = ""

    @property
    def name(self) -> str:
        """The file's own name, lower case."""
        return unquote(path_of(self.url).rpartition("/")[2]).lower()


def drawn_logos(tree: LexborHTMLParser, base: str, url: str) -> Iterator[Candidate]:
    """Images and drawings in the page that look like the owner's logo."""
    own = frozenset(_SPLIT.split(registrable_domain(url).partition(".")[0])) - {""}
    images = [node for node in tree.css("img")[:IMAGES_MAX] if not _is_counter(node)]
    opening = _opening_logo(tree, images)
    for at, node in enumerate(images):
        around, source = _surroundings(node, url), _source_of(node, base)
        is_called_so = "logo" in (node.attributes.get("id") or "").lower()
        score = _score(_names(node), around, own) + (10 if at == 0 else 0) + (15 if is_called_so else 0)
        if at == opening and not (around.in_header or around.in_footer or around.leads_home):
            score += 25  # as one that leads home: a page of tables has no header
        if score >= LEAST_SCORE and source and not _LANGUAGES.search(path_of(source)[-100:].lower()):
            yield Candidate("header-img", score, source)
    for node in tree.css("svg")[:DRAWINGS_MAX]:
        names, around = _names(node), _surroundings(node, url)
        # Many icons stand in a header, and one of them leads home.
        if around.in_header and (_LOGO.search(names) or _LOGO.search(around.names)):
            score, markup = _score(names, around, own) - 5, _with_symbols(node.html or "", tree)
            if score >= LEAST_SCORE and 0 < len(markup) <= MARKUP_MAX:
                yield Candidate("header-svg", score, markup=markup)


def _opening_logo(tree: LexborHTMLParser, images: Sequence[LexborNode]) -> int | None:
    """The number of the first image that is called a logo, when nothing but short lines stands above it.

    One of several in its element is no owner's: those are partners, cards or labels.
    """
    at = next((at for at, node in enumerate(images) if _LOGO.search(_names(node))), None)
    if at is None or tree.body is None:
        return None
    node, parent = images[at], images[at].parent
    if parent is not None and sum(_LOGO.search(_names(one)) is not None for one in parent.css("img")[:IMAGES_MAX]) > 1:
        return None
    for above in tree.body.traverse(include_text=True):
        if above.mem_id == node.mem_id:
            return at
        if above.tag == "-text" and _is_main_text(above):
            return None
    return None


def _is_main_text(text: LexborNode) -> bool:
    """Whether a piece of text is what the page has to say: in a heading, or prose."""
    holders = [holder.tag for holder in (text.parent, text.parent and text.parent.parent) if holder is not None]
    if any(tag in _UNSEEN for tag in holders):
        return False
    said = text.text_content or ""
    return len(said) >= PROSE_MIN or (any(tag in _HEADINGS for tag in holders) and not said.isspace())


def is_default(url: str) -> bool:
    """Whether a picture is what a platform shows for everybody."""
    return _DEFAULTS.search(url) is not None


def _is_counter(node: LexborNode) -> bool:
    """Whether an image is a dot that counts visits."""
    sides = (node.attributes.get("width"), node.attributes.get("height"))
    return any(side in ("0", "1") for side in sides) or (node.parent is not None and node.parent.tag == "noscript")


def _with_symbols(markup: str, tree: LexborHTMLParser) -> str:
    """A drawing with the parts that it takes from elsewhere in the page."""
    for name in dict.fromkeys(_REFERENCE.findall(markup[:MARKUP_MAX])[:SYMBOLS_MAX]):
        symbol = tree.css_first(f'symbol[id="{name}"]')
        if symbol is not None and markup.endswith("</svg>"):
            markup = f"{markup[:-6]}{symbol.html or ''}</svg>"
    return markup


class _Surroundings(NamedTuple):
    """What stands around an image: the names of the elements that hold it, where it leads, in which part it is."""

    names: str
    all_names: str
    leads_home: bool
    leads_away: bool
    in_header: bool
    in_footer: bool


def _surroundings(node: LexborNode, url: str) -> _Surroundings:
    near: list[str] = []
    far: list[str] = []
    home = away = header = footer = False
    parent = node.parent
    for step in range(ANCESTORS_MAX):
        if parent is None or parent.tag in ("body", "html", None):
            break
        attributes = parent.attributes
        names = _names_of(attributes)
        (near if step < NAMING_ANCESTORS else far).append(names)
        place = landmark(parent.tag, attributes)
        header = header or place in ("header", "nav") or _HEADER.search(names) is not None
        footer = footer or place == "footer"
        if parent.tag == "a":
            home, away = _led(attributes, url)
        parent = parent.parent
    return _Surroundings(" ".join(near), " ".join(near + far), home, away, header and not footer, footer)


def _led(attributes: Mapping[str, str | None], url: str) -> tuple[bool, bool]:
    """Whether a link leads home, and whether it leads to somebody else."""
    target = absolute(attributes.get("href") or "", url)
    if (attributes.get("rel") or "").lower() == "home" or not target:
        return bool(target), False
    if registrable_domain(target) != registrable_domain(url):
        return False, True
    path = urlsplit(target).path.strip("/").lower()
    # A site in several languages has a home of each: the page itself.
    return path in ("", "index.html", "index.php", "accueil", "home", urlsplit(url).path.strip("/").lower()), False


def _names_of(attributes: Mapping[str, str | None]) -> str:
    return f"{attributes.get('id') or ''} {attributes.get('class') or ''}"[:300].lower()


def _names(node: LexborNode) -> str:
    """All that an image is called: its names, its texts, its file."""
    attributes = node.attributes
    texts = [
        attributes.get(name) or "" for name in ("alt", "title", "aria-label", "itemprop", "data-hook", "data-testid")
    ]
    sources = [attributes.get(name) or "" for name in ("src", *_LAZY)]
    files = [source.partition("?")[0].rpartition("/")[2][:100] for source in sources if source[:5] != "data:"]
    return fold(" ".join([_names_of(attributes), *(text[:100] for text in texts), *files]))


def _score(names: str, around: _Surroundings, own: Iterable[str]) -> int:
    """How sure it is that an image called so, standing there, is the owner's logo."""
    signs = (
        (40, _LOGO.search(names)),
        (30, _LOGO.search(around.names)),
        (30, around.in_header),
        (25, around.leads_home),
        (10, any(len(word) > 3 and word in names for word in own)),
        (-60, _FOREIGN.search(names)),
        (-60, not around.leads_home and _FOREIGN.search(around.all_names)),
        # To a partner; from the header perhaps to the house that the business is a part of.
        (-20 if around.in_header else -60, around.leads_away),
        (-40, around.in_footer),
    )
    return sum(points for points, sign in signs if sign)


def _source_of(node: LexborNode, base: str) -> str:
    """Where an image is loaded from: what lazy pages keep for later before what they show meanwhile."""
    attributes = node.attributes
    told = [attributes.get(name) or "" for name in ("src", *_LAZY, "srcset")]
    src, later = told[0], [_largest(text) for text in told[1:] if text.strip()]
    if src.strip() and src[:5] != "data:":
        return address_of(src, base)
    is_lazy = "lazy" in _names_of(attributes) or any(name.startswith("data-lazy") for name in attributes)
    return address_of(later[0], base) if later else ("" if is_lazy else address_of(src, base))


def _largest(srcset: str) -> str:
    """The largest picture of a `srcset`; a plain address as it is."""
    best, width = "", -1.0
    for part in srcset[:5_000].split(", "):
        address, _, said = part.strip().rstrip(",").partition(" ")
        number = float(said.strip()[:-1]) if re.fullmatch(r"\d{1,5}(?:\.\d{1,3})?[wx]", said.strip()) else 1.0
        if address and number > width:
            best, width = address, number
    return best


def address_of(target: str, base: str) -> str:
    """A target as an absolute address, or as the `data:` address that it is, which then begins so in lower case."""
    target = target.strip()
    if target[:5].lower() == "data:":
        target = f"data:{target[5:]}"
        return target if len(target) <= DATA_URL_MAX else ""
    return absolute(target, base) if len(target) <= URL_MAX else ""


def path_of(url: str) -> str:
    """The path of an address that `address_of` gave; '' for a `data:` address, which has none."""
    return "" if url[:5] == "data:" else urlsplit(url).path
