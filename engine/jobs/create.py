"""A request becomes a job: what it may be, which rows feed it, what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic_core import from_json

from engine.context import Context, write
from engine.db.types import json_text
from engine.jobs import store
from engine.jobs.errors import (
    BadConfig,
    ItemsNotTaken,
    JobMissing,
    MaxEfExceeded,
    NoItems,
    NotDownloadable,
    NothingSelected,
    OutputGone,
)
from engine.jobs.intake import (
    CallersPast,
    Order,
    config_of,
    is_shallow,
    left_out,
    nothing_usable,
    place,
    planned_items,
    startable_module,
    storable,
    take_items,
)
from engine.jobs.models import Job, Status
from engine.jobs.queries import downloadable, ensure_reusable, ensure_verified, owned_job, public
from engine.jobs.schemas import JobPublic
from engine.module import ONLY_NEW, AnyModule, ExpandModule, SourceModule
from engine.rows.mapping import map_items
from engine.rows.rules import apply_rules
from engine.rows.types import Row, Value
from engine.suppressions.blank import blanked
from engine.suppressions.operations import suppressed_of
from engine.webhooks import operations as webhooks

SOURCE_OPTION = "source_job_id"  # of modules whose own options name the job that they go on from


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for one job. `where` are filter rules, applied to the items or to the rows of the source job."""

    job_type: str
    config: Mapping[str, Any]
    items: Sequence[Row] = ()
    source_job_id: str | None = None
    where: Mapping[str, Any] | None = None


@write
def create(
    context: Context,
    job_type: str,
    config: Mapping[str, Any],
    *,
    items: Sequence[Row] = (),
    source_job_id: str | None = None,
    where: Mapping[str, Any] | None = None,
    max_ef: float | None = None,
    webhook_url: str | None = None,
) -> JobPublic:
    """Store a job as pending; it starts when its lane has room.

    Without items the rows of `source_job_id`, an ended job, are the input; with items it is a reference. `where` are
    filter rules that choose among them. Nothing is started that costs more than `max_ef`. `webhook_url` hears of its
    end.

    Raises:
        UnknownModule, EmailUnverified, BadConfig, JobMissing, JobForbidden, NotDownloadable, OutputGone, NotReusable,
        RuleInvalid, NoItems, TooManyItems, TooManyColumns, ItemTooDeep, ItemsNotTaken, NothingSelected, QuotaExceeded,
        MaxEfExceeded, BadWebhookUrl; the module's own refusals (`check`, `plan`, `missing`).
    """
    module = startable_module(job_type)
    if isinstance(module, SourceModule) and module.category == "extraction":
        ensure_verified(context)
    order = ordered(context, Asked(job_type, config, items, source_job_id, where), lock=True)
    cost = module.cost(order.planned, order.config)
    order.webhook_url = webhooks.accepted(context, webhook_url)
    if max_ef is not None and cost > max_ef:
        raise MaxEfExceeded(cost=cost, limit=max_ef)
    return public(place(context, order), context.now())


def ordered(context: Context, asked: Asked, *, lock: bool = False) -> Order:
    """The job that the request describes, not stored yet. `lock` keeps its source from being purged meanwhile.

    Raises:
        As `create`, but for what concerns the price and the caller's e-mail.
    """
    module = startable_module(asked.job_type)
    source = None if asked.source_job_id is None else owned_job(context, asked.source_job_id)
    config = config_of(module, _options(module, asked, source))
    module.check(config, CallersPast(context))
    order = Order(module, config, context.account_id, source_job_id=asked.source_job_id)
    if isinstance(module, SourceModule):
        if source is not None and not module.pipelinable:
            raise ItemsNotTaken(module=module.slug)
        order.items = planned_items(module, config)
        order.planned = len(order.items)
    elif asked.items:
        _take_items(context, order, asked)
    elif source is not None:
        _take_rows(context, order, source, asked.where, lock=lock)
    else:
        raise NoItems()
    return order


