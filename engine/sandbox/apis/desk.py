"""What the control hosts of the sandbox share: they take what a test says, and tell what was seen."""

import json
from collections.abc import Callable, MutableSequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from engine.sandbox.http import Reply, Request, reply

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


def log_of(request: Request, seen: MutableSequence[M]) -> Reply:
    """What control hosts say of `/requests`: those that were seen, in their order, or forgotten; 404 of all else."""
    match request.method, request.path:
        case "GET", "/requests":
            told = json.dumps({"requests": [one.model_dump() for one in seen]})
            return reply(200, told.encode(), content_type=JSON)
        case "DELETE", "/requests":
            seen.clear()
            return reply(204)
        case _:
            return reply(404)
