"""Signed-in browsers. The cookie is a signed secret, bound to a row: without the row it is worth nothing."""

from sqlmodel import col, delete, select

from engine.accounts.models import Account, SignInSession
from engine.accounts.queries import principal_as
from engine.accounts.secret import hash_of, new_secret
from engine.context import Context, Principal, read, write
from engine.limits import SESSION_LIFE, SESSION_RENEWAL

PURPOSE = "session"
COOKIE = "outsend_session"  # docs page api/auth


def open_session(context: Context, account_id: int) -> str:
    """Begin a session; returns the cookie's value."""
    secret, now = new_secret(), context.now()
    session = SignInSession(
        account_id=account_id,
        secret_hash=hash_of(secret),
        created_at=now,
        renewed_at=now,
        expires_at=now + SESSION_LIFE,
    )
    context.session.add(session)
    return context.services.signer.sign(PURPOSE, secret)


@read
def principal_of(context: Context, cookie: str) -> tuple[Principal, bool] | None:
    """Who bears this cookie, and whether the session is due for its renewal; None when it is void."""
    found = _session_of(context, cookie)
    if found is None:
        return None
    session, account = found
    principal = principal_as(account, "session", session_id=session.id)
    return principal, context.now() - session.renewed_at >= SESSION_RENEWAL


@write
def renew(context: Context, cookie: str) -> None:
    """Let the session last its full time again, unless it ended meanwhile."""
    found = _session_of(context, cookie)
    if found is not None:
        session, now = found[0], context.now()
        session.renewed_at, session.expires_at = now, now + SESSION_LIFE
        context.session.add(session)


@write
def close_session(context: Context, cookie: str) -> None:
    """End the session of this cookie; a void one is fine."""
    found = _session_of(context, cookie)
    if found is not None:
        context.session.delete(found[0])


def close_all(context: Context, account_id: int) -> None:
    """End every session of an account."""
    context.session.exec(delete(SignInSession).where(col(SignInSession.account_id) == account_id))


def forget_expired(context: Context) -> None:
    """Delete the sessions that are over."""
    context.session.exec(delete(SignInSession).where(col(SignInSession.expires_at) <= context.now()))


def _session_of(context: Context, cookie: str) -> tuple[SignInSession, Account] | None:
    secret = context.services.signer.read(PURPOSE, cookie)
    if secret is None:
        return None
    query = (
        select(SignInSession, Account)
        .join(Account, col(Account.id) == SignInSession.account_id)
        .where(SignInSession.secret_hash == hash_of(secret), col(SignInSession.expires_at) > context.now())
    )
    return context.session.exec(query).first()
