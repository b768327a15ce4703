"""Addresses that give a file to whoever has them, for 10 minutes: what they are for stands in a signed token."""

from datetime import UTC, datetime

from engine.context import Context
from engine.errors import OutsendError
from engine.limits import DOWNLOAD_LINK_LIFE


def token_for(context: Context, purpose: str, *what: str) -> tuple[str, datetime]:
    """A token that lets its bearer have `what` of the caller's, none of it with a space; and until when it does."""
    expires_at = (context.now() + DOWNLOAD_LINK_LIFE).replace(microsecond=0)
    told = " ".join((*what, str(context.account_id), str(int(expires_at.timestamp()))))
    return context.services.signer.sign(purpose, told), expires_at


def owner_by(
    context: Context, purpose: str, token: str, *what: str, invalid: OutsendError, expired: OutsendError
) -> int:
    """The account whose token for `what` this is. Raises `invalid` (changed, or for something else), or `expired`."""
    told = (context.services.signer.read(purpose, token) or "").split(" ")
    if told[: len(what)] != list(what):
        raise invalid
    account_id, until = map(int, told[len(what) :])
    if datetime.fromtimestamp(until, UTC) <= context.now():
        raise expired
    return account_id
