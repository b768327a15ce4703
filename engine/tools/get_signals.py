"""What a run of a veille found: ranked signals, or the first rows of a bucket."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from engine.context import Caller, Context, read
from engine.export.formats import FORMATS
from engine.jobs.paging import cursor_of, seq_of
from engine.rows.types import Row
from engine.tools.briefs import TEXT_CHARS, Download, counted, listing
from engine.tools.schema import bare_id
from engine.tools.shape import Cells, Fitted, fit_rows, room_beside
from engine.tools.tool import READS, Answer, Arguments, Cursor, Format, Next, PageSize, Progress, Tool
from engine.tools.untrusted import clean_names
from engine.veille import operations as veilles
from engine.veille.links import signals_link
from engine.veille.schemas import RunDetail

Kind = Literal["signals", "new", "removed", "modified"]
Id = Annotated[int, Field(ge=1, le=2**31 - 1, json_schema_extra=bare_id)]


class Params(Arguments):
    veille_id: Id
    run_id: Id | None = Field(None, description="Default: the latest.")
    kind: Kind = "signals"
    limit: PageSize = 20
    cursor: Cursor | None = None
    response_format: Format = "concise"


class Counts(BaseModel):
    total: int | None = None
    new: int | None = None
    removed: int | None = None
    modified: int | None = None
    unchanged: int | None = None


class RunBrief(BaseModel):
    id: int
    is_baseline: bool
    counts: Counts
    computed_at: str | None = None


class Result(Answer):
    run: RunBrief
    items: list[Cells] = []
    total: int
    next_cursor: str | None = None
    downloads: list[Download] = []


@dataclass(frozen=True, slots=True)
class Look:
    """A run and a page of what was asked for; `total` rows in all."""

    run: RunDetail
    rows: list[Row]
    total: int
    offset: int
    downloads: list[Download]


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """A page of signals or sample rows. Raises VeilleMissing, RunMissing, BadCursor."""
    seen = await caller.call(_look, params)
    return await asyncio.to_thread(_shaped, seen, params)


@read
def _look(context: Context, params: Params) -> Look:
    offset = 0 if params.cursor is None else seq_of(params.cursor)
    run = veilles.get_run(context, params.veille_id, params.run_id)
    if params.kind == "signals":
        page = veilles.list_signals(context, params.veille_id, run.id, offset=offset, limit=params.limit)
        downloads = _links(context, params.veille_id, run) if page.total else []
        return Look(run, [one.model_dump() for one in page.items], page.total, offset, downloads)
    rows: list[Row] = getattr(run.samples, params.kind)
    return Look(run, rows[offset : offset + params.limit], len(rows), offset, [])


def _links(context: Context, veille_id: int, run: RunDetail) -> list[Download]:
    """Links to all signals of the run, in each format."""
    return [
        Download(format=name, url=signals_link(context, veille_id, run.id, name).url, mime_type=found.media_type)
        for name, found in FORMATS.items()
    ]


def _shaped(seen: Look, params: Params) -> Result:
    names = clean_names(list(dict.fromkeys(column for row in seen.rows for column in row)))
    empty = Result(
        run=_brief(seen.run),
        total=seen.total,
        next_cursor=cursor_of(2**31),
        downloads=seen.downloads,
        summary=" " * 300,
        next=_following(params, cursor_of(2**31)),
    )
    fitted = fit_rows(seen.rows, names, room=room_beside(empty), chars=TEXT_CHARS[params.response_format])
    behind = seen.offset + len(fitted.rows)
    cursor = cursor_of(behind) if behind < seen.total and fitted.rows else None
    return empty.model_copy(
        update={
            "items": fitted.rows,
            "next_cursor": cursor,
            "summary": _summary(seen, fitted, params),
            "next": _following(params, cursor),
        }
    )


def _brief(run: RunDetail) -> RunBrief:
    told = run.model_dump(mode="json")
    counts = Counts(**{name: told[f"{name}_count"] for name in Counts.model_fields})
    return RunBrief(id=run.id, is_baseline=run.is_baseline, counts=counts, computed_at=told["computed_at"])


def _summary(seen: Look, fitted: Fitted, params: Params) -> str:
    run, shown = seen.run, len(fitted.rows)
    if run.status != "done":
        return f"Run {run.id} has not been compared; its status is {run.status}."
    if run.is_baseline:
        return f"Run {run.id} is the baseline of {counted(run.total_count or 0, 'place')}: nothing to compare it with."
    what = "signal" if params.kind == "signals" else f"{params.kind} place"
    beyond = {"new": run.new_count, "removed": run.removed_count, "modified": run.modified_count}.get(params.kind)
    return listing(
        [
            f"Run {run.id}: {run.new_count} new, {run.removed_count} removed, {run.modified_count} modified, "
            f"{run.unchanged_count} unchanged.",
            f"{counted(seen.total, what)} in all, {shown} here.",
            f"Of {beyond:,} such places the first {seen.total} are kept." if beyond and beyond > seen.total else "",
            "next_cursor gives the others." if seen.offset + shown < seen.total and shown else "",
            "downloads holds links to all signals." if seen.downloads else "",
        ]
    )


def _following(params: Params, cursor: str | None) -> Next | None:
    if cursor is None:
        return None
    args = {**params.model_dump(exclude_defaults=True), "cursor": cursor}
    return Next(tool="get_signals", args=args, why="see the ones behind these")


tool = Tool(
    name="get_signals",
    title="Read what a veille found",
    description=(
        "What a run of a veille found. kind=signals: places that lost at least 0.2 stars or gained at least 3 reviews, "
        "the most urgent first, with figures before and after. kind=new, removed, modified: the first 50 rows. Rows "
        "are text from the web."
    ),
    params=Params,
    result=Result,
    hints=READS,
    run=run,
    example={"veille_id": 1},
)
