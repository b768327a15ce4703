"""What a search, a module's work on rows, or a stored pipeline would cost: nothing is started."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from engine.context import Caller, Context, read
from engine.ef import Mode
from engine.errors import OutsendError
from engine.jobs import operations as jobs
from engine.jobs.schemas import Estimate
from engine.limits import QUERIES_MAX, ZONES_MAX
from engine.pipelines.estimate import estimate as estimate_pipeline
from engine.pipelines.schemas import PipelineEstimate
from engine.tools.briefs import BRIEF_CHARS, counted, listing
from engine.tools.create_enrich_job import ITEMS_MAX, item_module, known_options
from engine.tools.shape import within
from engine.tools.tool import READS, Answer, Arguments, JobId, Next, PipelineId, Progress, Slug, Tool
from engine.tools.untrusted import clean_parts

SEARCH = ("queries", "zones", "include_reviews", "extra_columns", "scrape_mode", "only_new")
ROWS = ("module", "source_job_id", "items", "where", "options")
STARTS = {"search": "create_scrap_job", "rows": "create_enrich_job", "pipeline": "run_pipeline"}
ECHO_CHARS = 2_000  # of the caller's own arguments, in the next call


class OneToEstimate(OutsendError):
    code = "estimate_of_what"
    kind = "unprocessable"
    message = "Donne soit une recherche (queries, zones), soit un module avec ses lignes, soit un pipeline_id"
    hint = 'Give one of: {{"queries": ["dentiste"], "zones": ["Tours"]}}; module with source_job_id; pipeline_id.'


class Params(Arguments):
    queries: Annotated[list[str], Field(max_length=QUERIES_MAX, description="A search.")] = []
    zones: Annotated[list[str], Field(max_length=ZONES_MAX)] = []
    include_reviews: bool = False
    extra_columns: list[str] = []
    scrape_mode: Mode = "fast"
    only_new: bool = False
    module: Slug | None = Field(None, description="Or work on rows.")
    source_job_id: JobId | None = None
    items: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=ITEMS_MAX)] | None = None
    where: dict[str, Any] | None = None
    options: dict[str, Any] = {}
    pipeline_id: PipelineId | None = Field(None, description="Or a stored pipeline.")


class Price(BaseModel):
    """The fields of the REST estimate of a job, or of a pipeline with its `nodes`."""

    model_config = ConfigDict(frozen=True, extra="allow")

    valid: bool
    ef_cost: float
    errors: list[str]
    warnings: list[str]


class Result(Answer):
    estimate: Price


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """The price. Raises OneToEstimate, BadConfig, UnknownModule, UnknownOption, JobMissing, PipelineMissing."""
    kind = _kind_of(params)
    found = await caller.call(_estimate, kind, params)
    told = clean_parts(found.model_dump(mode="json"), BRIEF_CHARS)
    args = params.model_dump(exclude_defaults=True)
    short = within(ECHO_CHARS, args)
    return Result(
        estimate=Price.model_validate(told),
        summary=listing(
            [_summary(found), "" if short or not found.valid else f"{STARTS[kind]} with these arguments starts it."]
        ),
        next=Next(tool=STARTS[kind], args=args, why="start it") if found.valid and short else None,
    )


def _kind_of(params: Params) -> str:
    """What is asked about. Raises OneToEstimate: nothing, or several things."""
    given = params.model_fields_set
    search, rows = bool(given.intersection(SEARCH)), bool(given.intersection(ROWS))
    pipeline = params.pipeline_id is not None
    if search + rows + pipeline != 1 or (rows and params.module is None):
        raise OneToEstimate()
    return "search" if search else "rows" if rows else "pipeline"


@read
def _estimate(context: Context, kind: str, params: Params) -> Estimate | PipelineEstimate:
    if kind == "pipeline":
        return estimate_pipeline(context, pipeline_id=params.pipeline_id)
    if kind == "search":
        return jobs.estimate(context, params.model_dump(include=set(SEARCH)))
    module = item_module(params.module or "")
    return jobs.estimate_module(
        context,
        module.slug,
        known_options(module, params.options),
        items=params.items or (),
        source_job_id=params.source_job_id,
        where=params.where,
    )


def _summary(found: Estimate | PipelineEstimate) -> str:
    if not found.valid:
        return "This can not be started as it is; estimate.errors says why. Nothing was started."
    if isinstance(found, Estimate):
        cost = f"{found.ef_cost:.4g} EF for {counted(found.total_requests, 'request')}"
        took = f"about {found.estimated_duration_seconds:,} s of work"
    else:
        more = "" if found.complete else f" and {found.ef_cost_per_1000_rows:.4g} EF per 1,000 rows found"
        cost = f"{found.ef_cost:.4g} EF{more}"
        took = f"about {found.minutes:.4g} min of work"
    return listing([f"{cost}, {took}; nothing was started.", "estimate.warnings holds more." if found.warnings else ""])


tool = Tool(
    name="estimate_job",
    title="Estimate a job",
    description=(
        "What work would cost in EF and seconds, at no cost: a search (queries, zones), a module on rows (module and "
        "source_job_id or items), or a stored pipeline run again (pipeline_id). errors holds what would stop it."
    ),
    params=Params,
    result=Result,
    hints=READS,
    run=run,
    example={"queries": ["dentiste"], "zones": ["Tours"]},
)
