"""What a reply of a mail server says: the codes decide, the texts only refine."""

from typing import get_args

import pytest

from engine.extract.smtp_codes import Reason, ending, reason_of, refuses_recipient, status_of
from engine.network.types import SmtpDialogue, SmtpReply

UNKNOWN, DISABLED, FULL = "mailbox_unknown", "mailbox_disabled", "mailbox_full"


@pytest.mark.parametrize(
    ("code", "enhanced", "text", "reason"),
    [
        (250, "2.1.5", "Ok", "accepted"),
        (251, "", "User not local; will forward", "accepted"),
        (252, "2.5.2", "Cannot verify", "unclear"),
        (550, "5.1.0", "Address rejected", UNKNOWN),
        (550, "5.1.1", "User unknown", UNKNOWN),
        (550, "5.1.10", "Recipient not found", UNKNOWN),
        (550, "5.2.1", "The account is disabled", DISABLED),
        (552, "5.2.2", "Over quota", FULL),
        (452, "4.2.2", "Over quota", FULL),
        (450, "", "Mailbox busy", "greylisted"),
        (451, "", "Local error", "greylisted"),
        (451, "4.7.1", "Greylisted, come back in 5 minutes", "greylisted"),
        (450, "4.1.1", "Unverified address", "greylisted"),
        (452, "4.3.1", "Insufficient system storage", "greylisted"),
        (550, "5.7.1", "Service refused", "blocked"),
        (554, "5.7.606", "Access denied, banned sending address", "blocked"),
        (553, "5.1.8", "Sender domain not found", "blocked"),
        (550, "5.4.1", "Recipient address rejected: Access denied", UNKNOWN),
        (550, "5.4.1", "No answer from host", "unclear"),
        (503, "5.5.1", "Bad sequence: user unknown", "unclear"),
        (550, "5.5.0", "Requested action not taken: mailbox unavailable", "unclear"),
    ],
)
def test_enhanced_codes_decide(code: int, enhanced: str, text: str, reason: Reason) -> None:
    assert reason_of(SmtpReply(code, enhanced, text)) == reason


@pytest.mark.parametrize(
    ("code", "enhanced", "text", "reason"),
    [
        (550, "5.1.1", "Blocked by policy, your IP is listed", UNKNOWN),
        (550, "5.7.1", "User unknown", "blocked"),
        (550, "5.2.2", "No such user", FULL),
        (550, "5.2.1", "Mailbox not found", DISABLED),
        (451, "4.7.1", "User unknown", "greylisted"),
        (451, "4.2.2", "No such user here", FULL),
        (250, "2.1.5", "User unknown", "accepted"),
    ],
)
def test_a_text_that_lies_changes_nothing(code: int, enhanced: str, text: str, reason: Reason) -> None:
    assert reason_of(SmtpReply(code, enhanced, text)) == reason


@pytest.mark.parametrize(
    ("code", "enhanced", "reason"),
    [
        (550, "4.7.1", "greylisted"),
        (550, "4.1.1", "greylisted"),
        (450, "5.1.1", "greylisted"),
        (250, "5.1.1", "unclear"),
        (550, "2.1.5", "unclear"),
    ],
)
def test_codes_that_contradict_each_other_prove_neither_life_nor_death(
    code: int, enhanced: str, reason: Reason
) -> None:
    assert reason_of(SmtpReply(code, enhanced, "User unknown")) == reason


@pytest.mark.parametrize(
    "text",
    [
        "User unknown",
        "<jean@exemple.fr>: Recipient address rejected: User unknown in local recipient table",
        "No such user here",
        "No such local user",
        "sorry, no mailbox here by that name. (#5.1.1)",
        "Unknown recipient",
        "Unrouteable address",
        "Mailbox not found",
        "The email account that you tried to reach does not exist",
        "Utilisateur inconnu",
        "This user doesn't have an account here",
        "Empfänger unbekannt",
    ],
)
def test_without_an_enhanced_code_the_usual_words_tell_an_unknown_mailbox(text: str) -> None:
    assert reason_of(SmtpReply(550, "", text)) == UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "Your IP is on a blacklist",
        "Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
        "User unknown or message rejected for policy reasons",
        "Relaying denied",
        "Sender verify failed: no such user",
        "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    ],
)
def test_words_of_a_policy_never_make_a_mailbox_invalid(text: str) -> None:
    assert reason_of(SmtpReply(550, "", text)) == "blocked"


