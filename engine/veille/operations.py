"""What callers can do with veilles. Each function is one transaction; the front ends translate."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from sqlmodel import col, func, select

from engine.context import Context, Services, read, write
from engine.export.formats import format_named
from engine.jobs.errors import BadCursor
from engine.jobs.paging import cursor_of, seq_of
from engine.jobs.problems import problem_of
from engine.limits import SIGNALS_PAGE_MAX
from engine.rows.types import Row
from engine.suppressions.blank import Suppressed, blanked
from engine.suppressions.operations import suppressed_of
from engine.veille import signals, snapshots
from engine.veille.compare import compare_due
from engine.veille.errors import BadVeilleField, OneSourceNeeded
from engine.veille.models import RunStatus, Veille, VeilleRun, VeilleStatus
from engine.veille.queries import latest_run, listed, owned_run, owned_veille, public, samples_of, shown, signals_page
from engine.veille.schemas import (
    RunDetail,
    RunList,
    SignalList,
    SignalPublic,
    SignalsFile,
    VeilleChanges,
    VeilleList,
    VeillePublic,
    VeilleRequest,
    VeillesPage,
)
from engine.veille.source import Source, job_source, pipeline_source
from engine.webhooks import operations as webhooks

PAGE_DEFAULT, PAGE_MAX = 20, 50  # of a reader with a small context

M = TypeVar("M", bound=BaseModel)


@write
def create(context: Context, body: object) -> VeillePublic:
    """Watch a scrap job or a pipeline that is done: it runs again every `frequency_days`, first in that many days.

    `body` as `VeilleRequest`. The rows of the source are the first state, if they are still there: the first run then
    is a baseline of the source's own job. Deleting the source later changes nothing.

    Raises:
        BadVeilleField, OneSourceNeeded, SourceMissing, SourceNotDone, NotWatchable, NoWatchableRoot,
        NewOnlyNeedsPipeline, BadWebhookUrl.
    """
    asked, now = _read(VeilleRequest, body), context.now()
    source = _source(context, asked)
    veille = Veille(
        account_id=context.account_id,
        name=_printable(asked.name),
        source_job_id=asked.source_job_id,
        source_pipeline_id=asked.source_pipeline_id,
        template=source.template,
        node_id=source.node_id,
        new_only=asked.new_only,
        webhook_url=webhooks.accepted(context, asked.webhook_url),
        frequency_days=asked.frequency_days,
        next_run_at=now + timedelta(days=asked.frequency_days),
        created_at=now,
    )
    context.session.add(veille)
    context.session.flush()
    if source.job is not None:
        _add_baseline(context, veille, source)
    return public(veille)


@read
def list_veilles(context: Context) -> VeilleList:
    """The caller's active and paused veilles, newest first."""
    return VeilleList(items=[public(veille) for veille in listed(context)])


@read
def list_page(context: Context, *, limit: int = PAGE_DEFAULT, cursor: str | None = None) -> VeillesPage:
    """A page of the caller's veilles, newest first; `limit` is clamped to 1..50. Raises BadCursor."""
    size = min(max(limit, 1), PAGE_MAX)
    before = None if cursor is None else seq_of(cursor)
    if before is not None and before > 2**31 - 1:
        raise BadCursor()
    found = listed(context, size + 1, before=before)
    behind = cursor_of(found[size - 1].id) if len(found) > size else None
    return VeillesPage(veilles=[public(veille) for veille in found[:size]], next_cursor=behind)


@read
def get(context: Context, veille_id: int) -> VeillePublic:
    """One veille. Raises VeilleMissing."""
    return public(owned_veille(context, veille_id))


@write
def change(context: Context, veille_id: int, body: object) -> VeillePublic:
    """Change name, cadence or status; what the body (`VeilleChanges`) leaves out stays.

    A new cadence counts from now. A veille that is active again runs at its date, at once where that is past.

    Raises:
        VeilleMissing, BadVeilleField, BadWebhookUrl.
    """
    asked = _read(VeilleChanges, body)
    veille = _held(context, veille_id)
    given = asked.model_dump(exclude_unset=True)
    if "name" in given:
        given["name"] = _printable(asked.name)
    if "webhook_url" in given:
        given["webhook_url"] = webhooks.accepted(context, asked.webhook_url)
    for name, value in given.items():
        setattr(veille, name, value)
    if "frequency_days" in given:
        veille.next_run_at = context.now() + timedelta(days=veille.frequency_days)
    context.session.add(veille)
    return public(veille)


@write
def delete(context: Context, veille_id: int) -> None:
    """Stop a veille for good and take it from view; it stays on record. Raises VeilleMissing."""
    veille = _held(context, veille_id)
    veille.status = VeilleStatus.deleted
    context.session.add(veille)


