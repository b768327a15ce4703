"""A network namespace where every address is this machine: programs that know no proxy reach the sandbox internet.

`unshare -rnm python -m tests.load.namespace FOLDER SITES PACKAGE COUNT` asks a peer about COUNT addresses. The last
line of standard output are its figures. Names are resolved on port 53, mail servers answer on port 25.
"""

import asyncio
import json
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from engine.sandbox.process import RunningSandbox, start
from engine.sandbox.truth import Truth
from engine.sandbox.world import MAIL_FROM, SMTP_HELO
from tests.load.crawl import peer

READ_BYTES = 65_536
SECONDS = 240.0


def prepare(folder: Path) -> None:
    """Make every address local, and name the resolver."""
    resolver = folder / "resolv.conf"
    resolver.write_text("nameserver 127.0.0.1\n")
    for command in (
        ("ip", "link", "set", "lo", "up"),
        ("ip", "route", "add", "local", "default", "dev", "lo"),
        ("mount", "--bind", str(resolver), "/etc/resolv.conf"),
    ):
        subprocess.run(command, check=True)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError), closing(writer):
        while piece := await reader.read(READ_BYTES):
            writer.write(piece)
            await writer.drain()


class Names(asyncio.DatagramProtocol):
    """Hands a query on to the sandbox's name server, and the answer back."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._tasks = set[asyncio.Task[None]]()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        task = asyncio.create_task(self._ask(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, query: bytes, client: tuple[str, int]) -> None:
        """Over TCP, so that no answer is too long to be whole."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        with closing(writer):
            writer.write(len(query).to_bytes(2, "big") + query)
            length = int.from_bytes(await reader.readexactly(2), "big")
            self._transport.sendto(await reader.readexactly(length), client)


async def serve(world: RunningSandbox) -> None:
    """Listen where the world's servers would."""
    proxy_port, dns_port = (int(address.rpartition(":")[2]) for address in (world.proxy, world.dns))

    async def mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = writer.get_extra_info("sockname")[:2]  # the very address that was dialled
        with suppress(OSError, asyncio.IncompleteReadError), closing(writer):
            behind, there = await asyncio.open_connection("127.0.0.1", proxy_port)
            there.write(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            if b" 200 " not in await behind.readuntil(b"\r\n\r\n"):
                there.close()
                return
            await asyncio.gather(pump(reader, there), pump(behind, writer))

    await asyncio.start_server(mail, "0.0.0.0", 25)
    await asyncio.get_running_loop().create_datagram_endpoint(lambda: Names(dns_port), local_addr=("0.0.0.0", 53))


def mixed(truth: Truth, count: int) -> list[str]:
    """So many addresses, of as many causes as there are, in turns."""
    by_cause = dict[str, list[str]]()
    for address, right in truth.addresses.items():
        by_cause.setdefault(right.cause, []).append(address)
    turns = (group[turn] for turn in range(count) for group in by_cause.values() if turn < len(group))
    return [address for address, _ in zip(turns, range(count), strict=False)]


async def main(folder: Path, sites: int, package: str, count: int) -> dict[str, Any]:
    prepare(folder)
    with start(sites=sites, directory=folder) as world:
        await serve(world)
        task = {"package": package, "addresses": mixed(world.truth(), count), "helo": SMTP_HELO, "sender": MAIL_FROM}
        return await asyncio.to_thread(peer, "verify_addresses", task, seconds=SECONDS)


if __name__ == "__main__":
    named, sites_asked, package_asked, asked = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(main(Path(named), int(sites_asked), package_asked, int(asked)))) + "\n")
