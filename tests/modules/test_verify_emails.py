"""verify_emails: what becomes of an address, by its form, its domain and the code of its server."""

import pytest

from engine.modules.verify_emails import module
from engine.network.types import Answer, MxAnswer, SmtpReply
from tests.modules.scripted_mail import BANNED, OK, MailServer, ScriptedWorld, at, reasons, verify


async def test_a_mailbox_that_the_server_knows_is_valid() -> None:
    world = at("exemple.fr", MailServer({"jean.dupont": OK}))

    (row,) = await verify(world, "jean.dupont@exemple.fr")

    assert row == {
        "email_status": "valid",
        "email_reason": "accepted",
        "email_mx": "mx.exemple.fr",
        "email_role": False,
        "email_disposable": False,
        "email_catch_all": False,
    }


async def test_a_mailbox_that_the_server_does_not_know_is_invalid() -> None:
    (row,) = await verify(at("exemple.fr", MailServer()), "contact@exemple.fr")

    assert (row["email_status"], row["email_reason"], row["email_role"]) == ("invalid", "mailbox_unknown", True)


@pytest.mark.parametrize(
    ("reply", "status", "reason"),
    [
        (SmtpReply(550, "5.2.1", "Account disabled"), "invalid", "mailbox_disabled"),
        (SmtpReply(552, "5.2.2", "Over quota"), "risky", "mailbox_full"),
        (SmtpReply(452, "4.2.2", "Over quota"), "risky", "mailbox_full"),
        (BANNED, "unknown", "blocked"),
        (SmtpReply(550, "5.7.1", "User unknown"), "unknown", "blocked"),
        (SmtpReply(550, "", "User unknown"), "invalid", "mailbox_unknown"),
        (SmtpReply(550, "", "Your IP is on our blacklist"), "unknown", "blocked"),
        (SmtpReply(550, "", "Mailbox unavailable"), "unknown", "unclear"),
    ],
)
async def test_a_refusal_is_judged_by_its_code(reply: SmtpReply, status: str, reason: str) -> None:
    (row,) = await verify(at("exemple.fr", MailServer({"jean": reply})), "jean@exemple.fr")

    assert (row["email_status"], row["email_reason"]) == (status, reason)


async def test_the_second_mail_host_is_asked_when_the_first_takes_no_connection() -> None:
    world = ScriptedWorld(
        {"mx2.exemple.fr": MailServer({"a": OK})},
        mx_answers={"exemple.fr": MxAnswer("ok", ("mx1.exemple.fr", "mx2.exemple.fr"))},
    )

    (row,) = await verify(world, "a@exemple.fr")

    assert (row["email_status"], row["email_mx"]) == ("valid", "mx1.exemple.fr")


async def test_no_third_mail_host_is_tried() -> None:
    world = ScriptedWorld(
        {"mx3.exemple.fr": MailServer({"a": OK})},
        mx_answers={"exemple.fr": MxAnswer("ok", ("mx1.exemple.fr", "mx2.exemple.fr", "mx3.exemple.fr"))},
    )

    (row,) = await verify(world, "a@exemple.fr")

    assert (row["email_status"], row["email_reason"]) == ("unknown", "unreachable")


@pytest.mark.parametrize(
    ("mx", "itself", "status", "reason"),
    [
        (MxAnswer("nxdomain"), Answer("nxdomain"), "invalid", "domain_unknown"),
        (MxAnswer("ok", (), null_mx=True), Answer("ok", ("192.0.2.1",)), "invalid", "null_mx"),
        (MxAnswer("no_data"), Answer("no_data"), "invalid", "no_mx"),
        (MxAnswer("failure"), Answer("ok", ("192.0.2.1",)), "unknown", "dns_failure"),
        (MxAnswer("no_data"), Answer("failure"), "unknown", "dns_failure"),
        (MxAnswer("nxdomain"), Answer("failure"), "unknown", "dns_failure"),
    ],
)
async def test_a_domain_without_mail_settles_its_addresses(
    mx: MxAnswer, itself: Answer, status: str, reason: str
) -> None:
    world = ScriptedWorld(mx_answers={"exemple.fr": mx}, address_answers={"exemple.fr": itself})

    (row,) = await verify(world, "a@exemple.fr")

    assert (row["email_status"], row["email_reason"], row["email_mx"]) == (status, reason, None)


