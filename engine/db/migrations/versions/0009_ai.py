"""AI on an account's own key: the key, the caps, the ledger."""

import sqlalchemy as sa
from alembic import op

from engine.db.types import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ai_settings",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), autoincrement=False, primary_key=True),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    )
    _money()


def downgrade() -> None:
    for table in ("ai_alerts", "ai_calls", "ai_caps", "ai_settings"):
        op.drop_table(table)


def _money() -> None:
    op.create_table(
        "ai_caps",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), autoincrement=False, primary_key=True),
        sa.Column("per_request", sa.BigInteger(), nullable=False),
        sa.Column("per_day", sa.BigInteger(), nullable=False),
        sa.Column("per_month", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "ai_calls",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("feature", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reserved", sa.BigInteger(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("input_tokens", sa.Integer(), nullable=True),
        sa.Column("output_tokens", sa.Integer(), nullable=True),
        sa.Index("ai_calls_by_account", "account_id", "id"),
        sa.Index("ai_calls_by_time", "account_id", "at"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ai_alerts",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "period", "level"),
    )
