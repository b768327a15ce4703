"""Stored AI keys, caps, and the ledger. Money is stored in whole billionths of a dollar, so that sums are exact."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from engine.db.types import UtcDateTime


class CallState(StrEnum):
    open = "open"  # let through; counts with all it may cost until its end is known
    settled = "settled"  # counts with what the provider reported
    assumed = "assumed"  # it ended without a report; counts with all it may have cost


class AiSettings(SQLModel, table=True):
    """The key that an account has connected, encrypted; `hint` is its end. `verified`: the provider accepted it."""

    __tablename__ = "ai_settings"  # pyright: ignore[reportAssignmentType]

    account_id: int = Field(primary_key=True, foreign_key="accounts.id", sa_column_kwargs={"autoincrement": False})
    provider: str
    sealed: str
    hint: str
    base_url: str | None = None
    model: str | None = None
    verified: bool
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class AiCaps(SQLModel, table=True):
    """An account's own caps; who has none is held to the defaults. In billionths of a dollar."""

    __tablename__ = "ai_caps"  # pyright: ignore[reportAssignmentType]

    account_id: int = Field(primary_key=True, foreign_key="accounts.id", sa_column_kwargs={"autoincrement": False})
    per_request: int = Field(sa_column=Column(BigInteger, nullable=False))
    per_day: int = Field(sa_column=Column(BigInteger, nullable=False))
    per_month: int = Field(sa_column=Column(BigInteger, nullable=False))
    changed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class AiCall(SQLModel, table=True):
    """One try of a request to a model. It counts in the day and month of `at`, when it was let through.

    `reserved` and `cost` are in billionths of a dollar; both null where the model has no known price.
    """

    __tablename__ = "ai_calls"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ai_calls_by_account", "account_id", "id"),
        Index("ai_calls_by_time", "account_id", "at"),
        {"sqlite_autoincrement": True},  # the order of the ledger, and its cursor
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts.id")
    feature: str
    provider: str
    model: str
    state: str = CallState.open
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    reserved: int | None = Field(default=None, sa_column=Column(BigInteger))
    cost: int | None = Field(default=None, sa_column=Column(BigInteger))
    input_tokens: int | None = None
    output_tokens: int | None = None


class AiAlert(SQLModel, table=True):
    """A mail that went out about a cap: once a period (`2026-11` or `2026-11-23`) and level (`near` or `reached`)."""

    __tablename__ = "ai_alerts"  # pyright: ignore[reportAssignmentType]

    account_id: int = Field(primary_key=True, foreign_key="accounts.id", sa_column_kwargs={"autoincrement": False})
    period: str = Field(primary_key=True)
    level: str = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
