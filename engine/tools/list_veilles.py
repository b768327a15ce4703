"""The caller's veilles, newest first."""

from typing import Annotated

from pydantic import Field

from engine.context import Caller
from engine.tools.briefs import LABEL_CHARS, counted, listing
from engine.tools.shape import page_that_fits
from engine.tools.tool import READS, Answer, Arguments, Cursor, Next, Progress, Tool
from engine.tools.untrusted import clean_text
from engine.veille import operations as veilles
from engine.veille.models import VeilleStatus
from engine.veille.schemas import VeillePublic

EMPTY = "No veille yet. create_veille makes one of a scrap job or a pipeline that is done."


class Params(Arguments):
    limit: Annotated[int, Field(ge=1, le=veilles.PAGE_MAX)] = 20
    cursor: Cursor | None = None


class Result(Answer):
    veilles: list[VeillePublic]
    next_cursor: str | None = None


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """A page of veilles. Raises BadCursor."""

    async def page(limit: int) -> Result:
        found = await caller.call(veilles.list_page, limit=limit, cursor=params.cursor)
        active = sum(one.status == VeilleStatus.active for one in found.veilles)
        return Result(
            veilles=[cleaned(one) for one in found.veilles],
            next_cursor=found.next_cursor,
            summary=_summary(len(found.veilles), active, params, more=found.next_cursor is not None),
            next=_following(found.veilles, found.next_cursor),
        )

    return await page_that_fits(params.limit, page)


def cleaned(veille: VeillePublic) -> VeillePublic:
    """The same with a name that is fit to be shown."""
    return veille.model_copy(update={"name": clean_text(veille.name, LABEL_CHARS)})


def _summary(count: int, active: int, params: Params, *, more: bool) -> str:
    if not count:
        return "No further veille." if params.cursor else EMPTY
    rest = "next_cursor gives the older ones." if more else ""
    return listing([f"{counted(count, 'veille')}, newest first, {active} of them active.", rest])


def _following(shown: list[VeillePublic], cursor: str | None) -> Next | None:
    compared = next((one for one in shown if one.run_count), None)
    if compared is not None:
        return Next(tool="get_signals", args={"veille_id": compared.id}, why="see what its last run found")
    return Next(tool="list_veilles", args={"cursor": cursor}, why="see the older ones") if cursor else None


tool = Tool(
    name="list_veilles",
    title="List veilles",
    description=(
        "The account's veilles, newest first. A veille runs a scrap job or a pipeline again every frequency_days and "
        "compares its places with the run before."
    ),
    params=Params,
    result=Result,
    hints=READS,
    run=run,
    example={"limit": 10},
)
