"""Watch a scrap job or a pipeline: `POST /api/veille` for agents."""

from typing import Annotated

from pydantic import Field

from engine.context import Caller, Context, write
from engine.limits import (
    SOURCE_ID_MAX,
    SOURCE_ID_MIN,
    VEILLE_DAYS_MAX,
    VEILLE_DAYS_MIN,
    VEILLE_NAME_MAX,
    VEILLE_NAME_MIN,
)
from engine.tools.briefs import counted, listing
from engine.tools.list_veilles import cleaned
from engine.tools.schema import bare_id
from engine.tools.start import RepeatableArguments, asked, start_once
from engine.tools.tool import WRITES, Answer, Next, Progress, Tool
from engine.veille import operations as veilles
from engine.veille.schemas import VeillePublic

NAME = "create_veille"
SourceId = Annotated[str, Field(min_length=SOURCE_ID_MIN, max_length=SOURCE_ID_MAX, json_schema_extra=bare_id)]


class Params(RepeatableArguments):
    name: Annotated[str, Field(min_length=VEILLE_NAME_MIN, max_length=VEILLE_NAME_MAX)]
    source_job_id: SourceId | None = Field(None, description="A scrap job that is done.")
    source_pipeline_id: SourceId | None = Field(None, description="Or a pipeline that begins with scrap.")
    frequency_days: Annotated[int, Field(ge=VEILLE_DAYS_MIN, le=VEILLE_DAYS_MAX)] = Field(description="7 is weekly.")
    new_only: bool = Field(False, description="Pipelines: only new places go on.")


class Result(Answer):
    veille: VeillePublic
    already_started: bool | None = None


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """The new veille. Raises what `veilles.create` raises, KeyReused."""
    veille, already = await caller.call(_create, params)
    every = "day" if veille.frequency_days == 1 else counted(veille.frequency_days, "day")
    return Result(
        veille=cleaned(veille),
        already_started=already or None,
        summary=listing(
            [
                "Nothing new was made: an equal call made this veille before." if already else "",
                f"Veille {veille.id} runs every {every}, and costs EF each time.",
                "The user can pause or delete it.",
            ]
        ),
        next=Next(tool="list_veilles", args={}, why="see when it runs next"),
    )


@write
def _create(context: Context, params: Params) -> tuple[VeillePublic, bool]:
    body = params.model_dump(exclude={"idempotency_key"}, exclude_none=True)

    def create(context: Context) -> VeillePublic:
        return veilles.create(context, body)

    return start_once(context, asked(NAME, params), VeillePublic, create, lambda context, made: True)


tool = Tool(
    name=NAME,
    title="Create a veille",
    description=(
        "Has a scrap job or a pipeline that is done run again every frequency_days, and its places compared with the "
        "run before. Exactly one of source_job_id and source_pipeline_id. Each run costs EF as the source did, the "
        "first after frequency_days. An equal call within 2 minutes gives the same veille."
    ),
    params=Params,
    result=Result,
    hints=WRITES,
    run=run,
    spends=True,
    example={"name": "Dentistes à Tours", "source_job_id": "j_0123456789", "frequency_days": 7},
)
