"""Stored conversations with the operator. A deleted account's stay, without a word of whose they were."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from engine.db.types import UtcDateTime


def _time(*, optional: bool = False) -> Any:
    return Field(default=None, sa_column=Column(UtcDateTime, nullable=optional))


class FeedbackThread(SQLModel, table=True):
    """A conversation about one topic. `account_id` is null once its account is deleted.

    The two times say up to when each side has read; whoever writes into a thread holds its row.
    """

    __tablename__ = "feedback_threads"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("feedback_threads_by_account", "account_id", "id"),
        Index("feedback_threads_by_topic", "topic", "id"),
        {"sqlite_autoincrement": True},  # the order of the lists, and their cursor
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int | None = Field(default=None, foreign_key="accounts.id")
    type: str  # bug, feature or other
    topic: str
    status: str  # open or closed
    created_at: datetime = _time()
    last_read_user: datetime | None = _time(optional=True)
    last_read_admin: datetime | None = _time(optional=True)


class FeedbackMessage(SQLModel, table=True):
    """One message. `author_id` is null once its author's account is deleted."""

    __tablename__ = "feedback_messages"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("feedback_messages_by_thread", "thread_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    thread_id: int  # no foreign key: all of those lead to accounts, and threads are never deleted
    author_role: str  # user or admin
    author_id: int | None = Field(default=None, foreign_key="accounts.id", index=True)
    message: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = _time()
