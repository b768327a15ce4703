"""The seed mailboxes: what mail servers took lies in them, where the rules say."""

import imaplib
import re
import smtplib
import socket
import ssl
import time
import tomllib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from engine.sandbox.apis.seed_desk import SeedRules
from engine.sandbox.process import RunningSandbox
from engine.sandbox.seed_rules import SENDERS
from engine.sandbox.seeds import SandboxSeeds
from engine.sandbox.truth import Truth
from tests.sandbox.client import Client

SeedTable = dict[str, Any]
TABS = ("promotions", "social")


@pytest.fixture(autouse=True)
def seeds(running_sandbox: RunningSandbox) -> Iterator[SandboxSeeds]:
    running_sandbox.seeds.empty()
    yield running_sandbox.seeds
    running_sandbox.seeds.empty()


@pytest.fixture(scope="module")
def tables(running_sandbox: RunningSandbox) -> list[SeedTable]:
    path = Path(running_sandbox.environment["OUTSEND_DELIVERY_SEEDS"])
    return tomllib.loads(path.read_text(encoding="utf-8"))["seed"]


@contextmanager
def opened(table: SeedTable, sandbox: RunningSandbox) -> Generator[imaplib.IMAP4]:
    host, port = table["host"], table["port"]
    if table.get("tls", True):
        connection: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            host, port, ssl_context=ssl.create_default_context(cafile=str(sandbox.ca)), timeout=5
        )
    else:
        connection = imaplib.IMAP4(host, port, timeout=5)
    try:
        yield connection
    finally:
        connection.logout()


@contextmanager
def logged_in(table: SeedTable, sandbox: RunningSandbox) -> Generator[imaplib.IMAP4]:
    with opened(table, sandbox) as connection:
        connection.login(table["user"], table["password"])
        yield connection


def uids(connection: imaplib.IMAP4, *criteria: str) -> list[str]:
    status, found = connection.uid("SEARCH", *criteria)
    assert status == "OK", found
    return found[0].decode().split()


def junk(connection: imaplib.IMAP4) -> str:
    """The folder that the server marks as spam's."""
    lines = [line.decode() for line in connection.list()[1] if isinstance(line, bytes)]
    return next(line for line in lines if r"\Junk" in line).partition(' "/" ')[2]


def placed(connection: imaplib.IMAP4, domain: str, subject: str) -> str | None:
    """Where a client that knows the protocols sees the message."""
    wanted = ("FROM", f'"@{domain}"', "SUBJECT", f'"{subject}"')
    connection.select(junk(connection), readonly=True)
    if uids(connection, *wanted):
        return "Spam"
    connection.select("INBOX", readonly=True)
    if not uids(connection, *wanted):
        return None
    if "X-GM-EXT-1" in connection.capability()[1][0].decode():
        for tab in TABS:
            if uids(connection, "X-GM-RAW", f'"in:inbox category:{tab}"', *wanted):
                return f"Inbox · {tab.capitalize()}"
    return "Inbox principal"


def table_of(tables: list[SeedTable], kind: str) -> SeedTable:
    return next(table for table in tables if table["kind"] == kind)


def test_the_file_names_fifteen_seeds(tables: list[SeedTable], truth: Truth) -> None:
    assert [(table["address"], table["kind"]) for table in tables] == [
        (seed.seed_email, seed.seed_kind) for seed in truth.seeds
    ]
    assert len(tables) == 15
    assert {table.get("tls", True) for table in tables} == {True, False}


@pytest.mark.parametrize("domain", [name for name in SENDERS if name != "toujours-en-retard.fr"])
def test_messages_land_where_the_truth_says(
    running_sandbox: RunningSandbox, tables: list[SeedTable], truth: Truth, domain: str
) -> None:
    running_sandbox.seeds.send(f"lettre@{domain}", "Offre de rentrée n° 42")

    found: dict[str, str | None] = {}
    for table in tables:
        with logged_in(table, running_sandbox) as connection:
            found[table["address"]] = placed(connection, domain, "42")

    assert found == truth.placements(domain)


def test_a_late_message_comes_later(running_sandbox: RunningSandbox, tables: list[SeedTable]) -> None:
    table = table_of(tables, "free")
    with running_sandbox.seeds.misbehaving(SeedRules(late_seconds=0.5)):
        running_sandbox.seeds.send("lettre@toujours-en-retard.fr", "Enfin", to=[table["address"]])

    with logged_in(table, running_sandbox) as connection:
        at_once = placed(connection, "toujours-en-retard.fr", "Enfin")
        deadline = time.monotonic() + 4
        while (later := placed(connection, "toujours-en-retard.fr", "Enfin")) is None and time.monotonic() < deadline:
            time.sleep(0.05)

    assert [at_once, later] == [None, "Inbox principal"]


class ProxiedSmtp(smtplib.SMTP):
    """Reaches a mail server of the world through the sandbox's proxy."""

    def __init__(self, proxy: str, address: str, hello: str) -> None:
        self._proxy = urlsplit(proxy)
        super().__init__(address, 25, local_hostname=hello, timeout=5)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # type: ignore[override]
        made = socket.create_connection((self._proxy.hostname or "", self._proxy.port or 0), timeout)
        made.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += made.recv(1)
        assert b" 200 " in head
        return made


