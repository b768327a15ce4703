"""Read from a fetched home page whether somebody is still behind it. Pure: the signs are in the page or they aren't."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Literal, NamedTuple, get_args
from urllib.parse import urlsplit

from engine.extract.business import Fact, business_facts, folded_words, telling_words, worth
from engine.extract.html import Document
from engine.extract.pages import absolute, base_of
from engine.network.types import Page
from engine.rows.columns import fold
from engine.rows.sites import host_of, registrable_domain

Weight = Literal["proof", "doubt", "note"]
WEIGHTS: tuple[Weight, ...] = get_args(Weight)


class Sign(NamedTuple):
    """One reason. A `proof` closes a site, a `doubt` makes it uncertain, a `note` only stands in the report."""

    name: str
    weight: Weight
    evidence: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """The data of `dead_sites.toml`; phrases are folded."""

    nameservers: frozenset[str]
    hosts: frozenset[str]
    redirectors: frozenset[str]
    code: tuple[str, ...]
    paths: tuple[str, ...]
    phrases: Mapping[str, tuple[str, ...]]


# Characters of visible text; on a longer page a phrase is looked for in the title and the top headings alone.
THIN_TEXT_MAX = 3_000
SHORT_TEXT_MAX = 1_000
BARE_TEXT_MAX = 200  # a page of less is nothing but its scripts
OWNED = 3  # the worth of the facts of a page that is somebody's
BRAND_LIKENESS = 0.75
BRAND_WORD_MIN = 4
_PROOFS = ("suspended", "for_sale", "parked")
_DOUBTS = ("challenge", "missing", "default_page", "says_closed", "closing_words")
_EVER = frozenset(("missing", "challenge", "says_closed"))  # doubts on the page of a business, too
_TITLES = frozenset(("missing", "challenge"))  # short words, telling in a title, not in the middle of a page
_BLOCKED = frozenset((401, 403, 407, 429, 451))
_SCRIPT_REDIRECT = re.compile(
    r"location(?:\.href)?\s{0,3}=\s{0,3}['\"]([^'\"\s]{1,500})['\"]|location\.(?:replace|assign)\(['\"]([^'\"\s]{1,500})['\"]"
)
_WORD = re.compile(r"[a-z0-9]+")


def read_signatures(toml: str) -> Signatures:
    """The signatures of a TOML text. Raises tomllib.TOMLDecodeError, KeyError."""
    data = tomllib.loads(toml)
    return Signatures(
        nameservers=frozenset(data["nameservers"]),
        hosts=frozenset(data["hosts"]),
        redirectors=frozenset(data["redirectors"]),
        code=tuple(data["code"]),
        paths=tuple(data["paths"]),
        phrases={name: tuple(fold(phrase) for phrase in phrases) for name, phrases in data["phrases"].items()},
    )


def page_signs(page: Page, document: Document, signatures: Signatures, *, name: str = "") -> list[Sign]:
    """The signs in one page: parking, sale, suspension; server defaults, missing pages, challenges; bad statuses.

    Words are weighed, for a notary sells estates and a help page speaks of suspended accounts. They prove something
    where the page is a notice: more speaks for that (`_notice`) than facts of a business stand against it. Where both
    are even they are a doubt; where the business outweighs them, a note. What a page takes from a parking service
    weighs as much as its words; without words it is proof, but on the page of a business a note.

    Proofs come first. No proof and no doubt: the page looks like that of a working business. `name` is that of the
    business, '' when unknown.
    """
    reading = _Reading(page, document, signatures, name)
    words = list(_notice_signs(reading))
    signs = [*words, *_parking_signs(reading, beside=words), *_status_signs(page), *_doubt_signs(reading)]
    if not signs and _is_empty(document):
        signs.append(Sign("empty", "doubt", page.final_url))
    if any(sign.weight == "note" for sign in signs):
        signs.append(Sign("business", "note", ", ".join(reading.facts)))
    return sorted(signs, key=_by_weight)


def redirect_target(page: Page, document: Document) -> str:
    """Where the page itself sends its visitors: a meta refresh, or the script of a page that has nothing else."""
    target = document.refresh
    if not target and len(document.text) <= BARE_TEXT_MAX:
        found = (_SCRIPT_REDIRECT.search(script.code[:5_000]) for script in document.scripts if script.code)
        target = next((match[1] or match[2] for match in found if match), "")
    return absolute(target, base_of(document, page.final_url)) if target else ""


def parked_nameserver(records: Sequence[str], signatures: Signatures) -> str:
    """The name server that serves parked names only; '' when there is none among these."""
    return next((name for name in records if _listed(name.rstrip(".").lower(), signatures.nameservers)), "")


def is_market(url: str, signatures: Signatures) -> bool:
    """Whether the address lies on a domain market or a parking service."""
    return _listed(host_of(url), signatures.hosts)


def is_redirector(url: str, signatures: Signatures) -> bool:
    """Whether the address only leads elsewhere: a link shortener."""
    return _listed(host_of(url), signatures.redirectors)


def is_same_brand(asked: str, final: str, name: str, document: Document) -> bool:
    """Whether a site that leads to another registrable domain is still the same business.

    The two names share their letters or a telling word, or the page there speaks of the business or the old name.
    """
    before, after = _letters(asked), _letters(final)
    if min(len(before), len(after)) >= BRAND_WORD_MIN and (before in after or after in before):
        return True
    if SequenceMatcher(None, before, after, autojunk=False).ratio() >= BRAND_LIKENESS:
        return True
    telling = telling_words(name) | telling_words(registrable_domain(asked).partition(".")[0])
    if any(word in after for word in telling):
        return True
    text = fold(" ".join((document.title, document.metas.get("og:site_name", ""), document.text)))
    words_there = frozenset(_WORD.findall(text))
    of_name = telling_words(name)
    if of_name and of_name <= words_there:
        return True
    return len(before) > BRAND_WORD_MIN and before in "".join(_WORD.findall(text))


def is_nobodys(name: str, domain: str, document: Document) -> bool:
    """Whether a page is short and speaks of no business, at most of its domain: what a registrar shows for a site."""
    words_there = folded_words(f"{document.title} {document.text}".lower().replace(domain, " "))
    return len(document.text) <= SHORT_TEXT_MAX and not telling_words(name) & words_there


def _status_signs(page: Page) -> Iterator[Sign]:
    evidence = f"HTTP {page.status}"
    if "cf-mitigated" in page.headers or page.status in _BLOCKED:
        yield Sign("blocked", "doubt", evidence)
    elif page.status in (404, 410):
        yield Sign("missing", "doubt", evidence)
    elif not page.ok:
        yield Sign("http_error", "doubt", evidence)


class _Reading:
    """One page as it is read for its words."""

    def __init__(self, page: Page, document: Document, signatures: Signatures, name: str) -> None:
        self.page, self.document, self.signatures = page, document, signatures
        self._name = name
        self.domain = registrable_domain(page.url)
        tops = [document.title, *(block.text for block in document.blocks if block.heading == 1)]
        self.tops = tuple(map(fold, tops))
        self.top = "\n".join(self.tops)

    @cached_property
    def text(self) -> str:
        """The folded text in which phrases are looked for."""
        whole = self.document.text
        return fold(f"{self.top}\n{whole}") if len(whole) <= THIN_TEXT_MAX else self.top

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        return business_facts(self.document, page_url=self.page.final_url, name=self._name)

    @property
    def worth(self) -> int:
        return worth(self.facts, name=self._name)

    @property
    def is_owned(self) -> bool:
        return self.worth >= OWNED

    @cached_property
    def parking_mark(self) -> str:
        """What the page takes from a parking service; '' when nothing."""
        document, signatures = self.document, self.signatures
        for url in (*(script.src for script in document.scripts), *document.frames):
            if "//" in url and _listed(host_of(f"https:{url}" if url.startswith("//") else url), signatures.hosts):
                return url
        if len(document.text) > THIN_TEXT_MAX:
            return ""
        codes = (script.code for script in document.scripts if script.code)
        mark = next((mark for code in codes for mark in signatures.code if mark in code), "")
        target = urlsplit(redirect_target(self.page, document)).path
        return mark or (target if target in signatures.paths else "")

    def phrase(self, kind: str, text: str) -> str:
        return next((phrase for phrase in self.signatures.phrases[kind] if phrase in text), "")


def _notice_signs(reading: _Reading) -> Iterator[Sign]:
    """What the words of a page say of its domain or account, as heavy as the page is a notice."""
    for kind in _PROOFS:
        phrase = reading.phrase(kind, reading.top)
        if not phrase and kind == "for_sale":
            phrase = _sale_of_name(reading)
        if phrase := phrase or reading.phrase(kind, reading.text):
            against, notice = reading.worth, _notice(reading, phrase)
            weight: Weight = "proof" if notice > against else "doubt" if notice == against else "note"
            yield Sign(kind, weight, phrase)


def _notice(reading: _Reading, phrase: str) -> int:
    """How much speaks for a page that is nothing but a notice with this phrase, 0 to 10."""
    # Nobody who works heads a page with the sale or the end of its own domain.
    heading = next((top for top in reading.tops if phrase in top), "")
    says_domain = bool(reading.domain) and reading.domain in reading.top
    return sum(
        (
            bool(heading),
            says_domain,
            4 * (says_domain and reading.domain in heading),
            len(reading.document.text) <= SHORT_TEXT_MAX,
            not reading.page.ok,
            2 * bool(reading.parking_mark),
        )
    )


def _doubt_signs(reading: _Reading) -> Iterator[Sign]:
    """Words of pages behind which nobody may be: in the title or a top heading, or on a short page without facts."""
    short = len(reading.document.text) <= SHORT_TEXT_MAX
    for kind in _DOUBTS:
        phrase = reading.phrase(kind, reading.top)
        if not phrase and short and kind not in _TITLES:
            phrase = reading.phrase(kind, reading.text)
        # A lost page has the site's own navigation, and a shop that closes for good its address.
        if phrase and ((phrase in reading.top and kind in _EVER) or not reading.is_owned):
            yield Sign(kind, "doubt", phrase)


def _sale_of_name(reading: _Reading) -> str:
    """The words by which a thin page sells its own domain: 'dupont.fr est à vendre', 'Domaine à vendre : dupont.fr'."""
    domain = re.escape(reading.domain)
    phrases = "|".join(re.escape(phrase) for phrase in reading.signatures.phrases["beside_name"])
    found = re.search(
        rf"(?<![@\w.-]){domain}\W{{1,3}}(?:{phrases})\b|domaine a vendre\W{{1,3}}{domain}\b", reading.text
    )
    return found[0] if found else ""


def _parking_signs(reading: _Reading, *, beside: Sequence[Sign]) -> Iterator[Sign]:
    """Hosts, paths and code of parking services; `beside` are the signs of the words on the same page."""
    url, signatures = reading.page.final_url, reading.signatures
    if (path := urlsplit(url).path) in signatures.paths:
        yield Sign("suspended" if "suspend" in path else "parked", "proof", path)
    elif is_market(url, signatures):
        yield Sign("parked", "proof", url)
    elif mark := reading.parking_mark:
        alone: Weight = "note" if reading.is_owned else "proof"
        yield Sign("parked", min(beside, key=_by_weight).weight if beside else alone, mark)


def _by_weight(sign: Sign) -> int:
    return WEIGHTS.index(sign.weight)


def _is_empty(document: Document) -> bool:
    """Nothing to see and nothing that could draw it: a page of scripts may be a working application."""
    return not (document.blocks or document.scripts or document.frames or document.elements or document.links)


def _listed(host: str, listed: frozenset[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[start:]) in listed for start in range(len(labels) - 1))


def _letters(url: str) -> str:
    return "".join(_WORD.findall(fold(registrable_domain(url).partition(".")[0])))
