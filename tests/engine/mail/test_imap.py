"""Where a message lies in a mailbox, asked over real sockets."""

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from engine.mail.imap import Found, LoginRefused, Silent, Wanted, newest, sign_in
from engine.mail.seeds import SeedBox
from tests.engine.mail.imap_server import PASSWORD, Mail, Mailboxes, imap_server, mail

TLS = ssl.create_default_context()


@pytest.fixture
def boxes() -> Iterator[Mailboxes]:
    with imap_server(Mailboxes()) as serving:
        yield serving


def box(boxes: Mailboxes, **changes: object) -> SeedBox:
    known = {"address": "seed@test.fr", "kind": "test", "host": "127.0.0.1", "port": boxes.port, "tls": False}
    return SeedBox.model_validate({**known, "password": PASSWORD, **changes})


def ago(minutes: int) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


def find(boxes: Mailboxes, *, domain: str = "acme.fr", subject: str = "", minutes: float = 10) -> Found | None:
    return newest(box(boxes), TLS, Wanted(domain, subject, ago(minutes)))


def test_a_message_of_the_inbox_is_told_with_its_subject_and_times(boxes: Mailboxes) -> None:
    boxes.put("INBOX", mail(subject="=?utf-8?q?Votre_devis_=C3=A0_lire?="))

    found = find(boxes)

    assert found is not None
    assert (found.subject, found.tab, found.is_spam) == ("Votre devis à lire", "", False)
    assert found.sent is not None and datetime.now(UTC) - found.seen < timedelta(minutes=1)


def test_nothing_is_changed_in_the_mailbox_and_the_session_is_ended(boxes: Mailboxes) -> None:
    boxes.put("INBOX", mail())

    find(boxes)

    assert not [line for line in boxes.said if line.startswith(("SELECT", "UID STORE")) or "BODY[" in line]
    assert boxes.said[-1] == "LOGOUT"


@pytest.mark.parametrize(
    ("message", "is_theirs"),
    [
        (mail("ada@acme.fr"), True),
        (mail('"Bob, of other.fr" <ADA@News.ACME.fr>'), True),
        (mail("x@other.fr", head="DKIM-Signature: v=1; a=rsa-sha256;\r\n d=acme.fr; s=k1; b=abc\r\n"), True),
        (mail("x@notacme.fr"), False),
        (mail("ada@acme.fr.other.com"), False),
        (mail("ada@other.fr", subject="acme.fr", head="DKIM-Signature: d=other.fr; i=acme.fr\r\n"), False),
        (mail("", head="X: 1"), False),
        (mail("info@étés.acme.fr"), True),
        (Mail("From: =?broken?q?x@acme.fr\r\nSubject: \xff\r\n"), True),
        (Mail("\r\n\r\n"), False),
    ],
)
def test_a_message_is_the_domains_when_it_wrote_or_signed_it(boxes: Mailboxes, message: Mail, is_theirs: bool) -> None:
    boxes.put("INBOX", message)

    assert (find(boxes) is not None) == is_theirs


def test_the_newest_of_all_folders_counts_and_older_or_other_ones_do_not(boxes: Mailboxes) -> None:
    boxes.put("INBOX", mail(subject="Test 1", arrived=ago(5)), mail("x@other.fr"))
    boxes.put("INBOX", mail(subject="Test 2", arrived=ago(30)))
    boxes.put("Junk", mail(subject="test  1 encore"))

    spam, inbox = find(boxes, subject="TEST 1"), find(boxes, subject="Test 1", minutes=20)

    assert spam is not None and spam.is_spam and inbox == spam
    assert find(boxes, subject="Test 2") is None
    assert find(boxes, subject="Test 3") is None


