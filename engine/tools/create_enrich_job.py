"""Start a module on rows: `POST /api/jobs/{type}` for agents."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from engine.context import Caller, Context, write
from engine.errors import OutsendError
from engine.jobs import operations as jobs
from engine.jobs.errors import UnknownModule
from engine.module import AnyModule, SourceModule
from engine.registry.load import startable
from engine.tools.schema import bare_id
from engine.tools.start import MaxEf, StartArguments, asked, start_once
from engine.tools.started import BeganJob, StartedJob, is_open, started
from engine.tools.tool import STARTS, JobId, Progress, Tool
from engine.tools.untrusted import NAME_CHARS, clean_text

NAME = "create_enrich_job"
ITEMS_MAX = 200  # a longer list is imported
SHORTCUTS = ("mode", "capture_screenshot")  # options that REST has beside `items`


class UnknownOption(OutsendError):
    code = "unknown_option"
    kind = "unprocessable"
    message = "Option inconnue pour le module {module} : {option}"
    hint = "Options of {module}: {known}."


def item_modules() -> Mapping[str, AnyModule]:
    """The modules that work on rows in a job of their own, or on options alone without being a search, by slug."""
    found = startable().items()
    return {slug: module for slug, module in found if not (isinstance(module, SourceModule) and module.pipelinable)}


def item_module(slug: str) -> AnyModule:
    """The module of that slug, hyphens accepted. Raises UnknownModule: names those that there are."""
    known = item_modules()
    module = known.get(slug.replace("-", "_"))
    if module is None:
        raise UnknownModule(slug=clean_text(slug, NAME_CHARS), known=", ".join(known))
    return module


def known_options(module: AnyModule, given: Mapping[str, Any]) -> dict[str, Any]:
    """The module's options as given. Raises UnknownOption: a misspelt one must not pass for the default."""
    known = list(module.config.model_fields)
    for name in given:
        if name not in known:
            option = clean_text(name, NAME_CHARS)
            raise UnknownOption(module=module.slug, option=option, known=", ".join(known) or "none")
    return dict(given)


def _name_modules(schema: dict[str, Any]) -> None:
    bare_id(schema)
    schema["enum"] = list(item_modules())


class Params(StartArguments):
    module: str = Field(max_length=64, json_schema_extra=_name_modules)
    source_job_id: JobId | None = Field(
        None, description="An ended job: its rows are the input. delivery_check takes none."
    )
    items: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=ITEMS_MAX)] | None = Field(
        None, description="Rows instead: {site_web: ...}, {email: ...}; the job is then a reference."
    )
    where: dict[str, Any] | None = Field(None, description="Filter rules that choose among the rows.")
    mode: str | None = Field(None, max_length=64, description="emails: normal or deep.")
    capture_screenshot: bool | None = Field(None, description="brand_assets.")
    options: dict[str, Any] = Field(default={}, description="The module's other options: {sort_by: note}.")
    max_ef: MaxEf | None = None


async def run(caller: Caller, params: Params, progress: Progress) -> StartedJob:
    """The started job. Raises what creating a job raises, UnknownOption, KeyReused."""
    began, already = await caller.call(_start, params)
    return await started(caller, began, already=already, wait_s=params.wait_s, progress=progress)


@write
def _start(context: Context, params: Params) -> tuple[BeganJob, bool]:
    module = item_module(params.module)
    short = {name: value for name in SHORTCUTS if (value := getattr(params, name)) is not None}
    config = known_options(module, {**params.options, **short})

    def create(context: Context) -> BeganJob:
        rows: dict[str, Any] = {
            "items": params.items or (),
            "source_job_id": params.source_job_id,
            "where": params.where,
        }
        # The price first: where the module looks at what ran before, the new job would be a part of it.
        estimate = jobs.estimate_module(context, module.slug, config, **rows)
        job = jobs.create(context, module.slug, config, **rows, max_ef=params.max_ef)
        return BeganJob(job_id=job.id, estimate=estimate)

    return start_once(context, asked(NAME, params), BeganJob, create, is_open)


tool = Tool(
    name=NAME,
    title="Work on rows",
    description=(
        "Starts a module on the rows of an ended job, or on up to 200 rows given as items: emails finds addresses on "
        "sites, verify_emails checks them, filter and sort choose and order rows; list_modules tells of all. Columns "
        "are kept, the module's own are added. Answers at once; the work goes on by itself. Costs EF per row. An equal "
        "call within 2 minutes gives the same job."
    ),
    params=Params,
    result=StartedJob,
    hints=STARTS,
    run=run,
    spends=True,
    example={"module": "emails", "source_job_id": "j_0123456789"},
)
