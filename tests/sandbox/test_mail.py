"""Mail servers of every temper."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from engine.sandbox.certificates import Certificates
from engine.sandbox.mailboxes import Mailbox
from engine.sandbox.proxy import ProxyConnection
from engine.sandbox.truth import AddressTruth, Truth
from engine.sandbox.world import MAIL_FROM, SMTP_HELO, World, build_world
from tests.sandbox.client import Client, Smtp, recipients, records, smtp


def addressed(truth: Truth, cause: str) -> tuple[str, AddressTruth]:
    return next((address, one) for address, one in truth.addresses.items() if one.cause == cause)


def domain(address: str) -> str:
    return address.partition("@")[2]


async def mail_host(client: Client, address: str) -> str:
    """The first mail server; the domain itself when it names none."""
    answers = records(await client.ask(domain(address), "MX"))
    return answers[0].split(" ")[1].rstrip(".") if answers else domain(address)


async def asked(client: Client, address: str) -> str:
    return (await recipients(client, await mail_host(client, address), [address]))[0]


@pytest.mark.parametrize(
    ("cause", "reply", "status"),
    [
        ("live", "250", "valid"),
        ("dead", "550 5.1.1", "invalid"),
        ("plain_dead", "550 No such user", "invalid"),
        ("disabled", "550 5.2.1", "invalid"),
        ("full", "552 5.2.2", "risky"),
        ("full_for_now", "452 4.2.2", "risky"),
        ("unverified", "450 4.1.1", "unknown"),
        ("catch_all", "250", "risky"),
        ("blocked_at_recipient", "550 5.7.1", "unknown"),
        ("no_mx/live", "250", "valid"),
    ],
)
async def test_a_server_tells_the_state_of_a_mailbox(
    client: Client, truth: Truth, cause: str, reply: str, status: str
) -> None:
    address, right = addressed(truth, cause)

    assert (await asked(client, address)).startswith(reply)
    assert right.email_status == status


@pytest.mark.parametrize(
    ("cause", "reply", "lie"),
    [
        ("lying_dead", "550 5.1.1", "full"),
        ("lying_full", "550 5.2.2", "user unknown"),
        ("lying_block", "550 5.7.1", "User unknown"),
    ],
)
async def test_a_text_may_say_the_opposite_of_its_code(
    client: Client, truth: Truth, cause: str, reply: str, lie: str
) -> None:
    told = await asked(client, addressed(truth, cause)[0])

    assert told.startswith(reply)
    assert lie in told


async def test_an_exact_server_refuses_an_invented_mailbox_and_a_catch_all_takes_it(
    client: Client, truth: Truth
) -> None:
    exact, catch_all = domain(addressed(truth, "live")[0]), domain(addressed(truth, "catch_all")[0])

    assert (await asked(client, f"zz-nobody-here@{exact}")).startswith("550 5.1.1")
    assert (await asked(client, f"zz-nobody-here@{catch_all}")).startswith("250")


async def test_a_greylisting_server_lets_in_who_comes_again(client: Client, truth: Truth) -> None:
    address = addressed(truth, "greylist_short/live")[0]

    first = await asked(client, address)
    await asyncio.sleep(0.8)

    assert first.startswith("450 4.7.1")
    assert (await asked(client, address)).startswith("250")


async def test_a_stubborn_greylisting_server_never_does(client: Client, truth: Truth) -> None:
    address, right = addressed(truth, "greylist_stubborn")

    await asked(client, address)

    assert (await asked(client, address)).startswith("450 4.7.1")
    assert right.email_status == "unknown"


async def test_a_limited_server_closes_after_three_recipients(client: Client, truth: Truth) -> None:
    address = next(one for one, right in truth.addresses.items() if right.cause.startswith("limited/"))
    host = await mail_host(client, address)

    replies = await recipients(client, host, [f"somebody{number}@{domain(address)}" for number in range(4)])

    assert [reply[:3] for reply in replies] == ["550", "550", "550", "421"]


async def test_commands_may_be_pipelined_where_it_is_offered(client: Client, truth: Truth) -> None:
    address = addressed(truth, "live")[0]
    async with smtp(client, await client.address(await mail_host(client, address))) as session:
        greeting = await session.reply()
        hello = (await session.say(f"EHLO {client.sandbox.overrides['smtp_helo']}"))[0]
        replies = await session.say(
            f"MAIL FROM:<{client.sandbox.overrides['mail_from']}>", f"RCPT TO:<{address}>", "QUIT"
        )

    assert greeting.startswith("220 ")
    assert "250-PIPELINING" in hello
    assert [reply[:3] for reply in replies] == ["250", "250", "221"]


async def test_who_pipelines_where_it_is_not_offered_is_cut_off(client: Client, truth: Truth) -> None:
    address = next(one for one, right in truth.addresses.items() if right.cause.startswith("no_pipelining/"))
    async with smtp(client, await client.address(await mail_host(client, address))) as session:
        await session.reply()
        hello = (await session.say(f"EHLO {client.sandbox.overrides['smtp_helo']}"))[0]
        session.writer.write(f"MAIL FROM:<>\r\nRCPT TO:<{address}>\r\n".encode())

        assert "PIPELINING" not in hello
        assert (await session.reply()).startswith("554 5.5.0")


async def test_a_block_list_refuses_at_the_greeting_or_at_the_sender(client: Client, truth: Truth) -> None:
    at_greeting, at_sender = (addressed(truth, cause)[0] for cause in ("blocked_at_greeting", "blocked_at_sender"))

    async with smtp(client, await client.address(await mail_host(client, at_greeting))) as session:
        assert (await session.reply()).startswith("554 5.7.1")
    async with smtp(client, await client.address(await mail_host(client, at_sender))) as session:
        await session.reply()
        replies = await session.say(
            f"EHLO {client.sandbox.overrides['smtp_helo']}", f"MAIL FROM:<{client.sandbox.overrides['mail_from']}>"
        )
        assert replies[1].startswith("550 5.7.1")


@pytest.mark.parametrize("cause", ["tarpit", "silent"])
async def test_a_greeting_may_never_come_to_its_end(client: Client, truth: Truth, cause: str) -> None:
    address = addressed(truth, cause)[0]

    async with smtp(client, await client.address(await mail_host(client, address))) as session:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(session.reply(), timeout=1)


async def test_a_mail_server_may_refuse_connections(client: Client, truth: Truth) -> None:
    address = addressed(truth, "connection_refused")[0]

    with pytest.raises(ConnectionRefusedError, match="502"):
        async with smtp(client, await client.address(await mail_host(client, address))):
            pass


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[127.0.0.1]", "laptop"])
async def test_a_greeting_with_no_name_of_its_own_is_refused(client: Client, truth: Truth, name: str) -> None:
    host = await mail_host(client, addressed(truth, "live")[0])

    async with smtp(client, await client.address(host)) as session:
        await session.reply()
        assert (await session.say(f"EHLO {name}"))[0].startswith("550 5.7.1")


async def test_a_sender_whose_domain_does_not_exist_is_refused(client: Client, truth: Truth) -> None:
    host = await mail_host(client, addressed(truth, "live")[0])

    async with smtp(client, await client.address(host)) as session:
        await session.reply()
        replies = await session.say(f"EHLO {client.sandbox.overrides['smtp_helo']}", "MAIL FROM:<a@no-such-domain.fr>")
        assert replies[1].startswith("550 5.1.8")


async def test_no_server_relays_for_others(client: Client, truth: Truth) -> None:
    host = await mail_host(client, addressed(truth, "live")[0])

    assert (await recipients(client, host, ["somebody@elsewhere.org"]))[0].startswith("550 5.7.1")


@asynccontextmanager
async def opened_world() -> AsyncGenerator[tuple[World, str, int]]:
    """A world of this process, whose mail can be looked at: (world, host, port of its proxy)."""
    world, certificates = build_world(10, seed=7), Certificates({})
    loop = asyncio.get_running_loop()
    async with await loop.create_server(lambda: ProxyConnection(world, certificates), "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield world, host, port


async def deliver(host: str, port: int, address: str, *, recipients: list[str], content: bytes) -> list[str]:
    """Send one message to the mail server at `address`; its replies from DATA on."""
    reader, writer = await asyncio.open_connection(host, port)
    session = Smtp(reader, writer)
    writer.write(f"CONNECT {address}:25 HTTP/1.1\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    await session.reply()
    await session.say(f"EHLO {SMTP_HELO}", f"MAIL FROM:<{MAIL_FROM}>", *(f"RCPT TO:<{one}>" for one in recipients))
    replies = await session.say("DATA")
    if replies[0].startswith("354"):
        # In pieces, as a network may cut it.
        for start in range(0, len(content), 7):
            writer.write(content[start : start + 7])
            await writer.drain()
        writer.write(b"\r\n.\r\n")
        replies += [await session.reply(), *await session.say("NOOP", "QUIT")]
    writer.close()
    await writer.wait_closed()
    return replies


async def test_a_message_is_taken_and_kept_as_it_was_sent() -> None:
    async with opened_world() as (world, host, port):
        server = world.mail_servers[world.address_of("mx1.gmail.com")]
        server.domains["gmail.com"].mailboxes["camille"] = Mailbox.LIVE
        to = ["camille@gmail.com", "nobody-at-all@gmail.com"]

        replies = await deliver(
            host, port, world.address_of("mx1.gmail.com"), recipients=to, content=b"Subject: x\r\n\r\n..dot\r\n.. two"
        )

    assert [reply[:3] for reply in replies] == ["354", "250", "250", "221"]
    kept = server.messages[-1]
    assert kept.sender == MAIL_FROM
    assert kept.recipients == ("camille@gmail.com",)
    assert kept.content == b"Subject: x\r\n\r\n.dot\r\n. two"


async def test_a_message_to_nobody_is_refused() -> None:
    async with opened_world() as (world, host, port):
        address = world.address_of("mx1.gmail.com")

        replies = await deliver(host, port, address, recipients=["nobody-at-all@gmail.com"], content=b"x")

    assert [reply[:9] for reply in replies] == ["554 5.5.1"]
    assert not world.mail_servers[address].messages


def test_every_expected_address_has_a_verdict(truth: Truth) -> None:
    for site in truth.sites:
        for address in site.addresses:
            assert truth.addresses[address].email_status in truth.addresses[address].allowed
