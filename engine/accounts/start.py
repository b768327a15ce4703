"""The accounts that are there from the start: the operator's admin, the local owner, and the owner's way in."""

from typing import Literal

from sqlmodel import col, select

from engine.accounts import api_tokens, mail_tokens, mails, passwords, queries, sessions
from engine.accounts.addresses import folded
from engine.accounts.errors import EmailInvalid, NoOwner
from engine.accounts.models import Account
from engine.context import Context, Principal, Services, read, write
from engine.db.lock import Lock, hold
from engine.errors import BadSetting
from engine.limits import PASSWORD_LENGTH_MIN, PASSWORD_TYPED_MAX

LOCAL_OWNER = "owner@localhost"


def prepare_start(services: Services) -> str | None:
    """Make sure that somebody can sign in; safe when several processes start at once.

    Returns a one-time sign-in link where the local owner has no password.

    Raises:
        BadSetting: one of ADMIN_EMAIL and ADMIN_PASSWORD stands alone, or is none.
        NoOwner: the local owner was disabled.
    """
    make_admin(services)
    return services.run(services.run(None, local_owner), _link_without_password)


def make_admin(services: Services) -> None:
    """Let the admin of the settings exist: active and verified, with the set password if the account is new.

    An account that somebody opened under this address keeps its password only if it has proven the address.

    Raises:
        BadSetting.
    """
    wanted = _admin_of(services)
    if wanted is None:
        return
    email, password = wanted
    if services.run(None, _standing, email) != "admin":
        services.run(None, _make_admin, email, passwords.password_hash(password))


@write
def local_owner(context: Context) -> Principal:
    """The account that commands on this machine act as: the first admin; made when there is none.

    Raises:
        NoOwner: it was disabled, and there is no other admin.
    """
    hold(context.session, Lock.start)
    query = select(Account).where(col(Account.is_admin), col(Account.is_active)).order_by(col(Account.id))
    owner = context.session.exec(query.limit(1)).first()
    owner = owner or queries.add(context, LOCAL_OWNER, None, admin=True, verified=True)
    if owner is None:  # the address has an account that is disabled, or no admin any more
        raise NoOwner(email=LOCAL_OWNER)
    assert owner.id is not None
    return Principal(owner.id, via="cli", admin=True, verified=owner.email_verified)


@write
def sign_in_link(context: Context) -> str:
    """A link that signs the caller in once, within 24 hours; the older ones are void."""
    return mails.link_of(context, "sign_in", mail_tokens.issue(context, context.account_id, "sign_in"))


@write
def _link_without_password(context: Context) -> str | None:
    owner = queries.by_id(context, context.account_id)
    return sign_in_link(context) if owner.password_hash is None else None


def _admin_of(services: Services) -> tuple[str, str] | None:
    email, password = services.settings.admin_email, services.settings.admin_password
    if email is None and password is None:
        return None
    if email is None or password is None:
        missing = "OUTSEND_ADMIN_EMAIL" if email is None else "OUTSEND_ADMIN_PASSWORD"
        raise BadSetting(name=missing, problem="set the admin's e-mail and password together")
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_TYPED_MAX:
        problem = f"{PASSWORD_LENGTH_MIN} to {PASSWORD_TYPED_MAX} characters expected"
        raise BadSetting(name="OUTSEND_ADMIN_PASSWORD", problem=problem)
    try:
        return folded(email), password
    except EmailInvalid:
        raise BadSetting(name="OUTSEND_ADMIN_EMAIL", problem=f"{email!r} is no e-mail address") from None


@read
def _standing(context: Context, email: str) -> Literal["admin", "other"]:
    account = queries.by_email(context, email)
    ready = account is not None and account.is_admin and account.is_active and account.email_verified
    return "admin" if ready else "other"


@write
def _make_admin(context: Context, email: str, password_hash: str) -> None:
    hold(context.session, Lock.start)
    if queries.add(context, email, password_hash, admin=True, verified=True) is not None:
        return
    account = queries.by_email(context, email, hold=True)
    assert account is not None and account.id is not None
    if not account.email_verified:  # anybody can have typed it at signup
        account.password_hash = password_hash
        sessions.close_all(context, account.id)
        api_tokens.revoke_all(context, account.id)
        mail_tokens.void(context, account.id, "verify", "reset", "sign_in")
    account.is_admin = account.is_active = account.email_verified = True
    context.session.add(account)
