"""What the text of an e-mail address tells: a person's or a function's, a free provider's, a throwaway one."""

import re
from collections.abc import Iterable
from functools import cache

from engine import lazy
from engine.rows.columns import fold
from engine.rows.data import words
from engine.rows.sites import is_brand_listed, registrable_domain
from engine.rows.types import Value, text_of

# Practical, not all of RFC 5322: no quoted local part, no address literal, no comment.
_ADDRESS = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]"
)
_BETWEEN = re.compile(r"[\s,;|<>()\"]+")
_PARTS = re.compile(r"[\W\d_]+")
_SEPARATORS = re.compile(r"[._-]")
_TITLES = frozenset(("dr", "m", "me", "mme", "mr", "mrs", "ms", "frau", "herr"))
# Inside of family names.
_PARTICLES = frozenset(
    (
        *("d", "da", "de", "dei", "del", "della", "den", "der", "des"),
        *("di", "du", "l", "la", "le", "los", "van", "von", "zu"),
    )
)
NAME_PARTS_MAX = 4  # marie-claire.de.villiers
LAST_NAME_LETTERS = 3
BRAND_LETTERS = 4  # fewer may begin any name


def addresses_in(value: Value) -> list[str]:
    """The e-mail addresses of a cell, in order: separated by commas, semicolons, spaces, or in a list."""
    if isinstance(value, list):
        return [address for part in value for address in addresses_in(part)]
    text = text_of(value)
    if "@" not in text:
        return []
    parts = (part.removeprefix("mailto:").rstrip(".") for part in _BETWEEN.split(text))
    return [part for part in parts if is_address(part)]


def is_address(text: str) -> bool:
    """True for one address in the form people use: `local@domain.tld`, at most 254 characters (RFC 5321)."""
    return len(text) <= 254 and text.find("@") <= 64 and _ADDRESS.fullmatch(text) is not None


def is_role(address: str) -> bool:
    """True for the mailbox of a function or of the whole business: `info@`, `contact.paris@`, `noreply@`."""
    local = fold(address.partition("@")[0].partition("+")[0])
    parts = [part for part in _PARTS.split(local) if part]
    if not parts:
        return True
    whole, prefixes, ends = _roles()
    joined = "".join(parts)
    return (
        parts[0] in whole
        or joined in whole
        or parts[-1] in ends
        or any(joined.startswith(prefix) for prefix in prefixes)
    )


def is_personal(address: str) -> bool:
    """True for an address whose text alone shows that it is one person's; False for text that is no address.

    Its local part is shaped like a name: `first.last`, `f.last`, `last.f` with any of the usual separators where one
    part is a common first name or an initial; `first.last` and `first_last` of any other two words; a common first name
    alone or two in one (`mariehelene`). Never a role mailbox, nor one that holds a word of a trade (`atelier.nord`,
    `julie.fleurs`), nor one that says the words of its own domain (`bel.air@belair.fr`, `bruno@bruno-coiffure.fr`).
    Whoever sees the page may know more: a person named there (engine/extract/people.py).
    """
    address = address.strip()
    if not is_address(address) or is_role(address):
        return False
    local, _, domain = fold(address).partition("@")
    parts = _SEPARATORS.split(local.partition("+")[0].strip("0123456789"))
    telling = [*parts[:1], *(part for part in parts[1:-1] if part not in _PARTICLES), *parts[1:][-1:]]
    if not all(part.isalpha() for part in parts) or not words("trade_words").isdisjoint(telling):
        return False
    label = "" if is_free_provider(domain) else registrable_domain(domain).partition(".")[0]
    if len(parts) == 1:
        return _is_first_name(parts[0]) and not bears_name(parts[0], label)
    return len(parts) <= NAME_PARTS_MAX and _is_full_name(local, parts, label)


def bears_name(letters: str, label: str) -> bool:
    """Whether a mailbox of one word says what its domain's label says: the whole name, or one word or end of it."""
    joined = label.replace("-", "")
    if not joined or letters in label.split("-") or joined in letters:
        return bool(joined)
    return len(letters) >= BRAND_LETTERS and (joined.startswith(letters) or joined.endswith(letters))


def is_free_provider(domain: str) -> bool:
    """True for the domain of a provider where anybody gets a mailbox: `gmail.com`, `orange.fr`, `web.de`."""
    domain = domain.strip().lower().rstrip(".")
    listed = words("free_providers")
    # A brand is meant as the domain itself: `yahoo.co.uk`, not a business's `yahoo.example.com`.
    return domain in listed or is_brand_listed(domain, listed)


def is_disposable(domain: str) -> bool:
    """True for the domain of a throwaway provider, or a subdomain of one."""
    labels = domain.strip().lower().rstrip(".").split(".")
    listed = _disposable()
    return any(".".join(labels[start:]) in listed for start in range(len(labels) - 1))


def _is_first_name(word: str) -> bool:
    """Whether a word is a common first name, or two in one."""
    names = words("first_names")
    return word in names or any(word[:cut] in names and word[cut:] in names for cut in range(3, len(word) - 2))


def _is_full_name(local: str, parts: list[str], label: str) -> bool:
    """Whether several words are those of a person: one is a first name or an initial, or they look so."""
    names, joined = words("first_names"), "".join(parts)
    longest = max(map(len, parts))
    if parts[0] in names or (parts[0] in _TITLES and parts[1] in names):
        return joined != label.replace("-", "")
    if not words("phrase_words").isdisjoint(parts):
        return False
    if parts[-1] in names:
        return joined != label.replace("-", "")
    if longest < LAST_NAME_LETTERS or any(_is_role_word(part) for part in parts):
        return False
    if min(len(parts[0]), len(parts[-1])) == 1:
        return True
    # Businesses have hyphens in their names, and hardly a dot.
    return len(parts) == 2 and "-" not in local and not bears_name(joined, label) and not bears_name(parts[0], label)


def _is_role_word(part: str) -> bool:
    return is_role(f"{part}@role.invalid")


@cache
def _roles() -> tuple[frozenset[str], tuple[str, ...], frozenset[str]]:
    """The role words: taken whole, at the beginning of a longer word, as the last part."""
    listed = words("role_mailboxes")

    def bare(found: Iterable[str]) -> frozenset[str]:
        return frozenset(word.strip("*") for word in found)

    prefixes = bare(word for word in listed if word.endswith("*"))
    ends = bare(word for word in listed if word.startswith("*"))
    return bare(listed), tuple(sorted(prefixes)), ends


@cache
def _disposable() -> frozenset[str]:
    package = lazy.load("disposable_email_domains")
    return frozenset(package.blocklist) - frozenset(package.allowlist)
