"""Stored accounts, and all that proves who somebody is. Secrets are kept as SHA-256 alone."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from engine.db.types import Json, UtcDateTime


def _time(*, optional: bool = False, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(UtcDateTime, nullable=optional, index=index))


class Account(SQLModel, table=True):
    """A user. Without a password hash it signs in by link or token alone."""

    __tablename__ = "accounts"  # pyright: ignore[reportAssignmentType]
    __table_args__ = {"sqlite_autoincrement": True}  # the id of a deleted account is never given again

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)  # folded to lower case
    password_hash: str | None = None
    is_admin: bool = False
    is_active: bool = True
    email_verified: bool = False
    created_at: datetime = _time()
    tokens_valid_after: datetime | None = _time(optional=True)  # what was granted to a client before is void
    suppressions_version: int = 0  # counts the changes of its opt-out list


class SignInSession(SQLModel, table=True):
    """One signed-in browser. The cookie holds the secret, signed."""

    __tablename__ = "sessions"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts.id", index=True)
    secret_hash: str = Field(unique=True)
    created_at: datetime = _time()
    renewed_at: datetime = _time()
    expires_at: datetime = _time(index=True)


class MailToken(SQLModel, table=True):
    """What a mailed link proves: `verify`, `reset`, or `sign_in`. Works once."""

    __tablename__ = "mail_tokens"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts.id", index=True)
    kind: str
    secret_hash: str = Field(unique=True)
    expires_at: datetime = _time(index=True)


class ApiToken(SQLModel, table=True):
    """A personal access token, `ost_...`. `hint` is its end, to tell tokens apart; `scope` is `read` or `run`."""

    __tablename__ = "api_tokens"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts.id", index=True)
    name: str
    scope: str
    secret_hash: str = Field(unique=True)
    hint: str
    created_at: datetime = _time()
    last_used_at: datetime | None = _time(optional=True)


class Invitation(SQLModel, table=True):
    """A code that lets somebody sign up; `uses_left` is None for one that never wears out."""

    __tablename__ = "invitations"  # pyright: ignore[reportAssignmentType]

    code: str = Field(primary_key=True)
    created_by: int | None = Field(default=None, foreign_key="accounts.id")
    uses_left: int | None = None
    created_at: datetime = _time()


class Attempt(SQLModel, table=True):
    """One attempt that counts against a limit. `key` names the limit and who is limited, hashed."""

    __tablename__ = "attempts"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("attempts_by_key", "key", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    at: datetime = _time(index=True)


class OutgoingMail(SQLModel, table=True):
    """A mail that waits for its delivery; deleted once it is handed over."""

    __tablename__ = "outgoing_mails"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    account_id: int | None = Field(default=None, foreign_key="accounts.id", index=True)
    recipient: str
    subject: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    html: str = Field(sa_column=Column(Text, nullable=False))
    tries: int = 0
    due_at: datetime = _time(index=True)


class Repeatable(SQLModel, table=True):
    """The answer to a request that must not be done twice, kept for 24 hours."""

    __tablename__ = "repeatables"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        UniqueConstraint("account_id", "key", name="one_answer_a_key"),
        Index("repeatables_by_request", "account_id", "fingerprint", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts.id")
    key: str
    fingerprint: str  # SHA-256 of the request: what is asked, and with which body
    answer: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    at: datetime = _time(index=True)
