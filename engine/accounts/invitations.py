"""Invitation codes: the operator's reusable ones from the settings, and made ones with so many uses."""

import secrets

from sqlalchemy import update
from sqlmodel import col, or_

from engine.accounts.errors import InvitationInvalid
from engine.accounts.models import Invitation
from engine.context import Context, write

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that reads like something else
GROUPS, GROUP_LENGTH = 3, 4


@write
def make_invitation(context: Context, *, uses_left: int | None = None) -> str:
    """A new code for that many accounts; without a number it never wears out."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    code = "-".join(groups)
    maker = context.principal.account_id if context.principal else None
    context.session.add(Invitation(code=code, created_by=maker, uses_left=uses_left, created_at=context.now()))
    return code


def redeem(context: Context, code: str) -> None:
    """Use a code once; what the transaction takes back is not used.

    Raises:
        InvitationInvalid: there is no such code, or it is worn out.
    """
    if code in context.services.settings.invitation_codes:
        return
    left = col(Invitation.uses_left)
    # One statement: of two who redeem the last use, the second finds none. What never wears out is NULL, and stays so.
    use = (
        update(Invitation).where(col(Invitation.code) == code, or_(left.is_(None), left > 0)).values(uses_left=left - 1)
    )
    if not code.isprintable() or context.session.connection().execute(use).rowcount == 0:
        raise InvitationInvalid()
