"""Stored pipelines. Their jobs are ordinary ones that bear the pipeline's and the node's id."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from engine.db.types import Json, UtcDateTime


class PipelineStatus(StrEnum):
    pending = "pending"
    running = "running"
    done = "done"
    failed = "failed"
    cancelled = "cancelled"


class Pipeline(SQLModel, table=True):
    """One run of a graph. `seq` gives the order of creation; `id` is what users see."""

    __tablename__ = "pipelines"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("pipelines_by_account", "account_id", "seq"), {"sqlite_autoincrement": True})

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    account_id: int = Field(foreign_key="accounts.id")
    name: str
    definition: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    status: str = PipelineStatus.running
    cancel_requested_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    completed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    error_code: str | None = None  # why a node's job could not be made; a job's own failure stands in the job
    error_message: str | None = None
    webhook_url: str | None = None  # who wants to hear of its end
    compared_first: bool = False  # a veille compares the root's rows, and has the pipeline go on with the new ones
