"""What the control hosts of the sandbox share: they take what a test says, and tell what was seen."""

import json
from collections.abc import Callable, Iterable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from engine.sandbox.http import Reply, reply

JSON = "application/json"

M = TypeVar("M", bound=BaseModel)


def taken(body: bytes, shape: type[M], take: Callable[[M], object]) -> Reply:
    """204 after `take` had what the body says; 422 with what is wrong with it."""
    try:
        said = shape.model_validate_json(body)
    except ValidationError as error:
        return reply(422, str(error).encode(), content_type="text/plain")
    take(said)
    return reply(204)


def told(seen: Iterable[BaseModel]) -> Reply:
    """The requests that were seen, in their order."""
    requests = [one.model_dump() for one in seen]
    return reply(200, json.dumps({"requests": requests}).encode(), content_type=JSON)
