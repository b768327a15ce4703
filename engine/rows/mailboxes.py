"""What the text of an e-mail address tells: a person's or a function's, a free provider's, a throwaway one."""

import re
from collections.abc import Iterable
from functools import cache

from engine import lazy
from engine.rows.columns import fold
from engine.rows.data import words
from engine.rows.sites import is_brand_listed
from engine.rows.types import Value, text_of

# Practical, not all of RFC 5322: no quoted local part, no address literal, no comment.
_ADDRESS = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]"
)
_BETWEEN = re.compile(r"[\s,;|<>()\"]+")
_PARTS = re.compile(r"[\W\d_]+")


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
    """True for an address that is no role mailbox; False for text that is no address."""
    return is_address(address.strip()) and not is_role(address.strip())


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
