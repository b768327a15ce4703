"""Mail servers of every temper (RFC 5321). Messages that they take are kept."""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.sandbox.mailboxes import GREYLIST_SECONDS, LIMIT, REPLIES, Mailbox, MailDomain, Temper

GREETING_DELAY_SECONDS = 0.002  # what the network takes; a proxy's answer and the greeting are two packets
DRIP_SECONDS = 2.0
LINE_BYTES = 2_000
MESSAGE_BYTES = 20_480_000  # as EHLO says
MESSAGES_KEPT = 1_000  # a server
END_OF_DATA = b"\r\n.\r\n"
ADDRESS = re.compile(r"<([^<>@\s]*)@([^<>@\s]+)>|<>")
# A name with a dot that is neither a number nor this machine.
HELO = re.compile(r"(?!localhost)(?![\d.]+$)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")


@dataclass(frozen=True, slots=True)
class Message:
    """What one DATA brought, without the dots that SMTP adds; `recipients` are those that were accepted."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass(slots=True)
class MailServer:
    """One host: its temper as a connection meets it, its domains, when it first saw each greylisted pair, its mail."""

    host: str
    temper: Temper
    domains: dict[str, MailDomain] = field(default_factory=dict[str, MailDomain])
    first_seen: dict[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])
    deliver: Callable[[Message], None] | None = None  # to the mailboxes that can be read
    messages: deque[Message] = field(default_factory=lambda: deque[Message](maxlen=MESSAGES_KEPT))


class SmtpSession(asyncio.Protocol):
    """One connection to a mail server."""

    def __init__(self, server: MailServer, senders: Mapping[str, object]) -> None:
        self._server = server
        self._senders = senders  # names that exist: a sender of any other domain is refused
        self._received = b""
        self._greeted = False
        self._sender: str | None = None
        self._recipients = 0
        self._accepted: list[str] = []
        self._in_data = False
        self._commands: dict[str, Callable[[str], str]] = {
            "EHLO": self._ehlo,
            "HELO": self._ehlo,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": lambda _: "250 2.0.0 Ok",
            "QUIT": lambda _: "221 2.0.0 Bye",
            "VRFY": lambda _: "252 2.0.0 Cannot VRFY user",
        }

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        asyncio.get_running_loop().call_later(GREETING_DELAY_SECONDS, self._greet)

    def _greet(self) -> None:
        if self._transport.is_closing() or self._server.temper is Temper.SILENT:
            return
        if self._server.temper is Temper.TARPIT:
            self._drip()
        elif self._server.temper is Temper.BLOCKED_AT_GREETING:
            self._write("554 5.7.1 Service unavailable; client host blocked using a block list")
            self._transport.close()
        else:
            self._greeted = True
            self._write(f"220 {self._server.host} ESMTP")

    def _drip(self) -> None:
        """A greeting that never ends."""
        if not self._transport.is_closing():
            self._write(f"220-{self._server.host} please wait")
            asyncio.get_running_loop().call_later(DRIP_SECONDS, self._drip)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._in_data:
            self._take_message()
            return
        if len(self._received) > LINE_BYTES * 50 or not self._greeted:
            if self._server.temper not in (Temper.TARPIT, Temper.SILENT):
                self._close("554 5.5.0 Error: SMTP protocol synchronization")
            return
        if self._server.temper is Temper.NO_PIPELINING and self._received.count(b"\n") > 1:
            self._close("554 5.5.0 Error: SMTP protocol synchronization")
            return
        self._take_commands()

    def _take_commands(self) -> None:
        replies: list[str] = []
        while b"\n" in self._received and not self._in_data:
            line, _, self._received = self._received.partition(b"\n")
            replies.append(self._reply(line.decode("latin-1").strip()))
            if replies[-1].startswith(("221", "421")):
                self._close("\r\n".join(replies))
                return
        if replies:
            self._write("\r\n".join(replies))
        if self._in_data and self._received:
            self._take_message()

    def _take_message(self) -> None:
        """The message, once it is there in full; what follows it are commands again."""
        received = b"\r\n" + self._received  # so that its first line is like the others
        end = received.find(END_OF_DATA)
        if end < 0:
            if len(received) > MESSAGE_BYTES:
                self._close("552 5.3.4 Message size exceeds fixed limit")
            return
        self._received = received[end + len(END_OF_DATA) :]
        content = received[:end].replace(b"\r\n..", b"\r\n.")[2:]
        kept = Message((self._sender or "").strip("<>"), tuple(self._accepted), content)
        self._server.messages.append(kept)
        if self._server.deliver is not None:
            self._server.deliver(kept)
        self._rset("")
        self._in_data = False
        self._write(f"250 2.0.0 Ok: queued as {len(self._server.messages):08X}")
        self._take_commands()

    def _reply(self, line: str) -> str:
        verb, _, rest = line.partition(" ")
        command = self._commands.get(verb.upper())
        return command(rest) if command else "502 5.5.2 Error: command not recognized"

    def _ehlo(self, name: str) -> str:
        if not HELO.match(name.strip()):
            return "550 5.7.1 Helo command rejected: need a fully-qualified host name of your own"
        self._rset("")
        if self._server.temper is Temper.NO_PIPELINING:
            return f"250-{self._server.host}\r\n250-SIZE 20480000\r\n250 ENHANCEDSTATUSCODES"
        return (
            f"250-{self._server.host}\r\n250-PIPELINING\r\n250-SIZE 20480000\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME"
        )

    def _mail(self, rest: str) -> str:
        found = ADDRESS.search(rest)
        if not rest.upper().startswith("FROM:") or found is None:
            return "501 5.5.4 Syntax: MAIL FROM:<address>"
        if self._server.temper is Temper.BLOCKED_AT_SENDER:
            return "550 5.7.1 Sender rejected: your network has a poor reputation here"
        if found[2] is not None and found[2].lower() not in self._senders:
            return "550 5.1.8 Sender address rejected: Domain not found"
        self._sender, self._recipients, self._accepted = found[0], 0, []
        return "250 2.1.0 Ok"

    def _rcpt(self, rest: str) -> str:
        found = ADDRESS.search(rest)
        if self._sender is None:
            return "503 5.5.1 Error: need MAIL command"
        if not rest.upper().startswith("TO:") or found is None or not found[1]:
            return "501 5.5.4 Syntax: RCPT TO:<address>"
        self._recipients += 1
        if self._server.temper is Temper.LIMITED and self._recipients > LIMIT:
            return "421 4.7.0 Too many recipients, try again later"
        domain = self._server.domains.get(found[2].lower())
        if domain is None:
            return "550 5.7.1 Relay access denied"
        answer = self._recipient(domain, found[1], self._sender)
        if answer.startswith("250"):
            self._accepted.append(f"{found[1]}@{domain.name}")
        return answer

    def _recipient(self, domain: MailDomain, local: str, sender: str) -> str:
        address = f"{local}@{domain.name}"
        if local.lower() in domain.seeds:
            return REPLIES[Mailbox.LIVE]
        if domain.temper is Temper.BLOCKED_AT_RECIPIENT:
            return "550 5.7.1 Message refused by policy, see our postmaster page"
        wait = GREYLIST_SECONDS.get(domain.temper)
        if wait is not None:
            now = asyncio.get_running_loop().time()
            since = self._server.first_seen.setdefault((sender, address.lower()), now)
            if now - since < wait:
                return f"450 4.7.1 <{address}>: Recipient address rejected: Greylisted, please try again later"
        return REPLIES[domain.mailbox(local)].format(address=address)

    def _data(self, _: str) -> str:
        if not self._accepted:
            return "554 5.5.1 Error: no valid recipients"
        self._in_data = True
        return "354 End data with <CR><LF>.<CR><LF>"

    def _rset(self, _: str) -> str:
        self._sender, self._recipients, self._accepted = None, 0, []
        return "250 2.0.0 Ok"

    def _write(self, text: str) -> None:
        self._transport.write(text.encode() + b"\r\n")

    def _close(self, text: str) -> None:
        self._write(text)
        self._transport.close()
