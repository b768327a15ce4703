"""Conversations with the assistant, and confirmations that wait."""

import sqlalchemy as sa
from alembic import op

from engine.db.types import Json, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assistant_conversations",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("id", sa.String(), nullable=False, unique=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("turn", sa.String(), nullable=True),
        sa.Column("turn_until", UtcDateTime(), nullable=True),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("input_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Index("assistant_conversations_by_account", "account_id", "updated_at"),
        sqlite_autoincrement=True,
    )
    _said()


def downgrade() -> None:
    for table in ("assistant_confirmations", "assistant_messages", "assistant_conversations"):
        op.drop_table(table)


def _said() -> None:
    op.create_table(
        "assistant_messages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("conversation_seq", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Index("assistant_messages_by_conversation", "conversation_seq", "id"),
        sa.Index("assistant_messages_by_account", "account_id", "id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "assistant_confirmations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("reference", sa.String(), nullable=False, unique=True),
        sa.Column("conversation_seq", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("tool", sa.String(), nullable=False),
        sa.Column("arguments", Json(), nullable=False),
        sa.Column("shown", Json(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Index("assistant_confirmations_by_conversation", "conversation_seq", "decision"),
        sa.Index("assistant_confirmations_by_account", "account_id", "id"),
        sqlite_autoincrement=True,
    )
