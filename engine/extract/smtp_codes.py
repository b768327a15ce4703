"""What a mail server's reply says about a mailbox. Pure: replies in, a reason out.

Enhanced codes (RFC 3463) decide; the text only refines where the codes say nothing. When basic and enhanced code
disagree, the answer that can still turn out well wins, so that no living mailbox is called invalid.
"""

import re
from collections.abc import Mapping
from typing import Literal

from engine.network.types import SmtpDialogue, SmtpReply

Status = Literal["valid", "invalid", "risky", "unknown"]
Reason = Literal[
    "accepted",  # the server takes mail for this mailbox, and refuses an invented one
    "syntax",  # not an address
    "unknown_tld",  # the name does not exist, and neither does its ending
    "domain_unknown",  # the domain does not exist
    "no_mx",  # the domain has no mail server
    "null_mx",  # the domain says that it takes no mail (RFC 7505)
    "mailbox_unknown",
    "mailbox_disabled",
    "mailbox_full",
    "catch_all",  # the server takes mail for any name at this domain
    "disposable",  # a mailbox of a throwaway service
    "greylisted",  # "try later", each time until the last
    "blocked",  # the server refused us, not the mailbox
    "provider_unverifiable",  # a free provider that takes any name, existing or not
    "unclear",  # an answer that proves nothing
    "timeout",  # too slow: a tarpit, or a server that stopped answering
    "unreachable",  # no mail server of the domain took the connection
    "dns_failure",
    "port25_blocked",  # this machine can't reach any mail server
    "no_identity",  # no greeting name or sender is set, so no server was asked
    "not_asked",  # by the option `smtp`, or because few servers could take the name before the @
]

_INVALID = ("syntax", "unknown_tld", "domain_unknown", "no_mx", "null_mx", "mailbox_unknown", "mailbox_disabled")
_RISKY = ("mailbox_full", "catch_all", "disposable")


def status_of(reason: Reason) -> Status:
    """The verdict that follows from a reason; what is neither proved nor suspect is unknown."""
    if reason == "accepted":
        return "valid"
    return "invalid" if reason in _INVALID else "risky" if reason in _RISKY else "unknown"


_DECIDED: Mapping[str, Reason] = {
    "5.1.0": "mailbox_unknown",
    "5.1.1": "mailbox_unknown",
    "5.1.10": "mailbox_unknown",
    "5.1.7": "blocked",  # our sender address
    "5.1.8": "blocked",
    "5.2.1": "mailbox_disabled",
    "5.2.2": "mailbox_full",
}
_SILENT = ("", "5.0.0", "5.3.0", "5.5.0")  # "other": the text alone tells more
_FULL = ("4.2.2", "5.2.2")
_TOO_MANY = ("4.5.3", "5.5.3")
_QMAIL_CODE = re.compile(r"\(#(\d\.\d{1,3}\.\d{1,3})\)")  # qmail puts the enhanced code at the end of its text
_ECHO = re.compile(r"\S*@\S*")

# First match wins: the words of a policy beside "user unknown" leave the mailbox open.
_PHRASES: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    ("greylisted", re.compile(r"gr[ae]y[- ]?list")),
    (
        "blocked",
        re.compile(
            r"block|black|listed|spam|\brbl\b|polic[iy]|reputation|denied|not (?:permitted|allowed)|abuse|banned|"
            r"relaying|relay (?:access|denied|not)|(?:to|not|no) relay|sender|your (?:ip|host|server)|client host|"
            r"hostname|\b[eh][he]lo\b|reverse dns|\bptr\b|\bspf\b|\bdkim\b|dmarc|authenti|suspicious|unsolicited|"
            r"too many|rate limit"
        ),
    ),
    ("mailbox_full", re.compile(r"quota|(?:mailbox|inbox) (?:is )?full|boîte pleine")),
    ("unclear", re.compile(r"temporar|later")),
    ("mailbox_disabled", re.compile(r"disabled|deactivated|désactivé|account (?:is )?(?:inactive|closed|suspended)")),
    (
        "mailbox_unknown",
        re.compile(
            r"(?:user|recipient|mailbox|address|account) (?:is )?(?:unknown|not (?:found|known))|"
            r"(?:unknown|invalid|no such|unrouteable) (?:local )?(?:user|recipient|mailbox|address|account|person)|"
            r"(?:user|recipient|mailbox|address|account|person).{0,40} does(?:n't| not) exist|"
            r"no mailbox (?:here|by that name)|not a (?:known|valid) user|"
            r"user doesn't have|(?:utilisateur|destinataire|adresse|boîte) (?:inconnue?|inexistante?|n'existe pas)|"
            r"(?:empfänger|benutzer|postfach) (?:ist )?(?:unbekannt|existiert nicht)|(?:usuario|buzón) no existe"
        ),
    ),
)
# How Exchange Online refuses a name that is not in the directory of its customer.
_DIRECTORY_REFUSAL = ("5.4.1", "recipient address rejected")


def reason_of(reply: SmtpReply) -> Reason | None:
    """What one RCPT reply says about its mailbox; None when the server only asked to stop here and come back.

    `greylisted` is provisional: such an address is asked again after a wait.
    """
    code, text = _enhanced(reply), _words(reply)
    if reply.code == 421 or code in _TOO_MANY or (reply.code == 452 and not code and "too many" in text):
        return None
    if reply.code < 400:
        return "accepted" if reply.code in (250, 251) and code[:1] in ("", "2") else "unclear"
    if reply.code < 500 or code.startswith("4"):
        full = code in _FULL or (not code and _phrase(text) == "mailbox_full")
        return "mailbox_full" if full else "greylisted"
    return _refusal(reply.code, code, text)


def refuses_recipient(reply: SmtpReply) -> bool:
    """Whether the server turned this very mailbox away, for good or "for now" (4.1.x), and not us.

    Asked of an invented mailbox: True means that the server tells mailboxes apart.
    """
    if _enhanced(reply).startswith("4.1."):
        return True
    return reason_of(reply) in ("mailbox_unknown", "mailbox_disabled", "unclear") and reply.code >= 500


def ending(dialogue: SmtpDialogue) -> Reason:
    """What a dialogue that told nothing about an address says about it, by the way the dialogue ended."""
    if dialogue.failure in ("connect_refused", "connect_timeout"):
        return "unreachable"
    if dialogue.failure == "timeout":
        return "timeout"
    put_off = dialogue.last is not None and 400 <= dialogue.last.code < 500
    return "greylisted" if put_off or dialogue.failure is None else "blocked"


def _refusal(basic: int, code: str, text: str) -> Reason:
    if code in _DECIDED:
        return _DECIDED[code]
    if code.startswith("5.7."):
        return "greylisted" if _phrase(text) == "greylisted" else "blocked"
    if code == _DIRECTORY_REFUSAL[0] and _DIRECTORY_REFUSAL[1] in text:
        return "mailbox_unknown"
    if code not in _SILENT or basic < 550:  # 50x and 53x are about the command or the session
        return "unclear"
    return _phrase(text) or ("mailbox_full" if basic == 552 and not code else "unclear")


def _enhanced(reply: SmtpReply) -> str:
    if reply.enhanced:
        return reply.enhanced
    found = _QMAIL_CODE.search(reply.text)
    return found[1] if found else ""


def _words(reply: SmtpReply) -> str:
    """The text without the addresses that it repeats: their names prove nothing."""
    return _ECHO.sub(" ", reply.text.lower())


def _phrase(text: str) -> Reason | None:
    return next((reason for reason, pattern in _PHRASES if pattern.search(text)), None)
