"""What a FETCH tells of a message (RFC 3501, section 6.4.5), and Gmail's additions."""

import re
from collections.abc import Sequence

from engine.sandbox.imap_lines import BadCommand, Word
from engine.sandbox.imap_search import MONTHS
from engine.sandbox.seed_mail import Stored

MACROS = {"FAST": ("FLAGS", "INTERNALDATE", "RFC822.SIZE")}
SECTION = re.compile(
    r"BODY(?:\.PEEK)?\[(?P<part>[^\]]*+)\](?:<(?P<start>\d{1,9})\.(?P<length>\d{1,9})>)?$", re.IGNORECASE
)
CHOSEN = re.compile(r"HEADER\.FIELDS(?P<not>\.NOT)? ?\((?P<names>[^)]*+)\)$", re.IGNORECASE)
WHOLE = {"RFC822": "BODY[]", "RFC822.HEADER": "BODY[HEADER]", "RFC822.TEXT": "BODY[TEXT]"}
GMAIL_NUMBER = 1_700_000_000_000_000_000


def items_of(words: Sequence[Word]) -> list[str]:
    """The items of a FETCH, in upper case but for the names of fields."""
    found: list[str] = []
    for word in words:
        if isinstance(word, list):
            found += items_of(word)
        else:
            found += MACROS.get(word.upper(), (word,))
    return found


def fetched(number: int, message: Stored, items: Sequence[str], *, gmail: bool, in_spam: bool) -> bytes:
    """One untagged answer.

    Raises:
        BadCommand: an item that this server doesn't know.
    """
    parts = [_part(item, message, gmail=gmail, in_spam=in_spam) for item in dict.fromkeys(items)]
    return b"* %d FETCH (%b)\r\n" % (number, b" ".join(parts))


def _part(item: str, message: Stored, *, gmail: bool, in_spam: bool) -> bytes:
    section = SECTION.match(item)
    if section is not None:
        return _body(section, message.content)
    match item.upper():
        case "UID":
            return b"UID %d" % message.uid
        case "FLAGS":
            return b"FLAGS ()"
        case "INTERNALDATE":
            return b'INTERNALDATE "%b"' % _internal_date(message).encode()
        case "RFC822.SIZE":
            return b"RFC822.SIZE %d" % len(message.content)
        case "RFC822" | "RFC822.HEADER" | "RFC822.TEXT" as name:
            return _literal(name, _section(WHOLE[name][5:-1], message.content))
        case name if gmail:
            return _gmail_part(name, message, in_spam=in_spam)
        case _:
            raise BadCommand(f"unknown item: {item}")


def _body(section: re.Match[str], content: bytes) -> bytes:
    """A section of the message, or the part of it that was asked for: `<start.length>`."""
    name, text = f"BODY[{section['part'].upper()}]", _section(section["part"], content)
    if section["start"] is None:
        return _literal(name, text)
    start = int(section["start"])
    return _literal(f"{name}<{start}>", text[start : start + int(section["length"])])


def _gmail_part(name: str, message: Stored, *, in_spam: bool) -> bytes:
    """The tabs of the inbox are no labels: a message under Promotions has none but the inbox's."""
    match name:
        case "X-GM-LABELS":
            return b"X-GM-LABELS ()" if in_spam else rb'X-GM-LABELS ("\\Inbox")'
        case "X-GM-MSGID" | "X-GM-THRID":
            return f"{name} {GMAIL_NUMBER + message.uid}".encode()
        case _:
            raise BadCommand(f"unknown item: {name}")


def _internal_date(message: Stored) -> str:
    moment = message.received
    return f"{moment.day:2d}-{MONTHS[moment.month - 1].capitalize()}-{moment.year} {moment:%H:%M:%S} +0000"


def _literal(name: str, content: bytes) -> bytes:
    return b"%b {%d}\r\n%b" % (name.encode(), len(content), content)


def _section(part: str, content: bytes) -> bytes:
    head, _, text = content.partition(b"\r\n\r\n")
    match part.upper():
        case "":
            return content
        case "HEADER":
            return head + b"\r\n\r\n"
        case "TEXT":
            return text
        case _:
            chosen = CHOSEN.match(part)
            if chosen is None:
                raise BadCommand(f"unknown section: {part}")
            names = {name.strip('"').lower() for name in chosen["names"].split()}
            return _chosen(head, names, wanted=not chosen["not"])


def _chosen(head: bytes, names: set[str], *, wanted: bool) -> bytes:
    kept: list[bytes] = []
    keep = False
    for line in head.split(b"\r\n"):
        if line[:1] not in (b" ", b"\t"):  # else it goes on with the field before
            keep = (line.partition(b":")[0].decode("latin-1").strip().lower() in names) == wanted
        if keep:
            kept.append(line + b"\r\n")
    return b"".join(kept) + b"\r\n"
