"""What an action will do and what it will cost, told before it is done: the same arguments then run, and no others.

Actions are the tools that spend or take something away. Sentences are French, of our own words and numbers; what a
model or a page wrote stands in the arguments alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.ai import operations as ai
from engine.ai.schemas import EstimateRequest
from engine.assistant.schemas import Price
from engine.context import Context, read
from engine.errors import OutsendError
from engine.jobs import operations as jobs
from engine.jobs.estimate import estimate, estimate_module
from engine.jobs.queries import ensure_verified, owned_job
from engine.jobs.schemas import Estimate
from engine.pipelines.estimate import estimate as estimate_pipeline
from engine.pipelines.schemas import PipelineEstimate
from engine.registry.load import modules
from engine.tools import create_enrich_job, create_pipeline, create_scrap_job, create_veille
from engine.tools.create_enrich_job import item_module, known_options
from engine.tools.tool import Arguments, Tool

BOUNDED = (create_scrap_job.NAME, create_enrich_job.NAME)  # their `max_ef` holds them to the price that was shown


class CannotStart(OutsendError):
    """`problem` is French: why the action would be refused."""

    code = "assistant_cannot_start"
    message = "Action impossible : {problem}"
    hint = "The user was not asked. Correct the arguments and call again, or tell the user what is missing."


@dataclass(frozen=True, slots=True)
class Proposal:
    """An action as the user is shown it. `arguments` are the tool's, whole; `shown` the title, summary and price."""

    tool: str
    arguments: dict[str, Any]
    shown: dict[str, Any]


Told = tuple[str, Price | None]


def needs_confirmation(tool: Tool[Any, Any], params: Arguments) -> bool:
    """Whether a call spends, or takes something away. Checking a definition without starting it does neither."""
    if isinstance(params, create_pipeline.Params) and params.dry_run and params.definition is not None:
        return False
    return tool.spends or tool.hints.destructive


@read
def propose(context: Context, tool: Tool[Any, Any], params: Arguments) -> Proposal:
    """The action with what it will do and cost. A search or a module's work is held to that cost.

    Raises:
        CannotStart: it would be refused as it stands. What looking it up raises, such as JobMissing.
    """
    summary, price = TELLERS[tool.name](context, params)
    if tool.name in BOUNDED and price is not None and getattr(params, "max_ef", None) is None:
        params = params.model_copy(update={"max_ef": price.ef_cost})
    shown = {
        "title": tool.title,
        "summary": summary,
        "price": None if price is None else price.model_dump(mode="json"),
    }
    return Proposal(tool.name, params.model_dump(mode="json", exclude_unset=True), shown)


def _search(context: Context, params: create_scrap_job.Params) -> Told:
    ensure_verified(context)
    config = params.model_dump(exclude=create_scrap_job.OF_THE_CALL)
    searches, zones = len(params.queries), len(params.zones)
    found = estimate(context, config)
    return (
        f"Chercher des établissements : {_count(searches, 'recherche')} dans {_count(zones, 'zone')}",
        _price(found, found.estimated_duration_seconds / 60),
    )


def _enrich(context: Context, params: create_enrich_job.Params) -> Told:
    module = item_module(params.module)
    short = {name: value for name in create_enrich_job.SHORTCUTS if (value := getattr(params, name)) is not None}
    found = estimate_module(
        context,
        module.slug,
        known_options(module, {**params.options, **short}),
        items=params.items or (),
        source_job_id=params.source_job_id,
        where=params.where,
    )
    rows = _count(found.total_requests, "ligne")
    return f"Lancer le module {module.slug} sur {rows}", _price(found, found.estimated_duration_seconds / 60)


def _compose(context: Context, params: create_pipeline.Params) -> Told:
    if params.definition is None:
        asked = EstimateRequest(feature="pipeline_generation", input=params.description or "")
        worst = ai.estimate(context, asked).worst_case_usd
        return "Faire composer un pipeline par ton modèle IA", Price(ef_cost=0.0, ai_cost_usd_max=worst)
    found = estimate_pipeline(context, definition=params.definition)
    return f"Lancer un pipeline de {_count(len(found.nodes), 'étape')}", _price(found, found.minutes)


def _again(context: Context, params: Any) -> Told:
    found = estimate_pipeline(context, pipeline_id=params.pipeline_id)
    return f"Relancer un pipeline de {_count(len(found.nodes), 'étape')}", _price(found, found.minutes)


def _watch(context: Context, params: create_veille.Params) -> Told:
    days = params.frequency_days
    summary = f"Créer une veille qui relance sa source {'chaque jour' if days == 1 else f'tous les {days} jours'}"
    if params.source_pipeline_id is not None:
        found = estimate_pipeline(context, pipeline_id=params.source_pipeline_id)
        return summary, _price(found, found.minutes)
    source = owned_job(context, params.source_job_id or "")
    return summary, Price(ef_cost=source.ef_cost)


def _resume(context: Context, params: Any) -> Told:
    ensure_verified(context)
    job = owned_job(context, params.job_id)
    module = modules().get(job.job_type)
    left = job.planned - job.processed
    if module is None:
        raise CannotStart(problem=f"le module {job.job_type} n'existe plus")
    cost = module.cost(left, module.config.model_validate(job.config))
    return f"Reprendre un job {job.job_type} : {_count(left, 'élément')} à traiter", Price(ef_cost=cost)


def _cancel(context: Context, params: Any) -> Told:
    job = jobs.get(context, params.job_id)
    done = f"{job.processed_points} sur {job.grid_points_count}"
    return f"Arrêter définitivement un job {job.job_type} (traité : {done})", None


TELLERS: Mapping[str, Callable[[Context, Any], Told]] = {
    "create_scrap_job": _search,
    "create_enrich_job": _enrich,
    "create_pipeline": _compose,
    "run_pipeline": _again,
    "create_veille": _watch,
    "resume_job": _resume,
    "cancel_job": _cancel,
}


def _price(found: Estimate | PipelineEstimate, minutes: float) -> Price:
    """Raises CannotStart: what stands in the way, where the estimate says so."""
    if not found.valid:
        raise CannotStart(problem=" ; ".join(found.errors))
    whole = isinstance(found, Estimate)
    return Price(
        ef_cost=found.ef_cost,
        ef_cost_per_1000_rows=0.0 if whole else found.ef_cost_per_1000_rows,
        minutes=round(minutes, 2),
        ai_cost_usd_max=None if whole else Decimal(str(found.ai_cost_usd_max)),
        complete=whole or found.complete,
        warnings=found.warnings,
    )


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count < 2 else "s")
