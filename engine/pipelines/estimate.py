"""What a pipeline would cost before it is started: EF, minutes and AI money, per node and in all.

How many rows a search brings is not known before it has run. Below it, costs are told per 1,000 rows; below a list they
are an upper bound, as if every row reached every node; in a pipeline that has run, they come from its own counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from engine.context import Context, read
from engine.errors import OutsendError
from engine.imports.errors import UploadMissing
from engine.imports.operations import open_upload
from engine.jobs.estimate import estimate_module, seconds_for
from engine.jobs.models import Job
from engine.limits import MAPS_RESULTS_MAX, MAX_EF_PER_JOB
from engine.pipelines.errors import NothingToEstimate
from engine.pipelines.normalize import normalize
from engine.pipelines.progress import finished
from engine.pipelines.queries import definition_of, latest_jobs, owned_pipeline
from engine.pipelines.schemas import Basis, Definition, Node, NodeEstimate, PipelineEstimate
from engine.pipelines.validate import config_of, module_of
from engine.pipelines.validate import validate as check_rules

THOUSAND = 1_000
EF_DIGITS, MINUTES_DIGITS = 6, 2
NO_AI = 0.0  # dollars: no node calls a model


@dataclass(frozen=True, slots=True)
class _Work:
    """What a node has to do, and what that costs; `items` and `rows` as in NodeEstimate. None: not known."""

    basis: Basis
    items: int | None
    rows: int | None
    ef: float | None
    seconds: float | None
    problems: Sequence[str] = ()


@read
def estimate(context: Context, *, definition: object | None = None, pipeline_id: str | None = None) -> PipelineEstimate:
    """The price of a graph (or its envelope), or of a stored pipeline run again; nothing is created.

    A root that could not start is told in `errors`; a node that passes the limit of one job, in `warnings`.

    Raises:
        NothingToEstimate: none or both given. The validator's errors. PipelineMissing, PipelineForbidden.
    """
    graph, ran = _graph(context, definition, pipeline_id)
    works: dict[str, _Work] = {}
    for node in sorted(graph.nodes, key=lambda one: sum(1 for _ in graph.ancestors(one.id))):
        above, job = graph.predecessor(node.id), ran.get(node.id)
        works[node.id] = _root(context, node, job) if above is None else _step(node, job, works[above.id].rows)
    nodes = [_told(node, works[node.id]) for node in graph.nodes]
    errors = [f"Node '{node.id}' : {text}" for node in graph.nodes for text in works[node.id].problems]
    return _summed(nodes, errors, [text for node in graph.nodes if (text := _quota(graph, node, works))])


def _graph(
    context: Context, definition: object | None, pipeline_id: str | None
) -> tuple[Definition, Mapping[str, Job]]:
    """The graph, and the finished jobs of its nodes where it has run."""
    if pipeline_id is None and definition is not None:
        graph, ran = normalize(definition), {}
    elif pipeline_id is not None and definition is None:
        pipeline = owned_pipeline(context, pipeline_id)
        graph = definition_of(pipeline)
        latest = latest_jobs(context.session, pipeline.id)
        ran = {node_id: job for node_id, job in latest.items() if finished(job)}
    else:
        raise NothingToEstimate()
    check_rules(graph)
    return graph, ran


def _root(context: Context, node: Node, job: Job | None) -> _Work:
    """A root's work follows from its options; only how many rows it brings may be known from a run."""
    module, config = module_of(node), config_of(node)
    found = estimate_module(context, module.slug, node.config)
    problems, rows = list(found.errors), None
    if job is not None:
        rows = job.results
    elif found.valid:
        try:
            rows = module.rows_at_most(config, None, partial(open_upload, context.services, context.account_id))
        except OutsendError as problem:
            problems.append(problem.text)
    seconds = _took(job) or found.estimated_duration_seconds
    return _Work("planned", found.total_requests, rows, found.ef_cost, seconds, problems)


