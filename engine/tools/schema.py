"""Arguments and results as JSON Schema, as short as a model's context deserves."""

from typing import Any, TypeAlias, cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

JsonSchema: TypeAlias = dict[str, Any]

# Titles repeat the names; formats are stricter than what the docs call a time.
LEFT_OUT = ("title", "format")


class _Short(GenerateJsonSchema):
    """Docstrings of models are for developers."""

    def model_schema(self, schema: Any) -> JsonSchema:
        found = super().model_schema(schema)
        found.pop("description", None)
        return found


def schema_of(model: type[BaseModel]) -> JsonSchema:
    """The JSON Schema of a model whose empty fields are left out: none of them is required, and none is null."""
    document = model.model_json_schema(schema_generator=_Short, mode="validation")
    return cast("JsonSchema", _short(document))


def _short(node: Any) -> Any:
    if isinstance(node, list):
        return [_short(part) for part in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    found = _without_null(cast("JsonSchema", node))
    properties: JsonSchema | None = found.get("properties")
    if properties is not None:
        optional = {name for name, one in properties.items() if _may_be_null(one)}
        found["required"] = [name for name in found.get("required", ()) if name not in optional]
        if not found["required"]:
            del found["required"]
    return {
        key: {name: _short(one) for name, one in value.items()} if key in ("properties", "$defs") else _short(value)
        for key, value in found.items()
        if key not in LEFT_OUT or not isinstance(value, str)
    }


def _may_be_null(node: JsonSchema) -> bool:
    return any(one.get("type") == "null" for one in node.get("anyOf", ()))


def _without_null(node: JsonSchema) -> JsonSchema:
    """`X | None` as X: what is empty is left out."""
    found = {key: value for key, value in node.items() if not (key == "default" and value is None)}
    if not _may_be_null(found):
        return found
    left = [one for one in found.pop("anyOf") if one.get("type") != "null"]
    return {**found, **left[0]} if len(left) == 1 else {**found, "anyOf": left}
