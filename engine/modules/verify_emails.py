"""Say of each address whether mail to it would arrive, without sending any.

Syntax, then DNS, then one dialogue with the domain's mail server, up to the point where a message would begin. An
invented mailbox is asked beside the real ones: a server that takes it takes anything, so its "yes" proves nothing.
`email_reason` is one word of `engine.extract.smtp_codes.Reason`; `email_status` follows from it.
A cell with several addresses is judged by the first that is well-formed.
"""

import asyncio
import base64
import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from engine.extract.mail_addresses import MailAddress, first_address
from engine.extract.smtp_codes import Reason, ending, reason_of, refuses_recipient, status_of
from engine.module import GroupModule, ModuleConfig, OutsendError, Run, SmtpDialogue, option
from engine.rows.mailboxes import is_disposable, is_free_provider, is_role
from engine.rows.sites import has_known_suffix
from engine.rows.types import Row, Value, is_empty

RECIPIENTS_PER_CONNECTION = 20  # more strangers' names at once look like a dictionary attack
HOSTS_TRIED = 2
PAUSE_SECONDS = 2.0  # before the next connection to a server that cut the last one short
DIALOGUE_SECONDS = 13 * 60.0  # what is known by then stands; the item's timeout would empty the whole group
PROBE_LENGTH = 15
EVIDENCE_MAX = 300  # characters of a reply that a report keeps

# Why no server was asked at all: the job's notice, and the remedy for its log.
_REMEDIES: Mapping[Reason, tuple[str, str]] = {
    "port25_blocked": (
        "Vérification SMTP impossible : le port 25 est fermé depuis ce serveur.",
        "Port 25 is closed from this machine. Set OUTSEND_EGRESS_PROXIES to a proxy that allows it, then run again.",
    ),
    "no_identity": (
        "Vérification SMTP impossible : l'identité d'envoi n'est pas réglée.",
        "No mail server was asked. Set OUTSEND_SMTP_HELO and OUTSEND_MAIL_FROM to a name and an address of your own "
        "domain, then run again.",
    ),
}


class NoAddress(OutsendError):
    code = "no_email"
    kind = "unprocessable"
    message = "Aucune adresse email (colonnes acceptées : {aliases})"
    hint = "Give each item an address under one of the names {aliases}; the module emails finds them."


class VerifyEmailsConfig(ModuleConfig):
    smtp: bool = option(
        True, fr="Interroger les serveurs de messagerie", en="Ask the mail servers, beyond syntax and DNS"
    )


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of one domain and of its addresses that were asked for."""

    mx: str | None
    reasons: Mapping[MailAddress, Reason]
    catch_all: bool | None = None  # None: not proved either way
    inquiry: "Inquiry | None" = None  # None: no server was asked


class VerifyEmails(GroupModule[VerifyEmailsConfig]):
    slug = "verify_emails"
    label = {"fr": "Vérification des emails", "en": "Email verification"}
    category = "verification"
    node_category = "verify"
    entry_category = "outreach"
    lane = "parallel"
    node_type = "verify"
    accepts, output = "pois_email", "verified"
    needs = ("email",)
    missing = NoAddress
    produces = ("email_status", "email_reason", "email_mx", "email_role", "email_disposable", "email_catch_all")
    unit = "addresses"
    usual_seconds = 5.0
    config = VerifyEmailsConfig

    def __init__(self) -> None:
        self._told: deque[str] = deque(maxlen=100)  # jobs whose log already names the remedy

    def width(self, config: VerifyEmailsConfig) -> int:
        """Domains in flight."""
        return 100

    def item_timeout_seconds(self, config: VerifyEmailsConfig) -> float:
        """Long enough for a greylist's usual waits."""
        return 15 * 60.0

    def group_key(self, row: Row) -> str:
        """The domain, so that its server is asked over one connection; '' for a cell without an address."""
        address = first_address(row.get("email"))
        return address.domain if address else ""

    async def enrich_group(self, rows: Sequence[Row], config: VerifyEmailsConfig, run: Run) -> Sequence[Row]:
        """The six columns of each row; an address that several rows share is asked once.

        What the network does never raises: it ends as a reason. An empty cell leaves the columns empty.
        """
        addresses = [first_address(row.get("email")) for row in rows]
        distinct = list(dict.fromkeys(address for address in addresses if address))
        findings = await self._findings(distinct, config, run) if distinct else Findings(None, {})
        judged: list[Row] = []
        for place, (row, address) in enumerate(zip(rows, addresses, strict=True)):
            columns = {} if is_empty(row.get("email")) else _columns(address, findings)
            judged.append(columns)
            if columns:
                run.report(_evidence(address, columns, findings.inquiry), row=place)
        return judged

    async def _findings(self, addresses: Sequence[MailAddress], config: VerifyEmailsConfig, run: Run) -> Findings:
        domain = addresses[0].domain
        hosts, reason = await _mail_hosts(domain, run)
        mx = hosts[0] if hosts else None
        reason = reason or await self._obstacle(config, run)
        if reason:
            return Findings(mx, dict.fromkeys(addresses, reason))
        inquiry = Inquiry(domain, hosts, run)
        reasons = await inquiry.hold([address for address in addresses if address.plain])
        if "unreachable" in reasons.values():
            # The self-test may only have learnt from this very failure that the port is closed.
            why: Reason = await self._obstacle(config, run) or "unreachable"
            reasons |= dict.fromkeys([address for address, was in reasons.items() if was == "unreachable"], why)
        return Findings(mx, reasons, inquiry.catch_all, inquiry)

    async def _obstacle(self, config: VerifyEmailsConfig, run: Run) -> Reason | None:
        """What keeps us from asking any server; its remedy is told once a job."""
        if not config.smtp:
            return "not_asked"
        if run.smtp.identified and await run.smtp.port_open():
            return None
        reason: Reason = "port25_blocked" if run.smtp.identified else "no_identity"
        notice, remedy = _REMEDIES[reason]
        run.note(notice)
        if run.job_id not in self._told:
            self._told.append(run.job_id)
            run.log("warn", remedy)
        return reason


