"""The e-mail addresses of a page, however it writes them, and which of a site's addresses is the best.

Every candidate keeps where it stood and how it was written. Nothing is guessed: an address is a candidate only when
people (or a browser) can read it from the page.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import Literal
from urllib.parse import unquote

from engine.extract import mail_codes
from engine.extract.addresses import find_addresses, find_spelled, may_spell
from engine.extract.domain_sale import offers_its_name
from engine.extract.html import Block, Document, Element, Link, Script
from engine.extract.javascript import CODE_LENGTH_MAX, fold_strings
from engine.extract.json_ld import values_of
from engine.extract.mail_refusals import is_refused
from engine.extract.pages import PageKind
from engine.extract.people import Person, is_mailbox_of, people
from engine.extract.sections import PARTIES, Section, party
from engine.rows.data import words
from engine.rows.mailboxes import bears_name, is_free_provider, is_personal, is_role
from engine.rows.sites import is_aggregator, registrable_domain

Method = Literal[
    "mailto", "text", "spelled", "spaced", "bare", "reversed", "cloudflare", "attribute", "parts", "script", "json_ld"
]
Relation = Literal["own", "group", "free", "other"]

RELATIONS: tuple[Relation, ...] = ("own", "group", "free", "other")
PAGE_RANK: dict[PageKind, int] = {
    "contact": 0, "legal": 1, "home": 2, "team": 3, "about": 4, "prices": 5, "terms": 6,
}  # fmt: skip
# Scripts and prose hold addresses of third parties; there an unrelated domain proves nothing.
_UNSURE: frozenset[Method] = frozenset(("script", "bare", "spaced", "reversed", "attribute"))
_MAY_BE_MAIL = frozenset("mMjJ")  # how `mailto:` and `javascript:` begin
_TEXT_ATTRIBUTES = ("alt", "title", "aria-label", "content")
_TEXT_SIGNS = ("@", "&#", "＠", "﹫")
# A script without any of these puts no address together.
_SCRIPT_HINTS = ("@", "%40", "\\x40", "\\u0040", "&#64;", "&#x40;", "&#064;", "fromCharCode(", "atob(", "mailto", "mi=")
# Nor does a handler or a link of code without any of these.
_CODE_HINT = re.compile(r"@|%40|\\x40|\\u0040|&#|fromC|atob|mail|spam|crypt|addr", re.IGNORECASE)
_FOLD_HINTS = ("'@", '"@', "@'", '@"', "`@", "@$", *_SCRIPT_HINTS[1:-1], ".reverse(")
# How much of one page is looked at closely; a business's page has a hundredth of it, a hostile one would take seconds.
PLACES_MAX = 10_000  # that may hold an address
LINES_LENGTH_MAX = 200_000  # characters of lines that may hold one
LINE_WEIGHT_MAX = 20_000  # of one line: only so many signs of it are looked at, however long it is
CODES_LENGTH_MAX = 150_000  # characters of code that may put one together
CODE_WEIGHT_MIN = 100  # of one piece, however short
_BEFORE_IN_CODE = frozenset("\"'`>:;(,=")
_AFTER_IN_CODE = frozenset("\"'`<\\?&,; ")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address in lower case, where it stood and how it was written. `named`: the page names its person."""

    address: str
    method: Method
    page: str
    kind: PageKind
    section: Section
    named: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate that is kept. `relation` is that of its domain to the site; `personal`: a person's mailbox."""

    candidate: Candidate
    relation: Relation
    personal: bool


@dataclass(frozen=True, slots=True)
class Domains:
    """Registrable domains around a site: its own, those it declares as its group's, those of its host and agency."""

    own: frozenset[str]
    group: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()

    def relation(self, domain: str) -> Relation:
        registrable = registrable_domain(domain)
        if registrable in self.own:
            return "own"
        if registrable in self.group or _name(registrable) in {_name(own) for own in self.own}:
            return "group"
        return "free" if is_free_provider(domain) else "other"

    def names(self, address: str) -> bool:
        """Whether the mailbox bears the business's name, as `lefournil69@free.fr` of lefournil.fr: nobody's own."""
        letters = address.partition("@")[0].lower().strip("0123456789")
        # Several words are first.last and the like.
        return letters.isalpha() and any(bears_name(letters, label) for label in labels_of(self.own))


