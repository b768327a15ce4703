"""What callers can do with pipelines. Each function is one transaction; the front ends translate."""

import uuid
from typing import Any

from sqlmodel import col, select

from engine.context import Context, read, write
from engine.db.types import plain_text
from engine.errors import OutsendError
from engine.jobs.errors import BadCursor, NotResumable
from engine.jobs.models import Job, Status
from engine.jobs.queries import downloadable, ensure_verified, owned_job
from engine.jobs.resume import resume as resume_job
from engine.jobs.schemas import JobPublic
from engine.limits import PIPELINE_NAME_MAX, PIPELINES_PAGE
from engine.pipelines import coordinator
from engine.pipelines.errors import (
    NameNotText,
    NameTooLong,
    NodeMissing,
    NotAFilter,
    PipelineAlreadyOver,
    PipelineForbidden,
    PipelineMissing,
)
from engine.pipelines.models import Pipeline, PipelineStatus
from engine.pipelines.normalize import envelope_name, envelope_webhook, normalize
from engine.pipelines.preview import FILTER, filter_config, first_rows, preview
from engine.pipelines.queries import (
    briefs,
    definition_of,
    latest_jobs,
    locked_pipeline,
    newest,
    owned_pipeline,
    public,
)
from engine.pipelines.schemas import (
    Created,
    Definition,
    FilterPreview,
    InputColumns,
    Node,
    NoInputReason,
    PipelineBrief,
    PipelinePublic,
    PipelinesPage,
    Summary,
    Validation,
)
from engine.pipelines.validate import module_of
from engine.pipelines.validate import validate as check_rules
from engine.rows.profile import profile
from engine.webhooks import operations as webhooks

DEFAULT_NAME = "Pipeline"
PAGE_DEFAULT = 20  # of a reader with a small context


@read
def validate(context: Context, body: object) -> Validation:
    """Normalise and validate an envelope or a definition; nothing is created or run."""
    try:
        definition = normalize(body)
        check_rules(definition)
        _name(None, body)
        _webhook_url(context, body)
    except OutsendError as error:
        return Validation(ok=False, error=error.text)
    return Validation(ok=True, definition=definition, summary=Summary.of(definition))


@write
def create(context: Context, body: object, *, name: str | None = None) -> Created:
    """Store an envelope or a definition as a running pipeline, with one job per root.

    A root that can't start (a zone that is unknown, a quota) leaves the pipeline behind as failed: its error is raised
    only after the commit, so that the transaction isn't undone.

    Raises:
        The validator's errors, EmailUnverified, NameTooLong, NameNotText, BadWebhookUrl; what a root's module refuses.
    """
    definition = normalize(body)
    check_rules(definition)
    webhook_url = _webhook_url(context, body)
    created, context.refusal = launch(context, definition, name=_name(name, body), webhook_url=webhook_url)
    return created


@write
def run_again(context: Context, pipeline_id: str) -> Created:
    """The stored graph as a new pipeline. Raises what `create` raises, PipelineMissing, PipelineForbidden."""
    former = owned_pipeline(context, pipeline_id)
    return create(context, former.definition, name=former.name)


@write
def launch(
    context: Context,
    definition: Definition,
    *,
    name: str,
    compared_first: bool = False,
    webhook_url: str | None = None,
) -> tuple[Created, OutsendError | None]:
    """Store a valid definition and start its roots; a refusal of a root comes back beside the failed pipeline.

    For operations that start a pipeline as a part of their own work; others call `create`. With `compared_first` it
    stands still behind its root, until `coordinator.go_on_with` is called.
    """
    _ensure_may_start(context, definition)
    pipeline = Pipeline(
        id=str(uuid.uuid4()),
        account_id=context.account_id,
        name=name,
        definition=definition.model_dump(mode="json"),
        created_at=context.now(),
        compared_first=compared_first,
        webhook_url=webhook_url,
    )
    context.session.add(pipeline)
    context.session.flush()
    jobs, refusal = _start(context, pipeline)
    return Created(id=pipeline.id, status=pipeline.status, initial_jobs=[job.id for job in jobs]), refusal


@read
def list_pipelines(context: Context, *, limit: int = PIPELINES_PAGE) -> list[PipelineBrief]:
    """The caller's pipelines, most recent first, at most 50."""
    return briefs(context.session, newest(context, min(max(limit, 1), PIPELINES_PAGE)))


@read
def list_page(context: Context, *, limit: int = PAGE_DEFAULT, cursor: str | None = None) -> PipelinesPage:
    """A page of the caller's pipelines, most recent first; `limit` is clamped to 1..50.

    `next_cursor` leads to the older ones, and is None where there are none. Pipelines that are created meanwhile
    stand before the first page, so that following the cursors tells each pipeline once.

    Raises:
        BadCursor.
    """
    try:
        before = None if cursor is None else owned_pipeline(context, cursor)
    except (PipelineMissing, PipelineForbidden):
        raise BadCursor() from None
    size = min(max(limit, 1), PIPELINES_PAGE)
    found = newest(context, size + 1, before=before)
    shown = found[:size]
    return PipelinesPage(
        pipelines=briefs(context.session, shown), next_cursor=shown[-1].id if len(found) > size else None
    )


@read
def ids(context: Context, beginning: str, *, limit: int) -> list[str]:
    """Ids of the caller's pipelines that begin so, most recent first."""
    mine = select(Pipeline.id).where(Pipeline.account_id == context.account_id)
    found = mine.where(col(Pipeline.id).startswith(plain_text(beginning), autoescape=True))
    return list(context.session.exec(found.order_by(col(Pipeline.seq).desc()).limit(limit)))


