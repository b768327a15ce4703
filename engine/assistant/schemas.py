"""Conversations as their owner sends and sees them, and the events of a turn. Source: docs page api/assistant."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, PlainSerializer, StringConstraints

from engine.ai.money import Usd
from engine.limits import ASSISTANT_MESSAGE_MAX

TOKEN_LENGTH_MAX = 400
ID_LENGTH_MAX = 64

EventName = Literal["text", "tool_call", "tool_result", "confirmation_required", "usage", "error", "done"]
# Why a turn ended: its answer is whole; actions wait for the user; too many steps, or too long; the model declined;
# see the event `error`.
Outcome = Literal["complete", "waiting", "step_limit", "length_limit", "refused", "failed"]


def _stamp(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


Moment = Annotated[datetime, PlainSerializer(_stamp, return_type=str, when_used="json")]
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=ASSISTANT_MESSAGE_MAX, pattern=r"[^\x00\s]")
]


class MessageRequest(BaseModel):
    """Something said to the assistant; without `conversation_id` a new conversation begins."""

    message: Words = Field(description="In any language.")
    conversation_id: str | None = Field(None, max_length=ID_LENGTH_MAX)


class ConfirmRequest(BaseModel):
    """The answer to `confirmation_required`."""

    token: str = Field(min_length=1, max_length=TOKEN_LENGTH_MAX)
    approve: bool = Field(strict=True)


class Price(BaseModel):
    """What an action costs, in EF (of a veille: each run) and minutes of work; `ai_cost_usd_max` in dollars.

    Where `complete` is false, the number of rows is not known yet: each 1,000 of them add `ef_cost_per_1000_rows`.
    """

    ef_cost: float
    ef_cost_per_1000_rows: float = 0.0
    minutes: float | None = None
    ai_cost_usd_max: Usd | None = None
    complete: bool = True
    warnings: list[str] = []


class ConfirmationPublic(BaseModel):
    """An action that waits. `summary` is French, our own words and numbers; `arguments` are exactly what will run."""

    token: str
    call_id: str
    tool: str
    title: str
    summary: str
    arguments: dict[str, Any]
    price: Price | None
    expires_at: Moment


class CallPublic(BaseModel):
    """A tool that the model used; `arguments` is null where what it wrote was no JSON object, or too long."""

    call_id: str
    tool: str
    arguments: dict[str, Any] | None


class MessagePublic(BaseModel):
    """Something that was said. `role` user: `text`. assistant: `text` and `calls`; `cut_short`: it was broken off.
    tool: what the call `call_id` gave, in short.
    """

    id: int
    role: Literal["user", "assistant", "tool"]
    at: Moment
    text: str | None = None
    calls: list[CallPublic] | None = None
    cut_short: bool | None = None
    call_id: str | None = None
    tool: str | None = None
    is_error: bool | None = None
    summary: str | None = None


class ConversationBrief(BaseModel):
    """A conversation in the list. `busy`: the assistant is answering at this moment."""

    id: str
    title: str
    created_at: Moment
    updated_at: Moment
    messages_count: int
    busy: bool


class ConversationList(BaseModel):
    """The one that was used last first."""

    items: list[ConversationBrief]


class ConversationPublic(ConversationBrief):
    """One conversation whole, oldest message first; `waiting` holds what can be confirmed now."""

    messages: list[MessagePublic]
    waiting: list[ConfirmationPublic]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a turn. `data` is JSON."""

    name: EventName
    data: dict[str, Any]
