"""Endpoints whose body has a shape that is made while the program starts, from what a module declares."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel

F = TypeVar("F", bound=Callable[..., Any])


def with_body(shape: type[BaseModel]) -> Callable[[F], F]:
    """Give an endpoint's parameter `body`, declared as a base of `shape`, that very shape."""

    def shaped(endpoint: F) -> F:
        endpoint.__annotations__["body"] = shape
        return endpoint

    return shaped
