"""How mail leaves: to a relay with STARTTLS and a password, or into a folder."""

import email
import smtplib
from email.policy import default
from pathlib import Path

import pytest

from engine.clock import Clock
from engine.errors import BadSetting
from engine.mail.delivery import mailer_of
from engine.mail.mailer import Mail
from engine.settings import Settings
from tests.engine.network.outside import authority
from tests.relay import free_port, relay

MAIL = Mail("ada@example.com", "Bienvenue : confirme", "Voilà le lien\n", "<p>Voilà le lien</p>")
PLAIN_AUTH = {"auth_required": False, "auth_require_tls": False}


def test_a_relay_gets_the_mail_with_both_parts_and_its_headers(tmp_path: Path) -> None:
    port = free_port()
    settings = Settings(data_dir=tmp_path, smtp_url=f"smtp://127.0.0.1:{port}", mail_from="outsend <hi@leads.example>")
    with relay(port) as kept:
        mailer_of(settings, Clock()).send(MAIL)

    (envelope,) = kept.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("hi@leads.example", ["ada@example.com"])
    assert isinstance(envelope.content, bytes)
    message = email.message_from_bytes(envelope.content, policy=default)
    assert (message["From"], message["Subject"]) == ("outsend <hi@leads.example>", "Bienvenue : confirme")
    assert message["Message-ID"] and message["Date"] and message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content().strip() for part in message.iter_parts()] == ["Voilà le lien", "<p>Voilà le lien</p>"]


def test_the_password_goes_over_an_encrypted_line(tmp_path: Path) -> None:
    own, port = authority(tmp_path), free_port()
    url = f"smtp://ada:p%40ss%20word@127.0.0.1:{port}"
    with relay(port, tls=own.server("127.0.0.1"), auth_required=True, require_starttls=True) as kept:
        mailer_of(Settings(data_dir=tmp_path, smtp_url=url, ca_bundle=own.path), Clock()).send(MAIL)

    assert kept.logins == [("ada", "p@ss word", True)]
    assert len(kept.envelopes) == 1


def test_a_relay_with_a_certificate_of_somebody_else_gets_nothing(tmp_path: Path) -> None:
    own, port = authority(tmp_path), free_port()
    settings = Settings(data_dir=tmp_path, smtp_url=f"smtp://ada:p@127.0.0.1:{port}")
    with relay(port, tls=own.server("127.0.0.1"), auth_required=True) as kept, pytest.raises(OSError, match="CERT"):
        mailer_of(settings, Clock()).send(MAIL)

    assert kept.logins == [] and kept.envelopes == []


def test_no_password_goes_over_an_open_line(tmp_path: Path) -> None:
    port = free_port("127.0.0.2")
    settings = Settings(data_dir=tmp_path, smtp_url=f"smtp://ada:p@127.0.0.2:{port}")
    with relay(port, host="127.0.0.2", **PLAIN_AUTH) as kept, pytest.raises(smtplib.SMTPNotSupportedError):
        mailer_of(settings, Clock()).send(MAIL)

    assert kept.logins == [] and kept.envelopes == []


def test_a_password_the_relay_refuses_is_an_error_that_a_retry_may_cure(tmp_path: Path) -> None:
    port = free_port()
    settings = Settings(data_dir=tmp_path, smtp_url=f"smtp://ada:wrong@127.0.0.1:{port}")
    with relay(port, **PLAIN_AUTH), pytest.raises(OSError):
        mailer_of(settings, Clock()).send(MAIL)


def test_without_a_relay_mails_are_files_for_the_operator_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    mailer_of(Settings(data_dir=tmp_path, mail_dir=folder), Clock()).send(MAIL)

    (file,) = folder.iterdir()
    assert file.suffix == ".eml" and file.stat().st_mode & 0o077 == 0
    assert email.message_from_bytes(file.read_bytes(), policy=default)["To"] == "ada@example.com"


@pytest.mark.parametrize("url", ["http://relay.example", "smtp://", "relay.example:25"])
def test_an_address_that_is_no_relay_stops_the_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadSetting, match="OUTSEND_SMTP_URL"):
        mailer_of(Settings(data_dir=tmp_path, smtp_url=url), Clock())
