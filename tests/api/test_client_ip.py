"""Which address counts as the client's."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import Request

from engine.settings import Settings
from outsend_api.client_ip import client_ip

TRUSTED = ("127.0.0.1/32", "10.0.0.0/8", "fd00::/8")


def client_of(peer: str | None, *told: str, trusted: tuple[str, ...] = TRUSTED) -> str:
    headers = [(b"x-forwarded-for", line.encode()) for line in told]
    scope = {"type": "http", "headers": headers, "client": (peer, 1) if peer is not None else None}
    services = cast("Any", SimpleNamespace(settings=Settings(trusted_proxies=cast("Any", trusted))))
    return client_ip(Request(scope), services)


@pytest.mark.parametrize(
    ("peer", "told", "client"),
    [
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.2", ["203.0.113.9"], "127.0.0.2"),  # nobody's proxy
        ("127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["1.1.1.1, 203.0.113.9, 10.0.0.7"], "203.0.113.9"),
        ("127.0.0.1", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),  # several lines are one list
        ("127.0.0.1", ["10.0.0.8, 10.0.0.7"], "10.0.0.8"),  # a client inside the operator's network
        ("127.0.0.1", ["203.0.113.9, unknown"], "127.0.0.1"),  # nothing more is known
        ("127.0.0.1", ["203.0.113.9, unknown, 10.0.0.7"], "10.0.0.7"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("::ffff:127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("fd00::1", ["2001:db8:1:2:ffff::1"], "2001:db8:1:2::/64"),
        ("fe80::1%eth0", [], "fe80::/64"),
        (None, ["203.0.113.9"], "unknown"),
        ("testclient", ["203.0.113.9"], "unknown"),
    ],
)
def test_the_last_address_that_somebody_trustworthy_has_seen(peer: str | None, told: list[str], client: str) -> None:
    """C-047, C-052: limits per IP."""
    assert client_of(peer, *told) == client


def test_without_trusted_proxies_only_the_peer_counts() -> None:
    """C-047, C-052."""
    assert client_of("127.0.0.1", "203.0.113.9", trusted=()) == "127.0.0.1"
