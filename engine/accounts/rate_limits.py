"""Attempts in a sliding window: each one is a row, so the count is exact, whoever asks at the same moment.

Source: docs page concepts/limits, "Auth rate limits".
"""

import hashlib
import hmac
import math
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, delete, select

from engine.accounts.errors import TooManyAttempts
from engine.accounts.models import Attempt
from engine.context import Context, write
from engine.db.lock import Lock, hold
from engine.limits import (
    CHANGE_ATTEMPTS,
    CHANGE_WINDOW,
    LOGIN_ATTEMPTS,
    LOGIN_WINDOW,
    RESEND_ATTEMPTS,
    RESEND_WINDOW,
    RESET_ATTEMPTS,
    RESET_WINDOW,
    SIGNUP_ATTEMPTS,
    SIGNUP_WINDOW,
)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts in any window of that length."""

    name: str
    attempts: int
    window: timedelta


SIGNUP_BY_IP = Limit("signup.ip", SIGNUP_ATTEMPTS, SIGNUP_WINDOW)
LOGIN_BY_IP = Limit("login.ip", LOGIN_ATTEMPTS, LOGIN_WINDOW)
LOGIN_BY_EMAIL = Limit("login.email", LOGIN_ATTEMPTS, LOGIN_WINDOW)
RESET_BY_IP = Limit("reset.ip", RESET_ATTEMPTS, RESET_WINDOW)
RESET_BY_EMAIL = Limit("reset.email", RESET_ATTEMPTS, RESET_WINDOW)
CHANGE_BY_ACCOUNT = Limit("change.account", CHANGE_ATTEMPTS, CHANGE_WINDOW)
RESEND_BY_ACCOUNT = Limit("resend.account", RESEND_ATTEMPTS, RESEND_WINDOW)
LONGEST = timedelta(hours=1)


@write
def count_attempt(context: Context, *against: tuple[Limit, str]) -> None:
    """Count one attempt against each limit, for whom it concerns. A refused one counts against none.

    Raises:
        TooManyAttempts: a window is full; `retry_after` is in whole seconds.
    """
    keys = [(limit, _key(context, limit, who)) for limit, who in against]
    _lock(context, [key for _, key in keys])
    waits = [_wait(context, limit, key) for limit, key in keys]
    if any(waits):
        raise TooManyAttempts(retry_after=max(waits))
    now = context.now()
    context.session.add_all(Attempt(key=key, at=now) for _, key in keys)


def forget_attempts(context: Context) -> None:
    """Delete the attempts that no window holds any more."""
    context.session.exec(delete(Attempt).where(col(Attempt.at) <= context.now() - LONGEST))


def _key(context: Context, limit: Limit, who: str) -> str:
    """Addresses are few enough to try them all, so a plain hash would hide nothing."""
    secret = context.services.signer.keys_for("attempts")[0]
    return hmac.new(secret, f"{limit.name}\0{who}".encode(), hashlib.sha256).hexdigest()


def _lock(context: Context, keys: list[str]) -> None:
    """Wait for who counts the same; always in the same order, so that nobody waits in a circle."""
    for part in sorted({int.from_bytes(bytes.fromhex(key[:8]), signed=True) for key in keys}):
        hold(context.session, Lock.rate, part)


def _wait(context: Context, limit: Limit, key: str) -> int:
    """Seconds until the window has room; 0 when it has."""
    now = context.now()
    query = select(Attempt.at).where(Attempt.key == key, col(Attempt.at) > now - limit.window)
    latest = context.session.exec(query.order_by(col(Attempt.at).desc()).limit(limit.attempts)).all()
    if len(latest) < limit.attempts:
        return 0
    return max(1, math.ceil((latest[-1] + limit.window - now).total_seconds()))
