"""Signed deliveries to the receivers that callers named."""

import sqlalchemy as sa
from alembic import op

from engine.db.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ANNOUNCED = ("jobs", "pipelines", "veilles")


def upgrade() -> None:
    for table in ANNOUNCED:
        op.add_column(table, sa.Column("webhook_url", sa.String(), nullable=True))
    op.create_index("jobs_by_end", "jobs", ["completed_at"])
    op.create_table(
        "webhook_secrets",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), autoincrement=False, primary_key=True),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("former_sealed", sa.String(), nullable=True),
        sa.Column("former_until", UtcDateTime(), nullable=True),
    )
    _deliveries()


def downgrade() -> None:
    op.drop_table("webhook_deliveries")
    op.drop_table("webhook_secrets")
    op.drop_index("jobs_by_end", "jobs")
    for table in ANNOUNCED:
        op.drop_column(table, "webhook_url")


def _deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=False, unique=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tries_max", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("response_status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Index("webhook_deliveries_by_account", "account_id", "id"),
        sa.Index("webhook_deliveries_due", "status", "due_at"),
        sa.Index("webhook_deliveries_by_receiver", "receiver", "status"),
        sqlite_autoincrement=True,
    )
