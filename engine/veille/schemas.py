"""What callers send and see of veilles. Source of the shapes: docs page api/veille."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field
from pydantic.types import StringConstraints

from engine.jobs.schemas import Moment
from engine.limits import (
    SOURCE_ID_MAX,
    SOURCE_ID_MIN,
    VEILLE_DAYS_MAX,
    VEILLE_DAYS_MIN,
    VEILLE_NAME_MAX,
    VEILLE_NAME_MIN,
)
from engine.webhooks.schemas import WebhookUrl

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=VEILLE_NAME_MIN, max_length=VEILLE_NAME_MAX),
    Field(description=f"{VEILLE_NAME_MIN} to {VEILLE_NAME_MAX} characters.", examples=["Plombiers Lyon 3"]),
]
Days = Annotated[
    int,
    Field(
        ge=VEILLE_DAYS_MIN,
        le=VEILLE_DAYS_MAX,
        description="Typical: 7 (weekly), 30 (monthly), 90 (quarterly).",
        examples=[7],
    ),
]
SourceId = Annotated[str, Field(min_length=SOURCE_ID_MIN, max_length=SOURCE_ID_MAX)]
Status = Literal["active", "paused", "deleted"]


class VeilleRequest(BaseModel):
    """A scrap job or a pipeline of the caller's that is done, and how often it runs again."""

    model_config = ConfigDict(strict=True)

    name: Name
    source_job_id: SourceId | None = Field(None, description="A scrap job; or give source_pipeline_id.")
    source_pipeline_id: SourceId | None = Field(None, description="A pipeline that begins with a scrap.")
    frequency_days: Days
    new_only: bool = Field(False, description="Pipelines: behind the search, only new places go on.")
    webhook_url: WebhookUrl = None


class VeilleChanges(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(strict=True)

    name: Name = ""
    frequency_days: Days = VEILLE_DAYS_MIN
    status: Status = "active"
    webhook_url: WebhookUrl = None


class VeillePublic(BaseModel):
    """One veille. `run_count` counts the runs that were compared, `last_run_at` is when the last of them was."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    source_job_id: str | None
    source_pipeline_id: str | None
    frequency_days: int
    status: Status
    next_run_at: Moment
    last_run_at: Moment | None
    last_run_job_id: str | None
    run_count: int
    created_at: Moment
    new_only: bool


class VeilleList(BaseModel):
    items: list[VeillePublic]


class VeillesPage(BaseModel):
    """Veilles, newest first; `next_cursor` leads to older ones, null where there are none."""

    veilles: list[VeillePublic]
    next_cursor: str | None


class RunPublic(BaseModel):
    """One run. Counts are null until it is `done`; those of a difference are null on a baseline.

    new + modified + unchanged = total. `unseen_count` are those of the unchanged that could not be looked for, since
    the source did not answer where they are. `closed_count` is another name of `removed_count`.
    """

    model_config = ConfigDict(from_attributes=True)

    id: int
    status: Literal["running", "comparing", "done", "failed"]
    job_id: str | None
    pipeline_id: str | None
    prev_job_id: str | None
    is_baseline: bool
    total_count: int | None
    prev_total_count: int | None
    new_count: int | None
    removed_count: int | None
    modified_count: int | None
    unchanged_count: int | None
    unseen_count: int | None
    created_at: Moment
    computed_at: Moment | None
    error_message: str | None
    job_status: str | None = None
    job_completed_at: Moment | None = None

    @computed_field
    @property
    def closed_count(self) -> int | None:
        return self.removed_count


class RunList(BaseModel):
    items: list[RunPublic]


class Samples(BaseModel):
    """The first rows of each bucket, at most 50. Those of `modified` have `before`, `after`, `changed_fields`."""

    new: list[dict[str, Any]] = []
    removed: list[dict[str, Any]] = []
    modified: list[dict[str, Any]] = []


class RunDetail(RunPublic):
    samples: Samples


class SignalPublic(BaseModel):
    """A place whose reputation moved. The higher the score, the more urgent; only its order means anything."""

    nom: Any
    adresse: Any
    telephone: Any
    site_web: Any
    email: Any
    lien_google_maps: Any
    note_avant: float | None
    note_apres: float | None
    delta_note: float | None
    avis_avant: int | None
    avis_apres: int | None
    delta_avis: int | None
    score: float


class SignalList(BaseModel):
    """Signals, the most urgent first; `total` counts all of the run's."""

    items: list[SignalPublic]
    total: int


class SignalsFile(BaseModel):
    """What an export needs: where the signals are, and the name of the file."""

    model_config = ConfigDict(frozen=True)

    veille_id: int
    draft: int
    account_id: int
    filename: str
    format: str
    media_type: str
