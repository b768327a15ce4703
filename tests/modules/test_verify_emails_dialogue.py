"""verify_emails in dialogue with a mail server: when it asks, how often, and what an answer proves."""

import asyncio

import pytest

from engine.modules import verify_emails
from engine.network.types import SmtpReply
from tests.modules.scripted_mail import (
    BANNED,
    BUSY,
    GREYLISTED,
    OK,
    TOO_MANY,
    UNKNOWN,
    MailServer,
    ScriptedWorld,
    at,
    reasons,
    verify,
)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited for, in order; the clock itself does not run."""
    waited: list[float] = []
    switch = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        await switch(0)

    monkeypatch.setattr(verify_emails.asyncio, "sleep", sleep)
    return waited


async def test_a_server_that_takes_an_invented_name_makes_all_its_addresses_risky() -> None:
    server = MailServer(otherwise=OK)

    rows = await verify(at("exemple.fr", server), *[f"a{n}@exemple.fr" for n in range(60)])

    assert {(row["email_status"], row["email_reason"], row["email_catch_all"]) for row in rows} == {
        ("risky", "catch_all", True)
    }
    assert len(server.connections) == 1


async def test_a_refused_mailbox_of_a_catch_all_domain_stays_invalid() -> None:
    server = MailServer({"parti": UNKNOWN}, otherwise=OK)

    assert reasons(await verify(at("exemple.fr", server), "parti@exemple.fr", "b@exemple.fr")) == [
        "mailbox_unknown",
        "catch_all",
    ]


async def test_a_free_provider_that_takes_any_name_is_asked_once_and_proves_nothing() -> None:
    server = MailServer(otherwise=OK)

    rows = await verify(at("yahoo.fr", server), *[f"a{n}@yahoo.fr" for n in range(60)])

    assert {(row["email_status"], row["email_reason"], row["email_catch_all"]) for row in rows} == {
        ("unknown", "provider_unverifiable", None)
    }
    assert len(server.connections) == 1


async def test_a_server_that_refuses_everybody_is_left_alone_after_one_connection(waits: list[float]) -> None:
    server = MailServer(otherwise=BANNED)

    rows = await verify(at("exemple.fr", server), *[f"a{n}@exemple.fr" for n in range(60)])

    assert set(reasons(rows)) == {"blocked"}
    assert (len(server.connections), waits) == (1, [])


async def test_the_probe_leads_the_one_connection_and_no_connection_carries_more_than_twenty() -> None:
    addresses = [f"a{n}@exemple.fr" for n in range(45)]
    server = MailServer({f"a{n}": OK for n in range(45)})

    rows = await verify(at("exemple.fr", server), *addresses)

    probe, *asked = [address for connection in server.connections for address in connection]
    assert [len(connection) for connection in server.connections] == [20, 20, 6]
    assert asked == addresses
    assert len(probe.partition("@")[0]) == 15
    assert set(reasons(rows)) == {"accepted"}


async def test_an_address_that_several_rows_share_is_asked_once() -> None:
    server = MailServer({"a": OK})

    rows = await verify(at("exemple.fr", server), "a@exemple.fr", "b@exemple.fr", "a@EXEMPLE.fr")

    assert reasons(rows) == ["accepted", "mailbox_unknown", "accepted"]
    assert [len(connection) for connection in server.connections] == [3]


async def test_a_greylisted_address_is_asked_again_after_the_configured_wait(waits: list[float]) -> None:
    server = MailServer({"a": [GREYLISTED, OK]}, otherwise=[GREYLISTED, UNKNOWN])

    rows = await verify(at("exemple.fr", server), "a@exemple.fr", "b@exemple.fr")

    assert reasons(rows) == ["accepted", "mailbox_unknown"]
    assert waits == [60.0]
    assert server.connections[0] == server.connections[1]


async def test_a_greylist_that_never_opens_leaves_the_address_unknown(waits: list[float]) -> None:
    (row,) = await verify(at("exemple.fr", MailServer(otherwise=GREYLISTED)), "a@exemple.fr")

    assert (row["email_status"], row["email_reason"], row["email_catch_all"]) == ("unknown", "greylisted", None)
    assert waits == [60.0, 300.0]


async def test_a_refusal_whose_enhanced_code_says_later_is_asked_again() -> None:
    server = MailServer({"a": [SmtpReply(550, "4.7.1", "User unknown"), OK]})

    assert reasons(await verify(at("exemple.fr", server), "a@exemple.fr")) == ["accepted"]


async def test_only_the_addresses_that_were_put_off_are_asked_again() -> None:
    server = MailServer({"a": OK, "b": [GREYLISTED, OK]})

    rows = await verify(at("exemple.fr", server), "a@exemple.fr", "b@exemple.fr")

    assert reasons(rows) == ["accepted", "accepted"]
    assert server.connections[1:] == [["b@exemple.fr"]]


async def test_a_catch_all_behind_a_greylist_is_still_found() -> None:
    server = MailServer(otherwise=[GREYLISTED, OK])

    assert reasons(await verify(at("exemple.fr", server), "a@exemple.fr")) == ["catch_all"]


async def test_nobody_waits_for_the_probe_when_no_yes_hangs_on_it(waits: list[float]) -> None:
    server = MailServer({"a": UNKNOWN}, otherwise=GREYLISTED)

    assert reasons(await verify(at("exemple.fr", server), "a@exemple.fr")) == ["mailbox_unknown"]
    assert waits == []


async def test_a_yes_beside_an_undecided_probe_is_no_proof() -> None:
    server = MailServer({"a": OK}, otherwise=GREYLISTED)

    (row,) = await verify(at("exemple.fr", server), "a@exemple.fr")

    assert (row["email_status"], row["email_reason"], row["email_catch_all"]) == ("unknown", "unclear", None)


async def test_a_yes_beside_a_probe_that_was_refused_as_suspicious_is_no_proof() -> None:
    server = MailServer({"a": OK}, otherwise=BANNED)

    assert reasons(await verify(at("exemple.fr", server), "a@exemple.fr")) == ["unclear"]


async def test_a_server_that_puts_off_unknown_names_only_tells_mailboxes_apart() -> None:
    server = MailServer({"a": OK}, otherwise=SmtpReply(450, "4.1.1", "Unverified address"))

    rows = await verify(at("exemple.fr", server), "a@exemple.fr", "b@exemple.fr")

    assert reasons(rows) == ["accepted", "greylisted"]


async def test_after_a_421_in_the_middle_the_rest_is_asked_on_further_connections(waits: list[float]) -> None:
    server = MailServer({"a": OK, "c": OK, "e": OK}, ends_after=2, last=BUSY)

    rows = await verify(at("exemple.fr", server), *[f"{name}@exemple.fr" for name in "abcde"])

    assert reasons(rows) == ["accepted", "mailbox_unknown"] * 2 + ["accepted"]
    assert [len(connection) for connection in server.connections] == [6, 4, 2]
    assert waits == [verify_emails.PAUSE_SECONDS] * 2


async def test_after_too_many_recipients_the_rest_is_asked_on_a_further_connection() -> None:
    server = MailServer({"a": OK, "b": [TOO_MANY, OK], "c": [TOO_MANY, UNKNOWN]})

    rows = await verify(at("exemple.fr", server), "a@exemple.fr", "b@exemple.fr", "c@exemple.fr")

    assert reasons(rows) == ["accepted", "accepted", "mailbox_unknown"]
    assert server.connections[1:] == [["b@exemple.fr", "c@exemple.fr"]]


async def test_a_server_that_is_always_busy_is_asked_after_each_wait_and_no_oftener(waits: list[float]) -> None:
    server = MailServer(ends_after=0, failure="greeting_refused", last=BUSY)

    assert reasons(await verify(at("exemple.fr", server), "a@exemple.fr")) == ["greylisted"]
    assert (len(server.connections), waits) == (3, [60.0, 300.0])


async def test_a_greeting_that_bans_us_is_blocked() -> None:
    server = MailServer(ends_after=0, failure="greeting_refused", last=BANNED)

    assert reasons(await verify(at("exemple.fr", server), "a@exemple.fr")) == ["blocked"]


async def test_a_tarpit_leaves_the_addresses_it_did_not_answer_unknown() -> None:
    server = MailServer({"a": OK}, ends_after=3, failure="timeout")

    rows = await verify(at("exemple.fr", server), *[f"{name}@exemple.fr" for name in "abc"])

    assert reasons(rows) == ["accepted", "mailbox_unknown", "timeout"]
    assert len(server.connections) == 1


async def test_what_is_known_when_the_time_is_up_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    server = MailServer({"a": OK}, ends_after=2)
    monkeypatch.setattr(verify_emails, "DIALOGUE_SECONDS", 0.05)
    monkeypatch.setattr(verify_emails.asyncio, "sleep", lambda seconds: asyncio.Event().wait())

    rows = await verify(at("exemple.fr", server), "a@exemple.fr", "b@exemple.fr")

    assert reasons(rows) == ["accepted", "timeout"]


async def test_domains_are_worked_side_by_side() -> None:
    slow, quick = MailServer(hangs=True), MailServer({"a": OK})
    world = ScriptedWorld({"mx.lent.fr": slow, "mx.vif.fr": quick})

    waiting = asyncio.create_task(verify(world, "a@lent.fr"))
    rows = await verify(world, "a@vif.fr")
    waiting.cancel()

    assert reasons(rows) == ["accepted"]


async def test_the_same_job_asks_for_the_same_invented_name_and_another_job_for_another() -> None:
    server = MailServer()
    world = at("exemple.fr", server)

    for job_id in ("one", "one", "two"):
        await verify(world, "a@exemple.fr", job_id=job_id)

    first, second, third = (connection[0] for connection in server.connections)
    assert first == second != third


async def test_the_report_of_each_row_holds_the_reply_about_its_own_mailbox() -> None:
    world = at("exemple.fr", MailServer({"parti": UNKNOWN, "marie": OK}, otherwise=UNKNOWN))

    await verify(world, "parti@exemple.fr", "", "marie@exemple.fr", "not an address")

    told = dict(world.reports)
    assert [told[row]["reason"] for row in (0, 2, 3)] == ["mailbox_unknown", "accepted", "syntax"]
    assert 1 not in told
    assert told[0]["reply"] == {"host": "mx.exemple.fr", "code": UNKNOWN.code, "text": UNKNOWN.text}
    assert told[2]["reply"]["code"] == OK.code
    assert told[2]["reply_to_invented_mailbox"]["code"] == UNKNOWN.code
    assert told[2]["mail_hosts"] == ["mx.exemple.fr"]
