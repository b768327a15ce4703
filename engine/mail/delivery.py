"""How mail leaves: through a relay (`SMTP_URL`), else as `.eml` files in a folder (`MAIL_DIR`)."""

import os
import secrets
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from engine.clock import Clock
from engine.errors import BadSetting
from engine.mail.mailer import Mail, Mailer
from engine.settings import Settings

FOLDER = "mail"
RELAY_SECONDS = 20.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PORTS = {"smtp": 587, "smtps": 465}


def mailer_of(settings: Settings, clock: Clock) -> Mailer:
    """The mailer that the settings ask for.

    Raises:
        BadSetting: `SMTP_URL` is no `smtp://` or `smtps://` address.
    """
    host = urlsplit(settings.public_url).hostname or "localhost"
    sender = settings.mail_from or f"outsend <noreply@{host}>"
    if settings.smtp_url:
        return Relay(settings.smtp_url, sender=sender, ca_bundle=settings.ca_bundle)
    return Folder(settings.mail_dir or settings.data_dir / FOLDER, clock, sender=sender)


class Relay:
    """A mail server of the operator's. `smtp://` goes over to TLS where it is offered, `smtps://` begins with it."""

    def __init__(self, url: str, *, sender: str, ca_bundle: Path | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise BadSetting(name="OUTSEND_SMTP_URL", problem="expected smtp://[user:password@]host[:port] or smtps://")
        self._host, self._port = parts.hostname, parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._tls_first = parts.scheme == "smtps"
        self._tls = ssl.create_default_context(cafile=ca_bundle)
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """See `engine.mail.mailer.Mailer`."""
        with self._connection() as relay:
            encrypted = self._tls_first
            if not encrypted and relay.has_extn("starttls"):
                relay.starttls(context=self._tls)
                relay.ehlo()
                encrypted = True
            if self._user:
                self._sign_in(relay, encrypted=encrypted)
            relay.send_message(message_of(mail, self._sender))

    def _sign_in(self, relay: smtplib.SMTP, *, encrypted: bool) -> None:
        """Whoever sits between could have taken STARTTLS out of the greeting: no password goes over an open line."""
        if not encrypted and self._host not in LOOPBACK:
            raise smtplib.SMTPNotSupportedError("the relay offers no TLS, so its password was not sent")
        relay.login(self._user, self._password)

    def _connection(self) -> smtplib.SMTP:
        if self._tls_first:
            relay = smtplib.SMTP_SSL(self._host, self._port, timeout=RELAY_SECONDS, context=self._tls)
        else:
            relay = smtplib.SMTP(self._host, self._port, timeout=RELAY_SECONDS)
        relay.ehlo()
        return relay


class Folder:
    """One `.eml` file a mail; names sort by time."""

    def __init__(self, folder: Path, clock: Clock, *, sender: str) -> None:
        self._folder, self._clock, self._sender = folder, clock, sender

    def send(self, mail: Mail) -> None:
        """See `engine.mail.mailer.Mailer`. The file is there whole, or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{self._clock.now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        unfinished = self._folder / f".{name}.part"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(bytes(message_of(mail, self._sender)))
        unfinished.rename(self._folder / f"{name}.eml")


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """The mail with its headers: a text part and an HTML part of the same words."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, mail.to, mail.subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
