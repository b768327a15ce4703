"""Which pages of a site to read: home, then those that it links as contact, legal notice, team, prices and so on."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import urljoin, urlsplit

from engine.extract.html import Document
from engine.extract.literals import Literals
from engine.rows.columns import fold
from engine.rows.data import words
from engine.rows.mailboxes import is_free_provider
from engine.rows.sites import registrable_domain

PageKind = Literal["home", "contact", "legal", "team", "about", "prices", "terms"]

PAGES_MAX = 6  # of one site, home included
TRIES_MAX = 2  # of well-known paths
# Tried when neither the home page nor a sitemap names such a page.
WELL_KNOWN: dict[PageKind, str] = {
    "contact": "/contact",
    "legal": "/mentions-legales",
    "team": "/equipe",
    "about": "/a-propos",
    "prices": "/tarifs",
}
WELL_KNOWN_GERMAN: dict[PageKind, str] = {
    "contact": "/kontakt",
    "legal": "/impressum",
    "team": "/team",
    "about": "/ueber-uns",
    "prices": "/preise",
}
GERMAN_SUFFIXES = (".de", ".at")
SHARED_LENGTH_MAX = 200  # of an address that is remembered with its kind
LABEL_LENGTH_MAX = 40  # a longer link text is a headline, no menu entry
SEGMENT_LENGTH_MAX = 50
WORDS_MAX = 5
PER_KIND_MAX = 2
LINKED_MAX = 200  # of a kind that are looked at; more are no menu
SITEMAP_LENGTH_MAX = 500_000

_WORDS: dict[PageKind, str] = {
    "contact": r"contact(?:s|ez|eznous|us|me|o|os|i|er)?|kontakt(?:e|formular)?|contatt(?:i|o|aci)|coordonnees"
    r"|nous (?:ecrire|joindre)|joindre|get in touch|reach us|ansprechpartner",
    "legal": r"mentions?|legal(?:es?|s|notice)?|mentionslegales|impressum|imprint|aviso legal|note legali"
    r"|anbieterkennung|infos? legales|notices? legales?|rechtliches",
    "team": r"equipes?|notreequipe|teams?|staff|mitarbeiter|equipo|collaborateurs|praticiens|qui sommes nous"
    r"|quisommesnous|squadra|our people|unser team",
    "about": r"a propos|apropos|about|aboutus|ueber uns|uber uns|ueberuns|presentation|quienes somos|nosotros"
    r"|sobre nosotros|chi siamo|(?:notre )?(?:cabinet|histoire|entreprise|societe)|unternehmen|who we are|azienda",
    "prices": r"tarifs?|tarification|prix|pricing|prices?|preise?|precios?|tarifas|prezzi|listino|nos offres|plans"
    r"|abonnements?|formules|honoraires|menus?|(?:la|notre) carte|carte des (?:vins|soins|prestations)|speisekarte",
}
# What every alternative above holds a part of.
_STEMS = Literals(
    (
        *("conta", "konta", "coordonnees", "ecrire", "joindre", "touch", "reach", "ansprech"),
        *("mention", "legal", "impressum", "imprint", "anbieter", "rechtlich"),
        *("equip", "team", "staff", "mitarbeiter", "collabor", "pratic", "sommes", "squadra", "people"),
        *("propos", "about", "uns", "presentation", "quienes", "nosotros", "siamo", "cabinet", "histoire"),
        *("entreprise", "societe", "unternehmen", "who", "azienda"),
        *("tarif", "prix", "pric", "preis", "precio", "prezzi", "listino", "offres", "plans"),
        *("abonnement", "formule", "honoraires", "menu", "carte", "speisek", "cgv", "cgu", "conditions"),
    )
)
_KINDS: tuple[PageKind, ...] = ("contact", "legal", "team", "about", "prices")
_KIND = re.compile(rf"\b(?:{'|'.join(f'(?P<{kind}>{words})' for kind, words in _WORDS.items())})\b")
# Only where nothing says another kind: 'Conditions générales et mentions légales'.
_TERMS = re.compile(r"\b(?:cg[uv]|conditions (?:generales|de vente|d utilisation))\b")
# The parts of any address, absolute or not (RFC 3986, appendix B): path, query.
_ADDRESS = re.compile(r"(?:[^:/?#]+:)?(?://[^/?#]*)?([^?#]*)(?:\?([^#]*))?")
_SPLIT = re.compile(r"[\W_]+")
_FILES = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|webp|svg|zip|docx?|xlsx?|pptx?|mp[34]|css|js|json|xml|ics|vcf|rss)$", re.IGNORECASE
)
_LOC = re.compile(r"<loc>\s{0,20}(?:<!\[CDATA\[)?\s{0,20}([^<\]\s]{1,2000})", re.IGNORECASE)


class PlannedPage(NamedTuple):
    """A page worth reading. `url` is absolute, without fragment."""

    url: str
    kind: PageKind


class Menu(NamedTuple):
    """The links of a page that name a kind, as written, in document order; `base` is what they are resolved against."""

    page_url: str
    base: str
    links: tuple[tuple[str, PageKind], ...]


def same_page(url: str) -> str:
    """What the spellings of one page's address share."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"


def is_same_site(url: str, other: str) -> bool:
    """Whether two addresses belong to one site: the same registrable domain, and on a platform the same host."""
    domain = registrable_domain(url)
    if not domain or domain != registrable_domain(other):
        return False
    shared = domain in words("vendor_domains") or is_free_provider(domain)
    return not shared or urlsplit(url).hostname == urlsplit(other).hostname


