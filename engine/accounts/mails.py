"""The mails of sign-in: each with a link that works once, and the bare token for who has no browser."""

from datetime import timedelta
from typing import Protocol, cast
from urllib.parse import quote

from engine.accounts import mail_tokens, outgoing
from engine.accounts.models import Account
from engine.context import Context
from engine.lazy import load
from engine.mail.mailer import Mail

PATHS: dict[mail_tokens.Kind, str] = {"verify": "verify-email", "reset": "reset-password", "sign_in": "sign-in"}


class _Letters(Protocol):
    def write(self, letter: str, *, to: str, **values: str) -> Mail: ...


def send_welcome(context: Context, account: Account) -> None:
    """Greet a new account, and ask it to verify its address."""
    _send(context, account, "welcome", "verify")


def send_verification(context: Context, account: Account) -> None:
    """Ask again to verify the address."""
    _send(context, account, "verify", "verify")


def send_reset(context: Context, account: Account) -> None:
    """Let the owner of the mailbox choose a new password."""
    _send(context, account, "reset", "reset")


def link_of(context: Context, kind: mail_tokens.Kind, token: str) -> str:
    """The page that takes the token (CONTRACT, "E-mail links")."""
    return f"{context.services.settings.public_url}/{PATHS[kind]}?token={quote(token)}"


def written(letter: str, *, to: str, **values: str) -> Mail:
    """One of the product's letters (engine/mail/letters.py) to one address, with the values of its template."""
    return cast("_Letters", load("engine.mail.letters")).write(letter, to=to, **values)


def _send(context: Context, account: Account, letter: str, kind: mail_tokens.Kind) -> None:
    assert account.id is not None
    token = mail_tokens.issue(context, account.id, kind)
    link, life = link_of(context, kind, token), _in_words(mail_tokens.LIFE[kind])
    mail = written(letter, to=account.email, token=token, link=link, life=life)
    outgoing.queue(context, mail, account_id=account.id)


def _in_words(life: timedelta) -> str:
    hours = int(life.total_seconds() // 3600)
    return f"{hours} heure{'s' if hours > 1 else ''}"
