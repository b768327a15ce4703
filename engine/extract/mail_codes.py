"""Undo the encodings that content systems and plugins hide addresses with.

Each function takes what stands in the page and gives the text people see, or '' when it is no such code.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from urllib.parse import unquote

from engine.extract.javascript import decode_base64, unescape_text

# Cloudflare: data-cfemail="KKxxxx…", hexadecimal, the first byte is the key.
CLOUDFLARE_LINK = "/cdn-cgi/l/email-protection#"

TOKEN_LENGTH_MAX = 500
# TYPO3 shifts within these three runs of characters (its own linkTo_UnCryptMailto).
_TYPO3_RUNS = ((0x2B, 0x3A), (0x40, 0x5A), (0x61, 0x7A))
_TYPO3_CALL = re.compile(r"UnCryptMailto\((?:%27|&#39;|['\"])(.{3,300}?)(?:%27|&#39;|['\"])")
# WordPress Email Encoder Bundle: the letters used, then their positions from character 48 on.
_EEB = re.compile(r"var ml=(\"(?:\\.|[^\"\\]){1,300}\"),mi=(\"(?:\\.|[^\"\\]){1,3000}\"),o=\"\"")
# sendMail('contact', 'dupont.fr'), noSpam("contact", "dupont", "fr")
_CALL = re.compile(
    r"(?:mail|spam|crypt|addr)[\w$]{0,30}\(\s{0,3}['\"]([\w.+-]{1,64})['\"]\s{0,3},\s{0,3}['\"]@?([\w.-]{2,80})['\"]"
    r"(?:\s{0,3},\s{0,3}['\"]\.?([a-z]{2,10})['\"])?",
    re.IGNORECASE,
)
_ROT13_IDIOM = re.compile(r"\[a-zA-Z\]|a-zA-Z|rot.?13", re.IGNORECASE)
_ROT13 = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "nopqrstuvwxyzabcdefghijklmNOPQRSTUVWXYZABCDEFGHIJKLM"
)

# Names of data attributes that hold one part of an address each.
_PART_NAMES: Mapping[str, tuple[str, ...]] = {
    "local": (
        *("user", "username", "name", "local", "localpart", "mailbox", "account", "recipient", "login", "prefix"),
        *("before", "first", "part1", "p1", "u", "l", "a"),
        *(
            "utilisateur",
            "nom",
            "identifiant",
            "boite",
            "compte",
            "destinataire",
            "avant",
            "debut",
            "gauche",
            "partie1",
        ),
    ),
    "domain": (
        *("domain", "host", "hostname", "site", "server", "provider", "after", "second", "part2", "p2", "d", "b"),
        *("domaine", "hote", "serveur", "fournisseur", "apres", "suite", "fin", "droite", "partie2"),
    ),
    "suffix": ("tld", "ext", "extension", "suffix", "suffixe", "zone", "part3", "partie3", "p3", "t", "c"),
}
_PART_PREFIXES = ("", "email-", "mail-", "courriel-", "e-", "em-", "m-")
_PART_OF = {
    f"data-{prefix}{name}": part for part, names in _PART_NAMES.items() for name in names for prefix in _PART_PREFIXES
}
_LOCAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")
_HOST = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}")
_ENCODED = re.compile(r"[A-Za-z0-9+/]{8,400}={0,2}")


def cloudflare(code: str) -> str:
    """The address behind a `data-cfemail` value, or behind what follows '#' in a protected link."""
    try:
        octets = bytes.fromhex(code.strip())
    except ValueError:
        return ""
    return bytes(octet ^ octets[0] for octet in octets[1:]).decode("utf-8", errors="replace") if octets else ""


def typo3(text: str, shift: int | None = None) -> str:
    """The address behind a TYPO3 token: of `data-mailto-token`, or of a script link. Without `shift` all are tried."""
    for by in range(-25, 26) if shift is None else (-shift,):
        if all(_shifted(char, by) == plain for char, plain in zip(text, "mailto:", strict=False)):
            return mailto("".join(_shifted(char, by) for char in text[:TOKEN_LENGTH_MAX]))
    return ""


def typo3_call(script: str) -> str:
    """The address that a `linkTo_UnCryptMailto('…')` opens."""
    found = _TYPO3_CALL.search(script)
    return typo3(unquote(unescape(found[1]))) if found else ""


def call_with_parts(script: str) -> str:
    """The address whose parts a function named after mail or spam is called with."""
    found = _CALL.search(script)
    if found is None:
        return ""
    local, domain, suffix = found.groups()
    return f"{local}@{domain}.{suffix}" if suffix else f"{local}@{domain}"


def email_encoder(script: str) -> str:
    """The HTML that WordPress' Email Encoder Bundle writes."""
    found = _EEB.search(script)
    if found is None:
        return ""
    letters, places = unescape_text(found[1][1:-1]), unescape_text(found[2][1:-1])
    written = "".join(letters[ord(place) - 48] if 0 <= ord(place) - 48 < len(letters) else "" for place in places)
    return unquote(written)


def turns_letters(script: str) -> bool:
    """Whether the script rotates letters by 13 (`.replace(/[a-zA-Z]/g, …)`)."""
    return ("fromCharCode" in script or "charCodeAt" in script) and bool(_ROT13_IDIOM.search(script))


def rot13(text: str) -> str:
    return text.translate(_ROT13)


def mailto(href: str) -> str:
    """The recipients of a mailto link, decoded, separated by commas; subject, body and copies are left out."""
    recipients, _, query = unescape(href.strip())[len("mailto:") :].partition("?")
    text = unquote(recipients, errors="replace")
    if "@" not in text:
        # RFC 6068 allows the recipients in the query: mailto:?to=a@b.fr
        to = next((part[3:] for part in query.split("&") if part[:3].lower() == "to="), "")
        text = unquote(to, errors="replace") or text
    return text.replace(";", ",")


def parts_of(attributes: Mapping[str, str | None]) -> str:
    """The address whose parts stand in several data attributes (`data-user`, `data-domain`, `data-tld`)."""
    if _PART_OF.keys().isdisjoint(attributes):
        return ""  # as of nearly every element
    parts: dict[str, str] = {}
    for name, value in attributes.items():
        if value and (part := _PART_OF.get(name)):
            parts.setdefault(part, value.strip().strip("@"))
    if len(parts) < 2:
        return ""
    local, domain, suffix = (parts.get(part, "") for part in _PART_NAMES)
    if not _LOCAL.fullmatch(local) or not _HOST.fullmatch(domain):
        return ""
    return f"{local}@{domain}.{suffix.lstrip('.')}" if suffix else f"{local}@{domain}"


def readings(value: str) -> Iterator[str]:
    """The ways to read one attribute's value: as it is, percent-decoded, from base64, turned round, by ROT13.

    Some may give different addresses; the one on the site's own domain is meant, else the first.
    """
    yield unescape(value)
    if "%" in value:
        yield unquote(value, errors="replace")
    if _ENCODED.fullmatch(value):
        yield decode_base64(value)
    if "@" in value:
        yield value[::-1]
        yield rot13(value)


def _shifted(char: str, by: int) -> str:
    code = ord(char)
    for first, last in _TYPO3_RUNS:
        if first <= code <= last:
            return chr(first + (code - first + by) % (last - first + 1))
    return char
