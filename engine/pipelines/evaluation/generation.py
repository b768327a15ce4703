"""The composing that is evaluated: `engine.pipelines.generate`, with what the ledger says that it used."""

from decimal import Decimal

from engine.ai import operations as ai
from engine.ai.errors import AnswerBroken, AnswerCutOff, AnswerLate, ModelRefused, RequestRejected
from engine.ai.schemas import UsageEntry
from engine.context import Caller
from engine.pipelines.evaluation.cases import Case
from engine.pipelines.evaluation.run import Composed
from engine.pipelines.generate import GenerateRequest, generate

# A model's own failures count against it; a refused key, an empty account or a reached cap end the evaluation.
OF_THE_MODEL = (AnswerBroken, AnswerCutOff, AnswerLate, ModelRefused, RequestRejected)
REQUESTS_MAX = 20  # of one description, repairs and tries included


async def compose(caller: Caller, case: Case) -> Composed:
    """What the caller's model makes of a description.

    Raises: as `generate`, but for what is the model's own failure: that is an answer without a definition.
    """
    before = await _newest(caller)
    definition, error = None, None
    try:
        made = await generate(caller, GenerateRequest(description=case.description, definition=case.definition))
        definition, error = made.definition, made.error
    except OF_THE_MODEL as failure:
        error = failure.text
    used = await _since(caller, before)
    return Composed(
        definition=definition,
        error=error,
        cost_usd=_cost(used),
        input_tokens=sum(entry.input_tokens or 0 for entry in used),
        output_tokens=sum(entry.output_tokens or 0 for entry in used),
    )


async def _newest(caller: Caller) -> int:
    """The ledger's last entry; 0 where there is none."""
    entries = (await caller.call(ai.usage, limit=1)).items
    return entries[0].id if entries else 0


async def _since(caller: Caller, before: int) -> list[UsageEntry]:
    return [entry for entry in (await caller.call(ai.usage, limit=REQUESTS_MAX)).items if entry.id > before]


def _cost(used: list[UsageEntry]) -> Decimal | None:
    """What the requests cost together; None where the price of one is not known."""
    costs = [entry.cost_usd for entry in used]
    return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))
