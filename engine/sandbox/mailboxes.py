"""Mail domains of the invented world: who exists, what temper their servers have, what a right verification says.

Codes: RFC 5321 and RFC 3463. Some texts lie about their codes, as real servers' texts do; codes decide.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

EmailStatus = Literal["valid", "invalid", "risky", "unknown"]


class Temper(StrEnum):
    """How the servers of one domain behave towards everybody."""

    EXACT = "exact"
    NO_PIPELINING = "no_pipelining"  # not offered, and who pipelines all the same is cut off
    LIMITED = "limited"  # 421 after LIMIT recipients of one connection
    GREYLIST_SHORT = "greylist_short"
    GREYLIST_LONG = "greylist_long"
    GREYLIST_STUBBORN = "greylist_stubborn"  # never lets in while anybody waits
    CATCH_ALL = "catch_all"
    TARPIT = "tarpit"  # the greeting never ends
    SILENT = "silent"  # takes the connection and says nothing
    CONNECTION_REFUSED = "connection_refused"
    BLOCKED_AT_GREETING = "blocked_at_greeting"  # 554, an address on a block list
    BLOCKED_AT_SENDER = "blocked_at_sender"
    BLOCKED_AT_RECIPIENT = "blocked_at_recipient"
    NO_MX = "no_mx"  # mail goes to the A record
    NULL_MX = "null_mx"  # RFC 7505
    DNS_FAILURE = "dns_failure"


class Mailbox(StrEnum):
    """The state of one mailbox of a server that tells."""

    LIVE = "live"
    DEAD = "dead"
    PLAIN_DEAD = "plain_dead"  # 550 without an enhanced code
    LYING_DEAD = "lying_dead"  # 5.1.1 that talks of a full mailbox
    DISABLED = "disabled"
    FULL = "full"
    FULL_FOR_NOW = "full_for_now"
    LYING_FULL = "lying_full"  # 5.2.2 that talks of an unknown user
    LYING_BLOCK = "lying_block"  # 5.7.1 that talks of an unknown user
    UNVERIFIED = "unverified"  # 450 for ever


GREYLIST_SECONDS = {Temper.GREYLIST_SHORT: 0.6, Temper.GREYLIST_LONG: 2.0, Temper.GREYLIST_STUBBORN: 86_400.0}
LIMIT = 3
OWN_SERVER = frozenset(
    {
        Temper.TARPIT,
        Temper.SILENT,
        Temper.CONNECTION_REFUSED,
        Temper.BLOCKED_AT_GREETING,
        Temper.BLOCKED_AT_SENDER,
        Temper.NO_PIPELINING,
        Temper.LIMITED,
    }
)

REPLIES: dict[Mailbox, str] = {
    Mailbox.LIVE: "250 2.1.5 Ok",
    Mailbox.DEAD: "550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table",
    Mailbox.PLAIN_DEAD: "550 No such user here",
    Mailbox.LYING_DEAD: "550 5.1.1 <{address}>: mailbox full, please try again later",
    Mailbox.DISABLED: "550 5.2.1 The email account that you tried to reach is disabled",
    Mailbox.FULL: "552 5.2.2 <{address}>: over quota",
    Mailbox.FULL_FOR_NOW: "452 4.2.2 <{address}>: mailbox is full, try again later",
    Mailbox.LYING_FULL: "550 5.2.2 <{address}>: user unknown",
    Mailbox.LYING_BLOCK: "550 5.7.1 User unknown, message refused by policy of this server",
    Mailbox.UNVERIFIED: "450 4.1.1 <{address}>: Recipient address rejected: unverified address",
}
STATUSES: dict[Mailbox, EmailStatus] = {
    Mailbox.LIVE: "valid",
    Mailbox.DEAD: "invalid",
    Mailbox.PLAIN_DEAD: "invalid",
    Mailbox.LYING_DEAD: "invalid",
    Mailbox.DISABLED: "invalid",
    Mailbox.FULL: "risky",
    Mailbox.FULL_FOR_NOW: "risky",
    Mailbox.LYING_FULL: "risky",
    Mailbox.LYING_BLOCK: "unknown",
    Mailbox.UNVERIFIED: "unknown",
}
TEMPER_STATUSES: dict[Temper, EmailStatus] = {
    Temper.CATCH_ALL: "risky",
    Temper.NULL_MX: "invalid",
    Temper.GREYLIST_STUBBORN: "unknown",
    Temper.TARPIT: "unknown",
    Temper.SILENT: "unknown",
    Temper.CONNECTION_REFUSED: "unknown",
    Temper.BLOCKED_AT_GREETING: "unknown",
    Temper.BLOCKED_AT_SENDER: "unknown",
    Temper.BLOCKED_AT_RECIPIENT: "unknown",
    Temper.DNS_FAILURE: "unknown",
}
# Here a verifier that gives up early and says `unknown` is not wrong.
PATIENCE = frozenset({Temper.GREYLIST_SHORT, Temper.GREYLIST_LONG, Temper.LIMITED, Temper.NO_PIPELINING})


@dataclass(slots=True)
class MailDomain:
    """One domain that receives mail. `mailboxes`: local part, lower case -> state; any other is dead."""

    name: str
    temper: Temper = Temper.EXACT
    free: bool = False  # a provider open to all
    hosts: tuple[str, ...] = ()  # mail servers, best first; empty for NO_MX and NULL_MX
    mailboxes: dict[str, Mailbox] = field(default_factory=dict[str, Mailbox])
    seeds: set[str] = field(default_factory=set[str])  # local parts that are let in whatever the temper

    def mailbox(self, local: str) -> Mailbox:
        if self.temper is Temper.CATCH_ALL:
            return Mailbox.LIVE
        return self.mailboxes.get(local.lower(), Mailbox.DEAD)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The right `email_status`, every status that isn't wrong, and what in the world causes it."""

    status: EmailStatus
    allowed: tuple[EmailStatus, ...]
    cause: str


def verdict(domain: MailDomain, local: str) -> Verdict:
    """What a right verification says about this address."""
    if domain.free and domain.temper is Temper.CATCH_ALL:
        # A provider that takes every probe tells nothing about the mailbox.
        return Verdict("unknown", ("unknown", "risky"), "free_provider_accepts_all")
    by_temper = TEMPER_STATUSES.get(domain.temper)
    if by_temper is not None:
        return Verdict(by_temper, (by_temper,), domain.temper)
    state = domain.mailbox(local)
    status = STATUSES[state]
    allowed: tuple[EmailStatus, ...] = (status, "unknown") if domain.temper in PATIENCE else (status,)
    cause = state if domain.temper is Temper.EXACT else f"{domain.temper}/{state}"
    return Verdict(status, tuple(dict.fromkeys(allowed)), cause)