def labels_of(own: Iterable[str]) -> tuple[str, ...]:
    """The words before the suffix of registrable domains: 'cabinet-dupont' of cabinet-dupont.fr."""
    return tuple(domain.partition(".")[0] for domain in own)


def own_domains(urls: Iterable[str]) -> frozenset[str]:
    """The registrable domains of a site's addresses, without those of platforms and providers that many share."""
    found = frozenset(registrable_domain(url) for url in urls) - words("vendor_domains")
    return frozenset(domain for domain in found if domain and not is_free_provider(domain))


def find_candidates(document: Document, *, page: str, kind: PageKind, own: frozenset[str]) -> list[Candidate]:
    """Every address of one page, in the order of the ways to write them; one address may come several times."""
    found_at = islice(_found(document, own), PLACES_MAX)
    found: list[tuple[Method, Link | Block | Element | None, str]] = [
        (method, place, address) for method, place, addresses in found_at for address in addresses
    ]
    if found and kind == "home" and offers_its_name(document):  # whom it names is the broker or the registrar
        found = [entry for entry in found if registrable_domain(entry[2].partition("@")[2]) in own]
    named = _named({address for _, _, address in found}, document, own)
    return [
        Candidate(address, method, page, kind, place.section if place else "main", address in named)
        for method, place, address in found
    ]


def declared_domains(document: Document) -> frozenset[str]:
    """Registrable domains that the page declares as its organisation's: canonical address, JSON-LD `url` of a business
    and of its parent. Directories and social networks are none."""
    urls = [document.canonical]
    for thing in document.json_ld:
        if any(key in thing for key in ("telephone", "email", "address", "parentOrganization", "legalName")):
            url = thing.get("url")
            urls.append(url if isinstance(url, str) else "")
            urls.extend(values_of(thing.get("parentOrganization"), "url"))
    return frozenset(registrable_domain(url) for url in urls if url.startswith("http") and not is_aggregator(url))


def foreign_domains(document: Document) -> frozenset[str]:
    """Registrable domains that the page links where it speaks of its host, its agency or a mediator."""
    if not any(party(line, legal=True) for line in document.text.split("\n")):
        return frozenset()  # as of most pages, whose sections need not be worked out then
    links = [link for link in document.links if link.href.startswith("http")]
    return frozenset(registrable_domain(link.href) for link in links if link.section in PARTIES)


def rank(candidates: Iterable[Candidate], domains: Domains) -> list[Ranked]:
    """The addresses worth writing to, best first, each once. Pure and deterministic.

    Own domain, then group, free provider, other; personal before generic; contact page, legal notice, home, others;
    then alphabetical. Left out: samples, machines, vendors, and what belongs to the host, the agency or a mediator.

    Personal is a mailbox with evidence of a person: its text is a name (`is_personal`), or a page of the site names a
    person whose mailbox it fits. A word of a trade or of the business's own name is no person.
    """
    candidates = list(candidates)
    named = {candidate.address for candidate in candidates if candidate.named}
    # Each address once: most stand on every page of their site.
    known = {address: _traits(address, domains) for address in {candidate.address for candidate in candidates}}
    best: dict[str, tuple[tuple[int, bool, int, str], Ranked]] = {}
    for candidate in candidates:
        relation, shaped = known[candidate.address]
        if not _is_kept(candidate, relation, domains):
            continue
        personal = shaped or candidate.address in named
        key = (RELATIONS.index(relation), not personal, PAGE_RANK[candidate.kind], candidate.address)
        if candidate.address not in best or key < best[candidate.address][0]:
            best[candidate.address] = key, Ranked(candidate, relation, personal)
    return [ranked for _, ranked in sorted(best.values(), key=lambda entry: entry[0])]


