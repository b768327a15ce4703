"""Start a search for businesses: `POST /api/jobs` for agents."""

from typing import Annotated

from pydantic import Field

from engine.context import Caller, Context, write
from engine.ef import Mode
from engine.jobs import operations as jobs
from engine.limits import QUERIES_MAX, ZONES_MAX
from engine.tools.start import MaxEf, StartArguments, asked, start_once
from engine.tools.started import BeganJob, StartedJob, is_open, started
from engine.tools.tool import STARTS, Progress, Tool

NAME = "create_scrap_job"
OF_THE_CALL = {"max_ef", "idempotency_key", "wait_s"}


class Params(StartArguments):
    queries: Annotated[
        list[str], Field(min_length=1, max_length=QUERIES_MAX, description="What: dentiste, restaurant.")
    ]
    zones: Annotated[
        list[str],
        Field(
            min_length=1,
            max_length=ZONES_MAX,
            description="Where: cities, postal codes, Lyon 2e, departements, regions.",
        ),
    ]
    include_reviews: bool = False
    extra_columns: list[str] = Field(default=[], description="gps, departement, region.")
    scrape_mode: Mode = Field("fast", description="Depth in dense areas; advanced costs x2, ultra x6.")
    only_new: bool = Field(False, description="Leave out places of earlier searches.")
    max_ef: MaxEf | None = None


async def run(caller: Caller, params: Params, progress: Progress) -> StartedJob:
    """The started job. Raises what creating a job raises, KeyReused."""
    began, already = await caller.call(_start, params)
    return await started(caller, began, already=already, wait_s=params.wait_s, progress=progress)


@write
def _start(context: Context, params: Params) -> tuple[BeganJob, bool]:
    def create(context: Context) -> BeganJob:
        config = params.model_dump(exclude=OF_THE_CALL)
        job = jobs.create(context, "scrap", config, max_ef=params.max_ef)
        return BeganJob(job_id=job.id, estimate=jobs.estimate(context, config))

    return start_once(context, asked(NAME, params), BeganJob, create, is_open)


tool = Tool(
    name=NAME,
    title="Find businesses",
    description=(
        "Starts a search for businesses on map sources: each query in each zone, one row a place with name, address, "
        "telephone, site_web and rating. Answers at once; the work goes on by itself. Costs EF (1 EF = all of France "
        "once), at most 1 a job. Needs a verified e-mail address. An equal call within 2 minutes gives the same job."
    ),
    params=Params,
    result=StartedJob,
    hints=STARTS,
    run=run,
    spends=True,
    example={"queries": ["dentiste"], "zones": ["Tours"]},
)
