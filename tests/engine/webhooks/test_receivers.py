"""Which addresses may be named."""

import ipaddress

import pytest

from engine.webhooks.errors import BadWebhookUrl
from engine.webhooks.receivers import checked_url, host_shown, receiver_of

LOCAL = (ipaddress.ip_network("127.0.0.1/32"),)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://example.com/hooks?x=1#part", "https://example.com/hooks?x=1"),
        ("  http://EXAMPLE.com:8080 ", "http://example.com:8080/"),
        ("https://bücher.example/é", "https://xn--bcher-kva.example/%C3%A9"),
        ("https://8.8.8.8:8443/", "https://8.8.8.8:8443/"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
    ],
)
def test_a_public_address_is_taken_as_it_will_be_asked_for(url: str, asked: str) -> None:
    assert checked_url(url, trusted=()) == asked


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "//example.com", "ftp://example.com", "file:///etc/passwd", "javascript:1", "http://",
        "https://user@example.com", "https://user:word@example.com", "https://example.com:22", "https://example.com:0",
        "https://example.com:99999", "https://exa mple.com", "https://example.com/\r\nX: 1", "https://example.com/\0",
        "http://127.0.0.1", "http://10.0.0.1", "http://192.168.1.1:8080", "http://169.254.169.254/latest/meta-data",
        "http://[::1]", "http://[::ffff:10.0.0.1]", "http://[fd00::1]", "http://[64:ff9b::a00:1]", "http://0.0.0.0",
        "http://0x7f000001", "http://2130706433", "http://127.1", "http://017700000001", "http://localhost",
        "http://LOCALHOST.", "http://a.localhost", "https://" + "a" * 2_050 + ".com", "http://\ud800.com", None, 5, [],
    ],
)  # fmt: skip
def test_anything_else_is_refused_by_its_field(url: object) -> None:
    with pytest.raises(BadWebhookUrl) as refused:
        checked_url(url, trusted=())

    assert refused.value.text.startswith("Champ « webhook_url » : ")
    assert refused.value.kind == "unprocessable"


def test_the_operators_networks_are_open_on_any_port_and_no_others() -> None:
    assert checked_url("http://127.0.0.1:5678/webhook", trusted=LOCAL)
    assert checked_url("http://n8n.internal:5678/webhook", trusted=LOCAL)  # the guard sees where the name leads
    for url in ("http://127.0.0.2/", "http://10.0.0.1/", "http://8.8.8.8:5678/"):
        with pytest.raises(BadWebhookUrl):
            checked_url(url, trusted=LOCAL)


def test_two_accounts_never_share_a_receiver() -> None:
    assert receiver_of(1, "https://hooks.example/a") == receiver_of(1, "https://hooks.example:443/b")
    assert receiver_of(1, "https://hooks.example/a") != receiver_of(2, "https://hooks.example/a")
    assert host_shown("https://hooks.example/secret") == "hooks.example"
