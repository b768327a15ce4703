"""What filter rules would keep of a job's rows: for the preview of a node, and of a job."""

from typing import Any

from pydantic_core import from_json, to_json

from engine.context import Context, read
from engine.jobs import store
from engine.jobs.models import Job
from engine.jobs.queries import owned_job
from engine.jobs.results import open_download
from engine.limits import PREVIEW_ROWS, PREVIEW_SAMPLES
from engine.module import ModuleConfig, TableModule
from engine.pipelines.schemas import FilterPreview, Node
from engine.pipelines.validate import config_of, module_of
from engine.rows.errors import RuleInvalid
from engine.rows.types import Row, is_empty
from engine.suppressions.blank import blank_all, left_out_notice
from engine.suppressions.operations import suppressed_of

FILTER = "filter"
A_FILTER = Node(id=FILTER, type=FILTER, config={}, x=0, y=0)  # where no node is named


def filter_config(rules: dict[str, Any], node: Node = A_FILTER) -> ModuleConfig:
    """The options of a filter with these rules, which may be its whole config. Raises RuleInvalid, BadConfigField."""
    rules = _storable(rules)
    given = rules if "rules" in rules else {"rules": rules}
    return config_of(node.model_copy(update={"config": given}))


def preview(context: Context, job: Job, config: ModuleConfig) -> FilterPreview:
    """How many of a job's first 5,000 rows a filter with this config keeps, and some of them. Raises RuleInvalid."""
    module = module_of(A_FILTER)
    assert isinstance(module, TableModule)
    rows, left = first_rows(context, job)
    kept = module.select(rows, config, lambda _: None)
    return FilterPreview(
        total=len(rows),
        matched=len(kept),
        samples=[_without_empty(rows[at]) for at in kept[:PREVIEW_SAMPLES]],
        predecessor_job_id=job.id,
        fieldnames=job.columns,
        capped=job.results > PREVIEW_ROWS,
        notice=" ".join(left_out_notice(left)) or None,
    )


@read
def job_preview(context: Context, job_id: str, rules: dict[str, Any]) -> FilterPreview:
    """What these rules would keep of an ended job's first 5,000 rows.

    Raises:
        JobMissing, JobForbidden, NotDownloadable, OutputGone, RuleInvalid, BadConfigField.
    """
    open_download(context, job_id)
    return preview(context, owned_job(context, job_id), filter_config(rules))


def first_rows(context: Context, job: Job) -> tuple[list[Row], int]:
    """The rows that a look at a job is taken from, and how many suppressed contacts they leave out."""
    assert job.seq is not None
    rows = store.slice_of(context.session, job.seq, 0, PREVIEW_ROWS)
    return blank_all(rows, suppressed_of(context, context.account_id))


def _storable(rules: dict[str, Any]) -> dict[str, Any]:
    """The rules as a node would store them. Raises RuleInvalid: they are no JSON (half a surrogate pair)."""
    try:
        return from_json(to_json(rules, inf_nan_mode="null"))
    except ValueError as error:
        raise RuleInvalid(rule="rules", problem="ce n'est pas du JSON valide") from error


def _without_empty(row: Row) -> Row:
    return {column: value for column, value in row.items() if not is_empty(value)}
