"""The newest review that an account got of each place."""

import sqlalchemy as sa
from alembic import op

from engine.db.types import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_last_reviews",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), autoincrement=False, nullable=False),
        sa.Column("place_id", sa.String(), nullable=False),
        sa.Column("review_id", sa.String(), nullable=False),
        sa.Column("published", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "place_id"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("account_last_reviews")
