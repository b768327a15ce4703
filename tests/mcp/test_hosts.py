"""Which hosts and origins `/mcp` answers to, by the public URL."""

import pytest

from outsend_mcp.http import transport_security


@pytest.mark.parametrize(
    ("base", "hosts", "origins"),
    [
        ("https://outsend.xyz", ["outsend.xyz", "outsend.xyz:443"], ["https://outsend.xyz"]),
        ("https://leads.example:8443", ["leads.example:8443"], ["https://leads.example:8443"]),
    ],
)
def test_a_public_server_answers_to_its_own_name_alone(base: str, hosts: list[str], origins: list[str]) -> None:
    """MCP security point 11."""
    allowed = transport_security(base)

    assert (allowed.allowed_hosts, allowed.allowed_origins) == (hosts, origins)


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_a_local_server_answers_to_every_name_of_this_machine(base: str) -> None:
    allowed = transport_security(base)

    assert {"127.0.0.1:*", "localhost:*", "[::1]:*"} <= set(allowed.allowed_hosts)
    assert {"http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*"} <= set(allowed.allowed_origins)
