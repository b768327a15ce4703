"""Answers of public services that hold for a while."""

import sqlalchemy as sa
from alembic import op

from engine.db.types import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_answers",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("kept_answers_by_end", "kept_answers", ["expires_at"])


def downgrade() -> None:
    op.drop_table("kept_answers")
