"""Stored clients of `/mcp`, what they ask for, and what they were granted. Secrets are kept as SHA-256 alone."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from engine.db.types import Json, UtcDateTime


class TokenKind(StrEnum):
    access = "access"
    refresh = "refresh"


def _time(*, optional: bool = False, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(UtcDateTime, nullable=optional, index=index))


def _texts() -> Any:
    return Field(sa_column=Column(Json, nullable=False))


class OAuthClient(SQLModel, table=True):
    """A program that may ask for access. Without a secret it is a public client, which proves itself by PKCE alone."""

    __tablename__ = "oauth_clients"  # pyright: ignore[reportAssignmentType]

    client_id: str = Field(primary_key=True)  # ours, or the address of the client's own document
    name: str
    redirect_uris: list[str] = _texts()
    auth_method: str
    secret_hash: str | None = None
    created_at: datetime = _time()
    used_at: datetime = _time(index=True)  # when it was last made, read, or given tokens
    fresh_until: datetime | None = _time(optional=True)  # of a client with a document: it is read again after


class OAuthRequest(SQLModel, table=True):
    """What a client asks for, until a person decides. Nobody's yet: who decides is known then."""

    __tablename__ = "oauth_requests"  # pyright: ignore[reportAssignmentType]

    secret_hash: str = Field(primary_key=True)
    client_id: str
    redirect_uri: str
    redirect_given: bool
    scopes: list[str] = _texts()
    code_challenge: str
    state: str | None = None
    resource: str
    expires_at: datetime = _time(index=True)


class OAuthCode(SQLModel, table=True):
    """An authorization code. `grant_id` is what it was exchanged for: it works once."""

    __tablename__ = "oauth_codes"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts.id", index=True)
    secret_hash: str = Field(unique=True)
    client_id: str
    redirect_uri: str
    redirect_given: bool
    scopes: list[str] = _texts()
    code_challenge: str
    resource: str
    created_at: datetime = _time(index=True)
    expires_at: datetime = _time()
    grant_id: int | None = None


class OAuthGrant(SQLModel, table=True):
    """What came of one exchanged code: the family of tokens that ends as one."""

    __tablename__ = "oauth_grants"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("oauth_grants_by_client", "account_id", "client_id"),
        {"sqlite_autoincrement": True},  # a used code must never lead to somebody else's later family
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts.id")
    client_id: str = Field(index=True)
    client_name: str
    host: str  # where the codes of this client went, as the consent page named it
    scopes: list[str] = _texts()
    created_at: datetime = _time()
    last_used_at: datetime | None = _time(optional=True)


class OAuthToken(SQLModel, table=True):
    """An access or refresh token. A rotated refresh token stays until its end, so that its reuse is noticed."""

    __tablename__ = "oauth_tokens"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts.id", index=True)
    grant_id: int = Field(index=True)
    client_id: str
    kind: str
    secret_hash: str = Field(unique=True)
    scopes: list[str] = _texts()
    resource: str
    created_at: datetime = _time()
    expires_at: datetime = _time(index=True)
    rotated_at: datetime | None = _time(optional=True)