def letter(author: str, *, to: str, subject: str, signed_by: str) -> bytes:
    """A message whose signature's field is folded, as signers fold it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = author, to, subject
    message.set_content("Bonjour\n.\n..\nAu revoir")
    signature = f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={signed_by};\r\n s=s1; b=AAAA\r\n"
    return signature.encode() + message.as_bytes(policy=SMTP)


async def test_what_a_mail_server_takes_lies_in_the_mailbox(
    running_sandbox: RunningSandbox, client: Client, tables: list[SeedTable], truth: Truth
) -> None:
    """Also at a provider that refuses everybody else."""
    for table in (tables[1], table_of(tables, "orange"), table_of(tables, "laposte")):
        address = table["address"]
        mx = await client.address(f"mx1.{address.partition('@')[2]}")
        subject = "Pensée d'été — 3 €"
        signed = letter("Camille <camille@boutique.fr>", to=address, subject=subject, signed_by="tout-promotions.fr")
        with closing(ProxiedSmtp(running_sandbox.proxy, mx, running_sandbox.overrides["smtp_helo"])) as smtp:
            smtp.sendmail("retours@tout-promotions.fr", [address], signed)

        with logged_in(table, running_sandbox) as connection:
            assert placed(connection, "boutique.fr", "3") == truth.placements("tout-promotions.fr")[address]
            connection.literal = subject.encode()  # type: ignore[attr-defined]
            assert len(uids(connection, "CHARSET", "UTF-8", "SUBJECT")) == 1
            uid = uids(connection, "FROM", "camille")[0]
            told: Any = connection.uid("FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (FROM DKIM-SIGNATURE)] INTERNALDATE)")[1]
            assert b"d=tout-promotions.fr;\r\n s=s1" in told[0][1]
            assert b"Subject" not in told[0][1]
            assert abs(time.mktime(imaplib.Internaldate2tuple(told[1]) or time.gmtime(0)) - time.time()) < 60
            assert connection.uid("FETCH", uid, "(BODY.PEEK[TEXT]<3.4>)")[1][0][1] == b"jour"
            assert b"..\r\nAu revoir" in connection.uid("FETCH", uid, "(RFC822)")[1][0][1]


def test_old_messages_and_names_that_end_alike_are_there_to_mislead(
    running_sandbox: RunningSandbox, tables: list[SeedTable]
) -> None:
    with logged_in(tables[0], running_sandbox) as connection:
        connection.select("INBOX", readonly=True)
        all_of_name = uids(connection, "FROM", '"tout-indesirable.fr"')
        today = time.strftime("%d-%b-%Y", time.gmtime(time.time() - 86_400))
        recent = uids(connection, "FROM", '"tout-indesirable.fr"', "SINCE", today)
        told: Any = connection.uid("FETCH", recent[0], "(BODY.PEEK[HEADER.FIELDS (FROM)])")[1]

    assert len(all_of_name) == 2
    assert b"pas-tout-indesirable.fr" in told[0][1]


def test_searches_combine(running_sandbox: RunningSandbox, tables: list[SeedTable]) -> None:
    running_sandbox.seeds.send("lettre@tout-promotions.fr", 'Le "grand" soir', to=[tables[0]["address"]])
    with logged_in(tables[0], running_sandbox) as connection:
        count = int(connection.select("INBOX")[1][0] or 0)
        new = uids(connection, "FROM", '"tout-promotions.fr"')

        assert count == 5
        assert uids(connection, "SUBJECT", r'"\"grand\""') == new
        assert uids(connection, "HEADER", "DKIM-Signature", '"d=tout-promotions.fr"') == new
        assert uids(connection, "NOT", "FROM", '"tout-promotions"') == ["1", "2", "3", "4"]
        assert uids(connection, "(OR UID 1 UID 2:3)", "UNSEEN") == ["1", "2", "3"]
        assert uids(connection, "SEEN") == []
        assert uids(connection, "X-GM-RAW", '"from:tout-promotions.fr -category:primary newer_than:1d"') == new
        assert uids(connection, "X-GM-RAW", '"in:spam"') == []
        assert connection.search(None, "5:*")[1] == [b"5"]
        told: Any = connection.uid("FETCH", "1:*", "(X-GM-LABELS)")[1]
        assert [re.findall(rb"UID (\d+) ", line)[0] for line in told] == [b"1", b"2", b"3", b"4", b"5"]
        assert b"romotions" not in told[-1]


def test_a_server_tells_what_it_does_not_understand(running_sandbox: RunningSandbox, tables: list[SeedTable]) -> None:
    with (
        opened(table_of(tables, "orange"), running_sandbox) as connection,
        pytest.raises(imaplib.IMAP4.error, match="Please log in first"),
    ):
        connection.state = "AUTH"  # as a client that forgot to log in
        connection.select()
    with logged_in(table_of(tables, "orange"), running_sandbox) as connection:
        assert connection.select("Nowhere")[0] == "NO"
        connection.select()
        for criteria in ("X-GM-RAW x", "SINCE yesterday", "FROM", "(FROM a", "NONSENSE"):
            with pytest.raises(imaplib.IMAP4.error, match="BAD"):
                connection.uid("SEARCH", criteria)
        assert connection.noop()[0] == "OK"


def test_a_mailbox_may_let_nobody_in(running_sandbox: RunningSandbox, tables: list[SeedTable]) -> None:
    with (
        running_sandbox.seeds.misbehaving(SeedRules(refused_logins=(tables[2]["address"],))),
        opened(tables[2], running_sandbox) as connection,
        pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"),
    ):
        connection.login(tables[2]["user"], tables[2]["password"])
    with (
        opened(tables[3], running_sandbox) as connection,
        pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"),
    ):
        connection.login(tables[3]["user"], "wrong")


def test_the_log_tells_commands_and_no_secrets(running_sandbox: RunningSandbox, tables: list[SeedTable]) -> None:
    running_sandbox.seeds.forget_commands()
    with logged_in(tables[4], running_sandbox) as connection:
        connection.noop()

    seen = [(one.user, one.name) for one in running_sandbox.seeds.commands()]
    assert ("", "LOGIN") in seen
    assert (tables[4]["address"], "NOOP") in seen