def _options(module: AnyModule, asked: Asked, source: Job | None) -> Mapping[str, Any]:
    """The module's options, with those that the rest of the request stands for."""
    values = {name: _storable_option(name, value, module) for name, value in asked.config.items()}
    if asked.source_job_id is not None and SOURCE_OPTION in module.config.model_fields:
        values.setdefault(SOURCE_OPTION, asked.source_job_id)
    if source is not None and _goes_on_from(module, source) and ONLY_NEW in module.config.model_fields:
        values.setdefault(ONLY_NEW, True)
    if not asked.items or not isinstance(module, SourceModule):
        return values
    taken = module.of_items(values, storable(asked.items))
    if taken is None:
        raise ItemsNotTaken(module=module.slug)
    return taken


def _storable_option(name: str, value: Any, module: AnyModule) -> Any:
    """An object or a list as it can be stored. Raises BadConfig."""
    if not isinstance(value, dict | list):
        return value
    if not is_shallow(cast("Value", value)):
        raise BadConfig(field=name, problem="trop imbriqué", module=module.slug)
    return from_json(json_text(value))


def _take_items(context: Context, order: Order, asked: Asked) -> None:
    """The request's items feed the job."""
    if asked.where:
        rows, columns, notice = map_items(storable(asked.items), ())
        order.columns, order.notice = columns, [notice.text] if notice.text else []
        _choose(context, order, rows, asked.where)
    else:
        order.items, order.columns, order.notice = take_items(order.module, asked.items)
        _take_each_once(order)


def _take_rows(context: Context, order: Order, source: Job, where: Mapping[str, Any] | None, *, lock: bool) -> None:
    """The rows of an ended job feed this one: read in place, or copied where only some of them are wanted."""
    ensure_reusable(source)
    if lock:
        context.session.refresh(source, with_for_update=True)
    _ensure_rows(source)
    assert source.seq is not None
    order.columns = source.columns
    if where or _goes_on_from(order.module, source):
        _choose(context, order, store.slice_of(context.session, source.seq, 0, source.results), where or {})
        return
    order.planned = store.count_usable(context.session, source.seq, order.module.needs)
    if not order.planned or not any(map(order.module.can_use, store.each(context.session, source.seq))):
        raise nothing_usable(order.module) if order.module.needs else NoItems()
    order.input_job_seq = source.seq
    order.notice = left_out(source.results - order.planned, order.module)


def _choose(context: Context, order: Order, rows: Sequence[Row], where: Mapping[str, Any]) -> None:
    """Of these rows, those that `where` keeps and that the module can use are the job's items.

    As wherever rules look at rows, they see no suppressed contact. The job itself leaves these out, and counts them.
    """
    seen = blanked(rows, suppressed_of(context, order.account_id))
    chosen = [rows[at] for at in apply_rules(seen, where, note=order.notice.append)]
    if where and not chosen:
        raise NothingSelected(count=len(rows))
    order.items = [row for row in chosen if store.is_usable(row, order.module.needs)]
    if not any(map(order.module.can_use, order.items)):
        raise nothing_usable(order.module)
    order.notice += left_out(len(chosen) - len(order.items), order.module)
    _take_each_once(order)


def _goes_on_from(module: AnyModule, source: Job) -> bool:
    """Whether the rows of the source are what this module gives, and say several times what they are about."""
    return isinstance(module, ExpandModule) and set(module.produces) <= set(source.columns)


def _take_each_once(order: Order) -> None:
    """Several rows about the same are one item of a module that makes many of one, without its own columns."""
    module = order.module
    if isinstance(module, ExpandModule):
        own = module.columns(order.config)
        first: dict[object, Row] = {}
        for at, row in enumerate(order.items):
            first.setdefault(module.key(row) or at, row)
        order.items = [{name: cell for name, cell in row.items() if name not in own} for row in first.values()]
        order.columns = [column for column in order.columns if column not in own]
    order.planned = len(order.items)


def _ensure_rows(source: Job) -> None:
    """Whether a job has final or partial rows to read. Raises JobMissing, NotDownloadable, OutputGone."""
    if source.deleted_at is not None:
        raise JobMissing(job_id=source.id)
    if not Status(source.status).terminal:
        raise NotDownloadable()
    if not downloadable(source):
        raise OutputGone()
