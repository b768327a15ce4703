"""Stored jobs, their items, rows, reports and log lines. Source of the shape: ENGINE, section 2 of the design.

`gate.py` alone writes a job's status, `store.py` alone touches inputs, rows and reports.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from engine.db.types import Json, UtcDateTime


class Status(StrEnum):
    pending = "pending"
    running = "running"
    done = "done"
    failed = "failed"
    cancelled = "cancelled"
    expired = "expired"

    @property
    def terminal(self) -> bool:
        return self not in (Status.pending, Status.running)


class Job(SQLModel, table=True):
    """One unit of work. `seq` orders the queue and keys the rows; `id` is what users see."""

    __tablename__ = "jobs"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        UniqueConstraint("pipeline_id", "node_id", "attempt", name="one_job_a_node_and_attempt"),
        Index("jobs_by_account", "account_id", "seq"),
        Index("jobs_open", "status", "lane", "seq"),
        Index("jobs_by_end", "completed_at"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    account_id: int = Field(foreign_key="accounts.id")
    job_type: str
    lane: str
    config: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    source_job_id: str | None = None
    webhook_url: str | None = None  # who wants to hear of its end
    pipeline_id: str | None = None
    node_id: str | None = None
    attempt: int = 1

    input_job_seq: int | None = None  # its rows are the items; None: job_inputs holds them
    planned: int = 0
    processed: int = 0
    results: int = 0
    errors: int = 0
    columns: list[str] = Field(sa_column=Column(Json, nullable=False))
    stats: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    notice: list[str] = Field(sa_column=Column(Json, nullable=False))
    done: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))  # the bitmap of finished items

    status: str = Status.pending
    cancel_requested_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    fence: int = 0
    owner: str | None = None
    lease_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    claim_processed: int = -1  # `processed` at the last claim; -1 after an orderly release
    strikes: int = 0
    suspect: int | None = None  # the item at work while a job runs carefully
    deleted_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))

    ef_cost: float = 0.0
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    started_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    completed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    error_code: str | None = None
    error_message: str | None = None
    output_filename: str | None = None


def _key_column(name: str) -> Column[int]:
    # An explicit `autoincrement=False`, or SQLAlchemy makes a sequence for half of a key.
    return Column(name, Integer, primary_key=True, autoincrement=False)


class JobInput(SQLModel, table=True):
    """One item: a request's row, or a source's own item such as (query, tile)."""

    __tablename__ = "job_inputs"  # pyright: ignore[reportAssignmentType]
    __table_args__ = {"sqlite_with_rowid": False}

    job_seq: int = Field(sa_column=_key_column("job_seq"))
    idx: int = Field(sa_column=_key_column("idx"))
    data: str = Field(sa_column=Column(Text, nullable=False))


class JobRow(SQLModel, table=True):
    """One result row. One item gives 0..n rows (`sub`); order (idx, sub) is the order of the input."""

    __tablename__ = "job_rows"  # pyright: ignore[reportAssignmentType]
    __table_args__ = {"sqlite_with_rowid": False}

    job_seq: int = Field(sa_column=_key_column("job_seq"))
    idx: int = Field(sa_column=_key_column("idx"))
    sub: int = Field(sa_column=_key_column("sub"))
    data: str = Field(sa_column=Column(Text, nullable=False))


class JobReport(SQLModel, table=True):
    """The full report and the evidence of one item."""

    __tablename__ = "job_reports"  # pyright: ignore[reportAssignmentType]
    __table_args__ = {"sqlite_with_rowid": False}

    job_seq: int = Field(sa_column=_key_column("job_seq"))
    idx: int = Field(sa_column=_key_column("idx"))
    data: str = Field(sa_column=Column(Text, nullable=False))


class AccountPlace(SQLModel, table=True):
    """A place that an account got. `first_job` is the `seq` of the job that brought it first, which may be gone."""

    __tablename__ = "account_places"  # pyright: ignore[reportAssignmentType]
    __table_args__ = {"sqlite_with_rowid": False}

    account_id: int = Field(
        sa_column=Column("account_id", Integer, ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    )
    place_id: str = Field(primary_key=True)
    first_job: int
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class AccountLastReview(SQLModel, table=True):
    """The newest review that an account got of a place. `published` is its own date, not that of its coming."""

    __tablename__ = "account_last_reviews"  # pyright: ignore[reportAssignmentType]
    __table_args__ = {"sqlite_with_rowid": False}

    account_id: int = Field(
        sa_column=Column("account_id", Integer, ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    )
    place_id: str = Field(primary_key=True)
    review_id: str
    published: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class KeptAnswer(SQLModel, table=True):
    """An answer of a public service, public facts alone: it belongs to no account."""

    __tablename__ = "kept_answers"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("kept_answers_by_end", "expires_at"), {"sqlite_with_rowid": False})

    key: str = Field(primary_key=True)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class BrandLookup(SQLModel, table=True):
    """The brand of a domain as an account last looked it up."""

    __tablename__ = "brand_lookups"  # pyright: ignore[reportAssignmentType]

    account_id: int = Field(
        sa_column=Column("account_id", Integer, ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    )
    domain: str = Field(primary_key=True)
    profile: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class JobKnownPlace(SQLModel, table=True):
    """A place that a job found and left out, since the account had got it from an earlier one."""

    __tablename__ = "job_known_places"  # pyright: ignore[reportAssignmentType]
    __table_args__ = {"sqlite_with_rowid": False}

    job_seq: int = Field(sa_column=_key_column("job_seq"))
    place_id: str = Field(primary_key=True)


class JobLog(SQLModel, table=True):
    """One log line, for people."""

    __tablename__ = "job_logs"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("logs_by_job", "job_seq", "id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    job_seq: int
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    level: str
    message: str


class Worker(SQLModel, table=True):
    """One worker process and its last sign of life."""

    __tablename__ = "workers"  # pyright: ignore[reportAssignmentType]

    id: str = Field(primary_key=True)
    beat: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    version: str
