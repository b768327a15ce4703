"""Let the caller's model write a JSON object that is checked: what is wrong with it goes back, a few times at most."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Generic, TypeVar

from engine.ai.answers import Json, ensure_whole, object_in
from engine.ai.completion import complete
from engine.ai.errors import AnswerUnreadable, ModelDeclined, NotRepaired
from engine.ai.marked import plain
from engine.ai.types import Ask, Feature, ModelMessage, UserMessage
from engine.context import Caller
from engine.errors import OutsendError
from engine.limits import AI_FEATURES
from prompts import render

T = TypeVar("T")

REPAIR_BYTES = 2_100  # of what tells the model what is wrong, and what providers put around it
PROBLEM_BYTES = 600
REASON_CHARS = 500
NO_ANSWER = "{}"  # in the place of an empty answer, which no provider takes back


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written. `system` is ours alone; `request` holds the user's words; `repair` names a prompt."""

    feature: Feature
    system: str
    request: str
    repair: str


@dataclass(frozen=True, slots=True)
class Draft(Generic[T]):
    """What came of it: a value, or the French sentence that says why there is none; the cost of all answers.

    `cost_usd` is None where the model has no known price.
    """

    value: T | None
    error: str | None
    cost_usd: Decimal | None


async def draft(caller: Caller, order: Order, check: Callable[[Json], T]) -> Draft[T]:
    """What `check` makes of the model's object. Each OutsendError that it raises goes back to the model.

    A model may decline with `{"error": "why"}`. Once something is spent, whatever ends the work stands in `error`.

    Raises:
        As `engine.ai.completion.complete`, AnswerCutOff, ModelRefused: at the first request alone.
    """
    _, output_tokens, requests = AI_FEATURES[order.feature]
    first = Ask(order.feature, order.system, (UserMessage(order.request),), output_tokens, json_object=True)
    ask, cost, problem = first, _Cost(), None
    room = (requests - 1) * output_tokens - REPAIR_BYTES  # as `engine.ai.operations.estimate` counts
    for _ in range(requests):
        try:
            said = await complete(caller, ask)
            cost.add(said.usage.cost_usd)
            ensure_whole(said)
        except OutsendError as failure:
            if problem is None:
                raise
            return Draft(None, NotRepaired(problem=problem.text, reason=failure.text).text, cost.usd)
        written, problem = _read(said.text)
        if problem is None:
            if reason := _declined(written):
                return Draft(None, ModelDeclined(reason=reason).text, cost.usd)
            try:
                return Draft(check(written), None, cost.usd)
            except OutsendError as wrong:
                problem = wrong
        ask = _again(first, _shown(said.text, written, room), order.repair, problem)
    assert problem is not None
    return Draft(None, problem.text, cost.usd)


@dataclass(slots=True)
class _Cost:
    """A sum that is None as soon as a part of it is."""

    usd: Decimal | None = Decimal(0)

    def add(self, usd: Decimal | None) -> None:
        self.usd = None if self.usd is None or usd is None else self.usd + usd


def _read(text: str) -> tuple[Json, OutsendError | None]:
    try:
        return object_in(text), None
    except AnswerUnreadable as error:
        return {}, error


def _declined(written: Json) -> str | None:
    """Why the model wrote nothing else."""
    error = written.get("error")
    if not isinstance(error, str) or any(value for name, value in written.items() if name != "error"):
        return None
    return " ".join(plain(error).split())[:REASON_CHARS] or None


def _again(first: Ask, answered: str, repair: str, problem: OutsendError) -> Ask:
    """The first request, the last answer, and what is wrong with it."""
    told = render(repair, problem=_cut(problem.text, PROBLEM_BYTES), hint=_cut(problem.next_step, PROBLEM_BYTES))
    return replace(first, messages=(*first.messages, ModelMessage(answered), UserMessage(told)))


def _shown(text: str, written: Json, room: int) -> str:
    """An answer for the model to see again: as short as it can be said, and cut at what the estimate holds for it."""
    told = json.dumps(written, ensure_ascii=False, separators=(",", ":")) if written else text.strip()
    return _cut(told, room) or NO_ANSWER


def _cut(text: str, size: int) -> str:
    """The beginning of a text, of so many bytes at most."""
    return text.encode("utf-8", "replace")[:size].decode("utf-8", "ignore")
