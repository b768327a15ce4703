"""A request that is on its way before its connection is complete."""

import asyncio
import ssl

from engine.sandbox.certificates import Certificates
from engine.sandbox.proxy import ProxyConnection
from engine.sandbox.world import build_world

SITES = 10


class Handshake:
    """TLS of a client in memory, so that the test decides which bytes leave together."""

    def __init__(self, host: str) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self._received, self._to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._received, self._to_send, server_hostname=host)

    async def complete(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Shake hands; the last message stays unsent."""
        while True:
            try:
                self._tls.do_handshake()
                return
            except ssl.SSLWantReadError:
                writer.write(self._to_send.read())
                self._received.write(await reader.read(65_536))

    def sealed(self, plain: bytes) -> bytes:
        """All that is unsent, and these bytes."""
        self._tls.write(plain)
        return self._to_send.read()

    async def opened(self, reader: asyncio.StreamReader) -> bytes:
        """The next bytes from the server."""
        while True:
            try:
                return self._tls.read(65_536)
            except ssl.SSLWantReadError:
                received = await reader.read(65_536)
                assert received, "the server hung up"
                self._received.write(received)


async def test_a_request_that_comes_with_the_last_message_of_the_handshake_is_answered() -> None:
    """The standard library's loop hands it over before it says that the connection is made."""
    world = build_world(SITES, seed=7)
    name, host = next((name, host) for name, host in world.hosts.items() if host.tls == "good" and 443 in host.ports)
    certificates, loop = Certificates({}), asyncio.get_running_loop()
    async with await loop.create_server(lambda: ProxyConnection(world, certificates), "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(f"CONNECT {host.address}:443 HTTP/1.1\r\nHost: {host.address}:443\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        handshake = Handshake(name)
        await handshake.complete(reader, writer)

        writer.write(handshake.sealed(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode()))
        answer = await handshake.opened(reader)
        writer.close()
        await writer.wait_closed()

    assert answer.startswith(b"HTTP/1.1 ")
