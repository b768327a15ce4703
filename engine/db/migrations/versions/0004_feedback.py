"""Feedback threads, and votes for what is to come."""

import sqlalchemy as sa
from alembic import op

from engine.db.types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback_threads",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_read_user", UtcDateTime(), nullable=True),
        sa.Column("last_read_admin", UtcDateTime(), nullable=True),
        sa.Index("feedback_threads_by_account", "account_id", "id"),
        sa.Index("feedback_threads_by_topic", "topic", "id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "feedback_messages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("author_role", sa.String(), nullable=False),
        sa.Column("author_id", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=True, index=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Index("feedback_messages_by_thread", "thread_id", "id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "feature_votes",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("feature_id", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "feature_id"),
        sa.Index("feature_votes_by_feature", "feature_id"),
    )


def downgrade() -> None:
    for table in ("feature_votes", "feedback_messages", "feedback_threads"):
        op.drop_table(table)
