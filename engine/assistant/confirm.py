"""Actions that wait for the user's yes: shown with their price, decided once, then run exactly as they were shown."""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlmodel import func, select

from engine.assistant import conversations, floor
from engine.assistant.errors import ConfirmationExpired, ConfirmationMissing, ConfirmationUsed
from engine.assistant.floor import EXPIRED, REFUSED, Floor
from engine.assistant.models import Confirmation, Conversation, Decision, Role
from engine.assistant.proposals import Proposal
from engine.assistant.schemas import ConfirmationPublic
from engine.context import Context, write
from engine.limits import ASSISTANT_CONFIRMATION_LIFE


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, and the turn that goes on with it. `others`: how many actions of the turn still wait."""

    floor: Floor
    call_id: str
    tool: str
    arguments: dict[str, Any]
    approved: bool
    others: int


@write
def ask(context: Context, turn: Floor, call_id: str, proposal: Proposal) -> ConfirmationPublic:
    """Let an action wait for the user. Raises TurnLost."""
    row, now = floor.held(context, turn), context.now()
    assert row.seq is not None
    waiting = Confirmation(
        reference=secrets.token_urlsafe(24),
        conversation_seq=row.seq,
        account_id=context.account_id,
        call_id=call_id,
        tool=proposal.tool,
        arguments=proposal.arguments,
        shown=proposal.shown,
        created_at=now,
        expires_at=now + ASSISTANT_CONFIRMATION_LIFE,
    )
    context.session.add(waiting)
    return conversations.confirmation(waiting, context.services.signer)


@write
def decide(context: Context, token: str, *, approve: bool) -> Decided:
    """The user's answer, once. The turn goes on; what was approved is for the caller of this to run.

    Raises:
        ConfirmationMissing: no such token, or it is another account's. ConfirmationUsed, ConfirmationExpired.
        ConversationBusy: nothing was decided; NotSignedIn, AccountInactive.
    """
    floor.ensure_account(context)
    reference = context.services.signer.read(conversations.TOKENS, token)
    mine = select(Confirmation).where(
        Confirmation.reference == reference, Confirmation.account_id == context.account_id
    )
    waiting = context.session.exec(mine).first()
    if waiting is None:
        raise ConfirmationMissing()
    row = _conversation(context, waiting)
    # Of two answers at once, the second waits above, and sees here what the first has decided.
    context.session.refresh(waiting, with_for_update=True)
    if waiting.decision != Decision.waiting:
        raise ConfirmationUsed()
    if waiting.expires_at <= context.now():
        raise ConfirmationExpired()
    floor.ensure_free(context, row)
    waiting.decision = Decision.approved if approve else Decision.refused
    waiting.decided_at = context.now()
    context.session.add(waiting)
    if not approve:
        refused = floor.result_of(waiting.call_id, waiting.tool, REFUSED, REFUSED, is_error=True)
        floor.add(context, row, Role.tool, refused)
    context.session.flush()
    floor.drop_waiting(context, row, EXPIRED, expired_at=context.now())
    context.session.flush()
    return Decided(
        floor.give(context, row),
        waiting.call_id,
        waiting.tool,
        waiting.arguments,
        approved=approve,
        others=_others(context, row),
    )


def _conversation(context: Context, waiting: Confirmation) -> Conversation:
    mine = select(Conversation).where(
        Conversation.seq == waiting.conversation_seq, Conversation.account_id == context.account_id
    )
    row = context.session.exec(mine.with_for_update()).first()
    if row is None:  # deleted at this moment
        raise ConfirmationMissing()
    return row


def _others(context: Context, row: Conversation) -> int:
    """Actions that still wait: the turn can't go on without their results."""
    waiting = (
        Confirmation.account_id == context.account_id,
        Confirmation.conversation_seq == row.seq,
        Confirmation.decision == Decision.waiting,
    )
    return context.session.exec(select(func.count()).select_from(Confirmation).where(*waiting)).one()
