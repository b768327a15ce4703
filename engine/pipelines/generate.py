"""A description becomes the draft of a pipeline, by the caller's own model. Nothing is stored and nothing runs.

The model sees the live schema, the description, and a definition where one is to be changed; what it writes is
completed and checked as anybody's definition is. Source: CONTRACT C-325, "Pipeline generation"; PRODUCT, "AI".
"""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from engine.ai.answers import Json
from engine.ai.drafts import Order, draft
from engine.ai.money import Usd
from engine.context import Caller, Context, read
from engine.limits import AI_DESCRIPTION_MAX, NODES_MAX, PIPELINE_NAME_MAX
from engine.pipelines.changes import put_back, shown
from engine.pipelines.estimate import estimate
from engine.pipelines.normalize import envelope_name, envelope_webhook, normalize
from engine.pipelines.operations import DEFAULT_NAME
from engine.pipelines.schema import SCHEMA_VERSION
from engine.pipelines.schema_text import schema_text
from engine.pipelines.schemas import Definition, Summary, sometimes
from engine.pipelines.validate import validate
from prompts import render

META = {"exported_from": "outsend.xyz", "kind": "pipeline"}  # as editors write it

Description = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=AI_DESCRIPTION_MAX)]


class GenerateRequest(BaseModel):
    """What is wanted; with `definition`, what shall change in it."""

    description: Description = Field(description="In any language: what to find, where, and what to do with it.")
    definition: dict[str, Any] | None = Field(
        default=None, description="A graph or its envelope that the description shall change; it need not be valid."
    )


class Envelope(BaseModel):
    """The portable form, ready for POST /api/pipelines."""

    schema_version: int
    name: str
    definition: Definition
    webhook_url: str | None = sometimes()
    meta: dict[str, str]


class Generated(BaseModel):
    """A draft that passed every check (`ok`), or the `error` that says why there is none.

    `cost_usd` is that of all requests to the model, null where it has no known price. `warnings`: what would stand in
    the way of a start, such as a zone that is unknown, or the quota.
    """

    ok: bool
    envelope: Envelope | None = sometimes()
    definition: Definition | None = sometimes()
    summary: Summary | None = sometimes()
    warnings: list[str] | None = sometimes()
    error: str | None = sometimes()
    cost_usd: Usd | None


@dataclass(frozen=True, slots=True)
class _Composed:
    definition: Definition
    name: str


async def generate(caller: Caller, request: GenerateRequest) -> Generated:
    """A valid definition for a description, or why there is none; the model may mend what is wrong twice.

    Raises:
        DefinitionUnreadable, DefinitionTooLong: the one to change; nothing was asked.
        As `engine.ai.drafts.draft`.
    """
    given = None if request.definition is None else await asyncio.to_thread(normalize, request.definition)
    made = await draft(caller, _order(request.description, given), partial(_composed, request.definition, given))
    if made.value is None:
        return Generated(ok=False, error=made.error, cost_usd=made.cost_usd)
    definition = made.value.definition
    envelope = Envelope(
        schema_version=SCHEMA_VERSION,
        name=made.value.name,
        definition=definition,
        webhook_url=_text(envelope_webhook(request.definition)),
        meta=META,
    )
    return Generated(
        ok=True,
        envelope=envelope,
        definition=definition,
        summary=Summary.of(definition),
        warnings=await caller.call(_warnings, definition),
        cost_usd=made.cost_usd,
    )


def system_prompt() -> str:
    """Our side of the request: the same for everybody."""
    return render("pipeline_generation", schema=schema_text(), nodes_max=NODES_MAX)


def _order(description: str, given: Definition | None) -> Order:
    blocks = [] if given is None else [f"<definition>\n{shown(given)}\n</definition>"]
    blocks.append(f"<description>\n{description}\n</description>")
    return Order("pipeline_generation", system_prompt(), "\n\n".join(blocks), "pipeline_repair")


def _composed(envelope: object, given: Definition | None, written: Json) -> _Composed:
    """What the model wrote, complete. Raises DefinitionUnreadable and the validator's errors."""
    definition = normalize(written if given is None else put_back(written, given))
    validate(definition)
    return _Composed(definition, _name(envelope_name(envelope)) or _name(written.get("name")) or DEFAULT_NAME)


def _name(given: object) -> str:
    """A name as a pipeline may bear it; '' where there is none."""
    text = "".join(char for char in given if char.isprintable()) if isinstance(given, str) else ""
    return text.strip()[:PIPELINE_NAME_MAX].strip()


def _text(given: object) -> str | None:
    return given if isinstance(given, str) else None


@read
def _warnings(context: Context, definition: Definition) -> list[str]:
    price = estimate(context, definition=definition.model_dump(mode="json"))
    return [*price.errors, *price.warnings]