@read
def get(context: Context, pipeline_id: str) -> PipelinePublic:
    """One pipeline with its graph, jobs and output. Raises PipelineMissing, PipelineForbidden."""
    return public(context.session, owned_pipeline(context, pipeline_id))


@write
def cancel(context: Context, pipeline_id: str) -> PipelinePublic:
    """Stop a running pipeline. Pending jobs end at once, running ones within a second; rows stay downloadable.

    Raises:
        PipelineMissing, PipelineForbidden, PipelineAlreadyOver.
    """
    pipeline = owned_pipeline(context, pipeline_id)
    locked_pipeline(context.session, pipeline_id)
    if pipeline.status != PipelineStatus.running:
        raise PipelineAlreadyOver(status=pipeline.status)
    pipeline.cancel_requested_at = context.now()
    context.session.add(pipeline)
    coordinator.stop(context, latest_jobs(context.session, pipeline.id))
    coordinator.settle(context, pipeline)
    return public(context.session, pipeline)


@write
def resume(context: Context, job_id: str) -> JobPublic:
    """Go on with an interrupted job; if it belongs to a pipeline, the pipeline goes on too.

    Raises:
        JobMissing, JobForbidden, NotResumable, QuotaExceeded, OutputGone.
    """
    pipeline_id = owned_job(context, job_id).pipeline_id
    pipeline = None if pipeline_id is None else locked_pipeline(context.session, pipeline_id)
    if pipeline is not None and pipeline.status == PipelineStatus.running:
        # Its other jobs are still being stopped; the last one to end would stop the new attempt, too.
        raise NotResumable(reason="pipeline pas encore arrêté")
    resumed = resume_job(context, job_id)
    if pipeline is not None:
        coordinator.reopen(context, pipeline)
    return resumed


@read
def input_columns(context: Context, pipeline_id: str, node_id: str) -> InputColumns:
    """What feeds a node, column by column, profiled on the first 5,000 rows; or the reason why nothing does yet.

    Raises:
        PipelineMissing, PipelineForbidden, NodeMissing.
    """
    pipeline, node = _owned_node(context, pipeline_id, node_id)
    source, reason = _input_of(context, pipeline, node)
    if source is None:
        return InputColumns(columns=[], reason=reason)
    try:
        rows, _ = first_rows(context, source)
    except ValueError:
        return InputColumns(columns=[], reason="csv_read_error")
    columns = profile(source.columns, rows)
    return InputColumns(columns=columns, row_count=source.results, predecessor_job_id=source.id)


@read
def filter_preview(context: Context, pipeline_id: str, node_id: str, rules: dict[str, Any]) -> FilterPreview:
    """What the filter node would keep with these rules, by the function that it runs; nothing is stored.

    `rules` are the node's rules, or its whole config.

    Raises:
        PipelineMissing, PipelineForbidden, NodeMissing, NotAFilter, BadConfigField; what the rules are refused for.
    """
    pipeline, node = _owned_node(context, pipeline_id, node_id)
    if node.type != FILTER:
        raise NotAFilter(node=node.id, type=node.type)
    config = filter_config(rules, node)
    source, reason = _input_of(context, pipeline, node)
    if source is None:
        return FilterPreview(total=0, matched=0, samples=[], reason=reason)
    return preview(context, source, config)


def _name(given: str | None, body: object) -> str:
    """The given name, else the envelope's, else `Pipeline`; printable and trimmed."""
    found = envelope_name(body) if given is None else given
    if not isinstance(found, str):
        raise NameNotText(field="name")
    name = "".join(char for char in found if char.isprintable()).strip()
    if len(name) > PIPELINE_NAME_MAX:
        raise NameTooLong(field="name")
    return name or DEFAULT_NAME


def _webhook_url(context: Context, body: object) -> str | None:
    """The receiver that a request names. Raises BadWebhookUrl."""
    if context.principal is not None and context.principal.by_agent:
        return None  # a page that an agent reads could name it
    return webhooks.accepted(context, envelope_webhook(body))


def _ensure_may_start(context: Context, definition: Definition) -> None:
    """Searching the world needs a verified address, working on one's own file does not (CONTRACT C-115, C-116)."""
    if any(module_of(node).category == "extraction" for node in definition.roots):
        ensure_verified(context)


def _start(context: Context, pipeline: Pipeline) -> tuple[list[Job], OutsendError | None]:
    """All root jobs, or none and the refusal."""
    before = len(context.after_commit)
    try:
        with context.session.begin_nested():
            return coordinator.start(context, pipeline), None
    except OutsendError as refusal:
        del context.after_commit[before:]  # tickets of jobs that are undone
        coordinator.note_failure(pipeline, refusal)
        coordinator.settle(context, pipeline)
        return [], refusal


def _owned_node(context: Context, pipeline_id: str, node_id: str) -> tuple[Pipeline, Node]:
    pipeline = owned_pipeline(context, pipeline_id)
    node = definition_of(pipeline).by_id.get(node_id)
    if node is None:
        raise NodeMissing(node=node_id)
    return pipeline, node


def _input_of(context: Context, pipeline: Pipeline, node: Node) -> tuple[Job | None, NoInputReason | None]:
    """The finished job whose rows feed the node, or the reason why there is none."""
    predecessor = definition_of(pipeline).predecessor(node.id)
    if predecessor is None:
        return None, "no_predecessor"
    job = latest_jobs(context.session, pipeline.id).get(predecessor.id)
    if job is None or job.status not in (Status.done, Status.expired):
        return None, "no_data_yet"
    if job.deleted_at is not None or not downloadable(job):
        return None, "no_csv_found"
    return job, None
