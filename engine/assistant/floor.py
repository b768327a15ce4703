"""Who has the floor in a conversation: one turn at a time, which gives signs of life, writes what is said, and ends.

Each write of a turn brings the key it was given: one that was silent for too long, or whose conversation was deleted,
can't write into somebody else's turn.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import col, select

from engine.accounts.errors import AccountInactive, NotSignedIn
from engine.accounts.queries import by_id, stays
from engine.ai.money import dollars, nanos
from engine.ai.types import Completion, Message
from engine.assistant import conversations
from engine.assistant.errors import ConversationBusy, ConversationFull, TurnLost
from engine.assistant.models import Confirmation, Conversation, ConversationMessage, Decision, Role
from engine.assistant.said import messages_of
from engine.context import Context, read, write
from engine.db.types import plain_text
from engine.limits import ASSISTANT_MESSAGES_MAX, ASSISTANT_TURN_SILENCE

ROWS_READ = 250  # the last ones; a turn has fewer, and a model is shown no more
WROTE_ON = "Not done: the user did not confirm this, and wrote on instead."
EXPIRED = "Not done: the user did not confirm this in time."
REFUSED = "Not done: the user was asked, and refused."


@dataclass(frozen=True, slots=True)
class Spent:
    """What a turn has used so far. `cost_usd` is None where a price is unknown."""

    steps: int
    input_tokens: int
    output_tokens: int
    cost_usd: Decimal | None


@dataclass(frozen=True, slots=True)
class Floor:
    """The right to speak in a conversation. `spent`: when it was given."""

    conversation_id: str
    key: str
    spent: Spent


@read
def history(context: Context, conversation_id: str, *, then: str | None = None) -> tuple[Message, ...]:
    """What was said, for a model; with `then`, as if the user had said that, too. Raises ConversationMissing."""
    rows = list(conversations.messages_of(context, conversations.owned(context, conversation_id), last=ROWS_READ))
    if then is not None:
        rows.append(_row(context, 0, Role.user, {"text": then}))
    return messages_of(rows)


@write
def begin(context: Context, conversation_id: str | None, message: str) -> Floor:
    """Begin a turn with what the user says. Actions that still wait are dropped, and the model hears of that.

    Raises:
        ConversationMissing, ConversationBusy, ConversationFull; NotSignedIn, AccountInactive.
    """
    ensure_account(context)
    if conversation_id is None:
        row = conversations.begun(context, message)
    else:
        row = conversations.owned(context, conversation_id, hold=True)
        ensure_free(context, row)
        if row.messages >= ASSISTANT_MESSAGES_MAX:
            raise ConversationFull()
        drop_waiting(context, row, WROTE_ON)
    row.steps = row.input_tokens = row.output_tokens = row.cost = 0
    add(context, row, Role.user, {"text": message})
    return give(context, row)


@write
def keep_answer(context: Context, floor: Floor, said: Completion, calls: list[dict[str, Any]]) -> Spent:
    """Write down an answer of the model's and what it used: a step is over. Raises TurnLost."""
    row = held(context, floor)
    add(context, row, Role.assistant, {"text": plain_text(said.text), "calls": calls})
    row.steps += 1
    row.input_tokens += said.usage.input_tokens
    row.output_tokens += said.usage.output_tokens
    cost = said.usage.cost_usd
    row.cost = None if row.cost is None or cost is None else row.cost + nanos(cost)
    return _spent(row)


@write
def keep_words(context: Context, floor: Floor, text: str) -> None:
    """Write down the beginning of an answer that was broken off. Raises TurnLost."""
    add(context, held(context, floor), Role.assistant, {"text": plain_text(text), "calls": [], "cut_short": True})


@write
def keep_result(context: Context, floor: Floor, result: dict[str, Any]) -> None:
    """Write down what a call gave. Raises TurnLost."""
    add(context, held(context, floor), Role.tool, result)


@write
def beat(context: Context, floor: Floor) -> None:
    """Give a sign of life. Raises TurnLost."""
    held(context, floor)


@write
def end(context: Context, floor: Floor) -> None:
    """End the turn; nothing where it was lost."""
    row = _locked(context, floor)
    if row is not None and row.turn == floor.key:
        row.turn = row.turn_until = None
        context.session.add(row)


def ensure_account(context: Context) -> None:
    """Before anything else of a turn's: the account stays until the transaction ends, and may act.

    Raises:
        NotSignedIn: it is gone. AccountInactive: it was shut while the turn was under way.
    """
    if not stays(context.session, context.account_id):
        raise NotSignedIn()
    if not by_id(context, context.account_id).is_active:
        raise AccountInactive()


def ensure_free(context: Context, row: Conversation) -> None:
    """Raises ConversationBusy: another turn is under way in this conversation, which is held."""
    if conversations.is_busy(row, context.now()):
        raise ConversationBusy()


def give(context: Context, row: Conversation) -> Floor:
    """A turn of its own in a free conversation, which is held."""
    row.turn = secrets.token_hex(16)
    _renew(context, row)
    return Floor(row.id, row.turn, _spent(row))


def add(context: Context, row: Conversation, role: Role, content: dict[str, Any]) -> None:
    """Write down something that was said in a conversation, which is held."""
    assert row.seq is not None
    context.session.add(_row(context, row.seq, role, content))
    row.messages += 1
    row.updated_at = context.now()
    context.session.add(row)


def drop_waiting(context: Context, row: Conversation, why: str, *, expired_at: datetime | None = None) -> None:
    """Take back actions that wait in a conversation, which is held: all, or those that are expired by then."""
    waiting = select(Confirmation).where(
        Confirmation.account_id == context.account_id,
        Confirmation.conversation_seq == row.seq,
        Confirmation.decision == Decision.waiting,
    )
    if expired_at is not None:
        waiting = waiting.where(col(Confirmation.expires_at) <= expired_at)
    for one in context.session.exec(waiting.order_by(col(Confirmation.id)).with_for_update()).all():
        one.decision, one.decided_at = Decision.dropped, context.now()
        context.session.add(one)
        add(context, row, Role.tool, result_of(one.call_id, one.tool, why, why, is_error=True))


def result_of(call_id: str, tool: str, text: str, summary: str, *, is_error: bool) -> dict[str, Any]:
    """What a call gave, as it is stored: `text` for the model, `summary` for people."""
    return {"call_id": call_id, "tool": tool, "text": text, "summary": summary, "is_error": is_error}


def held(context: Context, floor: Floor) -> Conversation:
    """The conversation of a turn that has the floor, and keeps it. Raises TurnLost."""
    ensure_account(context)
    row = _locked(context, floor)
    if row is None or row.turn != floor.key:
        raise TurnLost()
    _renew(context, row)
    return row


def _locked(context: Context, floor: Floor) -> Conversation | None:
    mine = (Conversation.id == floor.conversation_id, Conversation.account_id == context.account_id)
    return context.session.exec(select(Conversation).where(*mine).with_for_update()).first()


def _renew(context: Context, row: Conversation) -> None:
    row.turn_until = context.now() + ASSISTANT_TURN_SILENCE
    context.session.add(row)


def _row(context: Context, seq: int, role: Role, content: dict[str, Any]) -> ConversationMessage:
    return ConversationMessage(
        conversation_seq=seq, account_id=context.account_id, role=role, content=content, at=context.now()
    )


def _spent(row: Conversation) -> Spent:
    cost = None if row.cost is None else dollars(row.cost)
    return Spent(row.steps, row.input_tokens, row.output_tokens, cost)
