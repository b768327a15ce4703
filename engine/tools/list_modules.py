"""The modules: which columns each needs and adds, what it costs, which options it takes; and what is announced."""

from collections import Counter
from typing import Any, Literal

from pydantic import BaseModel

from engine.context import Caller
from engine.module import AnyModule
from engine.pipelines.schema import config_fields
from engine.registry.announced import ANNOUNCED, Announced, Phase
from engine.registry.load import modules, summary_of
from engine.tools.briefs import counted, listing
from engine.tools.shape import BUDGET, size_of
from engine.tools.tool import READS, Answer, Arguments, Format, Progress, Tool

EF_DIGITS = 9
Kind = Literal["extraction", "enrichment", "intelligence", "verification", "pipeline", "meta"]
State = Literal["active", "node", "on_demand", "coming_soon", "unavailable"]
STATES: dict[Phase, State] = {  # without `meta`: pipelines and veilles have tools of their own
    "on_demand": "on_demand",
    "coming_soon": "coming_soon",
    "alpha_unavailable": "unavailable",
}
SHORTER = "config_schema is told without descriptions."
SHORTEST = "config_schema did not fit; category chooses fewer modules."
HOW = (
    "create_scrap_job starts scrap. create_enrich_job runs another module on the rows of a job that has its "
    "needs_columns. create_pipeline chains several; status node: a step of pipelines alone."
)


class Params(Arguments):
    category: Kind | None = None
    status: State | None = None
    response_format: Format = "concise"


class ModuleBrief(BaseModel):
    """`does`: its work in a sentence. `ef_per_item`: the price of one `unit` with default options."""

    slug: str
    label: str
    category: str
    status: str
    does: str | None = None
    needs_columns: list[str] | None = None
    produces_columns: list[str] | None = None
    unit: str | None = None
    ef_per_item: float | None = None
    config_schema: dict[str, Any] | None = None


class Result(Answer):
    modules: list[ModuleBrief]


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """The modules of the chosen category and status, those that can be started first."""
    built = [module for module in modules().values() if _chosen(params, module.category, _state_of(module))]
    announced = [one for one in ANNOUNCED if one.phase in STATES and _chosen(params, one.category, STATES[one.phase])]
    detailed = params.response_format == "detailed"
    shown = [_of_module(module, detailed=detailed) for module in built] + [_of_announced(one) for one in announced]
    states = ", ".join(f"{count} {state}" for state, count in Counter(one.status for one in shown).items())
    summary = f"{counted(len(shown), 'module')}: {states}." if shown else "No module fits these arguments."
    result = Result(modules=shown, summary=listing([summary, HOW if built else ""]))
    return _within_budget(result) if detailed else result


def _state_of(module: AnyModule) -> State:
    return "active" if module.listed else "node"


def _chosen(params: Params, category: str, state: State) -> bool:
    return params.category in (None, category) and params.status in (None, state)


def _of_module(module: AnyModule, *, detailed: bool) -> ModuleBrief:
    options = {name: field.model_dump(mode="json", exclude={"label"}) for name, field in config_fields(module).items()}
    return ModuleBrief(
        slug=module.slug,
        label=module.label["en"],
        category=module.category,
        status=_state_of(module),
        does=summary_of(module),
        needs_columns=list(module.needs) or None,
        produces_columns=list(module.produces) or None,
        unit=module.unit,
        ef_per_item=round(module.cost(1, module.config.model_construct()), EF_DIGITS),
        config_schema=(options or None) if detailed else None,
    )


def _of_announced(one: Announced) -> ModuleBrief:
    return ModuleBrief(slug=one.slug, label=one.en, category=one.category, status=STATES[one.phase])


def _within_budget(result: Result) -> Result:
    """With options told without descriptions, or not at all, where all together would be too long."""
    if size_of(result) <= BUDGET:
        return result
    shorter = [one.model_copy(update={"config_schema": _undescribed(one.config_schema)}) for one in result.modules]
    found = result.model_copy(update={"modules": shorter, "summary": listing([result.summary, SHORTER])})
    if size_of(found) <= BUDGET:
        return found
    bare = [one.model_copy(update={"config_schema": None}) for one in result.modules]
    return result.model_copy(update={"modules": bare, "summary": listing([result.summary, SHORTEST])})


def _undescribed(options: dict[str, Any] | None) -> dict[str, Any] | None:
    if options is None:
        return None
    return {name: {key: told for key, told in one.items() if key != "description"} for name, one in options.items()}


tool = Tool(
    name="list_modules",
    title="List modules",
    description=(
        "Every module with the columns that a row needs for it and those that it adds, its unit and its price in EF; "
        "response_format=detailed adds its options (config_schema). Announced modules are listed by status, too."
    ),
    params=Params,
    result=Result,
    hints=READS,
    run=run,
    example={"status": "active", "response_format": "detailed"},
)