@read
def list_runs(context: Context, veille_id: int) -> RunList:
    """The runs of a veille, the last one first. Raises VeilleMissing."""
    owned_veille(context, veille_id)
    mine = select(VeilleRun).where(VeilleRun.veille_id == veille_id, VeilleRun.account_id == context.account_id)
    latest = func.coalesce(VeilleRun.computed_at, VeilleRun.created_at)
    runs = context.session.exec(mine.order_by(latest.desc(), col(VeilleRun.id).desc())).all()
    return RunList(items=shown(context, runs))


@read
def get_run(context: Context, veille_id: int, run_id: int | None = None) -> RunDetail:
    """One run with samples of its buckets; the latest that was compared when none is named.

    Raises:
        VeilleMissing, RunMissing.
    """
    run = _run(context, veille_id, run_id)
    samples = samples_of(run, suppressed_of(context, context.account_id))
    return RunDetail(**shown(context, [run])[0].model_dump(exclude={"closed_count"}), samples=samples)


@read
def list_signals(
    context: Context, veille_id: int, run_id: int | None = None, *, offset: int = 0, limit: int = SIGNALS_PAGE_MAX
) -> SignalList:
    """The signals of a run, the most urgent first; none before it is compared. `limit` is clamped to 1..10,000.

    Raises:
        VeilleMissing, RunMissing.
    """
    run, suppressed = _run(context, veille_id, run_id), suppressed_of(context, context.account_id)
    size = min(max(limit, 1), SIGNALS_PAGE_MAX)
    rows, total = signals_page(context, run, suppressed, offset=max(offset, 0), limit=size)
    return SignalList(items=[SignalPublic.model_validate(row) for row in rows], total=total)


@read
def open_signals(context: Context, veille_id: int, run_id: int, fmt: str) -> SignalsFile:
    """What an export of all signals needs; `signal_pieces` then writes it.

    Raises:
        UnsupportedFormat, VeilleMissing, RunMissing.
    """
    found, run = format_named(fmt), owned_run(context, veille_id, run_id)
    return SignalsFile(
        veille_id=veille_id,
        draft=run.draft if run.status == RunStatus.done else 0,
        account_id=context.account_id,
        filename=f"signaux-reputation-veille-{veille_id}-run-{run_id}.{found.name}",
        format=found.name,
        media_type=found.media_type,
    )


def signal_pieces(services: Services, file: SignalsFile) -> Iterator[bytes]:
    """An opened export in pieces: all signals, the most urgent first, without suppressed contacts."""
    return format_named(file.format).write(signals.COLUMNS, _signal_rows(services, file))


def _signal_rows(services: Services, file: SignalsFile) -> Iterator[Row]:
    suppressed: Suppressed = services.run(None, suppressed_of, file.account_id)
    behind: tuple[float, str] | None = None
    while page := services.run(None, _signals_page, file, behind):
        behind = page[-1][0]
        yield from blanked((row for _, row in page), suppressed)


@read
def _signals_page(
    context: Context, file: SignalsFile, behind: tuple[float, str] | None
) -> list[tuple[tuple[float, str], Row]]:
    return snapshots.signals(context.session, file.veille_id, file.draft, behind=behind)


def _run(context: Context, veille_id: int, run_id: int | None) -> VeilleRun:
    return latest_run(context, veille_id) if run_id is None else owned_run(context, veille_id, run_id)


def _source(context: Context, asked: VeilleRequest) -> Source:
    if asked.source_job_id is not None and asked.source_pipeline_id is None:
        return job_source(context, asked.source_job_id, new_only=asked.new_only)
    if asked.source_pipeline_id is not None and asked.source_job_id is None:
        return pipeline_source(context, asked.source_pipeline_id, new_only=asked.new_only)
    raise OneSourceNeeded()


def _add_baseline(context: Context, veille: Veille, source: Source) -> None:
    """A first run of the source's own rows; it is compared right after the commit, by the duty at the latest."""
    assert source.job is not None and veille.id is not None
    run = VeilleRun(
        account_id=veille.account_id,
        veille_id=veille.id,
        status=RunStatus.comparing,
        job_id=source.job.id,
        pipeline_id=veille.source_pipeline_id,
        is_baseline=True,
        samples={},
        created_at=veille.created_at,
    )
    context.session.add(run)
    context.after_commit.append(partial(context.services.errands.run, partial(compare_due, context.services)))


def _held(context: Context, veille_id: int) -> Veille:
    """The caller's veille, which nobody else changes or replays until the transaction ends."""
    veille = owned_veille(context, veille_id)
    context.session.refresh(veille, with_for_update=True)
    return veille


def _read(shape: type[M], body: object) -> M:
    """A request's body. Raises BadVeilleField: names the first field that is wrong."""
    if not isinstance(body, dict):
        raise BadVeilleField(field="body", problem="objet attendu")
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadVeilleField(field=str(first["loc"][0]), problem=problem_of(first)) from None


def _printable(name: str) -> str:
    """A name without what can't be seen. Raises BadVeilleField: hardly anything is left."""
    kept = "".join(char for char in name if char.isprintable()).strip()
    return _read(VeilleChanges, {"name": kept}).name
