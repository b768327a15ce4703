"""Renders the hostile page in a network of its own, and tells which packets went anywhere else than they may.

`python -m tests.engine.network.watched_process`, in a network namespace of its own.
"""

import asyncio
import ipaddress
import os
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.engine.network.browsing import (
    PUBLIC,
    Browsing,
    browsing_in,
    chromium_of,
    chromium_or_skip,
    descendants,
    shop,
)
from tests.engine.network.hostile_page import hostile_page
from tests.engine.network.outside import WebSite

ALL_PROTOCOLS = 3  # ETH_P_ALL of Linux
IP_V4, IP_V6 = 0x0800, 0x86DD
SYN_WITHOUT_ACK, TCP_FLAGS_MASK = 0x02, 0x12
ICMP_V6 = 58  # among others, neighbour discovery of the kernel
Opened = tuple[str, str, int]


def opened(frame: bytes, name_server: int) -> Opened | None:
    """Protocol, address and port that a frame opens a way to; None for what belongs to an open one."""
    kind = struct.unpack("!H", frame[12:14])[0]
    packet = frame[14:]
    if kind == IP_V4:
        protocol, address, rest = packet[9], str(ipaddress.ip_address(packet[16:20])), packet[(packet[0] & 15) * 4 :]
    elif kind == IP_V6:
        protocol, address, rest = packet[6], str(ipaddress.ip_address(packet[24:40])), packet[40:]
    else:
        return ("ethernet", hex(kind), 0)
    source, port = struct.unpack("!HH", rest[:4])
    if protocol == socket.IPPROTO_TCP:
        return ("tcp", address, port) if rest[13] & TCP_FLAGS_MASK == SYN_WITHOUT_ACK else None
    if protocol == socket.IPPROTO_UDP:
        return None if name_server in (source, port) else ("udp", address, port)
    return None if protocol in (socket.IPPROTO_ICMP, ICMP_V6) else (str(protocol), address, 0)


class Watch:
    """Notes every way that is opened while it runs."""

    def __init__(self, name_server: int) -> None:
        self._name_server = name_server
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
        self._socket.setblocking(False)
        self.seen: set[Opened] = set()

    def read(self) -> None:
        with suppress(BlockingIOError):
            while True:
                way = opened(self._socket.recv(65_536), self._name_server)
                if way is not None:
                    self.seen.add(way)

    async def run(self, browsing: Browsing) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._socket, self.read)
        async with shop(WebSite({"/": hostile_page(tcp=8080, udp=3478)}), "harm.fr") as root:
            page = await browsing.render(f"{root}/")
            self.seen -= {("tcp", PUBLIC, int(root.rpartition(":")[2]))}
        loop.remove_reader(self._socket)
        self.read()
        self._socket.close()
        sys.stdout.write("rendered\n" if "tried" in page.html else f"{page.html}\n")


async def main(folder: Path) -> None:
    async with browsing_in(folder) as browsing:
        await chromium_or_skip(browsing.gateway)
        watch = Watch(browsing.dns_port)
        await watch.run(browsing)
        command = descendants(os.getpid())[chromium_of(os.getpid())]
        proxy = int(command.partition("--proxy-server=http://127.0.0.1:")[2].split()[0])
    assert ("tcp", "127.0.0.1", proxy) in watch.seen, "the watch saw nothing"
    sys.stdout.write(f"strangers: {sorted(watch.seen - {('tcp', '127.0.0.1', proxy)})}\n")


if __name__ == "__main__":
    with TemporaryDirectory() as temporary:
        asyncio.run(main(Path(temporary)))