async def test_without_an_mx_the_domain_itself_is_asked() -> None:
    world = ScriptedWorld(
        {"exemple.fr": MailServer({"a": OK})},
        mx_answers={"exemple.fr": MxAnswer("no_data")},
        address_answers={"exemple.fr": Answer("ok", ("192.0.2.1",))},
    )

    (row,) = await verify(world, "a@exemple.fr")

    assert (row["email_status"], row["email_mx"]) == ("valid", "exemple.fr")


async def test_an_ending_that_does_not_exist_is_named_as_such() -> None:
    world = ScriptedWorld(mx_answers={"exemple.con": MxAnswer("nxdomain")})

    assert reasons(await verify(world, "a@exemple.con")) == ["unknown_tld"]


async def test_what_is_no_address_is_invalid_and_an_empty_cell_stays_empty() -> None:
    rows = await verify(ScriptedWorld(), "contact(at)exemple.fr", "", "  ")

    assert rows == [{"email_status": "invalid", "email_reason": "syntax"}, {}, {}]


async def test_of_several_addresses_in_a_cell_the_first_well_formed_one_is_judged() -> None:
    world = at("exemple.fr", MailServer({"b": OK}))

    assert reasons(await verify(world, "néant, b@exemple.fr; c@exemple.fr")) == ["accepted"]


async def test_a_throwaway_mailbox_is_risky_at_most() -> None:
    world = at("mailinator.com", MailServer({"a": OK}))

    rows = await verify(world, "a@mailinator.com", "b@mailinator.com")

    assert [(row["email_status"], row["email_reason"], row["email_disposable"]) for row in rows] == [
        ("risky", "disposable", True),
        ("invalid", "mailbox_unknown", True),
    ]


@pytest.mark.parametrize("address", ["josé@exemple.fr", '"jean dupont"@exemple.fr'])
async def test_a_name_that_few_servers_could_take_is_not_asked(address: str) -> None:
    server = MailServer({"a": OK})

    rows = await verify(at("exemple.fr", server), address, "a@exemple.fr")

    assert reasons(rows) == ["not_asked", "accepted"]
    assert [len(connection) for connection in server.connections] == [2]


async def test_with_smtp_off_only_syntax_and_dns_speak() -> None:
    server = MailServer({"a": OK})
    world = at("exemple.fr", server)

    (row,) = await verify(world, "a@exemple.fr", smtp=False)

    assert (row["email_status"], row["email_reason"], row["email_mx"]) == ("unknown", "not_asked", "mx.exemple.fr")
    assert server.connections == []


async def test_a_closed_port_25_is_told_once_a_job_with_its_remedy() -> None:
    server = MailServer({"a": OK})
    world = ScriptedWorld({"mx.exemple.fr": server}, open=lambda: False)

    for domain in ("exemple.fr", "autre.fr", "tiers.fr"):
        (row,) = await verify(world, f"a@{domain}", job_id="job-25")
        assert (row["email_status"], row["email_reason"]) == ("unknown", "port25_blocked")

    assert server.connections == []
    assert [line for line in world.logged if "OUTSEND_EGRESS_PROXIES" in line] == world.logged
    assert len(world.logged) == 1
    assert set(world.noted) == {"Vérification SMTP impossible : le port 25 est fermé depuis ce serveur."}


async def test_a_port_that_turns_out_closed_while_connecting_is_named() -> None:
    answers = iter([True, False])
    world = ScriptedWorld(open=lambda: next(answers))

    assert reasons(await verify(world, "a@exemple.fr")) == ["port25_blocked"]


async def test_without_an_identity_no_server_is_asked() -> None:
    server = MailServer({"a": OK})
    world = ScriptedWorld({"mx.exemple.fr": server}, identified=False)

    (row,) = await verify(world, "a@exemple.fr", job_id="job-nobody")

    assert (row["email_status"], row["email_reason"]) == ("unknown", "no_identity")
    assert server.connections == []
    assert "OUTSEND_SMTP_HELO" in world.logged[0]


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("a@Exemple.fr", "exemple.fr"),
        ("b@bücher.de", "xn--bcher-kva.de"),
        ("néant, c@exemple.fr", "exemple.fr"),
        ("néant", ""),
        (None, ""),
    ],
)
def test_rows_are_grouped_by_the_domain_of_their_address(cell: str | None, key: str) -> None:
    assert module.group_key({"email": cell}) == key
