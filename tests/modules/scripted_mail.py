"""The outside world of verify_emails, scripted: names and mail servers."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.module import Run
from engine.modules.verify_emails import VerifyEmailsConfig, module
from engine.network.types import Answer, MxAnswer, SmtpDialogue, SmtpFailure, SmtpReply
from engine.rows.types import Row

OK = SmtpReply(250, "2.1.5", "Ok")
UNKNOWN = SmtpReply(550, "5.1.1", "User unknown")
GREYLISTED = SmtpReply(451, "4.7.1", "Greylisted, come back later")
BANNED = SmtpReply(550, "5.7.1", "Client host refused")
BUSY = SmtpReply(421, "4.7.0", "Too many connections, try again later")
TOO_MANY = SmtpReply(452, "4.5.3", "Too many recipients")


@dataclass
class MailServer:
    """A mail server that answers by mailbox.

    `mailboxes` maps a local part to its reply, or to its replies on the first, second, ... try, the last one staying.
    """

    mailboxes: Mapping[str, SmtpReply | Sequence[SmtpReply]] = field(default_factory=dict)
    otherwise: SmtpReply | Sequence[SmtpReply] = UNKNOWN
    ends_after: int | None = None  # replies a connection gives, then it ends by ...
    failure: SmtpFailure = "closed"
    last: SmtpReply | None = None
    hangs: bool = False
    connections: list[list[str]] = field(default_factory=list)  # who was asked on each
    tries: dict[str, int] = field(default_factory=dict)

    async def talk(self, host: str, addresses: Sequence[str]) -> SmtpDialogue:
        self.connections.append(list(addresses))
        if self.hangs:
            await asyncio.Event().wait()
        heard = addresses if self.ends_after is None else addresses[: self.ends_after]
        replies = [self._reply(address) for address in heard]
        if self.ends_after is None:
            return SmtpDialogue(host, tuple(replies))
        unheard = [None] * (len(addresses) - len(heard))
        return SmtpDialogue(host, (*replies, *unheard), self.failure, self.last)

    def _reply(self, address: str) -> SmtpReply:
        tried = self.tries[address] = self.tries.get(address, 0) + 1
        reply = self.mailboxes.get(address.rpartition("@")[0], self.otherwise)
        return reply if isinstance(reply, SmtpReply) else reply[min(tried, len(reply)) - 1]


@dataclass
class ScriptedWorld:
    """Domains and the servers behind their mail hosts; it is the `Dns` and the `SmtpProbe` of a run."""

    servers: Mapping[str, MailServer] = field(default_factory=dict)
    mx_answers: Mapping[str, MxAnswer] = field(default_factory=dict)  # else the domain's mail host is mx.<domain>
    address_answers: Mapping[str, Answer] = field(default_factory=dict)
    identified: bool = True
    open: Callable[[], bool] = lambda: True
    greylist_delays: tuple[float, ...] = (60.0, 300.0)
    logged: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    reports: list[tuple[int, Any]] = field(default_factory=list)  # (place of the row, report)

    async def mx(self, domain: str) -> MxAnswer:
        return self.mx_answers.get(domain, MxAnswer("ok", (f"mx.{domain}",)))

    async def addresses(self, host: str) -> Answer:
        return self.address_answers.get(host, Answer("nxdomain"))

    async def port_open(self) -> bool:
        return self.open()

    async def recipients(self, mx: str, addresses: Sequence[str]) -> SmtpDialogue:
        if mx not in self.servers:
            return SmtpDialogue(mx, (None,) * len(addresses), "connect_refused")
        return await self.servers[mx].talk(mx, addresses)

    def run(self, job_id: str = "job") -> Run:
        """A run that reaches this world and nothing else."""
        nothing = None  # verify_emails has no use for it
        return Run(
            job_id=job_id,
            fetcher=nothing,
            dns=self,
            smtp=self,
            api=nothing,
            places=nothing,
            seen=nothing,
            upload=nothing,
            log=lambda level, line: self.logged.append(f"{level}: {line}"),
            note=self.noted.append,
            report=lambda report, row=0: self.reports.append((row, report)),
        )


async def verify(world: ScriptedWorld, *addresses: str, smtp: bool = True, job_id: str = "job") -> Sequence[Row]:
    """The columns of these addresses, which share one domain."""
    rows: list[Row] = [{"email": address} for address in addresses]
    return await module.enrich_group(rows, VerifyEmailsConfig(smtp=smtp), world.run(job_id))


def at(domain: str, server: MailServer) -> ScriptedWorld:
    """A world of one domain and its server."""
    return ScriptedWorld({f"mx.{domain}": server})


def reasons(rows: Sequence[Row]) -> list[object]:
    return [row["email_reason"] for row in rows]
