"""The world's name server, over UDP and TCP (RFC 1035)."""

import asyncio
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address
from typing import cast

from dnslib import AAAA, CNAME, MX, NS, RCODE, RD, RR, SOA, TXT, A, DNSError, DNSRecord

from engine.sandbox.zone import Records, parents

TTL_SECONDS = 300
NEGATIVE_TTL_SECONDS = 30
SLOW_SECONDS = 1.5
UDP_BYTES = 512
KEPT_ANSWERS = 50_000
REBOUND = "127.0.0.1"
TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "TXT": 16, "AAAA": 28}
KINDS = {number: kind for kind, number in TYPES.items()}

Send = Callable[[bytes], None]


class NameServer:
    """Answers queries from the zone; keeps the bytes of an answer, so that a repeated query costs a look-up."""

    def __init__(self, zone: Mapping[str, Records]) -> None:
        self._zone = zone
        self._empty = parents(list(zone))
        self._kept: dict[bytes, bytes] = {}
        self._asked: dict[str, int] = {}

    def answer(self, query: bytes, send: Send, *, udp: bool) -> None:
        """Send the answer to `query`, at once or, for a slow name, later. What is no query gets none."""
        key = query[2:] + (b"u" if udp else b"t")
        kept = self._kept.get(key)
        if kept is not None:
            send(query[:2] + kept)
            return
        try:
            record = DNSRecord.parse(query)
        except DNSError:
            return
        name = str(record.q.qname).rstrip(".").lower()
        records = self._zone.get(name)
        packed = self._packed(record, name, records, udp=udp)
        if records is not None and records.temper == "slow":
            asyncio.get_running_loop().call_later(SLOW_SECONDS, send, packed)
            return
        if len(self._kept) < KEPT_ANSWERS and (records is None or records.temper != "rebinding"):
            self._kept[key] = packed[2:]
        send(packed)

    def _packed(self, query: DNSRecord, name: str, records: Records | None, *, udp: bool) -> bytes:
        reply = query.reply(ra=1, aa=1)
        kind = KINDS.get(cast("int", query.q.qtype), "")
        failing = records is not None and (
            records.temper == "failure" or (records.temper == "mx_failure" and kind == "MX")
        )
        if failing:
            reply.header.rcode = RCODE.SERVFAIL
        elif records is not None:
            self._add(reply, name, records, kind)
        elif name not in self._empty:
            reply.header.rcode = RCODE.NXDOMAIN
        if not reply.rr and not failing:
            start = SOA(
                "ns1.dns-tranquille.net", "admin.dns-tranquille.net", (1, 3600, 600, 86_400, NEGATIVE_TTL_SECONDS)
            )
            reply.add_auth(RR(name.rpartition(".")[2], TYPES["SOA"], rdata=start, ttl=NEGATIVE_TTL_SECONDS))
        packed = _bytes(reply)
        if udp and len(packed) > UDP_BYTES:
            # dnslib's own truncation drops the question, which resolvers take for a forgery.
            reply.rr, reply.auth, reply.header.tc = [], [], 1
            packed = _bytes(reply)
        return packed

    def _add(self, reply: DNSRecord, name: str, records: Records, kind: str) -> None:
        if records.cname is not None:
            reply.add_answer(RR(name, TYPES["CNAME"], rdata=CNAME(records.cname), ttl=TTL_SECONDS))
            name, records = records.cname, self._zone[records.cname]
        ttl = TTL_SECONDS
        if records.temper == "rebinding":
            ttl, records = 0, self._rebound(name, records)
        for data in rdata(records, kind):
            reply.add_answer(RR(name, TYPES[kind], rdata=data, ttl=ttl))

    def _rebound(self, name: str, records: Records) -> Records:
        self._asked[name] = self._asked.get(name, 0) + 1
        return records if self._asked[name] == 1 else Records(a=(REBOUND,))


def _bytes(record: DNSRecord) -> bytes:
    return bytes(cast("bytearray", record.pack()))


def rdata(records: Records, kind: str) -> list[RD]:
    """The records of one type, as dnslib packs them."""
    makers: dict[str, Callable[[], list[RD]]] = {
        "A": lambda: [A(address) for address in records.a],
        "AAAA": lambda: [AAAA(tuple(IPv6Address(address).packed)) for address in records.aaaa],
        "MX": lambda: [MX(host, preference) for preference, host in records.mx],
        "NS": lambda: [NS(host) for host in records.ns],
        "TXT": lambda: [TXT(text) for text in records.txt],
    }
    return makers[kind]() if kind in makers else []


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._server.answer(data, lambda packed: self._transport.sendto(packed, addr), udp=True)


class _Stream(asyncio.Protocol):
    """Queries over TCP, each behind its length in two bytes."""

    def __init__(self, server: NameServer) -> None:
        self._server = server
        self._received = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while len(self._received) >= 2:
            end = 2 + int.from_bytes(self._received[:2], "big")
            if len(self._received) < end:
                return
            query, self._received = self._received[2:end], self._received[end:]
            self._server.answer(query, self._send, udp=False)

    def _send(self, packed: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(len(packed).to_bytes(2, "big") + packed)


async def serve_dns(zone: Mapping[str, Records], host: str = "127.0.0.1") -> int:
    """Listen on one free port, UDP and TCP; the port."""
    loop = asyncio.get_running_loop()
    server = NameServer(zone)
    for _ in range(20):
        listener = await loop.create_server(lambda: _Stream(server), host, 0)
        port: int = listener.sockets[0].getsockname()[1]
        try:
            await loop.create_datagram_endpoint(lambda: _Datagrams(server), local_addr=(host, port))
        except OSError:
            # The port is free over TCP and taken over UDP: try another.
            listener.close()
            continue
        return port
    raise OSError("no port is free over both TCP and UDP")
