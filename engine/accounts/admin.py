"""What an administrator does over HTTP: look accounts up, keep one out, invite. Its callers are administrators."""

from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import col, select

from engine.accounts import invitations, queries
from engine.accounts.errors import AccountInactive
from engine.accounts.models import Account
from engine.accounts.schemas import AccountPublic
from engine.context import Context, read, write
from engine.db import pages
from engine.errors import OutsendError
from engine.limits import ADMIN_PAGE_DEFAULT, ADMIN_PAGE_MAX, INVITATION_USES_MAX


class UserMissing(OutsendError):
    code = "user_missing"
    kind = "missing"
    message = "Compte introuvable"
    hint = "GET /api/admin/users lists the accounts with their ids."


class OwnLockout(OutsendError):
    code = "own_lockout"
    message = "Tu ne peux pas désactiver ton propre compte"
    hint = "Let another administrator do it, so that one is always left."


class UserChange(BaseModel):
    """What becomes of an account. A deactivated one keeps everything and reaches nothing."""

    is_active: bool


class UsersPage(BaseModel):
    """Accounts, newest first. `total` are all that match; `next_cursor` asks for the page behind, null at the end."""

    items: list[AccountPublic]
    total: int
    next_cursor: int | None


class InvitationRequest(BaseModel):
    """How many accounts may be opened with the code."""

    uses: Annotated[int, Field(ge=1, le=INVITATION_USES_MAX)] = 1


class InvitationPublic(BaseModel):
    """A code just made; it is shown here alone."""

    code: str
    uses_left: int


@read
def list_page(
    context: Context, *, limit: int = ADMIN_PAGE_DEFAULT, cursor: int | None = None, search: str | None = None
) -> UsersPage:
    """A page of all accounts; `search` keeps those whose address holds that text, in any case of letters."""
    where = [col(Account.email).contains(_sought(search), autoescape=True)] if search else []
    total = pages.count(context.session, Account, where)
    found, behind = pages.newest(context.session, Account, where, before=cursor, limit=limit, most=ADMIN_PAGE_MAX)
    return UsersPage(items=[queries.public(account) for account in found], total=total, next_cursor=behind)


@write
def set_active(context: Context, user_id: int, *, active: bool) -> AccountPublic:
    """Deactivate an account, or activate it again. Its sessions and tokens are refused from the next request on.

    What was granted to clients ends with it, and stays void when it is activated again.

    One administrator is always left: the caller, who can't be deactivated by this call, nor meanwhile by another.

    Raises:
        UserMissing, OwnLockout; AccountInactive: another administrator was faster, and deactivated the caller.
    """
    _hold_admins(context)
    if user_id == context.account_id and not active:
        raise OwnLockout()
    held = select(Account).where(col(Account.id) == user_id).with_for_update()
    account = context.session.exec(held).first()
    if account is None:
        raise UserMissing()
    account.is_active = active
    if not active:
        account.tokens_valid_after = context.now()
    context.session.add(account)
    return queries.public(account)


@write
def invite(context: Context, *, uses: int) -> InvitationPublic:
    """Make an invitation code for that many accounts."""
    return InvitationPublic(code=invitations.make_invitation(context, uses_left=uses), uses_left=uses)


def _hold_admins(context: Context) -> None:
    """Let no other administrator deactivate one until we are done; in a fixed order, so that none waits in a circle."""
    admins = select(Account.id).where(col(Account.is_admin), col(Account.is_active)).order_by(col(Account.id))
    if context.account_id not in context.session.exec(admins.with_for_update()).all():
        raise AccountInactive()


def _sought(search: str) -> str:
    # No database takes what can't be printed; no address holds a space.
    return search.strip().lower() if search.isprintable() else " "
