"""What callers see of a job. Source: docs page api/jobs, with the extra fields of the contract."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from engine.rows.profile import ColumnProfile
from engine.rows.types import Row


def _is_none(value: object) -> bool:
    return value is None


def _text_of(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


# Jobs tell time as `2026-05-27T09:12:03Z`, UTC (CONTRACT C-023).
Moment = Annotated[
    datetime,
    PlainSerializer(_text_of, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-05-27T09:12:03Z"]}),
]


class JobPublic(BaseModel):
    """One job. Times are UTC; `ef_cost` in France-equivalents; `grid_points_count` = items planned so far."""

    model_config = ConfigDict(frozen=True)

    id: str
    job_type: str
    queries: list[str]
    zones: list[str]
    include_reviews: bool
    status: str
    grid_points_count: int
    processed_points: int
    results_count: int
    error_count: int
    ef_cost: float
    created_at: Moment
    started_at: Moment | None
    completed_at: Moment | None
    expires_at: Moment
    error_message: str | None
    output_filename: str | None
    download_available: bool
    source_job_id: str | None
    pipeline_id: str | None
    node_id: str | None
    email_mode: str | None
    breakdown: dict[str, dict[str, int]]
    dead_queries: list[str]
    flagged_tiles_count: int
    total_attempts_count: int
    query_stats: dict[str, Any]
    notice: str | None
    eta_seconds: int | None
    columns: list[str]


class JobsPage(BaseModel):
    """Jobs, most recent first. `next_cursor` asks for the page behind; null at the end."""

    jobs: list[JobPublic]
    next_cursor: str | None


class Estimate(BaseModel):
    """What a job would cost, nothing created. `valid` is true when `errors` (hard blockers, French) is empty.

    `grid_points` are distinct tiles, or items for other modules than scrap; `total_requests` is what will be asked:
    tiles x queries. `ef_cost` in France-equivalents.
    """

    valid: bool
    grid_points: int
    total_requests: int
    queries_count: int
    ef_cost: float
    estimated_duration_seconds: int
    errors: list[str]
    warnings: list[str]


class ResumeRequest(BaseModel):
    """The interrupted job to go on with."""

    job_id: str


class LaneQueue(BaseModel):
    """One lane of the platform: how many jobs may run at once, how many run and wait, everybody's together."""

    lane: str
    slots: int
    running: int
    pending: int


class QueuePlace(BaseModel):
    """An open job of the caller. `position` counts in its lane from 1, the next to start; 0 while it runs."""

    job_id: str
    lane: str
    status: str
    position: int


class QueuedJob(BaseModel):
    """An open job of anybody."""

    id: str
    account_id: int
    job_type: str
    lane: str
    status: str
    created_at: Moment
    started_at: Moment | None


class QueueView(BaseModel):
    """The queue without anybody's data but the caller's own; `jobs` is there for administrators only."""

    lanes: list[LaneQueue]
    mine: list[QueuePlace]
    jobs: list[QueuedJob] | None = Field(None, exclude_if=_is_none)


class ItemsPage(BaseModel):
    """Rows of a job, keyed by column. `count` is the number of all rows.

    `notice` is there only when it says how many contacts of these rows are left out, being suppressed.
    """

    count: int
    items: list[Row]
    notice: str | None = Field(None, exclude_if=_is_none)


class LogLine(BaseModel):
    id: int
    at: datetime
    level: str
    message: str


class Output(BaseModel):
    """What a download needs: the job's own key, the column order, and the name of the file."""

    model_config = ConfigDict(frozen=True)

    seq: int
    account_id: int
    columns: list[str]
    filename: str
    count: int


class ResultsPage(BaseModel):
    """A page of a job's rows. `matched` of `total` rows pass the rules; `partial`: the job isn't done, or never was.

    `notice` says which columns the rules name that no row has, and how many contacts are left out, being suppressed.
    """

    columns: list[str]
    rows: list[Row]
    total: int
    matched: int
    partial: bool
    notice: list[str] = []


class ColumnFill(BaseModel):
    """How much of a column is filled: `fill_rate` from 0 to 1."""

    name: str
    fill_rate: float


class Breakdown(BaseModel):
    """How many rows each query and each zone of a search brought; empty for other jobs."""

    by_query: dict[str, int]
    by_zone: dict[str, int]


class OutputColumns(BaseModel):
    """The columns of a job's output, in order. `row_count` counts all rows, the profiles the first 5,000.

    `notice` is there only when it says how many contacts of these are left out, being suppressed.
    """

    columns: list[ColumnProfile]
    row_count: int
    notice: str | None = Field(None, exclude_if=_is_none)


class RowReport(BaseModel):
    """How one row came about. `report` is the module's own: what was found, where, by which way.

    `notice` is there only when it says how many contacts are left out, being suppressed.
    """

    row: int
    values: Row
    report: dict[str, Any]
    notice: str | None = Field(None, exclude_if=_is_none)


class DownloadLink(BaseModel):
    """An address that opens without signing in, until `expires_at`."""

    url: str
    expires_at: datetime


JobEventName = Literal["status", "progress", "log", "error", "done"]


class JobEvent(BaseModel):
    """One event of a job's stream. `id` is the log id on `log` events, else None."""

    model_config = ConfigDict(frozen=True)

    name: JobEventName
    data: dict[str, Any]
    id: int | None = None
