"""Which hosts may be connected to."""

import ipaddress
from collections.abc import Sequence

import pytest
from dnslib import RCODE

from engine.clock import Clock
from engine.network.guard import SMTP_PORTS, Guard, is_public, parse_url
from engine.network.resolver import Resolver
from engine.network.types import Unreachable
from tests.engine.network.outside import hosts, name_server

FORBIDDEN = {
    "this network": "0.0.0.0",
    "private 10": "10.1.2.3",
    "carrier-grade NAT": "100.64.0.1",
    "loopback": "127.0.0.1",
    "link-local, cloud metadata": "169.254.169.254",
    "private 172": "172.16.0.1",
    "protocol assignments": "192.0.0.8",
    "documentation": "192.0.2.1",
    "6to4 relay": "192.88.99.1",
    "private 192": "192.168.1.1",
    "a cloud's host agent": "168.63.129.16",
    "benchmarks": "198.18.0.1",
    "multicast": "224.0.0.1",
    "multicast, said to be global": "239.1.1.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "v6 unspecified": "::",
    "v6 loopback": "::1",
    "v4-compatible": "::7f00:1",
    "v4-mapped loopback": "::ffff:127.0.0.1",
    "v4-mapped metadata": "::ffff:a9fe:a9fe",
    "v4-translated": "::ffff:0:127.0.0.1",
    "NAT64 of a private address": "64:ff9b::a00:1",
    "local NAT64 of a private address": "64:ff9b:1::a00:1",
    "local NAT64 in another layout": "64:ff9b:1:7f00:0:100::",
    "discard": "100::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "v6 documentation": "2001:db8::1",
    "v6 documentation, new": "3fff::1",
    "6to4 of a private address": "2002:a00:1::",
    "6to4 of loopback": "2002:7f00:1::",
    "segment routing": "5f00::1",
    "unique local": "fd00::1",
    "v6 link-local": "fe80::1",
    "v6 site-local": "fec0::1",
    "v6 multicast": "ff02::1",
}
PUBLIC = ("8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::")

BAD_URLS = {
    "another scheme": "ftp://example.com/",
    "a file": "file:///etc/passwd",
    "a script": "javascript:alert(1)",
    "no scheme": "example.com",
    "no host": "http:///path",
    "credentials": "http://user:secret@example.com/",
    "a user": "http://user@example.com/",
    "a backslash": "http://good.example\\@evil.example/",
    "a decimal address": "http://2130706433/",
    "a hex address": "http://0x7f000001/",
    "a hex part": "http://0x7f.0.0.1/",
    "an octal part": "http://0177.0.0.1/",
    "a short address": "http://127.1/",
    "zero": "http://0/",
    "five parts": "http://1.2.3.4.5/",
    "a zone": "http://[fe80::1%25eth0]/",
    "an escaped host": "http://%31%32%37.0.0.1/",
    "a space in the host": "http://exa mple.com/",
    "an empty label": "http://a..b/",
    "a long label": f"http://{'a' * 64}.com/",
    "a line break": "http://example.com/\r\nX: y",
    "no such port": "http://example.com:99999/",
    "too long": "http://example.com/" + "a" * 9_000,
}


@pytest.mark.parametrize("address", FORBIDDEN.values(), ids=FORBIDDEN)
def test_addresses_that_are_not_of_the_internet_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("url", BAD_URLS.values(), ids=BAD_URLS)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(Unreachable) as refused:
        parse_url(url)

    assert refused.value.reason == "bad_url"


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTP://Example.COM", "http://example.com/"),
        ("http://example.com?a=1", "http://example.com/?a=1"),
        ("http://example.com/a%2Fb/", "http://example.com/a%2Fb/"),
        (" https://münchen.de/ü#top ", "https://xn--mnchen-3ya.de/%C3%BC"),
        ("http://example.com/two words", "http://example.com/two%20words"),
        ("http://example.com./", "http://example.com./"),
    ],
)
def test_a_web_address_is_normalised(url: str, normal: str) -> None:
    assert str(parse_url(url)) == normal