def test_tabs_of_gmail_are_asked_for_by_its_own_search(boxes: Mailboxes) -> None:
    boxes.gmail, boxes.flags = True, {"[Gmail]/Spam": "\\Junk", "[Gmail]/Tous": "\\All"}
    boxes.folders = {"INBOX": [], "[Gmail]/Spam": [], "[Gmail]/Tous": [mail(subject="p")], "Label": [mail(subject="s")]}
    boxes.put("INBOX", mail(subject="p", category="promotions"), mail(subject="s", category="social"))
    boxes.put("INBOX", mail(subject="m"))
    boxes.put("[Gmail]/Spam", mail(subject="junk"))

    tabs = [found and (found.tab, found.is_spam) for found in (find(boxes, subject=s) for s in ("p", "s", "m", "junk"))]

    assert tabs == [("Promotions", False), ("Social", False), ("", False), ("", True)]


def test_elsewhere_the_folder_is_the_tab_and_spam_is_known_by_its_name(boxes: Mailboxes) -> None:
    boxes.flags = {"Sent": "\\Sent"}
    boxes.folders = {
        "INBOX": [],
        "Courrier ind&AOk-sirable": [mail(subject="j")],
        "INBOX.Promos &- co": [mail(subject="f")],
    }
    boxes.put("Sent", mail(subject="own"))
    boxes.put("Trash", mail(subject="thrown"))

    found = [find(boxes, subject=subject) for subject in ("j", "f", "own", "thrown")]

    assert [one and (one.tab, one.is_spam) for one in found] == [("", True), ("Promos & co", False), None, None]


def test_a_password_that_is_not_taken_is_told_apart_from_a_server_that_is_not_there(boxes: Mailboxes) -> None:
    with pytest.raises(LoginRefused):
        sign_in(box(boxes, password="wrong"), TLS)
    for changes in ({"port": 9}, {"tls": True}, {"host": "127.0.0.2"}):
        with pytest.raises(Silent):
            sign_in(box(boxes, **changes), TLS)
    boxes.breaks_off_at = "UID SEARCH"
    with pytest.raises(Silent):
        find(boxes)


@pytest.mark.parametrize("domain", ["straße.de", "STRASSE.de", "xn--strae-oqa.de"])
def test_a_sender_is_compared_as_dns_holds_its_domain(boxes: Mailboxes, domain: str) -> None:
    boxes.put("INBOX", mail(f"Ada <ada@{domain}>", "Voilà"))

    found = find(boxes, domain="xn--strae-oqa.de", subject="voilà")

    assert (found is not None) == (domain != "STRASSE.de")


@pytest.mark.parametrize(
    "reason", ["[UNAVAILABLE] Try again", "[INUSE] x", "[limit] x", "[ALERT] Too many simultaneous connections."]
)
def test_a_server_that_takes_nobody_for_now_refuses_no_password(boxes: Mailboxes, reason: str) -> None:
    boxes.full = reason

    with pytest.raises(Silent):
        sign_in(box(boxes), TLS)


def test_a_user_name_of_any_characters_stays_one_word(boxes: Mailboxes) -> None:
    sign_in(box(boxes, user='ada "a\\b" x'), TLS)

    assert f'LOGIN "ada \\"a\\\\b\\" x" "{PASSWORD}"' in boxes.said


@pytest.mark.parametrize("command", ["LOGIN", "UID FETCH"])
def test_a_server_that_talks_without_an_end_is_left(
    boxes: Mailboxes, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.mail.imap.DIALOGUE_SECONDS", 0.4)
    boxes.put("INBOX", mail())
    boxes.dribbles_at = command

    with pytest.raises(Silent, match="slow"):
        find(boxes)


def test_a_password_goes_over_an_open_line_on_this_machine_alone(boxes: Mailboxes) -> None:
    with pytest.raises(Silent):
        sign_in(box(boxes, host="0.0.0.0"), TLS)

    assert not [line for line in boxes.said if "LOGIN" in line]


def test_a_long_head_is_read_in_no_time(boxes: Mailboxes) -> None:
    boxes.put("INBOX", mail(head="DKIM-Signature: " + "d=" * 15_000 + ";" * 2_000 + "\r\n"))
    started = time.perf_counter()

    assert find(boxes) is not None
    assert time.perf_counter() - started < 2
