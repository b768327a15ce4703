"""Receivers on loopback that do what a test says, and a product whose messages go to them."""

import asyncio
import ipaddress
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.context import Caller, Context, Services, write
from engine.network.world import Gateway, open_gateway
from engine.settings import Settings
from engine.webhooks import operations as webhooks
from engine.webhooks.schemas import DeliveryPublic
from engine.webhooks.sender import Sender
from tests.engine.network.outside import listening, response
from tests.house import account, house
from tests.visitors import StandingClock

LOOPBACK = (ipaddress.ip_network("127.0.0.1/32"),)
OK = response(b"thanks")
DOWN = response(status="503 Service Unavailable")

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Message:
    """One request as it came: header names in lower case, the raw body."""

    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def delivery(self) -> str:
        return self.headers["outsend-delivery"]


@dataclass
class Receiver:
    """Answers one message after the other as `answers` says, the last one for ever. `most`: there at once."""

    answers: list[Answer] = field(default_factory=lambda: [OK])
    messages: list[Message] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    now: int = 0
    most: int = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        lines = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in lines}
        body = await reader.readexactly(int(headers["content-length"]))
        self.messages.append(Message(head[0].split(" ")[1], headers, body))
        self.now += 1
        self.most = max(self.most, self.now)
        self.arrived.set()
        try:
            await self._answer(writer)
        finally:
            self.now -= 1

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            await answer(writer)
        else:
            writer.write(answer)
        await writer.drain()


async def hang(writer: asyncio.StreamWriter) -> None:
    """Take the message and say nothing."""
    await asyncio.sleep(3_600)


async def close(writer: asyncio.StreamWriter) -> None:
    """Hang up in place of an answer."""
    writer.close()


@dataclass
class Post:
    """A product without a worker whose clock stands still, and the sender that a worker would have."""

    services: Services
    me: Caller
    sender: Sender
    gateway: Gateway
    clock: StandingClock

    async def send(self) -> None:
        """Make one round: a try of each delivery that is due."""
        await self.sender.start_due()
        await self.sender.idle()

    async def announce(self, url: str, *, by: Caller | None = None, **told: Any) -> None:
        await (by or self.me).call(_announce, url, told)

    async def deliveries(self) -> list[DeliveryPublic]:
        """Newest first."""
        return (await self.me.call(webhooks.list_deliveries)).items

    async def delivery(self) -> DeliveryPublic:
        (found,) = await self.deliveries()
        return found


@write
def _announce(context: Context, url: str, told: dict[str, Any]) -> None:
    webhooks.announce(
        context,
        account_id=context.account_id,
        url=url,
        event="job.finished",
        subject_id="j_1",
        told={"id": "j_1"} | told,
    )


@asynccontextmanager
async def post(folder: Path, *, url: str | None = None, **overrides: Any) -> AsyncGenerator[Post]:
    """The product over SQLite, or the database at `url`; messages may go to 127.0.0.1 and to nothing else of here."""
    clock = StandingClock()
    settings = Settings(**{"data_dir": folder, "trusted_networks": LOOPBACK} | overrides)
    with house(folder, url=url, clock=clock, deaf=True) as services:
        services.settings = settings
        async with open_gateway(settings, clock) as gateway:
            yield Post(services, account(services), Sender(services, gateway.post), gateway, clock)


@asynccontextmanager
async def at(receiver: Receiver) -> AsyncGenerator[str]:
    """The receiver's address."""
    async with listening(receiver) as port:
        yield f"http://127.0.0.1:{port}/hooks/outsend?key=1"
