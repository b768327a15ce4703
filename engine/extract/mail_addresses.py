"""Reads an e-mail address out of a cell, by the grammar that mail servers accept.

Source: RFC 5321 (length, dot-string, quoted-string), RFC 6531 (letters of any script), RFC 5890 (IDNA).
"""

import re
from dataclasses import dataclass

from engine.mail.domains import DOMAIN_LENGTH_MAX as DOMAIN_LENGTH_MAX
from engine.mail.domains import ascii_domain as ascii_domain
from engine.rows.types import Value, text_of

LOCAL_BYTES_MAX = 64
ADDRESS_BYTES_MAX = 254  # a path is 256 bytes, its angle brackets included

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_LOCAL = re.compile(rf'{_ATOM}(?:\.{_ATOM})*|"(?:[ !#-\[\]-~]|\\[ -~])*"')


@dataclass(frozen=True, slots=True)
class MailAddress:
    """A well-formed address. `domain` is lower-case ASCII (IDNA); `local` is as written, its case may matter."""

    local: str
    domain: str

    @property
    def plain(self) -> bool:
        """Whether every mail server can be asked about it: the others need SMTPUTF8 or a quoted name."""
        return self.local.isascii() and not self.local.startswith('"')

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def first_address(cell: Value) -> MailAddress | None:
    """The first well-formed address of a cell: several stand in a list, or between commas, semicolons or spaces."""
    if isinstance(cell, list):
        return next(filter(None, map(first_address, cell)), None)
    # Copied text often carries invisible characters.
    text = "".join(character for character in text_of(cell) if character.isprintable() or character.isspace())
    whole = read_address(text.strip())  # a quoted local part may hold the separators
    if whole:
        return whole
    return next(filter(None, map(read_address, re.split(r"[\s,;]+", text))), None)


def read_address(text: str) -> MailAddress | None:
    """The address that `text` is, in angle brackets or not; None when it is none.

    An address at a bare IP or at a name of one label is none: no public mailbox is written so.
    """
    local, _, name = text.strip("<>").removeprefix("mailto:").rpartition("@")
    domain = ascii_domain(name.partition("?")[0].rstrip("."))  # a link may carry a subject
    address = MailAddress(local, domain)
    too_long = len(local.encode()) > LOCAL_BYTES_MAX or len(str(address).encode()) > ADDRESS_BYTES_MAX
    return address if domain and not too_long and _LOCAL.fullmatch(local) else None