def _step(node: Node, job: Job | None, given: int | None) -> _Work:
    """The work of a node that at most `given` rows reach, or that it had when it ran."""
    module, config = module_of(node), config_of(node)
    if job is not None:
        cost, seconds = module.cost(job.planned, config), _took(job)
        usual = seconds_for(module, job.planned, config)
        return _Work("counted", job.planned, job.results, cost, usual if seconds is None else seconds)
    rows = module.rows_at_most(config, given, _no_upload)
    if given is not None:
        return _Work("at_most", given, rows, module.cost(given, config), seconds_for(module, given, config))
    free = 0.0 if not module.cost(THOUSAND, config) else None  # whatever the number of rows
    return _Work("unknown", None, rows, free, free)


def _no_upload(upload_id: str) -> BinaryIO:
    raise UploadMissing(upload_id=upload_id)


def _took(job: Job | None) -> float | None:
    """How many seconds the job ran; None where it went on from another attempt."""
    if job is None or job.attempt > 1 or job.started_at is None or job.completed_at is None:
        return None
    return (job.completed_at - job.started_at).total_seconds()


def _told(node: Node, work: _Work) -> NodeEstimate:
    module, config = module_of(node), config_of(node)
    return NodeEstimate(
        id=node.id,
        type=node.type,
        unit=module.unit,
        basis=work.basis,
        items=work.items,
        rows=work.rows,
        ef_cost=None if work.ef is None else round(work.ef, EF_DIGITS),
        minutes=_minutes(work.seconds),
        ai_cost_usd_max=NO_AI,
        ef_cost_per_1000_rows=None if module.is_root else round(module.cost(THOUSAND, config), EF_DIGITS),
        minutes_per_1000_rows=None if module.is_root else _minutes(seconds_for(module, THOUSAND, config)),
    )


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, MINUTES_DIGITS)


def _quota(graph: Definition, node: Node, works: Mapping[str, _Work]) -> str | None:
    """The warning that a node passes the limit of one job, or may pass it with what a root above it may bring."""
    work, place = works[node.id], f"'{node.id}' ({node.type})"
    if work.ef is not None:
        over = f"Quota dépassé au node {place} : {work.ef:.3f} EF demandés, {MAX_EF_PER_JOB:.1f} EF au plus par job"
        return over if work.ef > MAX_EF_PER_JOB else None
    bound = int(MAX_EF_PER_JOB / module_of(node).cost(1, config_of(node)))
    root = list(graph.ancestors(node.id))[-1]
    possible = _possible_rows(root, works[root.id])
    if possible is not None and possible <= bound:
        return None
    return (
        f"Quota : le node {place} serait refusé au-delà de {bound} lignes ; "
        f"le nombre de lignes de '{root.id}' n'est pas connu d'avance"
    )


def _possible_rows(root: Node, work: _Work) -> int | None:
    """What the first searches of a root can list at most; None for a root that does not search."""
    if work.items is None or module_of(root).category != "extraction":
        return None
    return work.items * MAPS_RESULTS_MAX


def _summed(nodes: Sequence[NodeEstimate], errors: list[str], warnings: list[str]) -> PipelineEstimate:
    unknown = [node for node in nodes if node.basis == "unknown"]
    return PipelineEstimate(
        valid=not errors,
        complete=all(node.ef_cost is not None for node in nodes),
        ef_cost=round(sum(node.ef_cost or 0.0 for node in nodes), EF_DIGITS),
        minutes=round(sum(node.minutes or 0.0 for node in nodes), MINUTES_DIGITS),
        ai_cost_usd_max=sum(node.ai_cost_usd_max for node in nodes),
        ef_cost_per_1000_rows=round(sum(node.ef_cost_per_1000_rows or 0.0 for node in unknown), EF_DIGITS),
        minutes_per_1000_rows=round(sum(node.minutes_per_1000_rows or 0.0 for node in unknown), MINUTES_DIGITS),
        errors=errors,
        warnings=warnings,
        nodes=list(nodes),
    )
