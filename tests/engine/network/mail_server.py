"""A mail server that says what a test tells it to."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class MailServer:
    """`replies` by recipient; others are accepted. `greeting` '' keeps silent."""

    replies: dict[str, str] = field(default_factory=dict)
    greeting: str = "220 mx.shop.fr ESMTP"
    ehlo: str = "250-mx.shop.fr\r\n250-SIZE 1000\r\n250-PIPELINING\r\n250 8BITMIME"
    mail: str = "250 2.1.0 Ok"
    said: list[str] = field(default_factory=list)
    arrivals: list[int] = field(default_factory=list)  # commands that came in each packet
    open_now: int = 0
    most_at_once: int = 0
    delay: float = 0.0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open_now += 1
        self.most_at_once = max(self.most_at_once, self.open_now)
        try:
            await self._talk(reader, writer)
        finally:
            self.open_now -= 1

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.greeting:
            await asyncio.sleep(60)
        await asyncio.sleep(self.delay)
        writer.write(f"{self.greeting}\r\n".encode())
        while packet := await reader.read(65_536):
            commands = packet.decode().splitlines()
            self.said += commands
            self.arrivals.append(len(commands))
            for command in commands:
                reply = self._reply(command)
                if reply is None:
                    await writer.drain()
                    return
                writer.write(f"{reply}\r\n".encode())
                await writer.drain()
                if command == "QUIT" or reply.startswith("421"):
                    return

    def _reply(self, command: str) -> str | None:
        verb = command[:4].upper()
        if verb == "RCPT":
            address = command.partition("<")[2].rstrip(">")
            reply = self.replies.get(address, "250 2.1.5 Ok")
            return reply or None
        return {"EHLO": self.ehlo, "HELO": "250 mx.shop.fr", "MAIL": self.mail, "QUIT": "221 Bye"}.get(
            verb, "500 5.5.1 What?"
        )
