"""Stored deliveries, and the secrets that sign them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from engine.db.types import UtcDateTime


class DeliveryStatus(StrEnum):
    pending = "pending"
    delivered = "delivered"
    failed = "failed"


class WebhookSecret(SQLModel, table=True):
    """What an account's deliveries are signed with, encrypted; `hint` is its end. The former one signs, too, for a
    day."""

    __tablename__ = "webhook_secrets"  # pyright: ignore[reportAssignmentType]

    account_id: int = Field(primary_key=True, foreign_key="accounts.id", sa_column_kwargs={"autoincrement": False})
    sealed: str
    hint: str
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    former_sealed: str | None = None
    former_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class WebhookDelivery(SQLModel, table=True):
    """One message to one receiver. `tries` is its fence, too: who made the last try alone may say how it went."""

    __tablename__ = "webhook_deliveries"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("webhook_deliveries_by_account", "account_id", "id"),
        Index("webhook_deliveries_due", "status", "due_at"),
        Index("webhook_deliveries_by_receiver", "receiver", "status"),
        {"sqlite_autoincrement": True},  # the order of the list, and its cursor
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts.id")
    delivery_id: str = Field(unique=True)  # what the receiver sees, the same at each try
    event: str
    subject_id: str  # of the job, pipeline or veille; empty for a ping
    url: str
    receiver: str  # account, host and port: what is paused, and gets few at once
    body: str = Field(sa_column=Column(Text, nullable=False))
    status: str = DeliveryStatus.pending
    tries: int = 0
    tries_max: int
    due_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    held_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))  # a try is under way
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    response_status: int | None = None  # of the last try, where there was an answer
    error: str | None = None  # why the last try failed
    told: bool = False  # its owner got a mail about its end
