"""Every DNS look-up of the product: addresses, mail servers, name servers, texts, cached as long as they say."""

import asyncio
import ipaddress
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import aiodns
import pycares

from engine.clock import Clock
from engine.network.once import Once
from engine.network.types import Answer, MxAnswer, Status

QUERY_SECONDS = 1.0  # before a server is asked again or the next one is
QUERY_TRIES = 2
# A channel that has seen fast answers gives up within a second: who is slow for once is asked anew, patiently.
PATIENT_SECONDS = 5.0
TTL_MIN_SECONDS = 5.0
TTL_MAX_SECONDS = 3_600.0
NEGATIVE_SECONDS = 30.0
FAILURE_SECONDS = 5.0  # a broken server may be back soon
CACHE_ENTRIES = 20_000

RecordType = Literal["A", "AAAA", "MX", "NS", "TXT"]
_Key = tuple[str, RecordType]

_STATUS: dict[int, Status] = {
    aiodns.error.ARES_ENOTFOUND: "nxdomain",
    aiodns.error.ARES_EBADNAME: "nxdomain",  # no such name can exist
    aiodns.error.ARES_ENODATA: "no_data",
}


@dataclass(frozen=True, slots=True)
class _Records:
    """Records of one type as text (MX: 'preference host'), good until `expires` on the monotonic clock."""

    status: Status
    records: tuple[str, ...]
    expires: float


class Resolver:
    """Asks `servers` ('host:port' each; the system's own when there are none)."""

    def __init__(self, servers: Sequence[str], clock: Clock) -> None:
        self._servers = tuple(servers)
        self._clock = clock
        self._channel: aiodns.DNSResolver | None = None  # opened at the first question, on the running loop
        self._cache: OrderedDict[_Key, _Records] = OrderedDict()
        self._asking: Once[_Key, _Records] = Once()

    async def addresses(self, host: str, *, fresh: bool = False) -> Answer:
        name = _ascii(host)
        if name is None:
            return Answer("nxdomain")
        if name == "localhost" or name.endswith(".localhost"):  # RFC 6761: never asked of a server
            return Answer("ok", ("127.0.0.1",))
        v4, v6 = await asyncio.gather(self._look_up(name, "A", fresh=fresh), self._look_up(name, "AAAA", fresh=fresh))
        records = v4.records + v6.records
        return Answer("ok", records) if records else Answer(_worse(v4.status, v6.status))

    async def mx(self, domain: str) -> MxAnswer:
        found = await self._named(domain, "MX")
        pairs = sorted((int(preference), host) for preference, host in (text.split(" ", 1) for text in found.records))
        if found.status == "ok" and all(not host for _, host in pairs):
            return MxAnswer("ok", null_mx=True)
        return MxAnswer(found.status, tuple(host for _, host in pairs if host))

    async def ns(self, domain: str) -> Answer:
        return await self._named(domain, "NS")

    async def txt(self, domain: str) -> Answer:
        return await self._named(domain, "TXT")

    async def close(self) -> None:
        """Cancel the open questions and close the sockets."""
        await self._asking.close()
        if self._channel is not None:
            await self._channel.close()
            self._channel = None

    async def _named(self, domain: str, kind: RecordType) -> Answer:
        name = _ascii(domain)
        if name is None:
            return Answer("nxdomain")
        found = await self._look_up(name, kind)
        return Answer(found.status, found.records)

    async def _look_up(self, name: str, kind: RecordType, *, fresh: bool = False) -> _Records:
        key = (name, kind)
        known = self._cache.get(key)
        if known is not None and not fresh and known.expires > self._clock.monotonic():
            self._cache.move_to_end(key)
            return known
        found = await self._asking.do(key, lambda: self._ask(name, kind, fresh=fresh))
        self._cache[key] = found
        if len(self._cache) > CACHE_ENTRIES:
            self._cache.popitem(last=False)
        return found

    async def _ask(self, name: str, kind: RecordType, *, fresh: bool) -> _Records:
        if fresh:  # a channel keeps answers itself, and its own cache has no way around it
            async with self._new_channel() as channel:
                return await self._query(channel, name, kind)
        if self._channel is None:
            self._channel = self._new_channel()
        try:
            return await self._query(self._channel, name, kind)
        except TimeoutError:
            async with self._new_channel(seconds=PATIENT_SECONDS, tries=1) as patient:
                return await self._query(patient, name, kind)

    def _new_channel(self, *, seconds: float = QUERY_SECONDS, tries: int = QUERY_TRIES) -> aiodns.DNSResolver:
        return aiodns.DNSResolver(self._servers or None, timeout=seconds, tries=tries)

    async def _query(self, channel: aiodns.DNSResolver, name: str, kind: RecordType) -> _Records:
        now = self._clock.monotonic
        try:
            result = await channel.query_dns(name, kind)
        except aiodns.error.DNSError as error:
            if error.args[0] == aiodns.error.ARES_ETIMEOUT and channel is self._channel:
                raise TimeoutError from None
            status = _STATUS.get(error.args[0], "failure")
            return _Records(status, (), now() + (FAILURE_SECONDS if status == "failure" else NEGATIVE_SECONDS))
        wanted = [record for record in result.answer if record.type == aiodns.query_type_map[kind]]
        if not wanted:  # an alias that leads nowhere
            return _Records("no_data", (), now() + NEGATIVE_SECONDS)
        keep = min(max(min(record.ttl for record in result.answer), TTL_MIN_SECONDS), TTL_MAX_SECONDS)
        return _Records("ok", tuple(_text(record.data) for record in wanted), now() + keep)


def _text(data: object) -> str:
    match data:
        case pycares.ARecordData() | pycares.AAAARecordData():
            return str(ipaddress.ip_address(data.addr))
        case pycares.MXRecordData():
            return f"{data.priority} {data.exchange.rstrip('.').lower()}"
        case pycares.NSRecordData():
            return data.nsdname.rstrip(".").lower()
        case pycares.TXTRecordData():
            return data.data.decode("utf-8", "replace")
        case _:
            raise TypeError(f"no text for {type(data).__name__}")


def _ascii(name: str) -> str | None:
    """The name as it is asked: IDNA, lower case, no final dot. None where no such name can exist."""
    try:
        text = name.strip().removesuffix(".").lower()
        text = text if text.isascii() else text.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    fits = 0 < len(text) <= 253 and all(0 < len(label) <= 63 for label in text.split("."))
    return text if fits and not any(character <= " " for character in text) else None


def _worse(first: Status, second: Status) -> Status:
    """What two empty answers say together: a failure hides the truth, and one NXDOMAIN means no name at all."""
    for status in ("failure", "nxdomain"):
        if status in (first, second):
            return status
    return "no_data"
