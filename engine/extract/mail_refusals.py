"""Addresses that are nobody's to write to: samples in forms, trackers' keys, software vendors, hosts."""

import re

from engine.rows.data import words
from engine.rows.sites import registrable_domain

# On a domain called 'mail' or 'email' these are samples; 'dupont@mail.com' is not.
_PROVIDER_NAMES = frozenset(("email", "mail", "courriel"))
_PROVIDER_LOCALS = frozenset(("email", "mail", "e-mail", "courriel", "info", "contact"))
# Nobody reads these, whoever's they are.
_UNREAD = re.compile(
    r"(?:no[._-]?reply|do-?not-?reply|ne-?pas-?repondre|mailer-daemon|postmaster|bounces?|unsubscribe)"
)
_KEY = re.compile(r"(?=.*\d)(?:[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_DIGITS = re.compile(r"\d")
KEY_LENGTH_MIN = 24
KEY_DIGITS_MIN = 8


def is_refused(address: str, *, own: bool) -> bool:
    """Whether no lead stands behind the address. `own`: it is on the site's own domain, which is never a sample's."""
    local, _, domain = address.partition("@")
    samples = words("sample_mailboxes")
    if local in samples or _UNREAD.match(local) or _is_key(local):
        return True
    if own:
        return False
    registrable = registrable_domain(domain)
    name = registrable.partition(".")[0]
    return (
        f"@{local}" in samples
        or name in words("sample_domains")
        or (name in _PROVIDER_NAMES and local in _PROVIDER_LOCALS)
        or registrable in words("vendor_domains")
    )


def _is_key(local: str) -> bool:
    """Whether the local part is a machine's key, such as the public key in an error tracker's address."""
    if _KEY.fullmatch(local):
        return True
    return len(local) >= KEY_LENGTH_MIN and len(_DIGITS.findall(local)) >= KEY_DIGITS_MIN