def base_of(document: Document, page_url: str) -> str:
    """The address against which the page's links are resolved."""
    return absolute(document.base, page_url) or page_url if document.base else page_url


def absolute(href: str, base: str) -> str:
    """`href` as an absolute http(s) address without its fragment; '' when it is none (mailto, javascript, broken)."""
    if not href.strip():
        return ""
    try:
        url = urljoin(base, href.strip()).partition("#")[0]
        return url if urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname else ""
    except ValueError:  # such as 'http://[broken'
        return ""


def kind_of(url: str, text: str = "") -> PageKind | None:
    """What page an address, absolute or not, is by its link's text, else by its query or path; None when unknown."""
    label = text if len(text) <= LABEL_LENGTH_MAX else ""
    return (_shared_kind if len(url) <= SHARED_LENGTH_MAX else _kind_by)(url, label)


def menu_of(document: Document, page_url: str) -> Menu:
    """What a page links by a name that tells its kind."""
    links = dict.fromkeys((link.href, link.text) for link in document.links if link.href[:1] != "#")
    return Menu(page_url, base_of(document, page_url), _kinded(links))


def plan_menu(menu: Menu, kinds: Sequence[PageKind]) -> list[PlannedPage]:
    """The pages of these kinds that a page links on its own registrable domain.

    In the order of `kinds`; within a kind the shortest path first, then as they stand. At most two of a kind.
    """
    by_kind: dict[PageKind, list[str]] = {kind: [] for kind in kinds}
    seen = {same_page(menu.page_url)}
    for href, kind in menu.links:
        if kind not in by_kind or len(by_kind[kind]) >= LINKED_MAX or not (url := absolute(href, menu.base)):
            continue
        if same_page(url) not in seen and not _FILES.search(urlsplit(url).path) and is_same_site(url, menu.page_url):
            seen.add(same_page(url))
            by_kind[kind].append(url)
    return [
        PlannedPage(url, kind) for kind, urls in by_kind.items() for url in sorted(urls, key=_length)[:PER_KIND_MAX]
    ]


def plan_sitemap(xml: str, page_url: str, kinds: Sequence[PageKind]) -> list[PlannedPage]:
    """The pages of these kinds that a sitemap lists, by their paths."""
    return plan_menu(Menu(page_url, page_url, _kinded((url, "") for url in sitemap_urls(xml))), kinds)


def sitemap_urls(xml: str) -> list[str]:
    """The addresses of a sitemap or of a sitemap index."""
    return [found.replace("&amp;", "&") for found in _LOC.findall(xml[:SITEMAP_LENGTH_MAX])]


def nested_sitemap(xml: str) -> str:
    """The sitemap of an index that lists the pages (not the posts, products or images); '' when this is no index."""
    if "<sitemapindex" not in xml[:2_000].lower():
        return ""
    urls = sitemap_urls(xml)
    return next((url for url in urls if "page" in urlsplit(url).path.lower()), urls[0] if urls else "")


def guesses(home_url: str, kinds: Iterable[PageKind]) -> list[PlannedPage]:
    """Well-known addresses of the kinds, in their order; two at most."""
    host = urlsplit(home_url).hostname or ""
    paths = WELL_KNOWN_GERMAN if host.endswith(GERMAN_SUFFIXES) else WELL_KNOWN
    return [PlannedPage(urljoin(home_url, paths[kind]), kind) for kind in kinds if kind in paths][:TRIES_MAX]


def _kind_by(url: str, label: str) -> PageKind | None:
    both = f"{label}\n{url}"
    if both.isascii() and not _STEMS.occur_in(both.lower()):
        return None  # as of most links
    if label and (kind := _kind_in(label)):
        return kind
    found = _ADDRESS.match(url)
    path, query = (found[1], found[2] or "") if found else ("", "")
    segments = [part for part in path.split("/") if part][-2:]
    for segment in (query, *reversed(segments)):
        if segment and len(segment) <= SEGMENT_LENGTH_MAX and (kind := _kind_in(segment)):
            # A page that is called so doesn't tell of the business because its folder does.
            return "terms" if kind != "legal" and _are_terms(label) else kind
    return "terms" if any(map(_are_terms, (label, *segments))) else None


_shared_kind = lru_cache(maxsize=8_192)(_kind_by)  # the pages of a site share their links


@lru_cache(maxsize=8_192)  # sites share the words of their menus; never longer than a label or a segment
def _kind_in(words: str) -> PageKind | None:
    text = _SPLIT.sub(" ", fold(words))
    found = _KIND.search(text)
    if found is None or text.strip().count(" ") >= WORDS_MAX:
        return None
    return next(kind for kind in _KINDS if kind == found.lastgroup)


def _are_terms(words: str) -> bool:
    return len(words) <= SEGMENT_LENGTH_MAX and _TERMS.search(_SPLIT.sub(" ", fold(words))) is not None


def _kinded(links: Iterable[tuple[str, str]]) -> tuple[tuple[str, PageKind], ...]:
    """Those links that have a kind: few, so that resolving their addresses, which is dear, can wait."""
    return tuple([(href, kind) for href, text in links if (kind := kind_of(href, text))])


def _length(url: str) -> tuple[int, int]:
    path = urlsplit(url).path.rstrip("/")
    return path.count("/"), len(path)
