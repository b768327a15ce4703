"""What callers see of a job. Source: docs page api/jobs, with the extra fields of the contract."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from engine.rows.types import Row


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
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    expires_at: datetime
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


class ItemsPage(BaseModel):
    """Rows of a job, keyed by column. `count` is the number of all rows."""

    count: int
    items: list[Row]


class LogLine(BaseModel):
    id: int
    at: datetime
    level: str
    message: str


class Output(BaseModel):
    """What a download needs: the job's own key, the column order, and the name of the file."""

    model_config = ConfigDict(frozen=True)

    seq: int
    columns: list[str]
    filename: str
    count: int


JobEventName = Literal["status", "progress", "log", "error", "done"]


class JobEvent(BaseModel):
    """One event of a job's stream. `id` is the log id on `log` events, else None."""

    model_config = ConfigDict(frozen=True)

    name: JobEventName
    data: dict[str, Any]
    id: int | None = None