def _named(addresses: set[str], document: Document, own: frozenset[str]) -> frozenset[str]:
    """Those of the addresses that fit a person whom the page names; asked only of those whose text leaves it open."""
    open_ones = [address for address in addresses if not is_personal(address) and not is_role(address)]
    persons = people(document) if open_ones else frozenset[Person]()
    labels = labels_of(own) or ("",)
    return frozenset(
        address for address in open_ones if all(is_mailbox_of(address, persons, label) for label in labels)
    )


def _traits(address: str, domains: Domains) -> tuple[Relation, bool]:
    """The relation of an address to the site, and whether its text alone shows a person's mailbox."""
    return domains.relation(address.partition("@")[2]), is_personal(address) and not domains.names(address)


def _is_kept(candidate: Candidate, relation: Relation, domains: Domains) -> bool:
    if is_refused(candidate.address, own=relation == "own"):
        return False
    if relation == "own" or (relation == "group" and candidate.method != "bare"):
        return True
    if candidate.section in ("agency", "mediator", "insurer") or candidate.method == "bare":
        return False
    if relation == "free":
        return True  # also beside the host's name: no host writes from there
    registrable = registrable_domain(candidate.address.partition("@")[2])
    return candidate.section != "host" and candidate.method not in _UNSURE and registrable not in domains.foreign


def _name(registrable: str) -> str:
    """What the domains of one brand share: 'cabinet-dupont.fr', 'cabinetdupont.com'."""
    return registrable.partition(".")[0].replace("-", "")


# How an address is written, what holds it (None: nothing that stands anywhere), the address.
Places = Iterator[tuple[Method, Link | Block | Element | None, Iterable[str]]]


@dataclass(slots=True)
class _Room:
    """How many characters may still be looked at."""

    left: int

    def takes(self, length: int) -> bool:
        self.left -= length
        return self.left >= 0


def _found(document: Document, own: frozenset[str]) -> Places:
    room = _Room(CODES_LENGTH_MAX)
    for link in document.links:
        if link.href[:1] in _MAY_BE_MAIL or mail_codes.CLOUDFLARE_LINK in link.href:
            yield from _of_link(link, own, room)
    yield from _of_text(document, own)
    for element in document.elements:
        yield from _of_element(element, own, room)
    for script in document.scripts:
        if script.code and any(hint in script.code for hint in _SCRIPT_HINTS):
            yield "script", None, _of_script(script, own, room)
    for thing in document.json_ld:
        for value in values_of(thing, "email"):
            yield "json_ld", None, _plain(unescape(value))


def _of_link(link: Link, own: frozenset[str], room: _Room) -> Places:
    href = link.href
    start = href[:11].lower()
    if start.startswith("mailto:"):
        text = mail_codes.mailto(href)
        # Some are themselves spelled out: 'mailto:contact[at]dupont.fr'.
        yield "mailto", link, [*_plain(text), *(found.address for found in find_spelled(text))]
    elif start == "javascript:":
        yield "script", link, _of_code(unquote(href[11:], errors="replace"), own, room)
    elif mail_codes.CLOUDFLARE_LINK in href:
        code = href.partition(mail_codes.CLOUDFLARE_LINK)[2]
        yield "cloudflare", link, _plain(mail_codes.cloudflare(code).partition("?")[0])


def _of_text(document: Document, own: frozenset[str]) -> Places:
    """The lines that give an address are few; only these are looked up among the blocks, for their sections."""
    text = document.text
    hints = [sign for sign in _TEXT_SIGNS if sign in text]
    spelled = "&#" in hints or may_spell(text)
    if not hints and not spelled:
        return
    room = _Room(LINES_LENGTH_MAX)
    for number, line in enumerate(text.split("\n")):
        if any(hint in line for hint in hints) or (spelled and may_spell(line)):
            if not room.takes(min(len(line), LINE_WEIGHT_MAX)):
                return
            for method, address in _of_line(line, own):
                yield method, document.blocks[number], [address]


