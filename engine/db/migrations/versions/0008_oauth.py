"""Sign-in of MCP clients: clients, requests, codes, what was granted, tokens."""

import sqlalchemy as sa
from alembic import op

from engine.db.types import Json, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("oauth_tokens", "oauth_grants", "oauth_codes", "oauth_requests", "oauth_clients")


def upgrade() -> None:
    op.create_table(
        "oauth_clients",
        sa.Column("client_id", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("redirect_uris", Json(), nullable=False),
        sa.Column("auth_method", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False, index=True),
        sa.Column("fresh_until", UtcDateTime(), nullable=True),
    )
    op.create_table(
        "oauth_requests",
        sa.Column("secret_hash", sa.String(), primary_key=True),
        *_asked(),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
    )
    op.create_table(
        "oauth_codes",
        *_owned(),
        sa.Column("secret_hash", sa.String(), nullable=False, unique=True),
        *_asked(),
        sa.Column("created_at", UtcDateTime(), nullable=False, index=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=True),
        sa.Index("ix_oauth_codes_account_id", "account_id"),
    )
    _granted()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _granted() -> None:
    op.create_table(
        "oauth_grants",
        *_owned(),
        sa.Column("client_id", sa.String(), nullable=False, index=True),
        sa.Column("client_name", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("scopes", Json(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.Index("oauth_grants_by_client", "account_id", "client_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "oauth_tokens",
        *_owned(),
        sa.Column("grant_id", sa.Integer(), nullable=False, index=True),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False, unique=True),
        sa.Column("scopes", Json(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
        sa.Column("rotated_at", UtcDateTime(), nullable=True),
        sa.Index("ix_oauth_tokens_account_id", "account_id"),
    )


def _owned() -> tuple["sa.Column[int]", "sa.Column[int]"]:
    return (
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=False),
    )


def _asked() -> tuple["sa.Column[object]", ...]:
    """What a request and its code say alike."""
    return (
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("redirect_uri", sa.String(), nullable=False),
        sa.Column("redirect_given", sa.Boolean(), nullable=False),
        sa.Column("scopes", Json(), nullable=False),
        sa.Column("code_challenge", sa.String(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
    )