@pytest.mark.parametrize(
    "url", ["http://１２７.０.０.１/", "http://127。0。0。1/", "http://127.0.0.1./", "http://[::1]/"]
)
async def test_literal_addresses_are_checked_however_they_are_written(url: str) -> None:
    guard = Guard(Resolver((), Clock()))

    with pytest.raises(Unreachable) as refused:
        await guard.check_url(url)

    assert refused.value.reason == "forbidden_address"


async def test_a_public_name_is_checked_with_all_its_addresses_v4_first() -> None:
    zone = {("shop.fr", "AAAA"): ["60 AAAA 2606:4700::1111"], ("shop.fr", "A"): ["60 A 93.184.216.34"]}
    async with name_server(zone) as (server, _):
        resolver = Resolver([server], Clock())
        checked = await Guard(resolver).check_url("https://Shop.fr/page")
        await resolver.close()

    assert (checked.host, checked.port) == ("shop.fr", 443)
    assert checked.addresses == ("93.184.216.34", "2606:4700::1111")


@pytest.mark.parametrize("bad", ["10.0.0.1", "127.0.0.1", "169.254.169.254"])
async def test_one_bad_address_refuses_the_host(bad: str) -> None:
    zone = {("mixed.fr", "A"): ["60 A 93.184.216.34", f"60 A {bad}"]}

    assert await _reason("mixed.fr", 80, zone) == "forbidden_address"


async def test_a_bad_v6_address_beside_a_good_v4_one_refuses_the_host() -> None:
    zone = {("mixed.fr", "A"): ["60 A 93.184.216.34"], ("mixed.fr", "AAAA"): ["60 AAAA ::ffff:a00:1"]}

    assert await _reason("mixed.fr", 80, zone) == "forbidden_address"


@pytest.mark.parametrize("port", [22, 25, 3306, 6379, 8000, 11434])
async def test_other_ports_are_refused(port: int) -> None:
    assert await _reason("shop.fr", port, hosts("shop.fr", address="93.184.216.34")) == "forbidden_address"


async def test_mail_servers_are_reached_on_port_25_alone() -> None:
    async with name_server(hosts("mx.fr", address="93.184.216.34")) as (server, _):
        resolver = Resolver([server], Clock())
        checked = await Guard(resolver).check("mx.fr", 25, ports=SMTP_PORTS)
        with pytest.raises(Unreachable):
            await Guard(resolver).check("mx.fr", 80, ports=SMTP_PORTS)
        await resolver.close()

    assert checked.port == 25


async def test_trusted_networks_may_be_reached_on_any_port() -> None:
    guard = Guard(Resolver((), Clock()), [ipaddress.ip_network("127.0.0.0/8")])

    assert (await guard.check("localhost", 11434)).addresses == ("127.0.0.1",)
    assert (await guard.check("::ffff:127.0.0.1", 11434)).addresses == ("::ffff:7f00:1",)


async def test_trust_in_one_network_opens_no_port_elsewhere() -> None:
    trusted = [ipaddress.ip_network("127.0.0.0/8")]

    assert await _reason("shop.fr", 11434, hosts("shop.fr", address="93.184.216.34"), trusted) == "forbidden_address"
    assert await _reason("shop.fr", 80, hosts("shop.fr", address="10.0.0.1"), trusted) == "forbidden_address"


async def test_a_missing_name_is_told_apart_from_a_failing_server() -> None:
    assert await _reason("gone.fr", 80, {}) == "nxdomain"
    assert await _reason("broken.fr", 80, {("broken.fr", "A"): RCODE.SERVFAIL}) == "dns_failure"
    assert await _reason("empty.fr", 80, {("empty.fr", "TXT"): ["60 TXT x"]}) == "dns_failure"


async def _reason(
    host: str, port: int, zone: dict[tuple[str, str], Sequence[str]], trusted: Sequence[ipaddress.IPv4Network] = ()
) -> str:
    async with name_server(zone) as (server, _):
        resolver = Resolver([server], Clock())
        with pytest.raises(Unreachable) as refused:
            await Guard(resolver, trusted).check(host, port)
        await resolver.close()
    return refused.value.reason