@pytest.mark.parametrize(
    ("code", "text", "reason"),
    [
        (550, "Mailbox unavailable", "unclear"),
        (550, "User not found, try again later", "unclear"),
        (550, "Greylisted: user unknown to us yet", "greylisted"),
        (550, "Mailbox disabled", DISABLED),
        (550, "Mailbox is full", FULL),
        (552, "Requested mail action aborted", FULL),
        (452, "User is over quota", FULL),
        (550, "<user.unknown@exemple.fr> 550", "unclear"),
    ],
)
def test_other_texts_without_a_code_stay_on_the_safe_side(code: int, text: str, reason: Reason) -> None:
    assert reason_of(SmtpReply(code, "", text)) == reason


@pytest.mark.parametrize(
    ("code", "enhanced", "text"),
    [
        (421, "4.7.0", "Too many connections"),
        (421, "", "Closing"),
        (452, "4.5.3", "Too many recipients"),
        (452, "", "Too many recipients received this hour"),
        (550, "5.5.3", "Too many recipients"),
    ],
)
def test_a_server_that_wants_a_pause_says_nothing_about_the_mailbox(code: int, enhanced: str, text: str) -> None:
    assert reason_of(SmtpReply(code, enhanced, text)) is None


@pytest.mark.parametrize(
    ("code", "enhanced", "refused"),
    [
        (550, "5.1.1", True),
        (550, "5.2.1", True),
        (550, "5.4.1", True),
        (450, "4.1.1", True),
        (451, "4.7.1", False),
        (550, "5.7.1", False),
        (250, "2.1.5", False),
        (252, "", False),
        (421, "4.7.0", False),
    ],
)
def test_only_a_no_to_the_mailbox_itself_proves_that_the_server_tells_mailboxes_apart(
    code: int, enhanced: str, refused: bool
) -> None:
    assert refuses_recipient(SmtpReply(code, enhanced, "")) is refused


BUSY, BANNED = SmtpReply(421, "4.7.0", "Try later"), SmtpReply(554, "5.7.1", "Go away")


@pytest.mark.parametrize(
    ("dialogue", "reason"),
    [
        (SmtpDialogue("mx", (None,), "connect_refused"), "unreachable"),
        (SmtpDialogue("mx", (None,), "connect_timeout"), "unreachable"),
        (SmtpDialogue("mx", (None,), "timeout"), "timeout"),
        (SmtpDialogue("mx", (None,), "closed"), "blocked"),
        (SmtpDialogue("mx", (None,), "closed", BUSY), "greylisted"),
        (SmtpDialogue("mx", (None,), "greeting_refused", BUSY), "greylisted"),
        (SmtpDialogue("mx", (None,), "greeting_refused", BANNED), "blocked"),
        (SmtpDialogue("mx", (None,), "sender_refused", SmtpReply(451, "4.7.1", "")), "greylisted"),
        (SmtpDialogue("mx", (None,), "sender_refused", BANNED), "blocked"),
        (SmtpDialogue("mx", (SmtpReply(452, "4.5.3", "Too many recipients"),)), "greylisted"),
    ],
)
def test_a_dialogue_that_tells_nothing_never_ends_in_a_verdict(dialogue: SmtpDialogue, reason: Reason) -> None:
    assert ending(dialogue) == reason
    assert status_of(ending(dialogue)) == "unknown"


def test_each_reason_has_one_status() -> None:
    by_status: dict[str, set[str]] = {}
    for reason in get_args(Reason):
        by_status.setdefault(status_of(reason), set()).add(reason)

    assert by_status["valid"] == {"accepted"}
    assert by_status["invalid"] == {"syntax", "unknown_tld", "domain_unknown", "no_mx", "null_mx", UNKNOWN, DISABLED}
    assert by_status["risky"] == {FULL, "catch_all", "disposable"}
