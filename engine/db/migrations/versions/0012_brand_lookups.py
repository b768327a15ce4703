"""The brand profiles that each account looked up, kept for a week."""

import sqlalchemy as sa
from alembic import op

from engine.db.types import Json, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brand_lookups",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), autoincrement=False, nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("profile", Json(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "domain"),
    )


def downgrade() -> None:
    op.drop_table("brand_lookups")
