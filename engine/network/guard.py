"""Decides which hosts may be connected to, so that nobody reaches the operator's own network through us (SSRF).

Every name is resolved here, every address it has is checked, and the connection goes to a checked address: a name that
answers differently a moment later (DNS rebinding) changes nothing.
"""

import ipaddress
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TypeAlias

from yarl import URL

from engine.network.types import Answer, Dns, NotConnected, Reason, Unreachable

WEB_PORTS = frozenset({80, 443, 8080, 8443})
SMTP_PORTS = frozenset({25})
URL_LENGTH_MAX = 8_192

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

# IPv6 hands out global unicast from here alone (IANA); what else exists wraps an IPv4 address and is unwrapped first.
GLOBAL_UNICAST_V6 = IPv6Network("2000::/3")
# Not for hosts on the internet, though Python 3.11 calls them global: protocol assignments (RFC 6890), 6to4 relays
# (RFC 7526), documentation (RFC 9637), and the public address at which Azure's virtual machines meet their own host.
NOT_FOR_HOSTS = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv4Network("168.63.129.16/32"),
    IPv6Network("3fff::/20"),
)
NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/96"))  # RFC 6052, RFC 8215

_LABELS = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMERIC = re.compile(r"\d+|0x[0-9a-f]*")
# White space and control characters are no part of an address; browsers drop some of them silently, we refuse.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Checked:
    """A host that may be connected to, at these addresses and no others. `host` is the name, for TLS."""

    host: str
    port: int
    addresses: tuple[str, ...]


def parse_url(url: str) -> URL:
    """The normalised address (IDNA host, a path, no fragment) of something that may be asked for in principle.

    Raises:
        Unreachable: `bad_url`, no http(s) address, one with credentials, or with a malformed host.
    """
    text = url.strip()
    try:
        if len(text) > URL_LENGTH_MAX or _CONTROL.search(text):
            raise ValueError("too long, or with control characters")
        parsed = URL(text).with_fragment(None)
        if parsed.scheme not in ("http", "https") or parsed.raw_host is None or parsed.port is None:
            raise ValueError("not http or https")
        if parsed.raw_user is not None or parsed.raw_password is not None:
            raise ValueError("credentials in the address")
        host_of(parsed.raw_host)
        return parsed.with_path("/", keep_query=True) if parsed.path == "/" else parsed
    except ValueError as error:  # UnicodeError is one too
        raise Unreachable(url=url, reason="bad_url", detail=str(error)) from None


def host_of(host: str) -> str | Address:
    """The host as a name (lower case, no final dot) or a literal address.

    Short, decimal, octal and hex spellings of IPv4 addresses are refused rather than guessed: readers disagree on them.

    Raises:
        ValueError: neither a name nor an address in its standard spelling.
    """
    name = host.lower().removesuffix(".")
    if ":" in name:
        if "%" in name:
            raise ValueError("an address with a zone")
        return IPv6Address(name)
    if _NUMERIC.fullmatch(name.rpartition(".")[2]):
        return IPv4Address(name)
    if len(name) > 253 or not _LABELS.fullmatch(name):
        raise ValueError("not a host name")
    return name


def unwrapped(address: Address) -> tuple[Address, ...]:
    """The addresses that traffic to `address` ends at: itself, or the IPv4 addresses it carries."""
    if isinstance(address, IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if any(address in network for network in NAT64):
        return (IPv4Address(int(address) & 0xFFFF_FFFF),)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return (address, *address.teredo)
    return (address,)


def is_public(address: Address) -> bool:
    """Whether `address`, and what it carries, belongs to the internet that anybody may reach."""
    return all(_is_public_unwrapped(inner) for inner in unwrapped(address))


def is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    """Whether one of these networks, the operator's exceptions, holds `address`, and what it carries."""
    inner = unwrapped(address)
    return any(all(each in network for each in inner) for network in trusted)


def _is_public_unwrapped(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in GLOBAL_UNICAST_V6:
        return False
    if any(address in network for network in NOT_FOR_HOSTS):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class Guard:
    """The one check before every connection.

    `trusted` are the operator's exceptions, where any port goes; `services` are the host and port of servers that he
    names himself, wherever they stand.
    """

    def __init__(self, dns: Dns, trusted: Sequence[Network] = (), services: Collection[tuple[str, int]] = ()) -> None:
        self._dns = dns
        self._trusted = tuple(trusted)
        self._services = frozenset(services)

    async def check_url(self, url: str) -> Checked:
        """As `check`, for an address as a person gives it.

        Raises:
            Unreachable: as `parse_url` and `check`.
        """
        parsed = parse_url(url)
        assert parsed.raw_host is not None and parsed.port is not None
        return await self.check(parsed.raw_host, parsed.port)

    async def check(self, host: str, port: int, *, ports: frozenset[int] = WEB_PORTS) -> Checked:
        """The addresses of `host` to connect to, v4 first. One bad address refuses the host.

        Raises:
            NotConnected: `forbidden_address`, `nxdomain`, `dns_failure` or `bad_url`.
        """
        try:
            parsed = host_of(host)
        except ValueError as error:
            raise _refused(host, port, "bad_url", str(error)) from None
        named = (str(parsed), port) in self._services
        if port not in ports and not self._trusted and not named:
            raise _refused(host, port, "forbidden_address", "port")
        name = str(parsed)
        addresses = (parsed,) if not isinstance(parsed, str) else await self._resolve(parsed, port)
        for address in addresses:
            trusted = named or is_trusted(address, self._trusted)
            if not trusted and (port not in ports or not is_public(address)):
                raise _refused(host, port, "forbidden_address", str(address))
        return Checked(name, port, tuple(map(str, addresses)))

    async def _resolve(self, name: str, port: int) -> tuple[Address, ...]:
        answer = await self._dns.addresses(name)
        if answer.status != "ok":
            raise _refused(name, port, _reason(answer), answer.status)
        return tuple(ipaddress.ip_address(record) for record in answer.records)


def _reason(answer: Answer) -> Reason:
    return "nxdomain" if answer.status == "nxdomain" else "dns_failure"


def _refused(host: str, port: int, reason: Reason, detail: str) -> NotConnected:
    return NotConnected(url=f"{host}:{port}", reason=reason, detail=detail)
