"""From a request to a job: the configuration checked, items made canonical, the price known, everything stored."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json
from sqlmodel import col, select

from engine.context import Context
from engine.db.types import json_text
from engine.jobs import store
from engine.jobs.errors import BadConfig, ItemTooDeep, NoItems, TooManyColumns, TooManyItems, UnknownModule
from engine.jobs.models import Job, Status
from engine.jobs.problems import problem_of
from engine.limits import IMPORT_COLUMNS_MAX, ITEMS_MAX, MAX_EF_PER_JOB, OPEN_RETENTION
from engine.module import AnyModule, ModuleConfig, QuotaExceeded, SourceModule
from engine.registry.announced import refuse_announced
from engine.registry.load import modules, startable
from engine.rows.columns import aliases_of
from engine.rows.json_table import DEPTH_MAX
from engine.rows.mapping import map_items
from engine.rows.types import Row, Value
from engine.worker.driver import Ticket

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no letter that reads like another
ID_LENGTH = 26


@dataclass(slots=True)
class Order:
    """A job about to be stored. Exactly one of `items` and `input_job_seq` feeds it."""

    module: AnyModule
    config: ModuleConfig
    account_id: int
    items: Sequence[Any] = ()
    input_job_seq: int | None = None
    planned: int = 0
    columns: Sequence[str] = ()  # received ones, in order
    notice: list[str] = field(default_factory=list[str])
    source_job_id: str | None = None
    webhook_url: str | None = None
    pipeline_id: str | None = None
    node_id: str | None = None
    attempt: int = 1


def module_named(slug: str) -> AnyModule:
    """The module of that slug, hyphens accepted.

    Raises:
        UnknownModule: names the ones that exist.
        ModuleFrozen, ModuleOnDemand: it is announced alone.
    """
    module = modules().get(slug.replace("-", "_"))
    if module is None:
        refuse_announced(slug.replace("-", "_"))
        raise UnknownModule(slug=slug, known=", ".join(startable()))
    return module


def startable_module(slug: str) -> AnyModule:
    """As `module_named`, for a job of its own: a module that is a step of pipelines alone is unknown here.

    Raises:
        UnknownModule: names the ones that can be started.
        ModuleFrozen, ModuleOnDemand: it is announced alone.
    """
    module = module_named(slug)
    if not module.listed:
        raise UnknownModule(slug=slug, known=", ".join(startable()))
    return module


def config_of(module: AnyModule, values: Mapping[str, Any]) -> ModuleConfig:
    """The module's configuration from given values.

    Raises:
        BadConfig: names the field and what is wrong with it.
    """
    try:
        return module.config.model_validate(values)
    except ValidationError as error:
        raise bad_config(module, error) from None


def bad_config(module: AnyModule, error: ValidationError) -> BadConfig:
    """The first finding about a module's options, in the product's words."""
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "config"
    return BadConfig(field=name, problem=problem_of(first), module=module.slug)


def storable(items: Sequence[Row]) -> list[Row]:
    """A request's items as they can be stored: bounded, and without half characters, which no database takes.

    Raises:
        NoItems, TooManyItems, TooManyColumns, ItemTooDeep.
    """
    if not items:
        raise NoItems()
    if len(items) > ITEMS_MAX:
        raise TooManyItems(count=len(items), limit=ITEMS_MAX)
    columns = {column for item in items for column in item}
    if len(columns) > IMPORT_COLUMNS_MAX:
        raise TooManyColumns(count=len(columns), limit=IMPORT_COLUMNS_MAX)
    if not all(map(is_shallow, items)):
        raise ItemTooDeep(limit=DEPTH_MAX)
    return from_json(json_text(list(items)))


def is_shallow(value: Value, levels: int = DEPTH_MAX) -> bool:
    """Whether a JSON value nests at most so many levels."""
    parts = list(value.values()) if isinstance(value, dict) else value
    return not isinstance(parts, list) or (levels > 0 and all(is_shallow(part, levels - 1) for part in parts))


def take_items(module: AnyModule, items: Sequence[Row]) -> tuple[list[Row], list[str], list[str]]:
    """Request items as canonical rows, their columns in order, and what there is to say about it.

    Raises:
        NoItems, TooManyItems, TooManyColumns, ItemTooDeep.
        The module's `missing` error: no item has a needed column; the error names the accepted aliases.
    """
    rows, columns, notice = map_items(storable(items), module.needs)
    if not any(map(module.can_use, rows)):
        raise nothing_usable(module)
    return rows, list(columns), [notice.text] if notice.text else []


def left_out(count: int, module: AnyModule) -> list[str]:
    """What the notice says of rows without any needed column."""
    if not count:
        return []
    what = "1 ligne ignorée" if count == 1 else f"{count} lignes ignorées"
    return [f"{what} : sans {' ni '.join(module.needs)}."]


def nothing_usable(module: AnyModule) -> Exception:
    """The error for an input without any usable row, with the names that would have been accepted."""
    aliases = ", ".join(alias for column in module.needs for alias in aliases_of(column))
    return module.missing(column=" / ".join(module.needs), aliases=aliases)


def place(context: Context, order: Order, *, refuse_over_quota: bool = True) -> Job:
    """Store a job as pending with its items, and have its driver told after the commit.

    Raises:
        QuotaExceeded: it costs more than one job may.
    """
    module, now = order.module, context.now()
    cost = module.cost(order.planned, order.config)
    if refuse_over_quota and cost > MAX_EF_PER_JOB:
        raise QuotaExceeded(cost=cost)
    own = [column for column in module.columns(order.config) if column not in order.columns]
    job = Job(
        id="j_" + "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH)),
        account_id=order.account_id,
        job_type=module.slug,
        lane=module.lane,
        config=order.config.model_dump(mode="json"),
        source_job_id=order.source_job_id,
        webhook_url=order.webhook_url,
        pipeline_id=order.pipeline_id,
        node_id=order.node_id,
        attempt=order.attempt,
        input_job_seq=order.input_job_seq,
        planned=order.planned,
        columns=[*order.columns, *own],
        stats={},
        notice=order.notice,
        status=Status.pending,
        ef_cost=cost,
        created_at=now,
        expires_at=now + OPEN_RETENTION,
    )
    context.session.add(job)
    context.session.flush()
    assert job.seq is not None
    store.add_inputs(context.session, job.seq, order.items)
    ticket = Ticket(job.id, module.lane, order.account_id, job.seq)
    context.after_commit.append(lambda: context.services.driver.submit(ticket))
    return job


class CallersPast:
    """The caller's finished jobs, as far as a module's `check` may look."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def done(self, job_id: str, job_type: str) -> Mapping[str, object] | None:
        """See `engine.module.Past`."""
        return next(iter(self._configs(job_type, Job.id == job_id)), None)

    def done_on(self, source_job_id: str, job_type: str) -> list[Mapping[str, object]]:
        """See `engine.module.Past`."""
        return self._configs(job_type, Job.source_job_id == source_job_id)

    def _configs(self, job_type: str, where: Any) -> list[Mapping[str, object]]:
        query = select(Job).where(
            Job.account_id == self._context.account_id,
            Job.job_type == job_type,
            Job.status == Status.done,
            col(Job.deleted_at).is_(None),
            where,
        )
        return [job.config for job in self._context.session.exec(query.order_by(col(Job.seq)))]


def planned_items(module: AnyModule, config: ModuleConfig) -> list[Any]:
    """The first items of a source; none for other kinds."""
    return module.plan(config) if isinstance(module, SourceModule) else []
