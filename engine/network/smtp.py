"""Ask mail servers whether they take mail for an address, without ever sending any (RFC 5321).

One connection asks about up to twenty recipients, in one go where the server takes pipelined commands (RFC 2920).
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from engine.clock import Clock
from engine.network.dial import CONNECT_SECONDS, stream_ends
from engine.network.egress import Egress
from engine.network.guard import SMTP_PORTS, Guard
from engine.network.once import Once
from engine.network.pace import site_of
from engine.network.types import NotConnected, SmtpDialogue, SmtpFailure, SmtpReply

PORT = 25
RECIPIENTS_PER_CONNECTION = 20
CONNECTIONS_PER_HOST = 2
REPLY_LINES_MAX = 128
LINE_BYTES_MAX = 4_096  # RFC 5321 allows 512
FAREWELL_SECONDS = 1.0

# Servers that always listen; which of them answers does not matter.
KNOWN_SERVERS = (
    "gmail-smtp-in.l.google.com",
    "mta5.am0.yahoodns.net",
    "outlook-com.olc.protection.outlook.com",
    "mx1.mail.ovh.net",
)
SILENT_HOSTS_THAT_TELL = 3
CLOSED_KEPT_SECONDS = 600.0

_REPLY_LINE = re.compile(rb"(\d{3})([ -]?)(.*)", re.DOTALL)
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")
# Nothing that could end the command, or a path, early. Other characters are the server's to judge.
_ASKABLE = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")


@dataclass(frozen=True, slots=True)
class SmtpTimes:
    """Patience in seconds. Tarpits count on clients that wait the five minutes of RFC 5321."""

    connect: float = CONNECT_SECONDS
    reply: float = 10.0
    total: float = 30.0


class _Ended(Exception):
    """The dialogue is over before all its questions were answered."""

    def __init__(self, failure: SmtpFailure, last: SmtpReply | None = None) -> None:
        super().__init__(failure)
        self.failure: SmtpFailure = failure
        self.last = last


class _BadReply(Exception):
    """What came is no SMTP."""


# How a dialogue breaks off: the connection ends, or what comes is too long or no SMTP.
_BROKEN = (OSError, EOFError, asyncio.LimitOverrunError, _BadReply)


class SmtpClient:
    """The `SmtpProbe` of the process. `helo` is the name we greet with, `mail_from` the sender we say we are."""

    def __init__(
        self,
        guard: Guard,
        egress: Egress,
        clock: Clock,
        *,
        helo: str | None,
        mail_from: str | None,
        greylist_delays: tuple[float, ...] = (),
        times: SmtpTimes | None = None,
    ) -> None:
        self._guard = guard
        self._egress = egress
        self._helo = helo or ""
        self._mail_from = mail_from or ""
        self._greylist_delays = greylist_delays
        self._times = times or SmtpTimes()
        self._turns = _Turns()
        self._port = _PortWatch(clock)

    @property
    def identified(self) -> bool:
        return bool(self._helo and self._mail_from)

    @property
    def greylist_delays(self) -> tuple[float, ...]:
        return self._greylist_delays

    async def port_open(self) -> bool:
        """Whether this machine reaches port 25 of the outside world at all.

        It does once any server greeted us. It doesn't while three different servers were asked and none greeted.
        Well-known servers are asked first, all at once; where their names don't exist (a closed network, the sandbox)
        they say nothing, and the servers of real dialogues tell. A closed port is tried again after ten minutes.
        """
        return await self._port.is_open(self._ask_known_servers)

    @property
    def port_proved(self) -> bool:
        """Whether a mail server has greeted this process; without that, an open port is a guess."""
        return self._port.has_greeted

    async def recipients(self, mx: str, addresses: Sequence[str]) -> SmtpDialogue:
        replies: list[SmtpReply | None] = []
        for start in range(0, len(addresses), RECIPIENTS_PER_CONNECTION):
            batch = addresses[start : start + RECIPIENTS_PER_CONNECTION]
            async with self._turns.turn(mx):
                part = await self._dialogue(mx, batch)
            replies += part.replies
            if part.failure is not None:
                replies += [None] * (len(addresses) - len(replies))
                return SmtpDialogue(mx, tuple(replies), part.failure, part.last)
        return SmtpDialogue(mx, tuple(replies))

    async def _dialogue(self, mx: str, addresses: Sequence[str]) -> SmtpDialogue:
        replies: list[SmtpReply | None] = [None] * len(addresses)
        try:
            async with asyncio.timeout(self._times.total):
                await self._converse(mx, addresses, replies)
        except _Ended as ended:
            return SmtpDialogue(mx, tuple(replies), ended.failure, ended.last)
        except TimeoutError:
            return SmtpDialogue(mx, tuple(replies), "timeout")
        except _BROKEN:
            return SmtpDialogue(mx, tuple(replies), "closed")
        return SmtpDialogue(mx, tuple(replies))

    async def _converse(self, mx: str, addresses: Sequence[str], replies: list[SmtpReply | None]) -> None:
        async with self._greeted(mx) as (line, greeting):
            pipelining = await self._introduce(line, greeting)
            asked = [position for position, address in enumerate(addresses) if _ASKABLE.fullmatch(address)]
            commands = [f"MAIL FROM:<{self._mail_from}>", *(f"RCPT TO:<{addresses[position]}>" for position in asked)]
            if pipelining:
                line.send(*commands, "QUIT")
            for number, command in enumerate(commands):
                if not pipelining:
                    line.send(command)
                reply = await line.reply()
                if number:
                    replies[asked[number - 1]] = reply
                if reply.code == 421:
                    raise _Ended("closed", reply)
                if not number and reply.code // 100 != 2:
                    raise _Ended("sender_refused", reply)
            await line.farewell(said=pipelining)

    async def _introduce(self, line: "_Line", greeting: SmtpReply) -> bool:
        """EHLO, else HELO. Whether the server takes commands before it answered the earlier ones."""
        if greeting.code != 220:
            raise _Ended("greeting_refused", greeting)
        line.send(f"EHLO {self._helo}")
        reply = await line.reply()
        if reply.code == 250:
            return "PIPELINING" in reply.text.upper().split("\n")
        if reply.code != 421:
            line.send(f"HELO {self._helo}")
            reply = await line.reply()
        if reply.code != 250:
            raise _Ended("greeting_refused", reply)
        return False

    @asynccontextmanager
    async def _greeted(self, mx: str) -> AsyncGenerator[tuple["_Line", SmtpReply]]:
        """A connection to `mx` and the first thing it said."""
        reader, protocol = stream_ends(limit=LINE_BYTES_MAX)
        try:
            target = await self._guard.check(mx, PORT, ports=SMTP_PORTS)
        except NotConnected:
            raise _Ended("connect_refused") from None
        try:
            transport, _ = await self._egress.open(
                target, lambda: protocol, site=site_of(mx), timeout_seconds=self._times.connect
            )
        except NotConnected as error:
            self._port.silent(mx)
            raise _Ended("connect_timeout" if error.reason == "timeout" else "connect_refused") from None
        try:
            line = _Line(reader, transport, self._times.reply)
            try:
                greeting = await line.reply()
            except (TimeoutError, *_BROKEN):
                self._port.silent(mx)
                raise
            self._port.greeted()
            yield line, greeting
        finally:
            transport.abort()

    async def _ask_known_servers(self) -> None:
        await asyncio.gather(*(self._dialogue(mx, ()) for mx in KNOWN_SERVERS))


class _Line:
    """Commands out, replies in."""

    def __init__(self, reader: asyncio.StreamReader, transport: asyncio.Transport, reply_seconds: float) -> None:
        self._reader = reader
        self._transport = transport
        self._reply_seconds = reply_seconds

    def send(self, *commands: str) -> None:
        self._transport.write("".join(f"{command}\r\n" for command in commands).encode())

    async def reply(self) -> SmtpReply:
        """The next whole reply, its lines joined by line feeds."""
        texts: list[str] = []
        async with asyncio.timeout(self._reply_seconds):
            while len(texts) < REPLY_LINES_MAX:
                line = await self._reader.readuntil(b"\n")
                parts = _REPLY_LINE.match(line)
                if parts is None:
                    raise _BadReply
                texts.append(parts[3].decode("utf-8", "replace").strip())
                if parts[2] != b"-":
                    enhanced = _ENHANCED.match(texts[0])
                    return SmtpReply(int(parts[1]), enhanced[1] if enhanced else "", "\n".join(texts))
        raise _BadReply

    async def farewell(self, *, said: bool) -> None:
        """QUIT (unless it was `said`), and a moment for the answer: all that was asked is known already."""
        if not said:
            self.send("QUIT")
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self._reader.readuntil(b"\n")
        except (TimeoutError, *_BROKEN):
            return


class _PortWatch:
    """What the dialogues of this process tell about port 25."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._testing: Once[None, None] = Once()
        self._test_again = 0.0
        self._silent: set[str] = set()
        self._greeted = False

    @property
    def has_greeted(self) -> bool:
        return self._greeted

    def silent(self, host: str) -> None:
        """`host` was asked, and did not greet."""
        if not self._greeted and len(self._silent) < SILENT_HOSTS_THAT_TELL:
            self._silent.add(host)

    def greeted(self) -> None:
        self._greeted = True

    async def is_open(self, test: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """The verdict, after `test` where there is none or a bad one is old."""
        if not self._greeted and self._clock.monotonic() >= self._test_again:
            self._silent.clear()
            await self._testing.do(None, test)
            self._test_again = self._clock.monotonic() + CLOSED_KEPT_SECONDS
        return self._greeted or len(self._silent) < SILENT_HOSTS_THAT_TELL


class _Turns:
    """At most two connections a server at a time, for all jobs of the process."""

    def __init__(self) -> None:
        self._hosts: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncGenerator[None]:
        semaphore, users = self._hosts.get(host, (asyncio.Semaphore(CONNECTIONS_PER_HOST), 0))
        self._hosts[host] = (semaphore, users + 1)
        try:
            async with semaphore:
                yield
        finally:
            semaphore, users = self._hosts.pop(host)
            if users > 1:
                self._hosts[host] = (semaphore, users - 1)
