"""A real Chromium in a small outside world on loopback, one for all tests of a file."""

import asyncio
import ipaddress
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from engine.clock import Clock
from engine.network.types import BrowserMissing, Page, World
from engine.network.world import Gateway, open_gateway
from tests.engine.network.outside import (
    Authority,
    NameServer,
    WebSite,
    authority,
    listening,
    name_server,
    response,
    settings,
)

# Servers here stand for public ones; the rest of loopback is as forbidden as it is in production.
PUBLIC = "127.0.0.2"


def names(name: str, kind: str) -> list[str]:
    """Every name is that public host's, but for `inside.*`, which is the machine's own."""
    return [f"60 A {'127.0.0.1' if name.startswith('inside.') else PUBLIC}"] if kind == "A" else []


@dataclass
class Browsing:
    """A gateway with a browser, one job's world, and the authority that both trust."""

    gateway: Gateway
    world: World
    ca: Authority
    dns: NameServer
    dns_port: int

    async def render(self, url: str) -> Page:
        return await self.world.browser.render(url)


@asynccontextmanager
async def browsing_in(folder: Path, **overrides: object) -> AsyncGenerator[Browsing]:
    """A browser and its world for the length of the block. Skips the test where no Chromium starts."""
    ca = authority(folder)
    async with name_server(names) as (server, dns):
        known = {
            "dns_servers": (server,),
            "ca_bundle": ca.path,
            "trusted_networks": (ipaddress.ip_network(f"{PUBLIC}/32"),),
        }
        async with open_gateway(settings(**known | overrides), Clock()) as gateway, gateway.world() as world:
            yield Browsing(gateway, world, ca, dns, int(server.rpartition(":")[2]))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browsing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browsing]:
    async with browsing_in(tmp_path_factory.mktemp("browsing")) as browsing:
        await chromium_or_skip(browsing.gateway)
        yield browsing


async def chromium_or_skip(gateway: Gateway) -> None:
    """Skips, saying so, where no Chromium starts."""
    try:
        await gateway.chromium.tabs.version()
    except BrowserMissing as error:
        pytest.skip(f"NO CHROMIUM STARTS HERE, so rendering is not tested. {error.next_step}")


@dataclass
class Holding(WebSite):
    """Who asks for `/held.js` first gets no answer, until they give up; later ones get `then`."""

    then: bytes = response(b"", Content_Type="text/javascript")
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    given_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def held(writer: asyncio.StreamWriter) -> None:
            if self.asked.is_set():
                writer.write(self.then)
                return
            self.asked.set()
            await reader.read()
            self.given_up.set()

        await WebSite(self.pages | {"/held.js": held}, self.requests, self.heads, self.times)(reader, writer)


@asynccontextmanager
async def shop(site: WebSite, name: str, *, tls: object = None) -> AsyncGenerator[str]:
    """`site` under that name on the public host; the address of its root, without the final slash."""
    async with listening(site, PUBLIC, tls) as port:  # type: ignore[arg-type]
        yield f"{'https' if tls else 'http'}://{name}:{port}"


def descendants(pid: int) -> dict[int, str]:
    """The process's children and theirs, by id, with their command lines."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue  # it ended meanwhile
    found: set[int] = set()
    new = {pid}
    while new:
        found |= new
        new = {child for child, parent in parents.items() if parent in new} - found
    return {each: command for each in found - {pid} if (command := _command(each))}


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def chromium_of(pid: int) -> int:
    """The process id of the Chromium that the process started."""
    return next(each for each, command in descendants(pid).items() if is_chromium(command))


def is_chromium(command: str) -> bool:
    """Whether that is the command line of the browser itself, not of a process of its pages."""
    return "--remote-debugging-pipe" in command and "--type=" not in command


async def ended(pid: int) -> None:
    """Return when the process has ended, whoever its parent is."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(handle, over.set)
    try:
        await over.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)
