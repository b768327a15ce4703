"""Domain names as DNS and mail servers hold them. Source: RFC 1034 (length), RFC 5890 (IDNA), UTS 46 (its mapping)."""

import re

import idna

DOMAIN_LENGTH_MAX = 253

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?!\d+$){_LABEL}")


def ascii_domain(name: str) -> str:
    """The name as DNS holds it, in lower case; '' when it can't be a public one."""
    if len(name) > DOMAIN_LENGTH_MAX:
        return ""
    if not name.isascii():
        try:
            # Not Python's own codec: it knows IDNA 2003 only, where straße.de is another domain.
            name = idna.encode(name, uts46=True).decode()
        except idna.IDNAError:
            return ""
    name = name.lower()
    return name if len(name) <= DOMAIN_LENGTH_MAX and _DOMAIN.fullmatch(name) else ""
