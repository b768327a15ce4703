"""Stored accounts."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from engine.db.types import UtcDateTime


class Account(SQLModel, table=True):
    """A user. Without a password hash it signs in by link or token alone."""

    __tablename__ = "accounts"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)  # folded to lower case
    password_hash: str | None = None
    is_admin: bool = False
    is_active: bool = True
    email_verified: bool = False
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
