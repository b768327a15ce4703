"""Stored veilles, their runs, the state that the next run is compared with, and what stood out.

A comparison writes a new state beside the old one, page by page, under a number of its own (its draft). The
transaction that stores the counts makes the draft the state, so that readers see all of a comparison or nothing, and
one that was stopped midway leaves nothing but rows to sweep.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, Integer, String, Text
from sqlmodel import Field, SQLModel

from engine.db.types import Json, UtcDateTime


class VeilleStatus(StrEnum):
    active = "active"
    paused = "paused"
    deleted = "deleted"


class RunStatus(StrEnum):
    running = "running"
    comparing = "comparing"  # its rows are there
    done = "done"
    failed = "failed"


class Veille(SQLModel, table=True):
    """One recurrence. `template` holds all that a replay needs, so that the source may be deleted."""

    __tablename__ = "veilles"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("veilles_by_account", "account_id", "id"),
        Index("veilles_due", "status", "next_run_at"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts.id")
    name: str
    source_job_id: str | None = None
    source_pipeline_id: str | None = None
    template: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    node_id: str | None = None  # of a pipeline: the node whose rows are compared
    new_only: bool = False
    webhook_url: str | None = None  # who wants to hear of its runs
    frequency_days: int
    status: str = VeilleStatus.active
    next_run_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    last_run_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    last_run_job_id: str | None = None
    run_count: int = 0
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))

    state: int = 0  # the draft that holds the state of the last run; 0: there is none yet
    state_count: int = 0
    state_job_id: str | None = None
    draft: int = 0  # the last draft begun; who holds an older one has lost its turn
    comparing_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class VeilleRun(SQLModel, table=True):
    """One execution. The counts are None until it is compared, and those of a difference on a baseline."""

    __tablename__ = "veille_runs"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("veille_runs_by_veille", "veille_id", "id"),
        Index("veille_runs_by_account", "account_id"),
        Index("veille_runs_by_job", "job_id"),
        Index("veille_runs_by_pipeline", "pipeline_id"),
        Index("veille_runs_by_status", "status", "id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts.id")
    veille_id: int
    status: str = RunStatus.running
    job_id: str | None = None
    pipeline_id: str | None = None
    prev_job_id: str | None = None
    is_baseline: bool = False
    total_count: int | None = None
    prev_total_count: int | None = None
    new_count: int | None = None
    removed_count: int | None = None
    modified_count: int | None = None
    unchanged_count: int | None = None
    unseen_count: int | None = None  # of the unchanged: not found, where the source did not answer
    samples: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    draft: int = 0
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    computed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    error_code: str | None = None
    error_message: str | None = None


def _key(name: str) -> Column[int]:
    return Column(name, Integer, primary_key=True, autoincrement=False)


class VeilleSnapshot(SQLModel, table=True):
    """One place of a state: its row's position in the job that brought it, and the columns that are compared."""

    __tablename__ = "veille_snapshots"  # pyright: ignore[reportAssignmentType]
    __table_args__ = {"sqlite_with_rowid": False}

    veille_id: int = Field(sa_column=_key("veille_id"))
    draft: int = Field(sa_column=_key("draft"))
    key: str = Field(sa_column=Column("key", String, primary_key=True))
    idx: int
    sub: int
    areas: str  # where on the map, see `areas.py`
    data: str = Field(sa_column=Column(Text, nullable=False))


class VeilleSignal(SQLModel, table=True):
    """One ranked change of the run that has this draft."""

    __tablename__ = "veille_signals"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("veille_signals_by_score", "veille_id", "draft", "score"),
        {"sqlite_with_rowid": False},
    )

    veille_id: int = Field(sa_column=_key("veille_id"))
    draft: int = Field(sa_column=_key("draft"))
    key: str = Field(sa_column=Column("key", String, primary_key=True))
    score: float
    data: str = Field(sa_column=Column(Text, nullable=False))
