"""What accounts can do. Sign-in is not part of the engine yet: commands act as the local owner."""

from sqlmodel import col, select

from engine.accounts.models import Account
from engine.context import Context, Principal, write

LOCAL_OWNER = "owner@localhost"


@write
def local_owner(context: Context) -> Principal:
    """The account that commands on this machine act as: the first admin; made when there is no account at all."""
    query = select(Account).where(col(Account.is_admin), col(Account.is_active)).order_by(col(Account.id))
    owner = context.session.exec(query.limit(1)).first()
    if owner is None:
        owner = Account(email=LOCAL_OWNER, is_admin=True, is_active=True, email_verified=True, created_at=context.now())
        context.session.add(owner)
        context.session.flush()
    assert owner.id is not None
    return Principal(owner.id, via="cli", admin=True, verified=owner.email_verified)