class Inquiry:
    """One domain's mail server, asked about its mailboxes over as few connections as it allows."""

    def __init__(self, domain: str, hosts: Sequence[str], run: Run) -> None:
        self._domain = domain
        self._hosts = tuple(hosts[:HOSTS_TRIED])
        self._smtp = run.smtp
        # Invented, but the same each time this job asks: a greylist lets in only what it has seen before.
        digest = hashlib.sha256(f"{run.job_id} {domain}".encode()).digest()
        self._probe = f"{base64.b32encode(digest).decode().lower()[:PROBE_LENGTH]}@{domain}"
        self._takes_anything: bool | None = None
        self._reasons: dict[str, Reason] = {}
        self._heard: dict[str, Value] = {}
        self.failure: str | None = None  # how the last connection ended before its time
        self.hosts = list(hosts)

    @property
    def catch_all(self) -> bool | None:
        """Whether the server takes mail for any name; None when not proved, or when it would prove nothing."""
        return None if self._takes_anything and is_free_provider(self._domain) else self._takes_anything

    def heard(self, address: MailAddress | None = None) -> Value:
        """The last reply about an address, about the invented mailbox (None); None when there was none."""
        return self._heard.get(str(address or self._probe))

    async def hold(self, addresses: Sequence[MailAddress]) -> dict[MailAddress, Reason]:
        """Ask, wait where the server says "later" (holding no connection), ask again; a reason for each address."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DIALOGUE_SECONDS):
                await self._ask([self._probe, *map(str, addresses)] if addresses else [])
                for delay in self._smtp.greylist_delays:
                    put_off = self._put_off()
                    if not put_off:
                        break
                    await asyncio.sleep(delay)
                    await self._ask(put_off)
        return {address: self._reason(str(address)) for address in addresses}

    def _put_off(self) -> list[str]:
        """Who is to be asked again: nobody once any name is known to do, the probe only if a "yes" hangs on it."""
        if self._takes_anything:
            return []
        put_off = [address for address, reason in self._reasons.items() if reason == "greylisted"]
        hopeful = "accepted" in self._reasons.values()
        return [] if put_off == [self._probe] and not hopeful else put_off

    async def _ask(self, addresses: Sequence[str]) -> None:
        """Put each address to the server, on further connections where it cuts one short."""
        left = list(addresses)
        while left:
            asked = left[:RECIPIENTS_PER_CONNECTION]
            dialogue = await self._dialogue(asked)
            self.failure = dialogue.failure
            judged = self._judge(asked, dialogue)
            left = [address for address in left if address not in judged]
            rest = self._rest(dialogue, judged, cut_short=len(judged) < len(asked))
            if rest:
                self._reasons |= dict.fromkeys(left, rest)
                return
            if len(judged) < len(asked):
                await asyncio.sleep(PAUSE_SECONDS)

    async def _dialogue(self, asked: Sequence[str]) -> SmtpDialogue:
        """One connection to the best host that takes it; from then on to that host alone."""
        *others, last = self._hosts
        for host in others:
            dialogue = await self._smtp.recipients(host, asked)
            if dialogue.failure not in ("connect_refused", "connect_timeout"):
                self._hosts = (host,)
                return dialogue
        return await self._smtp.recipients(last, asked)

    def _judge(self, asked: Sequence[str], dialogue: SmtpDialogue) -> dict[str, Reason]:
        """Keep what the replies say; the addresses that got a reason."""
        judged: dict[str, Reason] = {}
        for address, reply in zip(asked, dialogue.replies, strict=True):
            reason = reason_of(reply) if reply else None
            if reply:
                self._heard[address] = {"host": dialogue.host, "code": reply.code, "text": reply.text[:EVIDENCE_MAX]}
            if reply and reason:
                judged[address] = reason
                if address == self._probe:
                    self._takes_anything = True if reason == "accepted" else False if refuses_recipient(reply) else None
        self._reasons |= judged
        return judged

    def _rest(self, dialogue: SmtpDialogue, judged: Mapping[str, Reason], *, cut_short: bool) -> Reason | None:
        """The reason of all who are left when asking on would tell nothing more; None: go on."""
        if self._takes_anything:
            return "catch_all"
        if not judged or (cut_short and dialogue.failure == "timeout"):
            return ending(dialogue)
        return "blocked" if set(judged.values()) == {"blocked"} else None

    def _reason(self, address: str) -> Reason:
        reason = self._reasons.get(address, "timeout")
        if self._takes_anything and reason in ("accepted", "greylisted", "catch_all"):
            return "provider_unverifiable" if is_free_provider(self._domain) else "catch_all"
        # Without a "no" to the invented mailbox, a "yes" to this one is no proof.
        return "unclear" if reason == "accepted" and self._takes_anything is None else reason


async def _mail_hosts(domain: str, run: Run) -> tuple[tuple[str, ...], Reason | None]:
    """The domain's mail servers, best first, or the reason that settles all its addresses."""
    mx = await run.dns.mx(domain)
    if mx.null_mx:
        return (), "null_mx"
    if mx.hosts:
        return mx.hosts, None
    if mx.status == "failure":
        return (), "dns_failure"
    # Without MX the name itself takes the mail (RFC 5321, section 5.1).
    itself = await run.dns.addresses(domain)
    if itself.status == "ok":
        return (domain,), None
    if itself.status == "failure":
        return (), "dns_failure"
    if itself.status == "no_data":
        return (), "no_mx"
    return (), "domain_unknown" if has_known_suffix(domain) else "unknown_tld"


def _columns(address: MailAddress | None, findings: Findings) -> Row:
    if address is None:
        return {"email_status": status_of("syntax"), "email_reason": "syntax"}
    reason = findings.reasons.get(address, "not_asked")
    disposable = is_disposable(address.domain)
    if disposable and reason in ("accepted", "not_asked"):
        reason = "disposable"
    return {
        "email_status": status_of(reason),
        "email_reason": reason,
        "email_mx": findings.mx,
        "email_role": is_role(str(address)),
        "email_disposable": disposable,
        "email_catch_all": findings.catch_all,
    }


def _evidence(address: MailAddress | None, columns: Row, inquiry: Inquiry | None) -> Row:
    """Why an address is judged as it is: who was asked, and what was said."""
    evidence: Row = {"address": str(address) if address else None, "reason": columns["email_reason"]}
    if address is None or inquiry is None:
        return evidence
    asked: Row = {
        "mail_hosts": list(inquiry.hosts),
        "reply": inquiry.heard(address),
        "reply_to_invented_mailbox": inquiry.heard(),
        "failure": inquiry.failure,
    }
    return {**evidence, **asked}


module = VerifyEmails()
