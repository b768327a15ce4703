"""Signing in and out, passwords, and the e-mail address. Source: docs page api/auth.

What hashes a password is a function over `services`: it hashes between its transactions, never inside one.
"""

from engine.accounts import api_tokens, mail_tokens, mails, passwords, queries, rate_limits, sessions
from engine.accounts.addresses import folded
from engine.accounts.errors import (
    EmailInvalid,
    LoginInactive,
    ResetLinkInvalid,
    SamePassword,
    SignInLinkInvalid,
    TooManyAttempts,
    VerifyLinkInvalid,
    WrongCredentials,
    WrongPassword,
)
from engine.accounts.models import Account
from engine.accounts.schemas import AccountPublic, ResendAnswer
from engine.context import Caller, Context, Services, read, write


def login(services: Services, email: str, password: str, ip: str) -> tuple[AccountPublic, str]:
    """Sign in with a password: the account and the session cookie's value. Every attempt counts, `ip` names its client.

    Raises:
        WrongCredentials, LoginInactive, TooManyAttempts.
    """
    email = _looked_up(email)
    by = rate_limits.LOGIN_BY_IP, rate_limits.LOGIN_BY_EMAIL
    services.run(None, rate_limits.count_attempt, (by[0], ip), (by[1], email))
    kept = services.run(None, _hash_of_email, email)
    if not passwords.matches(kept, password):
        raise WrongCredentials()
    return services.run(None, _signed_in, email, kept)


def sign_in_by_link(services: Services, token: str) -> str:
    """Use up a one-time sign-in link; returns the session cookie's value. Raises SignInLinkInvalid."""
    return services.run(None, _signed_in_by_link, token)


@read
def me(context: Context) -> AccountPublic:
    """The caller's account."""
    return queries.public(queries.by_id(context, context.account_id))


def verify_email(services: Services, token: str) -> None:
    """Use up a verification link: the address is its owner's. Raises VerifyLinkInvalid."""
    services.run(None, _verify_email, token)


@write
def resend_verification(context: Context) -> ResendAnswer:
    """Mail the caller a new verification link, unless the address is verified already. Raises TooManyAttempts."""
    account = queries.by_id(context, context.account_id, hold=True)
    if account.email_verified:
        return ResendAnswer(already_verified=True)
    rate_limits.count_attempt(context, (rate_limits.RESEND_BY_ACCOUNT, str(account.id)))
    mails.send_verification(context, account)
    return ResendAnswer()


def request_reset(services: Services, email: str, ip: str) -> None:
    """Mail a reset link if the address is an active account's.

    Nothing tells the caller whether it is: not the answer, and not its time, for the look-up happens after it. A full
    window is silent, too.
    """
    email = _looked_up(email)
    by = rate_limits.RESET_BY_IP, rate_limits.RESET_BY_EMAIL
    try:
        services.run(None, rate_limits.count_attempt, (by[0], ip), (by[1], email))
    except TooManyAttempts:
        return
    services.errands.run(lambda: services.run(None, _mail_reset_link, email))


def reset_confirm(services: Services, token: str, new_password: str) -> None:
    """Use up a reset link and set the password.

    Whoever resets may have lost control of the account: every session ends, every personal access token is deleted, and
    what was granted to clients before is void.

    Raises:
        ResetLinkInvalid, WeakPassword.
    """
    passwords.strong(new_password, field="new_password")
    if services.run(None, _holder_of_reset, token) is None:  # a wrong token must not cost a hash
        raise ResetLinkInvalid()
    services.run(None, _reset, token, passwords.password_hash(new_password))


def change_password(caller: Caller, current: str, new: str) -> str:
    """Set a new password; returns a fresh session cookie's value, the other sessions end.

    Personal access tokens stay: the owner is here, and can revoke them one by one.

    Raises:
        WrongPassword, SamePassword, TooManyAttempts.
    """
    who = str(caller.principal.account_id)
    caller.run(rate_limits.count_attempt, (rate_limits.CHANGE_BY_ACCOUNT, who))
    kept = caller.run(_own_hash)
    if not passwords.matches(kept, current):
        raise WrongPassword()
    if new == current:
        raise SamePassword()
    return caller.run(_change_password, kept, passwords.password_hash(new))


def forget_expired(services: Services) -> None:
    """Delete sessions, mailed links and counted attempts that are over."""
    services.run(None, _forget_expired)


def _looked_up(email: str) -> str:
    """The address as accounts keep it; text that is no address belongs to nobody."""
    try:
        return folded(email)
    except EmailInvalid:
        return ""


@read
def _hash_of_email(context: Context, email: str) -> str | None:
    account = queries.by_email(context, email)
    return account.password_hash if account else None


@read
def _own_hash(context: Context) -> str | None:
    return queries.by_id(context, context.account_id).password_hash


@write
def _signed_in(context: Context, email: str, proven: str | None) -> tuple[AccountPublic, str]:
    """Open a session, if the proven password is still the account's: it may have been reset since it was checked."""
    account = queries.by_email(context, email, hold=True)
    if account is None or account.password_hash != proven:
        raise WrongCredentials()
    if not account.is_active:
        raise LoginInactive()
    assert account.id is not None
    return queries.public(account), sessions.open_session(context, account.id)


@write
def _signed_in_by_link(context: Context, token: str) -> str:
    account_id = mail_tokens.consume(context, token, "sign_in")
    if account_id is None or not queries.by_id(context, account_id, hold=True).is_active:
        raise SignInLinkInvalid()
    return sessions.open_session(context, account_id)


@write
def _verify_email(context: Context, token: str) -> None:
    account_id = mail_tokens.consume(context, token, "verify")
    if account_id is None:
        raise VerifyLinkInvalid()
    account = queries.by_id(context, account_id, hold=True)
    account.email_verified = True
    context.session.add(account)
    mail_tokens.void(context, account_id, "verify")


@write
def _mail_reset_link(context: Context, email: str) -> None:
    account = queries.by_email(context, email, hold=True)
    if account is not None and account.is_active:
        mails.send_reset(context, account)


@read
def _holder_of_reset(context: Context, token: str) -> int | None:
    return mail_tokens.holder(context, token, "reset")


@write
def _reset(context: Context, token: str, password_hash: str) -> None:
    account_id = mail_tokens.consume(context, token, "reset")
    if account_id is None:
        raise ResetLinkInvalid()
    account = queries.by_id(context, account_id, hold=True)
    if not account.is_active:
        raise ResetLinkInvalid()
    _set_password(context, account, password_hash)
    api_tokens.revoke_all(context, account_id)


@write
def _change_password(context: Context, proven: str | None, password_hash: str) -> str:
    account = queries.by_id(context, context.account_id, hold=True)
    if account.password_hash != proven:  # reset while it was checked
        raise WrongPassword()
    _set_password(context, account, password_hash)
    return sessions.open_session(context, context.account_id)


def _set_password(context: Context, account: Account, password_hash: str) -> None:
    """The former password, and what was opened or mailed under it, is worth nothing any more."""
    assert account.id is not None
    account.password_hash, account.tokens_valid_after = password_hash, context.now()
    context.session.add(account)
    sessions.close_all(context, account.id)
    mail_tokens.void(context, account.id, "reset", "sign_in")


@write
def _forget_expired(context: Context) -> None:
    sessions.forget_expired(context)
    mail_tokens.forget_expired(context)
    rate_limits.forget_attempts(context)
