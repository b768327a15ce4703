"""Look up and add accounts, inside the transaction of who asks."""

from sqlmodel import Session, col, select

from engine.accounts.errors import NotSignedIn
from engine.accounts.models import Account
from engine.accounts.schemas import AccountPublic
from engine.context import ALL_SCOPES, Context, Principal, Scope, Via
from engine.db.insert import is_new


def public(account: Account) -> AccountPublic:
    """An account as its owner sees it."""
    return AccountPublic.model_validate(account, from_attributes=True)


def principal_as(
    account: Account, via: Via, *, scopes: frozenset[Scope] = ALL_SCOPES, session_id: int | None = None
) -> Principal:
    """The account as one who acts, and came in this way."""
    assert account.id is not None
    return Principal(
        account.id,
        via,
        admin=account.is_admin,
        active=account.is_active,
        verified=account.email_verified,
        scopes=scopes,
        session_id=session_id,
    )


def by_email(context: Context, email: str, *, hold: bool = False) -> Account | None:
    """The account of a folded address; with `hold`, nobody else changes it until the transaction ends."""
    query = select(Account).where(Account.email == email)
    return context.session.exec(query.with_for_update() if hold else query).first()


def by_id(context: Context, account_id: int, *, hold: bool = False) -> Account:
    """An account that was there a moment ago. Raises NotSignedIn: it was deleted meanwhile."""
    query = select(Account).where(col(Account.id) == account_id)
    account = context.session.exec(query.with_for_update() if hold else query).first()
    if account is None:
        raise NotSignedIn()
    return account


def stays(session: Session, account_id: int) -> bool:
    """Keep an account from being deleted until the transaction ends; False: it is gone already.

    Take it before anything of the account's own: an erasure locks in this order, too.
    """
    here = select(Account.id).where(col(Account.id) == account_id)
    return session.exec(here.with_for_update(read=True, key_share=True)).first() is not None


def add(
    context: Context, email: str, password_hash: str | None, *, admin: bool = False, verified: bool = False
) -> Account | None:
    """Make an active account; None when the address has one. Of two at once, the second waits for the first's end."""
    values = {
        "email": email,
        "password_hash": password_hash,
        "is_admin": admin,
        "is_active": True,
        "email_verified": verified,
        "created_at": context.now(),
    }
    return by_email(context, email) if is_new(context.session, Account, values) else None
