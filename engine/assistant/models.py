"""Conversations with the assistant: what was said, and the actions that wait for a yes.

What hangs on a conversation names it by `seq`; it goes with it, by `engine.assistant.conversations`.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from engine.db.types import Json, UtcDateTime


class Role(StrEnum):
    user = "user"
    assistant = "assistant"
    tool = "tool"  # what one call of the assistant's gave


class Decision(StrEnum):
    waiting = "waiting"
    approved = "approved"
    refused = "refused"
    dropped = "dropped"  # the user wrote on instead


class Conversation(SQLModel, table=True):
    """One conversation. `messages` counts what is stored of it.

    `turn` is the key of the turn that is under way, which counts until `turn_until`. Steps, tokens and cost (billionths
    of a dollar; null where the price is unknown) are those of the last turn.
    """

    __tablename__ = "assistant_conversations"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("assistant_conversations_by_account", "account_id", "updated_at"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    account_id: int = Field(foreign_key="accounts.id")
    title: str
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    messages: int = 0
    turn: str | None = None
    turn_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    steps: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: int | None = Field(default=0, sa_column=Column(BigInteger))


class ConversationMessage(SQLModel, table=True):
    """Something that was said. `content` as in `engine.assistant.said`, by `role`."""

    __tablename__ = "assistant_messages"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("assistant_messages_by_conversation", "conversation_seq", "id"),
        Index("assistant_messages_by_account", "account_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    conversation_seq: int
    account_id: int = Field(foreign_key="accounts.id")
    role: str
    content: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Confirmation(SQLModel, table=True):
    """An action that a model asked for, as it was `shown`. `arguments` are what runs. Token: `reference`, signed."""

    __tablename__ = "assistant_confirmations"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("assistant_confirmations_by_conversation", "conversation_seq", "decision"),
        Index("assistant_confirmations_by_account", "account_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)
    conversation_seq: int
    account_id: int = Field(foreign_key="accounts.id")
    call_id: str
    tool: str
    arguments: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    shown: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    decision: str = Decision.waiting
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    decided_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
