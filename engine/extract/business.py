"""What on a page shows that a business stands behind it, whatever words it uses. Pure.

A page of a registrar, a host or a domain market has little of its own; a business gives its name, how to reach it, and
ways further into its site.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import urldefrag, urlsplit

from engine.extract.addresses import find_addresses
from engine.extract.html import Document
from engine.extract.pages import absolute, base_of, is_same_site, kind_of
from engine.rows.columns import fold
from engine.rows.mailboxes import is_free_provider
from engine.rows.sites import registrable_domain

Fact = Literal["navigation", "organisation", "name", "phone", "mail", "address", "hours", "contact_page", "prose"]

# What each fact is worth: the two that no notice of a registrar holds count twice.
FACTS: Mapping[Fact, int] = {
    "navigation": 2,
    "organisation": 2,
    "name": 1,
    "phone": 1,
    "mail": 1,
    "address": 1,
    "hours": 1,
    "contact_page": 1,
    "prose": 1,
}
OWN: frozenset[Fact] = frozenset(("navigation", "organisation", "name", "mail"))  # those that nobody else has there
NAVIGATION_MIN = 3  # different places of the own site
PROSE_MIN = 2_000  # characters of visible text
READ_MAX = 50_000  # characters of text that are searched
WORD_MIN = 4  # letters of a word by which a business may be told

_WORD = re.compile(r"[a-z0-9]+")
_PHONE = re.compile(
    r"(?<![\w.])(?:(?:\+|00)\d{1,3}[\s.()/-]{0,3}(?:\d[\s.()/-]{0,2}){7,11}|0\d(?:[\s./-]?\d{2}){4}"
    r"|\(?0\d{2,4}\)?\s?[/ -]\s?\d{3,8}|[89]\d{2}(?:[\s.]?\d{2}){3}|[89]\d{2}(?:\s?\d{3}){2})(?![\w.]\d)"
)
# Postal code and town (fr, de, it, es, ch, be, at), or a British one.
_TOWN = re.compile(r"(?<![\w.])\d{4,5},?\s{1,3}[A-ZÀ-Þ][\w'’-]{2,}|\b[A-Z]{1,2}\d[\dA-Z]?\s\d[A-Z]{2}\b")
_CLOCK = r"\d{1,2}\s?(?:h|:|\.|uhr|am|pm)"
_HOURS = re.compile(
    rf"\b{_CLOCK}\s?(?:\d{{2}})?\s?(?:[-–—à/]|bis|to|until|alle|a las|a|y)\s{{0,3}}{_CLOCK}", re.IGNORECASE
)
_OF_BUSINESS = frozenset(
    ("telephone", "address", "openingHours", "openingHoursSpecification", "legalName", "priceRange")
)
# Words that two businesses of one trade or form share by chance.
_COMMON_WORDS = frozenset(
    (
        *("agence", "atelier", "avec", "avocat", "avocats", "boulangerie", "boutique", "cabinet", "centre", "chez"),
        *("clinique", "club", "coiffure", "compagnie", "conseil", "consulting", "dans", "dentaire", "ecole"),
        *("entreprise", "expert", "france", "garage", "gmbh", "group", "groupe", "hotel", "immobilier", "immobiliere"),
        *("institut", "lyon", "maison", "marseille", "office", "online", "paris", "pharmacie", "plomberie", "pour"),
        *("restaurant", "salon", "sarl", "service", "services", "shop", "site", "societe", "sous", "store", "studio"),
        *("the", "and"),
    )
)


def business_facts(document: Document, *, page_url: str, name: str) -> tuple[Fact, ...]:
    """The facts of a business that the page gives. `name` is that of the business, '' when unknown.

    The domain itself is no name: whoever sells it says it as well.
    """
    return tuple(fact for fact, is_there in _checked(document, page_url, name) if is_there)


def worth(facts: tuple[Fact, ...], *, name: str) -> int:
    """How much the facts weigh together, 0 to 11.

    A page that never says the name, and has nothing else that is its own, may give the telephone and the address of a
    host or a broker: all of that is worth one. Without a name to look for (`name` tells nothing) it counts in full.
    """
    total = sum(FACTS[fact] for fact in facts)
    return total if not telling_words(name) or not OWN.isdisjoint(facts) else min(total, 1)


def telling_words(name: str) -> frozenset[str]:
    """The folded words by which a business is told from others of its trade."""
    return frozenset(word for word in _WORD.findall(fold(name)) if len(word) >= WORD_MIN) - _COMMON_WORDS


def folded_words(text: str) -> frozenset[str]:
    """The words of a text without case and accents."""
    return frozenset(_WORD.findall(fold(text)))


def names_business(document: Document, name: str, domain: str) -> bool:
    """Whether the page says every telling word of the name, elsewhere than in its domain."""
    text = fold(f"{document.title} {document.text[:READ_MAX]}").replace(domain, " ")
    telling = telling_words(name)
    return bool(telling) and telling <= frozenset(_WORD.findall(text))


def _checked(document: Document, page_url: str, name: str) -> Iterator[tuple[Fact, bool]]:
    text = document.text[:READ_MAX]
    domain = registrable_domain(page_url)
    places, has_contact = _own_places(document, page_url)
    yield "navigation", places >= NAVIGATION_MIN
    yield "organisation", any(not _OF_BUSINESS.isdisjoint(thing) for thing in document.json_ld)
    yield "name", names_business(document, name, domain)
    yield "phone", _PHONE.search(text) is not None or any(link.href[:4].lower() == "tel:" for link in document.links)
    yield "mail", _gives_mail(document, text, domain)
    yield "address", _TOWN.search(text) is not None
    yield "hours", _HOURS.search(text) is not None
    yield "contact_page", has_contact
    yield "prose", len(text) >= PROSE_MIN


def _own_places(document: Document, page_url: str) -> tuple[int, bool]:
    """How many other places of the own site the page links, parts of itself included; whether one says contact."""
    base = base_of(document, page_url)
    places: set[tuple[str, str]] = set()
    has_contact = False
    for link in document.links:
        target, fragment = urldefrag(link.href)
        url = absolute(target, base) if target else page_url
        if not url or not is_same_site(url, page_url):
            continue
        path = urlsplit(url).path.rstrip("/")
        # What differs by its query alone is a search, as parking pages offer.
        if (path and path != urlsplit(page_url).path.rstrip("/")) or fragment:
            places.add((path, fragment))
            # Parking pages have terms, too.
            has_contact = has_contact or kind_of(link.href, link.text) not in (None, "terms")
    return len(places), has_contact


def _gives_mail(document: Document, text: str, domain: str) -> bool:
    links = "\n".join(link.href[7:] for link in document.links if link.href[:7].lower() == "mailto:")
    hosts = (found.address.partition("@")[2] for found in find_addresses(f"{text}\n{links}"))
    return any(registrable_domain(host) == domain or is_free_provider(host) for host in hosts)
