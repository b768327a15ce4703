"""Mail servers on loopback that speak SMTP, and the proxy that leads there: port 25 itself needs privileges."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

Replies = Callable[[str, int], str | None]  # (local part, how often it was asked) -> the RCPT reply; None: silence

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class SmtpServer:
    """One server. What it says to a recipient is `reply`; the rest is its manners."""

    reply: Replies
    greeting: str = "220 mx ready"
    pipelining: bool = True
    recipients_max: int | None = None  # then 421 and the connection ends
    asked: dict[str, int] = field(default_factory=dict)
    connections: int = 0
    commands: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(f"{self.greeting}\r\n".encode())
        heard = 0
        while self.greeting.startswith("220") and (line := (await reader.readline()).decode().strip()):
            self.commands.append(line)
            answer = self._answer(line, heard)
            heard += line.startswith("RCPT")
            if answer is None:
                await reader.read()  # silent until the other end gives up
                break
            writer.write(f"{answer}\r\n".encode())
            if line == "QUIT" or answer.startswith("421"):
                break
        writer.close()

    def _answer(self, line: str, heard: int) -> str | None:
        if line.startswith("EHLO"):
            return "250-mx\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES" if self.pipelining else "250 mx"
        if recipient := re.fullmatch(r"RCPT TO:<(.+)@.+>", line):
            if self.recipients_max is not None and heard >= self.recipients_max:
                return "421 4.7.0 Too many recipients on this connection"
            local = recipient[1]
            self.asked[local] = self.asked.get(local, 0) + 1
            return self.reply(local, self.asked[local])
        return "250 2.0.0 Ok"


def mailboxes(*known: str, otherwise: str = "550 5.1.1 User unknown", **replies: str) -> Replies:
    """A server's mailboxes: those it knows, those with a reply of their own, and what it says to the others."""
    return lambda local, tried: replies.get(local, "250 2.1.5 Ok" if local in known else otherwise)


def greylist(*known: str) -> Replies:
    """Nobody gets in at the first try."""
    open_reply = mailboxes(*known)
    return lambda local, tried: "451 4.7.1 Greylisted, try again later" if tried == 1 else open_reply(local, tried)


@asynccontextmanager
async def proxy_to(servers: Mapping[str, SmtpServer]) -> AsyncIterator[str]:
    """An HTTP proxy that splices `CONNECT address:25` to the server of that address; nobody listens elsewhere."""
    talks: set[asyncio.Task[None]] = set()

    async def listen(stack: AsyncExitStack, talk: Talk) -> int:
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            talks.add(task)
            await talk(reader, writer)

        server = await stack.enter_async_context(await asyncio.start_server(accept, "127.0.0.1", 0))
        return server.sockets[0].getsockname()[1]

    async with AsyncExitStack() as stack:
        ports = {f"{address}:25": await listen(stack, server.serve) for address, server in servers.items()}

        async def splice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            target = (await reader.readuntil(b"\r\n\r\n")).decode().split()[1]
            if target in ports:
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", ports[target])
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
                await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
            else:
                writer.write(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
                writer.close()

        yield f"http://127.0.0.1:{await listen(stack, splice)}"
        await asyncio.gather(*talks)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
