"""Who a request comes from, for limits per IP: the peer, or what a trusted proxy says of it."""

import ipaddress
from collections.abc import Sequence
from typing import TypeAlias

from engine.settings import Network

IPV6_PREFIX = 64  # a household gets as many addresses as it likes within one
UNKNOWN = "unknown"  # a peer without an address: a Unix socket

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_ip(peer_host: str | None, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """The client: an IPv4 address, or an IPv6 network of 64 bits. `forwarded`: the lines of `X-Forwarded-For`.

    They count only when the peer is one of the `trusted` proxies: each proxy appends who called it, so the right-most
    address that is no trusted proxy is the last one that somebody trustworthy has seen.
    """
    peer = _address(peer_host) if peer_host is not None else None
    if peer is None:
        return UNKNOWN
    return _limited(_behind(peer, ",".join(forwarded).split(","), trusted))


def _behind(peer: Address, told: Sequence[str], trusted: Sequence[Network]) -> Address:
    client = peer
    for text in reversed(told):
        if not any(client in network for network in trusted):
            break
        address = _address(text.strip())
        if address is None:  # nothing more is known than who said so
            break
        client = address
    return client


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _limited(address: Address) -> str:
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((int(address), IPV6_PREFIX), strict=False))
