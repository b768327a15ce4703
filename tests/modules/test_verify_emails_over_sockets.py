"""verify_emails through the real client, against servers on loopback that speak SMTP."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from engine.clock import Clock
from engine.modules import verify_emails
from engine.modules.verify_emails import VerifyEmailsConfig, module
from engine.network.egress import Egress
from engine.network.guard import Guard
from engine.network.smtp import SmtpClient, SmtpTimes
from engine.network.types import Answer
from engine.rows.types import Row
from engine.settings import Settings
from tests.modules.mail_servers import SmtpServer, greylist, mailboxes, proxy_to
from tests.modules.scripted_mail import ScriptedWorld

LOOPBACK = Settings(trusted_networks="127.0.0.0/8").trusted_networks


async def verify(servers: Mapping[str, SmtpServer], addresses: Sequence[str]) -> list[Row]:
    """The columns of `addresses`, all their domains at once. A domain without a server refuses connections."""
    domains = sorted({address.rpartition("@")[2] for address in addresses})
    hosts = {domain: f"127.0.1.{number}" for number, domain in enumerate(domains, start=1)}
    world = ScriptedWorld(address_answers={f"mx.{name}": Answer("ok", (host,)) for name, host in hosts.items()})
    clock = Clock()
    async with proxy_to({hosts[domain]: server for domain, server in servers.items()}) as proxy:
        client = SmtpClient(
            Guard(world, LOOPBACK),
            Egress([proxy], clock),
            clock,
            helo="verify.outsend.test",
            mail_from="verify@outsend.test",
            greylist_delays=(0.05, 0.1),
            times=SmtpTimes(connect=1.0, reply=0.5, total=0.5),
        )
        run = replace(world.run(), smtp=client)
        groups = [[{"email": a} for a in addresses if a.endswith(f"@{domain}")] for domain in domains]
        done = await asyncio.gather(*(module.enrich_group(rows, VerifyEmailsConfig(), run) for rows in groups))
    columns = {
        row["email"]: own for rows, owns in zip(groups, done, strict=True) for row, own in zip(rows, owns, strict=True)
    }
    return [columns[address] for address in addresses]


@pytest.fixture(autouse=True)
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_emails, "PAUSE_SECONDS", 0.01)


@pytest.mark.parametrize("pipelining", [True, False])
async def test_each_mailbox_gets_the_verdict_of_its_server(pipelining: bool) -> None:
    servers = {
        "exact.fr": SmtpServer(mailboxes("vivant"), pipelining=pipelining),
        "accueillant.fr": SmtpServer(lambda local, tried: "250 2.1.5 Ok", pipelining=pipelining),
        "gris.fr": SmtpServer(greylist("vivant"), pipelining=pipelining),
        "obstine.fr": SmtpServer(lambda local, tried: "450 Greylisted", pipelining=pipelining),
        "plein.fr": SmtpServer(mailboxes(plein="552 5.2.2 User unknown", bloque="550 5.2.1 Mailbox disabled")),
        "liste.fr": SmtpServer(mailboxes(), greeting="554 5.7.1 Your address is on a blocklist"),
        "refus.fr": SmtpServer(lambda local, tried: "550 5.7.1 User unknown", pipelining=pipelining),
        "ancien.fr": SmtpServer(mailboxes("vivant", otherwise="550 sorry, no mailbox here by that name (#5.1.1)")),
        "goudron.fr": SmtpServer(mailboxes("vivant")),
    }
    servers["goudron.fr"].reply = lambda local, tried: None

    expected = {
        "vivant@exact.fr": ("valid", "accepted"),
        "parti@exact.fr": ("invalid", "mailbox_unknown"),
        "qui@accueillant.fr": ("risky", "catch_all"),
        "vivant@gris.fr": ("valid", "accepted"),
        "parti@gris.fr": ("invalid", "mailbox_unknown"),
        "vivant@obstine.fr": ("unknown", "greylisted"),
        "plein@plein.fr": ("risky", "mailbox_full"),
        "bloque@plein.fr": ("invalid", "mailbox_disabled"),
        "vivant@liste.fr": ("unknown", "blocked"),
        "vivant@refus.fr": ("unknown", "blocked"),
        "vivant@ancien.fr": ("valid", "accepted"),
        "parti@ancien.fr": ("invalid", "mailbox_unknown"),
        "vivant@goudron.fr": ("unknown", "timeout"),
        "vivant@ferme.fr": ("unknown", "unreachable"),
    }
    rows = await verify(servers, list(expected))

    assert dict(zip(expected, [(row["email_status"], row["email_reason"]) for row in rows], strict=True)) == expected


async def test_a_server_that_hangs_up_after_a_few_names_is_asked_for_the_rest_again() -> None:
    known = [f"a{number}" for number in range(0, 30, 2)]
    server = SmtpServer(mailboxes(*known), recipients_max=7)

    rows = await verify({"exemple.fr": server}, [f"a{number}@exemple.fr" for number in range(30)])

    assert [row["email_status"] for row in rows] == ["valid", "invalid"] * 15
    assert server.connections == 5
    assert set(server.asked.values()) == {1}


async def test_no_message_is_ever_begun_and_no_name_looked_up() -> None:
    server = SmtpServer(mailboxes("a"))

    await verify({"exemple.fr": server}, ["a@exemple.fr"])

    assert {command.split()[0] for command in server.commands} == {"EHLO", "MAIL", "RCPT", "QUIT"}
