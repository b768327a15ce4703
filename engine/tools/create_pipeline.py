"""Check and start a graph of modules: `POST /api/pipelines` for agents."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from engine.ai.errors import NoKey
from engine.context import Caller, Context, read, write
from engine.errors import OutsendError
from engine.limits import PIPELINE_NAME_MAX
from engine.pipelines import operations as pipelines
from engine.pipelines.estimate import estimate
from engine.pipelines.generate import Description, Generated, GenerateRequest, generate
from engine.pipelines.schema import SCHEMA_VERSION, pipeline_schema
from engine.pipelines.schemas import Created, PipelineBrief, Summary, Validation
from engine.tools.briefs import BRIEF_CHARS, after_pipeline, counted, listing
from engine.tools.definitions import DEFINITION_CHARS, SHORTENED, is_told_whole, told_definition
from engine.tools.shape import within
from engine.tools.start import StartArguments, asked, start_once
from engine.tools.started_pipeline import WARNED, Seen, is_running, look_at, started_summary
from engine.tools.tool import STARTS, Answer, Next, Progress, Tool
from engine.tools.untrusted import clean_text

NAME = "create_pipeline"
SCHEMA_CHARS = 15_000
WARNINGS = 10
EXAMPLE = {
    "definition": {
        "nodes": [
            {"id": "a", "type": "scrap", "config": {"queries": ["dentiste"], "zones": ["Tours"]}},
            {"id": "b", "type": "emails"},
        ],
        "edges": [{"from": "a", "to": "b"}],
    }
}
NO_KEY = (
    "Nothing was started and nothing was charged: no AI key is connected here, so no text is turned into a pipeline. "
    "pipeline_schema has what a definition is made of; your own model can write it."
)

NO_DRAFT = "No valid definition came of the description; validation.error says why. Nothing was started."
TOO_LONG = "definition is told shortened, and stored nowhere: describe less at once."


class DefinitionNeeded(OutsendError):
    code = "definition_needed"
    message = "Définition de pipeline manquante"
    hint = (
        "Give definition {{nodes, edges}}; a call with description alone answers with a draft of one, or without an AI "
        "key with the schema to write it from."
    )


class Params(StartArguments):
    schema_version: int = SCHEMA_VERSION
    name: Annotated[str, Field(max_length=PIPELINE_NAME_MAX)] = pipelines.DEFAULT_NAME
    definition: dict[str, Any] | None = Field(None, description="{nodes: [{id, type, config}], edges: [{from, to}]}")
    description: Annotated[Description, Field(min_length=10)] | None = Field(None, description="Instead of definition.")
    dry_run: bool = Field(False, description="Validate only.")


class Checked(BaseModel):
    ok: bool
    error: str | None = None
    summary: Summary | None = None


class Began(Created):
    """What is kept of a start, so that its repetition tells the same."""

    warnings: list[str] = []


class Result(Answer):
    pipeline: PipelineBrief | None = None
    definition: dict[str, Any] | None = None
    initial_jobs: list[str] = []
    validation: Checked | None = None
    warnings: list[str] = []
    cost_usd: float | None = None
    already_started: bool | None = None
    pipeline_schema: dict[str, Any] | None = None


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """The started pipeline, a draft of one, or what the validator says.

    Raises:
        DefinitionNeeded, the validator's errors, KeyReused; for a draft as `engine.pipelines.generate.generate`.
    """
    if params.definition is None:
        if params.description is None:
            raise DefinitionNeeded()
        return await _draft(caller, params.description, params.name)
    if params.dry_run:
        validation, warnings = await caller.call(_check, params)
        return _checked(validation, warnings, params)
    began, already = await caller.call(_start, params)
    seen = await look_at(caller, began.id, wait_s=params.wait_s, progress=progress)
    return _started(began, seen, already=already)


@write
def _start(context: Context, params: Params) -> tuple[Began, bool]:
    def create(context: Context) -> Began:
        created = pipelines.create(context, _envelope(params))
        refused = context.refusal is not None  # its root could not start
        warnings = [] if refused else estimate(context, pipeline_id=created.id).warnings
        return Began(**created.model_dump(), warnings=warnings)

    return start_once(context, asked(NAME, params), Began, create, is_running)


@read
def _check(context: Context, params: Params) -> tuple[Validation, list[str]]:
    """What the validator says, and what would stand in the way of a valid graph."""
    validation = pipelines.validate(context, _envelope(params))
    if validation.definition is None:
        return validation, []
    price = estimate(context, definition=validation.definition.model_dump(mode="json"))
    return validation, [*price.errors, *price.warnings]


def _envelope(params: Params) -> dict[str, Any]:
    return params.model_dump(include={"schema_version", "name", "definition"})


async def _draft(caller: Caller, description: str, name: str) -> Result:
    """What the account's own model makes of a description; without a key, what somebody else's needs for it."""
    try:
        made = await generate(caller, GenerateRequest(description=description))
    except NoKey:
        return _asks_for_a_definition()
    return _drafted(made, name)


def _drafted(made: Generated, name: str) -> Result:
    error = None if made.error is None else clean_text(made.error, BRIEF_CHARS)
    cost = None if made.cost_usd is None else float(made.cost_usd)
    if made.envelope is None or made.summary is None:
        return Result(validation=Checked(ok=False, error=error), cost_usd=cost, summary=NO_DRAFT)
    definition = made.envelope.definition
    whole, size = is_told_whole(definition), made.summary
    told = {
        "definition": definition.model_dump(mode="json"),
        "name": made.envelope.name if name == pipelines.DEFAULT_NAME else name,
    }
    composed = f"A draft of {counted(size.n_nodes, 'node')} was composed. Nothing was started."
    return Result(
        definition=told_definition(definition),
        validation=Checked(ok=True, summary=size),
        warnings=_warnings(made.warnings or []),
        cost_usd=cost,
        summary=listing([composed, WARNED if made.warnings else "", "" if whole else TOO_LONG]),
        next=Next(tool=NAME, args=told, why="start it, when it is what the user wants") if whole else None,
    )


def _checked(validation: Validation, warnings: list[str], params: Params) -> Result:
    summary = validation.summary
    if summary is None:
        said = "The definition is not valid; validation.error says why. Nothing was started."
    else:
        size = f"{counted(summary.n_nodes, 'node')}, {counted(summary.n_edges, 'edge')}"
        said = f"The definition is valid: {size}. Nothing was started."
    told = {"definition": params.definition, "name": params.name}
    ready = summary is not None and within(DEFINITION_CHARS, told)
    return Result(
        definition=None if validation.definition is None else told_definition(validation.definition),
        validation=Checked(
            ok=validation.ok,
            error=None if validation.error is None else clean_text(validation.error, BRIEF_CHARS),
            summary=summary,
        ),
        warnings=_warnings(warnings),
        summary=listing([said, WARNED if warnings else ""]),
        next=Next(tool=NAME, args=told, why="start it") if ready else None,
    )


def _started(began: Began, seen: Seen, *, already: bool) -> Result:
    definition = seen.public.definition
    types = list(dict.fromkeys(node.type for node in definition.nodes))
    return Result(
        pipeline=seen.brief,
        definition=told_definition(definition),
        initial_jobs=began.initial_jobs,
        validation=Checked(
            ok=True, summary=Summary(n_nodes=len(definition.nodes), n_edges=len(definition.edges), types=types)
        ),
        warnings=_warnings(began.warnings),
        already_started=already or None,
        summary=listing(
            [
                started_summary(seen, already=already, warnings=bool(began.warnings)),
                "" if is_told_whole(definition) else SHORTENED,
            ]
        ),
        next=after_pipeline(seen.public),
    )


def _asks_for_a_definition() -> Result:
    draft: dict[str, Any] = {"definition": {"nodes": [], "edges": []}, "dry_run": True}
    why = "check a definition that your own model has written from pipeline_schema"
    return Result(pipeline_schema=_schema(), summary=NO_KEY, next=Next(tool=NAME, args=draft, why=why))


def _schema() -> dict[str, Any]:
    """What pipelines are made of, without the labels of an editor."""
    found = pipeline_schema().model_dump(mode="json")
    for node in found["nodes"].values():
        del node["label"], node["category"]
        for option in node["config_schema"].values():
            del option["label"]
    if not within(SCHEMA_CHARS, found):
        for node in found["nodes"].values():
            for option in node["config_schema"].values():
                del option["description"]
    return found


def _warnings(warnings: list[str]) -> list[str]:
    return [clean_text(warning, BRIEF_CHARS) for warning in warnings[:WARNINGS]]


tool = Tool(
    name=NAME,
    title="Create a pipeline",
    description=(
        "Checks a graph of modules and starts it: rows flow from a root (scrap or import) through the others. Takes "
        "the envelope {schema_version, name, definition}. With a description instead, composes a draft on the user's "
        "AI key and starts nothing; without a key, gives the schema to write from. Answers at once; the work goes on "
        "by itself and costs EF. An equal call within 2 minutes gives the same pipeline."
    ),
    params=Params,
    result=Result,
    hints=STARTS,
    run=run,
    spends=True,
    example=EXAMPLE,
)
