"""Opt-out lists: suppressed addresses and domains of an account, and the count of its changes."""

import sqlalchemy as sa
from alembic import op

from engine.db.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("suppressions_version", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "suppressions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("account_id", "value", name="one_suppression_a_value"),
        sa.Index("suppressions_by_account", "account_id", "id"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("suppressions")
    op.drop_column("accounts", "suppressions_version")
