"""An account's conversations: list, look, delete. The last ones are kept, until their owner deletes them."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, delete, func, select

from engine.assistant.errors import ConversationMissing
from engine.assistant.models import Confirmation, Conversation, ConversationMessage, Decision
from engine.assistant.schemas import (
    ConfirmationPublic,
    ConversationBrief,
    ConversationList,
    ConversationPublic,
    MessagePublic,
)
from engine.context import Context, read, write
from engine.limits import ASSISTANT_CONVERSATIONS_MAX
from engine.signing import Signer
from engine.tools.untrusted import clean_text

TITLE_CHARS = 80
TOKENS = "assistant-confirmations"  # what a token is signed for


@read
def list_conversations(context: Context) -> ConversationList:
    """All of the caller's conversations, the one that was used last first."""
    now = context.now()
    mine = select(Conversation).where(Conversation.account_id == context.account_id)
    found = context.session.exec(mine.order_by(col(Conversation.updated_at).desc(), col(Conversation.seq).desc()))
    return ConversationList(items=[_brief(row, now) for row in found])


@read
def look(context: Context, conversation_id: str) -> ConversationPublic:
    """One conversation with all its messages, and the actions that wait. Raises ConversationMissing."""
    now, row = context.now(), owned(context, conversation_id)
    live = (Confirmation.decision == Decision.waiting, col(Confirmation.expires_at) > now)
    waiting = select(Confirmation).where(
        Confirmation.account_id == context.account_id, Confirmation.conversation_seq == row.seq, *live
    )
    return ConversationPublic(
        **_brief(row, now).model_dump(),
        messages=[_message(one) for one in messages_of(context, row)],
        waiting=[
            confirmation(one, context.services.signer)
            for one in context.session.exec(waiting.order_by(col(Confirmation.id)))
        ],
    )


@write
def delete_conversation(context: Context, conversation_id: str) -> None:
    """Forget a conversation with all that was said in it. A turn under way ends. Raises ConversationMissing."""
    remove(context, owned(context, conversation_id, hold=True))


def owned(context: Context, conversation_id: str, *, hold: bool = False) -> Conversation:
    """The caller's conversation; with `hold`, nobody else changes it until the transaction ends.

    Raises:
        ConversationMissing: there is none, or it is somebody else's.
    """
    mine = select(Conversation).where(Conversation.id == conversation_id, Conversation.account_id == context.account_id)
    row = context.session.exec(mine.with_for_update() if hold else mine).first()
    if row is None:
        raise ConversationMissing()
    return row


def messages_of(context: Context, row: Conversation, *, last: int | None = None) -> Sequence[ConversationMessage]:
    """What was said in a conversation of the caller's, oldest first; the `last` so many."""
    said = select(ConversationMessage).where(
        ConversationMessage.account_id == context.account_id, ConversationMessage.conversation_seq == row.seq
    )
    newest_first = said.order_by(col(ConversationMessage.id).desc())
    return context.session.exec(newest_first.limit(last) if last is not None else newest_first).all()[::-1]


def begun(context: Context, words: str) -> Conversation:
    """A new conversation, named after the first words. The one unused for longest goes where there are too many."""
    now = context.now()
    row = Conversation(
        id=f"c_{secrets.token_hex(16)}",
        account_id=context.account_id,
        title=clean_text(words, TITLE_CHARS) or "…",
        created_at=now,
        updated_at=now,
    )
    mine = Conversation.account_id == context.account_id
    kept = context.session.exec(select(func.count()).select_from(Conversation).where(mine)).one()
    if kept >= ASSISTANT_CONVERSATIONS_MAX:
        oldest = select(Conversation).where(mine).order_by(col(Conversation.updated_at), col(Conversation.seq))
        # Locked: of two that begin at once, the second finds here what the first has left.
        too_many = oldest.limit(kept - ASSISTANT_CONVERSATIONS_MAX + 1).with_for_update()
        for old in context.session.exec(too_many).all():
            remove(context, old)
    context.session.add(row)
    context.session.flush()
    return row


def remove(context: Context, row: Conversation) -> None:
    """Delete a conversation of the caller's, and what hangs on it."""
    for table in (ConversationMessage, Confirmation):
        mine = (col(table.account_id) == context.account_id, col(table.conversation_seq) == row.seq)
        context.session.exec(delete(table).where(*mine))
    context.session.delete(row)
    context.session.flush()


def is_busy(row: Conversation, now: datetime) -> bool:
    """Whether a turn is under way that still gives signs of life."""
    return row.turn is not None and row.turn_until is not None and row.turn_until > now


def confirmation(row: Confirmation, signer: Signer) -> ConfirmationPublic:
    """A waiting action as it is shown, with its token."""
    return ConfirmationPublic(
        token=signer.sign(TOKENS, row.reference),
        call_id=row.call_id,
        tool=row.tool,
        arguments=row.arguments,
        expires_at=row.expires_at,
        **row.shown,
    )


def _brief(row: Conversation, now: datetime) -> ConversationBrief:
    return ConversationBrief(
        id=row.id,
        title=row.title,
        created_at=row.created_at,
        updated_at=row.updated_at,
        messages_count=row.messages,
        busy=is_busy(row, now),
    )


def _message(row: ConversationMessage) -> MessagePublic:
    said = row.content
    told = {
        name: said[name] for name in ("text", "cut_short", "call_id", "tool", "is_error", "summary") if name in said
    }
    if "call_id" in told:
        del told["text"]  # is for the model: what others wrote, with marks around
    calls = said.get("calls")
    if calls is not None:
        told["calls"] = [
            {"call_id": call["id"], "tool": call["name"], "arguments": call["arguments"]} for call in calls
        ]
    return MessagePublic.model_validate({"id": row.id, "role": row.role, "at": row.at, **told})
