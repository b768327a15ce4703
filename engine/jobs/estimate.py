"""What a job would cost and how long it would take, before anything is created."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from engine.context import Context, read
from engine.errors import OutsendError
from engine.jobs.create import Asked, ordered
from engine.jobs.errors import BadConfig, JobForbidden, JobMissing, NoQueries, NoZones, UnknownModule
from engine.jobs.intake import bad_config, module_named
from engine.jobs.schemas import Estimate
from engine.limits import MAX_EF_PER_JOB
from engine.module import AnyModule, ModuleConfig, QuotaExceeded
from engine.modules.scrap import ScrapDraft
from engine.modules.scrap import estimate as estimate_scrap
from engine.modules.scrap import module as scrap
from engine.rows.types import Row
from engine.sources.choice import source_name

# What makes a request meaningless; everything else that stands in its way is part of the answer.
MEANINGLESS = (UnknownModule, BadConfig, JobMissing, JobForbidden)


@read
def estimate(context: Context, config: Mapping[str, Any]) -> Estimate:
    """What a scrap with this configuration would cost. Queries and zones may be missing; it is then not valid.

    Raises:
        BadConfig: an option of the wrong type, too many queries or zones.
    """
    try:
        draft = ScrapDraft.model_validate(config)
    except ValidationError as error:
        raise bad_config(scrap, error) from None
    settings = context.services.settings
    found = estimate_scrap(draft, source=source_name(settings), ways=max(len(settings.egress_proxies), 1))
    problems = [
        *([] if draft.queries else [NoQueries()]),
        *([] if draft.zones else [NoZones()]),
        *found.problems,
    ]
    return Estimate(
        valid=not problems,
        grid_points=found.grid_points,
        total_requests=found.total_requests,
        queries_count=len(draft.queries),
        ef_cost=found.ef,
        estimated_duration_seconds=math.ceil(found.seconds),
        errors=[problem.text for problem in problems],
        warnings=[],
    )


@read
def estimate_module(
    context: Context,
    job_type: str,
    config: Mapping[str, Any],
    *,
    items: Sequence[Row] = (),
    source_job_id: str | None = None,
    where: Mapping[str, Any] | None = None,
) -> Estimate:
    """What a job of any module would cost on these items, or on the rows of that job; arguments as for `create`.

    What would keep it from starting (nothing usable, a quota, the module's own refusals) stands in `errors`.

    Raises:
        UnknownModule, BadConfig, JobMissing, JobForbidden.
    """
    if module_named(job_type) is scrap:
        return estimate(context, config)
    try:
        order = ordered(context, Asked(job_type, config, items, source_job_id, where))
    except MEANINGLESS:
        raise
    except OutsendError as problem:
        return _of_items(0, 0.0, 0, [problem])
    cost = order.module.cost(order.planned, order.config)
    problems = [QuotaExceeded(cost=cost)] if cost > MAX_EF_PER_JOB else []
    return _of_items(order.planned, cost, seconds_for(order.module, order.planned, order.config), problems)


def seconds_for(module: AnyModule, count: int, config: ModuleConfig) -> int:
    """How long so many items of a module (not scrap) take as a rule, once the job runs; 0 for none."""
    return math.ceil(count * module.usual_seconds / module.width(config) + module.usual_seconds) if count else 0


def _of_items(count: int, cost: float, seconds: int, problems: Sequence[OutsendError]) -> Estimate:
    return Estimate(
        valid=not problems,
        grid_points=count,
        total_requests=count,
        queries_count=0,
        ef_cost=cost,
        estimated_duration_seconds=seconds,
        errors=[problem.text for problem in problems],
        warnings=[],
    )
