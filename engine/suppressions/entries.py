"""What one entry of the opt-out list means: the text somebody typed, folded to the one spelling that is compared."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from engine.extract.mail_addresses import DOMAIN_LENGTH_MAX, MailAddress, read_address

Kind = Literal["email", "domain"]

_WILDCARD = "*"
_NO_DOMAIN = re.compile(r"[@?<>:/\s]")
_LENGTH_MAX = 2 * DOMAIN_LENGTH_MAX  # as typed; no address and no domain is longer


@dataclass(frozen=True, slots=True)
class Entry:
    """An address or a domain in its folded spelling."""

    kind: Kind
    value: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a text is no entry, in French."""

    reason: str


def read_entry(text: str) -> Entry | Unreadable:
    """The entry that a text means: `a@b.fr`, `exemple.fr`, or `@exemple.fr`. A domain stands for its subdomains too."""
    if len(text) > _LENGTH_MAX:
        return Unreadable("trop long")
    # Copied text often carries invisible characters; a name of nothing else makes no domain of an address.
    by_sign = text.lstrip().startswith("@")
    text = "".join(char for char in text if char.isprintable() or char.isspace()).strip()
    if not text:
        return Unreadable("entrée vide")
    if _WILDCARD in text and (text[0] == _WILDCARD or text.partition("@")[2].startswith(_WILDCARD)):
        return Unreadable("pas de joker : un domaine vaut aussi pour ses sous-domaines")
    name = text.removeprefix("@") if by_sign else text
    if "@" in name:
        address = read_address(name)
        return Entry("email", folded(address)) if address else Unreadable("ce n'est pas une adresse email")
    domain = _domain(name)
    return Entry("domain", domain) if domain else Unreadable("ni une adresse email ni un domaine")


def folded(address: MailAddress) -> str:
    """The spelling by which addresses are compared: no case, compatible forms of letters alike, the domain in ASCII.

    Letters of other scripts that look alike stay apart: another script is another mailbox.
    """
    local = address.local
    if not local.isascii():
        local = unicodedata.normalize("NFKC", local).casefold()
    return f"{local.lower()}@{address.domain}"


def _domain(name: str) -> str:
    """The domain as DNS holds it; '' when it is none. One label is none: it would suppress a whole country."""
    read = None if _NO_DOMAIN.search(name) else read_address(f"x@{name}")
    return read.domain if read else ""
