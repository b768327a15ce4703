"""DNS look-ups."""

import asyncio

from dnslib import RCODE

from engine.clock import Clock
from engine.network.resolver import Resolver
from engine.network.types import MxAnswer
from tests.engine.network.outside import HandClock, hosts, name_server


async def test_mail_servers_come_best_first() -> None:
    zone = {("shop.fr", "MX"): ["60 MX 20 Backup.Shop.fr.", "60 MX 5 mx.shop.fr."]}
    async with name_server(zone) as (server, _):
        resolver = Resolver([server], Clock())
        answer = await resolver.mx("Shop.fr")
        await resolver.close()

    assert answer == MxAnswer("ok", ("mx.shop.fr", "backup.shop.fr"))


async def test_a_null_mx_is_told_apart_from_none() -> None:
    zone = {("no-mail.fr", "MX"): ["60 MX 0 ."], ("plain.fr", "A"): ["60 A 192.0.2.1"]}
    async with name_server(zone) as (server, _):
        resolver = Resolver([server], Clock())
        null, none, gone = [await resolver.mx(name) for name in ("no-mail.fr", "plain.fr", "gone.fr")]
        await resolver.close()

    assert null == MxAnswer("ok", (), null_mx=True)
    assert none == MxAnswer("no_data")
    assert gone == MxAnswer("nxdomain")


async def test_name_servers_and_texts_are_read() -> None:
    zone = {("shop.fr", "NS"): ["60 NS NS1.Host.fr."], ("shop.fr", "TXT"): ['60 TXT "v=spf1 " "-all"', '60 TXT "é"']}
    async with name_server(zone) as (server, _):
        resolver = Resolver([server], Clock())
        servers, texts = await resolver.ns("shop.fr"), await resolver.txt("shop.fr")
        await resolver.close()

    assert servers.records == ("ns1.host.fr",)
    assert texts.records[0] == "v=spf1 -all"


async def test_an_alias_is_followed_to_its_address() -> None:
    zone = {("www.shop.fr", "A"): ["60 CNAME shop.fr.", "60 A 192.0.2.7"]}
    async with name_server(zone) as (server, _):
        resolver = Resolver([server], Clock())
        answer = await resolver.addresses("www.shop.fr")
        await resolver.close()

    assert answer.records == ("192.0.2.7",)


async def test_each_server_has_its_own_port_and_the_next_is_asked_when_one_fails() -> None:
    broken = {("shop.fr", "A"): RCODE.SERVFAIL, ("shop.fr", "AAAA"): RCODE.SERVFAIL}
    async with name_server(broken) as (first, asked), name_server(hosts("shop.fr", address="192.0.2.7")) as (second, _):
        resolver = Resolver([first, second], Clock())
        answer = await resolver.addresses("shop.fr")
        await resolver.close()

    assert answer.records == ("192.0.2.7",)
    assert asked.asked


async def test_an_answer_is_kept_as_long_as_it_says_but_at_least_five_seconds() -> None:
    zone = {("short.fr", "NS"): ["0 NS ns.fr."], ("long.fr", "NS"): ["300 NS ns.fr."]}
    clock = HandClock()
    counts: list[tuple[int, int]] = []
    async with name_server(zone) as (server, log):
        resolver = Resolver([server], clock)
        for pause in (0, 4, 2, 293):
            clock.seconds += pause
            await asyncio.gather(resolver.ns("short.fr"), resolver.ns("long.fr"))
            counts.append((log.asked.count(("short.fr", "NS")), log.asked.count(("long.fr", "NS"))))
        await resolver.close()

    assert counts == [(1, 1), (1, 1), (2, 1), (3, 1)]


async def test_a_missing_name_is_kept_and_fresh_looks_past_that() -> None:
    zone: dict[tuple[str, str], list[str]] = {}
    clock = HandClock()
    async with name_server(zone) as (server, _):
        resolver = Resolver([server], clock)
        missing = await resolver.addresses("late.fr")
        zone[("late.fr", "A")] = ["60 A 192.0.2.7"]
        clock.seconds += 29
        kept = await resolver.addresses("late.fr")
        fresh = await resolver.addresses("late.fr", fresh=True)
        await resolver.close()

    assert (missing.status, kept.status, fresh.status) == ("nxdomain", "nxdomain", "ok")


async def test_many_who_ask_at_once_ask_once() -> None:
    async with name_server(hosts("shop.fr", address="192.0.2.7")) as (server, log):
        resolver = Resolver([server], Clock())
        await asyncio.gather(*(resolver.addresses("shop.fr") for _ in range(50)))
        await resolver.close()

    assert sorted(log.asked) == [("shop.fr", "A"), ("shop.fr", "AAAA")]


async def test_names_that_cannot_exist_are_never_asked() -> None:
    async with name_server({}) as (server, log):
        resolver = Resolver([server], Clock())
        statuses = [
            (await resolver.addresses(name)).status for name in ("", "a..b", "x" * 64 + ".fr", "a b.fr", "é" * 80)
        ]
        await resolver.close()

    assert set(statuses) == {"nxdomain"}
    assert log.asked == []
