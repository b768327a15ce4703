"""What a mailed link proves: who opens it reads that mailbox. Works once, for a time."""

from datetime import timedelta
from typing import Literal

from sqlalchemy import ColumnElement
from sqlmodel import col, delete, select

from engine.accounts.models import MailToken
from engine.accounts.secret import hash_of, new_secret
from engine.context import Context
from engine.limits import RESET_LINK_LIFE, SIGN_IN_LINK_LIFE, VERIFY_LINK_LIFE

Kind = Literal["verify", "reset", "sign_in"]

LIFE: dict[Kind, timedelta] = {"verify": VERIFY_LINK_LIFE, "reset": RESET_LINK_LIFE, "sign_in": SIGN_IN_LINK_LIFE}


def issue(context: Context, account_id: int, kind: Kind) -> str:
    """A new token. A new way in voids the older ones; a verification proves the same, whichever mail is opened."""
    if kind != "verify":
        void(context, account_id, kind)
    secret = new_secret()
    expires_at = context.now() + LIFE[kind]
    context.session.add(MailToken(account_id=account_id, kind=kind, secret_hash=hash_of(secret), expires_at=expires_at))
    return secret


def holder(context: Context, secret: str, kind: Kind) -> int | None:
    """The account of a token that would still work."""
    return context.session.exec(select(MailToken.account_id).where(*_valid(context, secret, kind))).first()


def consume(context: Context, secret: str, kind: Kind) -> int | None:
    """The account of a token, which is used up now; of two at once, one gets it."""
    used = delete(MailToken).where(*_valid(context, secret, kind)).returning(col(MailToken.account_id))
    return context.session.exec(used).scalar()


def void(context: Context, account_id: int, *kinds: Kind) -> None:
    """Let the account's open links of these kinds work no more."""
    context.session.exec(
        delete(MailToken).where(col(MailToken.account_id) == account_id, col(MailToken.kind).in_(kinds))
    )


def forget_expired(context: Context) -> None:
    """Delete what works no more."""
    context.session.exec(delete(MailToken).where(col(MailToken.expires_at) <= context.now()))


def _valid(context: Context, secret: str, kind: Kind) -> tuple[ColumnElement[bool], ...]:
    return (
        col(MailToken.secret_hash) == hash_of(secret),
        col(MailToken.kind) == kind,
        col(MailToken.expires_at) > context.now(),
    )
