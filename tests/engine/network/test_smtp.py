"""Asking mail servers about recipients."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from engine.clock import Clock
from engine.network.egress import Egress
from engine.network.guard import Guard
from engine.network.resolver import Resolver
from engine.network.smtp import SmtpClient, SmtpTimes
from engine.network.types import SmtpReply
from tests.engine.network.mail_server import MailServer
from tests.engine.network.outside import LOOPBACK, ConnectProxy, SocksProxy, hosts, listening, name_server

QUICK = SmtpTimes(connect=0.5, reply=0.3, total=2.0)


@asynccontextmanager
async def mail(
    server: MailServer | None,
    *,
    names: tuple[str, ...] = ("mx.shop.fr",),
    socks: bool = False,
    times: SmtpTimes = QUICK,
) -> AsyncGenerator[tuple[SmtpClient, ConnectProxy | SocksProxy]]:
    """A client whose way to port 25 of `names` leads to `server` (to nobody without one)."""
    proxy = SocksProxy() if socks else ConnectProxy()
    async with (
        listening(server or MailServer()) as port,
        listening(proxy) as proxy_port,
        name_server(hosts(*names)) as (dns, _),
    ):
        proxy.ways["127.0.0.1:25"] = port
        if server is None and isinstance(proxy, ConnectProxy):
            proxy.refusal = "502 Bad Gateway"
        resolver = Resolver([dns], Clock())
        egress = Egress([f"{'socks5' if socks else 'http'}://127.0.0.1:{proxy_port}"], Clock())
        guard = Guard(resolver, LOOPBACK)
        client = SmtpClient(guard, egress, Clock(), helo="me.fr", mail_from="check@me.fr", times=times)
        yield client, proxy
        await resolver.close()


async def test_each_recipient_gets_its_reply_in_order() -> None:
    server = MailServer({"b@shop.fr": "550 5.1.1 No such user", "c@shop.fr": "450-4.2.0 Greylisted\r\n450 4.2.0 wait"})
    async with mail(server) as (client, _):
        dialogue = await client.recipients("mx.shop.fr", ["a@shop.fr", "b@shop.fr", "c@shop.fr"])

    assert dialogue.failure is None
    assert dialogue.replies == (
        SmtpReply(250, "2.1.5", "2.1.5 Ok"),
        SmtpReply(550, "5.1.1", "5.1.1 No such user"),
        SmtpReply(450, "4.2.0", "4.2.0 Greylisted\n4.2.0 wait"),
    )


async def test_commands_go_out_together_where_the_server_takes_them() -> None:
    server = MailServer()
    async with mail(server) as (client, proxy):
        await client.recipients("mx.shop.fr", ["a@shop.fr", "b@shop.fr"])

    assert server.arrivals == [1, 4]
    assert server.said == [
        "EHLO me.fr",
        "MAIL FROM:<check@me.fr>",
        "RCPT TO:<a@shop.fr>",
        "RCPT TO:<b@shop.fr>",
        "QUIT",
    ]
    assert proxy.asked == ["127.0.0.1:25"]


async def test_without_pipelining_each_command_waits_for_its_reply() -> None:
    server = MailServer(ehlo="250 mx.shop.fr")
    async with mail(server) as (client, _):
        dialogue = await client.recipients("mx.shop.fr", ["a@shop.fr", "b@shop.fr"])

    assert [reply.code for reply in dialogue.replies if reply] == [250, 250]
    assert server.arrivals == [1, 1, 1, 1, 1]
    assert server.said[-1] == "QUIT"


async def test_an_old_server_is_greeted_with_helo() -> None:
    server = MailServer(ehlo="502 5.5.2 Unknown")
    async with mail(server) as (client, _):
        dialogue = await client.recipients("mx.shop.fr", ["a@shop.fr"])

    assert server.said[:2] == ["EHLO me.fr", "HELO me.fr"]
    assert dialogue.replies[0] == SmtpReply(250, "2.1.5", "2.1.5 Ok")


async def test_mail_is_never_sent() -> None:
    server = MailServer()
    async with mail(server) as (client, _):
        await client.recipients("mx.shop.fr", [f"{number}@shop.fr" for number in range(45)])

    assert {line[:4] for line in server.said} == {"EHLO", "MAIL", "RCPT", "QUIT"}


async def test_at_most_twenty_recipients_share_a_connection() -> None:
    server = MailServer()
    async with mail(server) as (client, _):
        dialogue = await client.recipients("mx.shop.fr", [f"{number}@shop.fr" for number in range(45)])

    assert len([reply for reply in dialogue.replies if reply]) == 45
    assert server.said.count("EHLO me.fr") == 3


async def test_a_server_has_at_most_two_connections_at_once() -> None:
    server = MailServer(delay=0.05)
    async with mail(server) as (client, _):
        await asyncio.gather(*(client.recipients("mx.shop.fr", ["a@shop.fr"]) for _ in range(6)))

    assert server.most_at_once == 2


@pytest.mark.parametrize(
    "address", ["a@shop.fr>\r\nDATA", "a b@shop.fr", "<a@shop.fr", "é@shop.fr", "a@shop.fr\n", "none", "a@b@shop.fr\0"]
)
async def test_an_address_that_could_end_the_command_is_never_asked(address: str) -> None:
    server = MailServer()
    async with mail(server) as (client, _):
        dialogue = await client.recipients("mx.shop.fr", [address, "a@shop.fr"])

    assert dialogue.replies[0] is None
    assert dialogue.replies[1] is not None
    assert len([line for line in server.said if line.startswith("RCPT")]) == 1


@pytest.mark.parametrize(
    ("server", "failure", "code"),
    [
        (MailServer(greeting="554 5.7.1 Listed"), "greeting_refused", 554),
        (MailServer(ehlo="421 4.3.2 Busy"), "greeting_refused", 421),
        (MailServer(mail="550 5.7.1 Not you"), "sender_refused", 550),
        (MailServer(greeting=""), "timeout", None),
        (MailServer(greeting="SSH-2.0-OpenSSH"), "closed", None),
        (MailServer(greeting="220-" + "x" * 10_000), "closed", None),
        (MailServer(greeting="\r\n".join(["220-line"] * 500)), "closed", None),
    ],
    ids=["refused greeting", "busy", "refused sender", "silent", "no SMTP", "a long line", "many lines"],
)
async def test_a_dialogue_that_ends_early_says_how(server: MailServer, failure: str, code: int | None) -> None:
    async with mail(server) as (client, _):
        dialogue = await client.recipients("mx.shop.fr", ["a@shop.fr", "b@shop.fr"])

    assert (dialogue.failure, dialogue.replies) == (failure, (None, None))
    assert (dialogue.last.code if dialogue.last else None) == code


async def test_what_was_said_before_the_end_is_kept() -> None:
    server = MailServer({"b@shop.fr": "421 4.7.0 Too many"})
    async with mail(server) as (client, _):
        dialogue = await client.recipients("mx.shop.fr", ["a@shop.fr", "b@shop.fr", "c@shop.fr"])

    assert [reply.code if reply else None for reply in dialogue.replies] == [250, 421, None]
    assert dialogue.failure == "closed"
    assert dialogue.last is not None and dialogue.last.enhanced == "4.7.0"


async def test_a_connection_that_breaks_keeps_what_was_said() -> None:
    async with mail(MailServer({"b@shop.fr": ""})) as (client, _):
        dialogue = await client.recipients("mx.shop.fr", ["a@shop.fr", "b@shop.fr"])

    assert [reply.code if reply else None for reply in dialogue.replies] == [250, None]
    assert dialogue.failure == "closed"


async def test_servers_are_reached_through_socks_too() -> None:
    async with mail(MailServer(), socks=True) as (client, proxy):
        dialogue = await client.recipients("mx.shop.fr", ["a@shop.fr"])

    assert dialogue.failure is None
    assert proxy.asked == ["127.0.0.1:25"]


async def test_a_host_that_does_not_exist_or_is_private_is_not_connected_to() -> None:
    async with name_server(hosts("mx.inside.fr", address="10.0.0.1")) as (dns, _):
        resolver = Resolver([dns], Clock())
        client = SmtpClient(Guard(resolver), Egress((), Clock()), Clock(), helo="me.fr", mail_from="a@me.fr")
        failures = [(await client.recipients(mx, ["a@b.fr"])).failure for mx in ("mx.inside.fr", "mx.gone.fr")]
        still_open = await client.port_open()
        await resolver.close()

    assert failures == ["connect_refused", "connect_refused"]
    assert still_open


# Port 25


async def test_port_25_is_open_once_a_server_greeted() -> None:
    async with mail(MailServer(), names=("gmail-smtp-in.l.google.com",)) as (client, proxy):
        assert await client.port_open()
        assert await client.port_open()

    assert proxy.asked == ["127.0.0.1:25"]


async def test_port_25_is_closed_when_no_known_server_can_be_reached() -> None:
    known = ("gmail-smtp-in.l.google.com", "mta5.am0.yahoodns.net", "mx1.mail.ovh.net")
    async with mail(None, names=known) as (client, proxy):
        assert not await client.port_open()
        asked = len(proxy.asked)
        assert not await client.port_open()

    assert len(proxy.asked) == asked == 3


async def test_where_known_servers_do_not_exist_three_real_ones_tell() -> None:
    names = ("mx.a.fr", "mx.b.fr", "mx.c.fr")
    async with mail(None, names=names) as (client, _):
        verdicts = [await client.port_open()]
        for mx in (*names[:2], names[1], names[2]):
            await client.recipients(mx, ["x@a.fr"])
            verdicts.append(await client.port_open())

    assert verdicts == [True, True, True, True, False]


async def test_without_a_name_and_a_sender_the_client_is_not_identified() -> None:
    guard, egress = Guard(Resolver((), Clock())), Egress((), Clock())

    assert not SmtpClient(guard, egress, Clock(), helo="me.fr", mail_from=None).identified
    assert not SmtpClient(guard, egress, Clock(), helo=None, mail_from="a@me.fr").identified
    assert SmtpClient(guard, egress, Clock(), helo="me.fr", mail_from="a@me.fr").identified
