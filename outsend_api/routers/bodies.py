"""Bodies whose shape is made while the program starts, and bodies that the engine reads itself."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

F = TypeVar("F", bound=Callable[..., Any])


def with_body(shape: type[BaseModel]) -> Callable[[F], F]:
    """Give an endpoint's parameter `body`, declared as a base of `shape`, that very shape."""

    def shaped(endpoint: F) -> F:
        endpoint.__annotations__["body"] = shape
        return endpoint

    return shaped


class ShownAs:
    """Describes a body as this type, without any check of it: the engine reads it, in words of its own."""

    def __init__(self, shown: Any) -> None:
        self._shown = shown

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(TypeAdapter(self._shown).core_schema)
