"""Read from a fetched home page whether somebody is still behind it. Pure: the signs are in the page or they aren't."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from engine.extract.html import Document
from engine.extract.pages import absolute, base_of
from engine.network.types import Page
from engine.rows.columns import fold
from engine.rows.sites import host_of, registrable_domain

Weight = Literal["proof", "doubt", "note"]


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


# Characters of visible text; on a longer page a phrase counts only in the title or in a top heading.
THIN_TEXT_MAX = 3_000
SHORT_TEXT_MAX = 1_000  # for phrases that a working page may hold in passing
BARE_TEXT_MAX = 200  # a page of less is nothing but its scripts
BRAND_LIKENESS = 0.75
BRAND_WORD_MIN = 4
_PROOFS = ("suspended", "for_sale", "parked")
_DOUBTS = ("challenge", "missing", "default_page", "says_closed")
_BLOCKED = frozenset((401, 403, 407, 429, 451))
_SCRIPT_REDIRECT = re.compile(
    r"location(?:\.href)?\s{0,3}=\s{0,3}['\"]([^'\"\s]{1,500})['\"]|location\.(?:replace|assign)\(['\"]([^'\"\s]{1,500})['\"]"
)
_WORD = re.compile(r"[a-z0-9]+")
# Words that two businesses of one trade or form share by chance.
_COMMON_WORDS = frozenset(
    (
        *(
            "agence",
            "atelier",
            "boulangerie",
            "boutique",
            "cabinet",
            "centre",
            "clinique",
            "club",
            "compagnie",
            "ecole",
        ),
        *("entreprise", "france", "garage", "groupe", "group", "hotel", "institut", "maison", "office", "online"),
        *(
            "paris",
            "pharmacie",
            "restaurant",
            "salon",
            "sarl",
            "service",
            "services",
            "shop",
            "site",
            "societe",
            "store",
        ),
        *("studio", "avocat", "avocats", "avec", "chez", "dans", "pour", "sous", "the", "and", "gmbh", "coiffure"),
        *("plomberie", "immobilier", "immobiliere", "dentaire", "expert", "conseil", "consulting", "lyon", "marseille"),
    )
)


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


def page_signs(page: Page, document: Document, signatures: Signatures) -> list[Sign]:
    """The signs in one page: parking, sale, suspension; server defaults, missing pages, challenges; bad statuses.

    Proofs come first. An empty list: the page looks like that of a working business.
    """
    proofs = [*_phrase_signs(page, document, signatures, _PROOFS, "proof"), *_parking_signs(page, document, signatures)]
    doubts = [*_status_signs(page), *_phrase_signs(page, document, signatures, _DOUBTS, "doubt")]
    if not proofs and not doubts and _is_empty(document):
        doubts.append(Sign("empty", "doubt", page.final_url))
    return [*proofs, *doubts]


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
    telling = _telling_words(name) | _telling_words(registrable_domain(asked).partition(".")[0])
    if any(word in after for word in telling):
        return True
    text = fold(" ".join((document.title, document.metas.get("og:site_name", ""), document.text)))
    words_there = frozenset(_WORD.findall(text))
    of_name = _telling_words(name)
    if of_name and of_name <= words_there:
        return True
    return len(before) > BRAND_WORD_MIN and before in "".join(_WORD.findall(text))


def is_nobodys(name: str, domain: str, document: Document) -> bool:
    """Whether a page is short and speaks of no business, at most of its domain: what a registrar shows for a site."""
    text = fold(f"{document.title} {document.text}").replace(domain, " ")
    words_there = frozenset(_WORD.findall(text))
    of_name = _telling_words(name)
    return len(document.text) <= SHORT_TEXT_MAX and not of_name & words_there


def _status_signs(page: Page) -> Iterator[Sign]:
    evidence = f"HTTP {page.status}"
    if "cf-mitigated" in page.headers or page.status in _BLOCKED:
        yield Sign("blocked", "doubt", evidence)
    elif page.status in (404, 410):
        yield Sign("missing", "doubt", evidence)
    elif not page.ok:
        yield Sign("http_error", "doubt", evidence)


def _phrase_signs(
    page: Page, document: Document, signatures: Signatures, kinds: Sequence[str], weight: Weight
) -> Iterator[Sign]:
    whole = document.text
    thin = len(whole) <= (THIN_TEXT_MAX if weight == "proof" else SHORT_TEXT_MAX)
    top = [document.title, *(block.text for block in document.blocks if block.heading == 1)]
    text = fold("\n".join([*top, whole] if thin else top))
    for kind in kinds:
        # A short word such as '404' or 'captcha' is telling in a title, not in the middle of a page.
        within = fold("\n".join(top)) if kind in ("missing", "challenge") else text
        phrase = next((phrase for phrase in signatures.phrases[kind] if phrase in within), "")
        if not phrase and kind == "for_sale" and thin:
            phrase = _sale_of_name(page, text, signatures)
        if phrase:
            yield Sign(kind, weight, phrase)


def _sale_of_name(page: Page, text: str, signatures: Signatures) -> str:
    """The words by which a thin page sells its own domain: 'dupont.fr est à vendre', 'Domaine à vendre : dupont.fr'."""
    domain = re.escape(registrable_domain(page.url))
    phrases = "|".join(re.escape(phrase) for phrase in signatures.phrases["beside_name"])
    found = re.search(rf"(?<![@\w.-]){domain}\W{{1,3}}(?:{phrases})\b|domaine a vendre\W{{1,3}}{domain}\b", text)
    return found[0] if found else ""


def _parking_signs(page: Page, document: Document, signatures: Signatures) -> Iterator[Sign]:
    path = urlsplit(page.final_url).path
    sources = [page.final_url, *(script.src for script in document.scripts), *document.frames]
    for url in sources:
        if "//" in url and _listed(host_of(f"https:{url}" if url.startswith("//") else url), signatures.hosts):
            yield Sign("parked", "proof", url)
            return
    if found := next((known for known in signatures.paths if path == known), ""):
        yield Sign("suspended" if "suspend" in found else "parked", "proof", found)
        return
    target = urlsplit(redirect_target(page, document)).path
    codes = (script.code for script in document.scripts if script.code)
    marks = next((mark for code in codes for mark in signatures.code if mark in code), "")
    if len(document.text) <= THIN_TEXT_MAX and (marks or (target and target in signatures.paths)):
        yield Sign("parked", "proof", marks or target)


def _is_empty(document: Document) -> bool:
    """Nothing to see and nothing that could draw it: a page of scripts may be a working application."""
    return not (document.blocks or document.scripts or document.frames or document.elements or document.links)


def _listed(host: str, listed: frozenset[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[start:]) in listed for start in range(len(labels) - 1))


def _letters(url: str) -> str:
    return "".join(_WORD.findall(fold(registrable_domain(url).partition(".")[0])))


def _telling_words(name: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(fold(name)) if len(word) >= BRAND_WORD_MIN) - _COMMON_WORDS