def _of_line(line: str, own: frozenset[str]) -> Iterator[tuple[Method, str]]:
    if "&#" in line:
        line = unescape(line)  # encoded twice
    found = _plain(line)
    for address in found:
        yield "text", address
    if not found and "@" in line:
        for address in _plain(line[::-1]):
            if registrable_domain(address.partition("@")[2]) in own:
                yield "reversed", address
    for address, spelling in find_spelled(line):
        yield spelling, address


def _has_sign(text: str) -> bool:
    return any(sign in text for sign in _TEXT_SIGNS)


def _of_element(element: Element, own: frozenset[str], room: _Room) -> Places:
    for name, value in ((name, value) for name, value in element.attributes.items() if value):
        if name[:5] == "data-":
            if "mail" in name or "@" in value:
                yield _of_data(name, value, element, own)
        elif name[:2] == "on":
            yield "script", element, _of_code(value, own, room)
        elif name in _TEXT_ATTRIBUTES and _has_sign(value):
            yield "attribute", element, _plain(unescape(value))
    if parts := mail_codes.parts_of(element.attributes):
        yield "parts", element, _plain(parts)


def _of_data(name: str, value: str, element: Element, own: frozenset[str]) -> tuple[Method, Element, list[str]]:
    if name == "data-cfemail":
        return "cloudflare", element, _plain(mail_codes.cloudflare(value))
    if name == "data-mailto-token":
        vector = element.attributes.get("data-mailto-vector") or ""
        shift = int(vector) if vector.isdecimal() else None
        return "attribute", element, _plain(mail_codes.typo3(value, shift))
    return "attribute", element, _meant((_plain(text) for text in mail_codes.readings(value)), own)


def _of_script(script: Script, own: frozenset[str], room: _Room) -> list[str]:
    code = script.code
    if "mi=" in code and (written := mail_codes.email_encoder(code)):
        return _plain(written)
    if len(code) <= CODE_LENGTH_MAX and any(hint in code for hint in _FOLD_HINTS):
        return _of_code(code, own, room)
    code = code.replace("\\u0040", "@").replace("\\u003e", ">").replace("\\u003E", ">")
    return list(_quoted(code, _plain(code)))


def _of_code(code: str, own: frozenset[str], room: _Room) -> list[str]:
    """Addresses that a small piece of JavaScript puts together."""
    if not _CODE_HINT.search(code) or not room.takes(max(len(code), CODE_WEIGHT_MIN)):
        return []
    opened = mail_codes.typo3_call(code) or mail_codes.call_with_parts(code)
    found = _plain("\n".join(_decoded(text) for text in fold_strings(code)))
    if mail_codes.turns_letters(code):
        found = _meant([_plain(mail_codes.rot13(code)), found], own)
    return [*_plain(opened), *found]


def _decoded(text: str) -> str:
    text = unescape(text) if "&" in text else text
    return unquote(text, errors="replace") if "%" in text else text


def _quoted(code: str, addresses: Iterable[str]) -> Iterator[str]:
    """Those addresses, in the order of the code, that stand in a string or in markup, not in a comment or a licence."""
    lower, end = code.lower(), 0
    for address in addresses:
        at = lower.find(address, end)
        if at < 0:
            continue
        end = at + len(address)
        if at > 0 and code[at - 1] in _BEFORE_IN_CODE and code[end : end + 1] in _AFTER_IN_CODE:
            yield address


def _plain(text: str) -> list[str]:
    return [found.address for found in find_addresses(text)]


def _meant(readings: Iterable[list[str]], own: frozenset[str]) -> list[str]:
    """Of several readings of one text, the one on the site's own domain, else the first that gives an address."""
    given = [reading for reading in readings if reading]
    for reading in given:
        if any(registrable_domain(address.partition("@")[2]) in own for address in reading):
            return reading
    return given[0] if given else []
