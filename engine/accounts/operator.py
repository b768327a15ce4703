"""What the operator does from the command line: accounts without an invitation, and invitations for others."""

from sqlmodel import col, select

from engine.accounts import passwords, queries
from engine.accounts.addresses import folded
from engine.accounts.errors import AccountMissing, EmailTaken
from engine.accounts.invitations import make_invitation
from engine.accounts.models import Account
from engine.accounts.schemas import AccountPublic
from engine.context import Context, Services, read, write

__all__ = ["add_user", "list_users", "make_invitation", "set_active"]


def add_user(services: Services, email: str, password: str, *, admin: bool = False) -> AccountPublic:
    """Make an active account; the operator vouches for the address.

    Raises:
        EmailInvalid, WeakPassword, EmailTaken.
    """
    email, password = folded(email), passwords.strong(password, field="password")
    return services.run(None, _add, email, passwords.password_hash(password), admin=admin)


@read
def list_users(context: Context) -> list[AccountPublic]:
    """Every account, oldest first."""
    return [queries.public(account) for account in context.session.exec(select(Account).order_by(col(Account.id)))]


@write
def set_active(context: Context, email: str, *, active: bool) -> AccountPublic:
    """Deactivate an account, or activate it again. Its sessions and tokens stay, and are refused meanwhile.

    What was granted to clients ends with it.

    Raises:
        EmailInvalid, AccountMissing.
    """
    account = queries.by_email(context, folded(email), hold=True)
    if account is None:
        raise AccountMissing(email=email)
    account.is_active = active
    if not active:
        account.tokens_valid_after = context.now()
    context.session.add(account)
    return queries.public(account)


@write
def _add(context: Context, email: str, password_hash: str, *, admin: bool) -> AccountPublic:
    account = queries.add(context, email, password_hash, admin=admin, verified=True)
    if account is None:
        raise EmailTaken()
    return queries.public(account)
