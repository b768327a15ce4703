"""The fifteen seed mailboxes of the invented world, and where a message lands in each, by the domain that sends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

SeedKind = Literal["gmail", "outlook", "yahoo", "orange", "free", "laposte", "icloud"]
# `primary` is the inbox where it has no tabs.
Landing = Literal["primary", "promotions", "social", "spam", "never"]
LATE_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class SeedMailbox:
    address: str
    kind: SeedKind
    password: str

    @property
    def domain(self) -> str:
        return self.address.partition("@")[2]

    @property
    def local(self) -> str:
        return self.address.partition("@")[0]


@dataclass(frozen=True, slots=True)
class Folder:
    """`name` as IMAP writes it (modified UTF-7). `holds`: what stands in it; None for nothing ever."""

    name: str
    flags: str = ""
    holds: Literal["inbox", "spam"] | None = None


def _seeds(kind: SeedKind, domain: str, count: int, first: int = 1) -> tuple[SeedMailbox, ...]:
    numbers = range(first, first + count)
    return tuple(SeedMailbox(f"temoin{number}@{domain}", kind, f"semis {kind} {number}") for number in numbers)


SEEDS: tuple[SeedMailbox, ...] = (
    *_seeds("gmail", "gmail.com", 5),
    *_seeds("outlook", "outlook.com", 2),
    *_seeds("outlook", "hotmail.fr", 2, first=3),
    *_seeds("yahoo", "yahoo.fr", 1),
    *_seeds("orange", "orange.fr", 2),
    *_seeds("free", "free.fr", 1),
    *_seeds("laposte", "laposte.net", 1),
    *_seeds("icloud", "icloud.com", 1),
)
# The folders of each provider, in the order in which it lists them.
FOLDERS: dict[SeedKind, tuple[Folder, ...]] = {
    "gmail": (
        Folder("INBOX", r"\HasNoChildren", "inbox"),
        Folder("[Gmail]", r"\HasChildren \Noselect"),
        Folder("[Gmail]/Corbeille", r"\HasNoChildren \Trash"),
        Folder("[Gmail]/Messages envoy&AOk-s", r"\HasNoChildren \Sent"),
        Folder("[Gmail]/Spam", r"\HasNoChildren \Junk", "spam"),
        Folder("[Gmail]/Tous les messages", r"\All \HasNoChildren", "inbox"),
    ),
    "outlook": (
        Folder("Archive", r"\HasNoChildren \Archive"),
        Folder("Courrier ind&AOk-sirable", r"\HasNoChildren \Junk", "spam"),
        Folder("INBOX", r"\Marked \HasNoChildren", "inbox"),
        Folder("&AMk-l&AOk-ments envoy&AOk-s", r"\HasNoChildren \Sent"),
    ),
    "yahoo": (
        Folder("Bulk", r"\Junk \HasNoChildren", "spam"),
        Folder("INBOX", r"\HasNoChildren", "inbox"),
        Folder("Trash", r"\Trash \HasNoChildren"),
    ),
    "orange": (Folder("INBOX", "", "inbox"), Folder("QUARANTAINE", r"\Junk", "spam"), Folder("TRASH", r"\Trash")),
    "free": (Folder("INBOX", "", "inbox"), Folder("Junk", r"\Junk", "spam"), Folder("Sent", r"\Sent")),
    "laposte": (Folder("INBOX", "", "inbox"), Folder("QUARANTAINE", r"\Junk", "spam"), Folder("OUTBOX", r"\Sent")),
    "icloud": (Folder("INBOX", "", "inbox"), Folder("Junk", r"\Junk", "spam"), Folder("Sent Messages", r"\Sent")),
}
# Those whose server speaks TLS from the first byte; the others are plain, which a test on this machine may be.
UNDER_TLS: frozenset[SeedKind] = frozenset({"gmail", "outlook", "yahoo", "icloud"})

_MIXED: tuple[Landing, ...] = (
    *("primary", "promotions", "promotions", "social", "spam"),
    *("primary", "primary", "spam", "spam"),
    *("spam", "primary", "never", "primary", "primary", "never"),
)


def _everywhere(where: Landing) -> tuple[Landing, ...]:
    return tuple(where for _ in SEEDS)


SENDERS: dict[str, tuple[Landing, ...]] = {
    "tout-principal.fr": _everywhere("primary"),
    "tout-promotions.fr": tuple("promotions" if seed.kind == "gmail" else "primary" for seed in SEEDS),
    "tout-indesirable.fr": _everywhere("spam"),
    "panache.fr": _MIXED,
    "jamais-vu.fr": _everywhere("never"),
    "toujours-en-retard.fr": _everywhere("primary"),
}
LATE = frozenset({"toujours-en-retard.fr"})
# In the contract's words.
PLACEMENTS: Mapping[Landing, str | None] = {
    "primary": "Inbox principal",
    "promotions": "Inbox · Promotions",
    "social": "Inbox · Social",
    "spam": "Spam",
    "never": None,
}


def landing(domain: str, seed: SeedMailbox) -> Landing:
    """Where a message of this domain lands; what comes from anybody else reaches the inbox."""
    rule = SENDERS.get(domain.lower())
    return rule[SEEDS.index(seed)] if rule else "primary"


def placements(domain: str) -> dict[str, str | None]:
    """By seed address, where a right run of delivery_check sees this domain's message; None: it never comes."""
    return {seed.address: PLACEMENTS[landing(domain, seed)] for seed in SEEDS}
