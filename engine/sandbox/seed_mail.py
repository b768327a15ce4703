"""What lies in the seed mailboxes: messages that came by mail servers, older ones, and lures.

Every mailbox holds from the beginning a message of a domain whose name ends like a sender's, and an old message of a
sender in the wrong folder: who looks at the wrong name or the wrong time sees the wrong place.
"""

import asyncio
import email
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.header import Header, decode_header, make_header
from email.utils import format_datetime, parseaddr, parsedate_to_datetime
from typing import Literal

from engine.clock import Clock
from engine.sandbox.mail import Message
from engine.sandbox.seed_rules import LATE, LATE_SECONDS, SEEDS, SENDERS, Landing, SeedMailbox, landing

Tab = Literal["primary", "promotions", "social"]
DKIM_DOMAIN = re.compile(r"(?:^|;)\s*d=([a-z0-9.-]{1,253})", re.IGNORECASE)
UID_VALIDITY = 1


@dataclass(frozen=True, slots=True)
class Stored:
    """One message. `received` is UTC, in whole seconds; `fields` are its header fields decoded, names lower case."""

    uid: int
    received: datetime
    content: bytes
    tab: Tab
    fields: tuple[tuple[str, str], ...]

    def has(self, name: str, text: str) -> bool:
        """Whether a field of that name holds `text`, case aside."""
        return any(field == name and text in value.lower() for field, value in self.fields)

    @property
    def sent(self) -> datetime | None:
        """The time of its Date field; None where there is none or it can't be read."""
        try:
            return next(parsedate_to_datetime(value) for name, value in self.fields if name == "date")
        except (StopIteration, ValueError):
            return None


@dataclass(slots=True)
class Account:
    """One seed's messages, oldest first."""

    seed: SeedMailbox
    inbox: list[Stored] = field(default_factory=list[Stored])
    spam: list[Stored] = field(default_factory=list[Stored])

    def put(self, content: bytes, where: Landing, received: datetime) -> None:
        if where == "never":
            return
        messages = self.spam if where == "spam" else self.inbox
        tab: Tab = "primary" if where == "spam" else where
        received = received.replace(microsecond=0)
        messages.append(Stored(len(messages) + 1, received, content, tab, _fields(content)))


class SeedMail:
    """The seeds' mailboxes of one world."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.late_seconds = LATE_SECONDS
        self.accounts: dict[str, Account] = {}
        self.begin_anew()

    def begin_anew(self) -> None:
        """Only what lies there from the beginning."""
        now = self._clock.now()
        self.accounts = {seed.address: _furnished(seed, now) for seed in SEEDS}

    def take(self, message: Message) -> None:
        """A message that a mail server took: it lands where the rules say, in every seed that it was for."""
        domain = sender_domain(message)
        head = f"Return-Path: <{message.sender}>\r\nDelivered-To: {{to}}\r\n"
        for recipient in message.recipients:
            account = self.accounts.get(recipient.lower())
            if account is not None:
                content = head.format(to=recipient).encode() + message.content
                self._land(account, content, landing(domain, account.seed), late=domain in LATE)

    def _land(self, account: Account, content: bytes, where: Landing, *, late: bool) -> None:
        if late:
            loop = asyncio.get_running_loop()
            loop.call_later(self.late_seconds, lambda: account.put(content, where, self._clock.now()))
        else:
            account.put(content, where, self._clock.now())


def sender_domain(message: Message) -> str:
    """Whose message it is: the domain of From, else one that signed it, else that of the envelope."""
    fields = dict(reversed(_fields(message.content)))
    author = parseaddr(fields.get("from", ""))[1].rpartition("@")[2].lower()
    if author in SENDERS:
        return author
    signed = DKIM_DOMAIN.search(fields.get("dkim-signature", ""))
    if signed and signed[1].lower() in SENDERS:
        return signed[1].lower()
    return author or message.sender.rpartition("@")[2].lower()


def written(author: str, to: str, subject: str, sent: datetime) -> bytes:
    """A message with the fields that real ones have, signed by the author's domain in form alone."""
    domain = author.rpartition("@")[2]
    lines = (
        f"DKIM-Signature: v=1; a=rsa-sha256; d={domain}; s=s1; h=from:subject; bh=AAAA; b=AAAA",
        f"From: Lettre <{author}>",
        f"To: {to}",
        f"Subject: {subject if subject.isascii() else Header(subject, 'utf-8', maxlinelen=900).encode()}",
        f"Date: {format_datetime(sent)}",
        f"Message-ID: <{sent.timestamp():.6f}.{to.replace('@', '=')}@{domain}>",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Bonjour,\r\n\r\nCeci est un message.\r\n",
    )
    return "\r\n".join(lines).encode()


def _furnished(seed: SeedMailbox, now: datetime) -> Account:
    account = Account(seed)
    for domain, wrong, age in (
        ("lettre-tranquille.fr", "primary", timedelta(days=9)),
        ("tout-principal.fr", "spam", timedelta(days=3)),
        ("tout-indesirable.fr", "primary", timedelta(days=3)),
        ("pas-tout-indesirable.fr", "primary", timedelta(0)),
        ("pas-jamais-vu.fr", "primary", timedelta(0)),
    ):
        content = written(f"lettre@{domain}", seed.address, "Votre lettre", now - age)
        where: Landing = "spam" if wrong == "spam" else "primary"
        account.put(content, where, now - age)
    return account


def _fields(content: bytes) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower(), _decoded(str(value))) for name, value in email.message_from_bytes(content).items())


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError):
        return value
