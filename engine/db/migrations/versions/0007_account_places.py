"""The places that an account got already, and those that a job left out for that reason."""

import sqlalchemy as sa
from alembic import op

from engine.db.types import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_places",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), autoincrement=False, nullable=False),
        sa.Column("place_id", sa.String(), nullable=False),
        sa.Column("first_job", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "place_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "job_known_places",
        sa.Column("job_seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("job_seq", "place_id"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("job_known_places")
    op.drop_table("account_places")
