"""Where a code may be sent. Sources: RFC 8252 section 7.3, RFC 9700 section 2.1."""

import pytest

from engine.oauth.errors import BadRedirect
from engine.oauth.redirects import checked, host_of, is_local, matches


@pytest.mark.parametrize(
    "uri",
    [
        "https://claude.ai/api/mcp/auth_callback",
        "https://claude.com:8443/callback?k=v",
        "http://127.0.0.1/callback",
        "http://localhost:6274/oauth/callback",
        "http://[::1]:9/",
    ],
)
def test_https_and_this_machine_are_fine(uri: str) -> None:
    """MCP security point 5."""
    assert checked([uri]) == [uri]


@pytest.mark.parametrize(
    "uri",
    [
        "http://claude.ai/callback",
        "ftp://127.0.0.1/",
        "cursor://callback",
        "javascript:alert(1)//https://claude.ai",
        "https://claude.ai/#",
        "https://claude.ai/#part",
        "https://user@claude.ai/",
        "https://claude.ai\\@evil.example/",
        "https://claude.ai/\n",
        "https://cläude.ai/",
        "https://[::1/",
        "https://claude.ai:port/",
        "https:///callback",
        "/callback",
        "",
        "https://claude.ai/" + "x" * 3000,
    ],
)
def test_anything_else_is_refused(uri: str) -> None:
    """MCP security point 5."""
    with pytest.raises(BadRedirect):
        checked([uri])


@pytest.mark.parametrize("count", [0, 11])
def test_a_client_names_one_to_ten(count: int) -> None:
    with pytest.raises(BadRedirect):
        checked(["https://claude.ai/"] * count)


@pytest.mark.parametrize(
    ("asked", "registered", "same"),
    [
        ("https://a.example/cb", "https://a.example/cb", True),
        ("https://a.example:444/cb", "https://a.example/cb", False),
        ("https://a.example/CB", "https://a.example/cb", False),
        ("http://127.0.0.1:5/cb", "http://127.0.0.1/cb", True),
        ("http://127.0.0.1/cb", "http://127.0.0.1:7/cb", True),
        ("http://[::1]:5/cb?k=v", "http://[::1]:7/cb?k=v", True),
        ("http://127.0.0.1:5/cb?k=v", "http://127.0.0.1/cb", False),
        ("http://127.0.0.1:5/cb#x", "http://127.0.0.1/cb", False),
        ("http://u@127.0.0.1:5/cb", "http://127.0.0.1/cb", False),
        ("http://localhost:5/cb", "http://127.0.0.1/cb", False),
        ("https://127.0.0.1:5/cb", "https://127.0.0.1/cb", False),
    ],
)
def test_only_the_port_of_this_machine_may_differ(asked: str, registered: str, same: bool) -> None:
    assert matches(asked, ("https://other.example/", registered)) is same


def test_a_person_is_shown_the_host() -> None:
    assert (host_of("https://a.example:444/cb"), host_of("http://127.0.0.1:5/cb")) == ("a.example:444", "127.0.0.1")
    assert is_local("http://[::1]:5/") and not is_local("https://localhost.evil.example/")
