"""A model's whole answer, and the JSON object in it, whatever stands around."""

import json
from collections.abc import Iterator
from typing import Any, TypeAlias, cast

from engine.ai.completion import complete
from engine.ai.errors import AnswerCutOff, AnswerUnreadable, ModelRefused
from engine.ai.types import Ask, Completion
from engine.context import Caller

Json: TypeAlias = dict[str, Any]

READ_CHARS = 200_000  # of an answer; no bound of ours lets a model write as much
STARTS = 50  # places at which an object is looked for

_decoder = json.JSONDecoder()


async def whole(caller: Caller, ask: Ask) -> Completion:
    """An answer that the model ended by itself.

    Raises:
        AnswerCutOff, ModelRefused; as `engine.ai.completion.complete`.
    """
    said = await complete(caller, ask)
    ensure_whole(said)
    return said


def ensure_whole(said: Completion) -> None:
    """Raises AnswerCutOff, ModelRefused: the model did not come to its end."""
    if said.stop == "refusal":
        raise ModelRefused()
    if said.stop == "length":
        raise AnswerCutOff()


def object_in(text: str) -> Json:
    """The JSON object of an answer: alone, fenced, or with prose around it. Of several the longest.

    Raises:
        AnswerUnreadable: there is none.
    """
    found = max(_objects(text[:READ_CHARS]), key=lambda one: one[0], default=None)
    if found is None:
        raise AnswerUnreadable(problem="un objet JSON est attendu")
    return found[1]


def _objects(text: str) -> Iterator[tuple[int, Json]]:
    """The length of each object that stands in the text, outside of the others, and the object."""
    at = text.find("{")
    for _ in range(STARTS):
        if at < 0:
            return
        try:
            found, end = _decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find("{", at + 1)
        else:
            yield end - at, cast("Json", found)
            at = text.find("{", end)
