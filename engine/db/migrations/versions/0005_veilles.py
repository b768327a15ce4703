"""Veilles: their runs, the state that each run is compared with, and signals."""

import sqlalchemy as sa
from alembic import op

from engine.db.types import Json, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pipelines", sa.Column("compared_first", sa.Boolean(), nullable=False, server_default=sa.false()))
    _veilles()
    _runs()
    _states()


def downgrade() -> None:
    for table in ("veille_signals", "veille_snapshots", "veille_runs", "veilles"):
        op.drop_table(table)
    op.drop_column("pipelines", "compared_first")


def _veilles() -> None:
    op.create_table(
        "veilles",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source_job_id", sa.String(), nullable=True),
        sa.Column("source_pipeline_id", sa.String(), nullable=True),
        sa.Column("template", Json(), nullable=False),
        sa.Column("node_id", sa.String(), nullable=True),
        sa.Column("new_only", sa.Boolean(), nullable=False),
        sa.Column("frequency_days", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("next_run_at", UtcDateTime(), nullable=False),
        sa.Column("last_run_at", UtcDateTime(), nullable=True),
        sa.Column("last_run_job_id", sa.String(), nullable=True),
        sa.Column("run_count", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("state_count", sa.Integer(), nullable=False),
        sa.Column("state_job_id", sa.String(), nullable=True),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("comparing_until", UtcDateTime(), nullable=True),
        sa.Index("veilles_by_account", "account_id", "id"),
        sa.Index("veilles_due", "status", "next_run_at"),
        sqlite_autoincrement=True,
    )


def _runs() -> None:
    op.create_table(
        "veille_runs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("veille_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("pipeline_id", sa.String(), nullable=True),
        sa.Column("prev_job_id", sa.String(), nullable=True),
        sa.Column("is_baseline", sa.Boolean(), nullable=False),
        sa.Column("total_count", sa.Integer(), nullable=True),
        sa.Column("prev_total_count", sa.Integer(), nullable=True),
        sa.Column("new_count", sa.Integer(), nullable=True),
        sa.Column("removed_count", sa.Integer(), nullable=True),
        sa.Column("modified_count", sa.Integer(), nullable=True),
        sa.Column("unchanged_count", sa.Integer(), nullable=True),
        sa.Column("unseen_count", sa.Integer(), nullable=True),
        sa.Column("samples", Json(), nullable=False),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("computed_at", UtcDateTime(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error_message", sa.String(), nullable=True),
        sa.Index("veille_runs_by_veille", "veille_id", "id"),
        sa.Index("veille_runs_by_account", "account_id"),
        sa.Index("veille_runs_by_job", "job_id"),
        sa.Index("veille_runs_by_pipeline", "pipeline_id"),
        sa.Index("veille_runs_by_status", "status", "id"),
        sqlite_autoincrement=True,
    )


def _states() -> None:
    op.create_table(
        "veille_snapshots",
        sa.Column("veille_id", sa.Integer(), autoincrement=False, primary_key=True),
        sa.Column("draft", sa.Integer(), autoincrement=False, primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("idx", sa.Integer(), nullable=False),
        sa.Column("sub", sa.Integer(), nullable=False),
        sa.Column("areas", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "veille_signals",
        sa.Column("veille_id", sa.Integer(), autoincrement=False, primary_key=True),
        sa.Column("draft", sa.Integer(), autoincrement=False, primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Index("veille_signals_by_score", "veille_id", "draft", "score"),
        sqlite_with_rowid=False,
    )
