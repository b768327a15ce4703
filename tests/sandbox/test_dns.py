"""The name server."""

import time
from ipaddress import IPv4Address, IPv6Address

from dnslib import RCODE

from engine.sandbox.truth import Truth
from tests.sandbox.client import Client, records


async def test_a_site_has_a_stable_address_in_the_benchmark_range(client: Client, truth: Truth) -> None:
    host = truth.of_kind("healthy")[0].host

    first, second = records(await client.ask(host)), records(await client.ask(host))

    assert first == second
    assert first[0].startswith(("198.18.", "198.19."))


async def test_a_name_outside_the_world_does_not_exist(client: Client) -> None:
    answer = await client.ask("nobody-has-this-name.fr")

    assert answer.header.rcode == RCODE.NXDOMAIN
    assert answer.auth


async def test_the_site_that_is_gone_does_not_exist(client: Client, truth: Truth) -> None:
    answer = await client.ask(truth.of_kind("nxdomain")[0].host)

    assert answer.header.rcode == RCODE.NXDOMAIN


async def test_a_name_without_ipv6_answers_with_no_records_and_no_error(client: Client, truth: Truth) -> None:
    answer = await client.ask(truth.of_kind("healthy")[0].host, "AAAA")

    assert answer.header.rcode == RCODE.NOERROR
    assert not answer.rr


async def test_udp_and_tcp_say_the_same(client: Client, truth: Truth) -> None:
    host = truth.of_kind("healthy")[0].host

    assert records(await client.ask(host)) == records(await client.ask_tcp(host))


async def test_an_answer_too_long_for_udp_is_truncated_and_whole_over_tcp(client: Client, truth: Truth) -> None:
    name = truth.names["long_text"]

    truncated = await client.ask(name, "TXT")

    assert truncated.header.tc == 1
    assert str(truncated.q.qname) == f"{name}."
    assert len(records(await client.ask_tcp(name, "TXT"))) == 12


async def test_mail_servers_come_with_their_preference(client: Client) -> None:
    assert records(await client.ask("gmail.com", "MX")) == ["10 mx1.gmail.com.", "20 mx2.gmail.com."]


async def test_a_null_mx_says_that_no_mail_is_taken(client: Client, truth: Truth) -> None:
    domain = domain_of(truth, "null_mx")

    assert records(await client.ask(domain, "MX")) == ["0 ."]


async def test_a_domain_without_mx_still_has_its_address(client: Client, truth: Truth) -> None:
    domain = domain_of(truth, "no_mx/live")

    assert not records(await client.ask(domain, "MX"))
    assert records(await client.ask(domain))


async def test_a_parked_domain_is_served_by_a_parking_company(client: Client, truth: Truth) -> None:
    domain = truth.of_kind("parked_nameserver")[0].host.removeprefix("www.")

    assert records(await client.ask(domain, "NS")) == ["ns1.sedoparking.com.", "ns2.sedoparking.com."]


async def test_a_broken_zone_is_a_server_failure(client: Client, truth: Truth) -> None:
    site = truth.of_kind("dns_failure")[0]

    assert (await client.ask(site.host)).header.rcode == RCODE.SERVFAIL
    assert (await client.ask(truth.names["servfail"])).header.rcode == RCODE.SERVFAIL


async def test_the_rebinding_name_turns_to_this_machine(client: Client, truth: Truth) -> None:
    name = truth.names["rebinding"]

    answers = [await client.ask(name) for _ in range(2)]

    assert records(answers[1]) == ["127.0.0.1"]
    assert answers[0].rr[0].ttl == 0


async def test_names_that_lead_inside_are_there_to_be_refused(client: Client, truth: Truth) -> None:
    assert records(await client.ask(truth.names["private"])) == ["10.0.0.7"]
    assert "127.0.0.1" in records(await client.ask(truth.names["mixed"]))
    mapped = IPv6Address(records(await client.ask(truth.names["mapped"], "AAAA"))[0]).ipv4_mapped
    assert mapped == IPv4Address("127.0.0.1")


async def test_an_alias_is_followed(client: Client, truth: Truth) -> None:
    answer = records(await client.ask(truth.names["alias"]))

    assert answer[0] == f"{truth.names['long_text']}."
    assert answer[1].startswith("198.1")


async def test_a_slow_name_answers_after_more_than_a_second(client: Client, truth: Truth) -> None:
    begun = time.monotonic()

    answer = await client.ask(truth.names["slow"])

    assert time.monotonic() - begun > 1.4
    assert answer.rr


def domain_of(truth: Truth, cause: str) -> str:
    return next(address for address, one in truth.addresses.items() if one.cause == cause).partition("@")[2]
