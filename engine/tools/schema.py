"""Arguments and results as JSON Schema, as short as a model's context deserves."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias, cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

JsonSchema: TypeAlias = dict[str, Any]

# Titles repeat the names; formats are stricter than what the docs call a time.
LEFT_OUT = ("title", "format")
REFERENCE = "#/$defs/"
# Parts that many results have, as REST tells them: what a reader plans with; the rest is seen where it is told.
ESSENTIAL = {
    "JobBrief": ("id", "status", "results_count", "ef_cost", "error_message"),
    "PipelineBrief": ("id", "name", "status", "headline_count"),
    "VeillePublic": ("id", "name", "status", "next_run_at", "run_count"),
    "Estimate": ("valid", "ef_cost", "estimated_duration_seconds", "errors"),
    "Download": ("format", "url"),
    "OutputJob": ("id", "results_count"),
    "Counts": (),
    "Checked": ("ok", "error"),
    "Next": (),  # what the server says of itself explains it
}
NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})


class _Short(GenerateJsonSchema):
    """Docstrings of models are for developers."""

    def model_schema(self, schema: Any) -> JsonSchema:
        found = super().model_schema(schema)
        found.pop("description", None)
        return found


def schema_of(model: type[BaseModel], *, named: Mapping[str, Sequence[str]] = NOTHING) -> JsonSchema:
    """The JSON Schema of a model whose empty fields are left out: none of them is required, and none is null.

    What a reader takes for granted is left out, too: that an object may hold more, that a list or a flag is empty
    unless given. What is referred to once stands where it is used. `named`: of these parts, the fields to tell.
    """
    document = cast("JsonSchema", _short(model.model_json_schema(schema_generator=_Short, mode="validation")))
    for part, fields in named.items():
        if part in document.get("$defs", {}):
            told = document["$defs"][part]
            told["properties"] = {name: told["properties"][name] for name in fields}
            if not fields:
                del told["properties"]
    return _inlined(document)


def result_schema_of(model: type[BaseModel]) -> JsonSchema:
    """The same for a result: nothing of it has a default, and of its parts the essential fields are named."""
    found = schema_of(model, named=ESSENTIAL)
    return {key: value if key == "required" else _bare(value) for key, value in found.items()}


def bare_id(schema: JsonSchema) -> None:
    """For ids: their bounds are no help to who has one."""
    for name in ("minLength", "maxLength", "minimum", "maximum"):
        schema.pop(name, None)


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
        if not _goes_without_saying(key, value, found)
    }


def _goes_without_saying(key: str, value: Any, node: JsonSchema) -> bool:
    if key == "type":
        return "enum" in node
    if key in LEFT_OUT:
        return isinstance(value, str)
    return (key == "additionalProperties" and value is True) or (key == "default" and not value)


def _may_be_null(node: JsonSchema) -> bool:
    return any(one.get("type") == "null" for one in node.get("anyOf", ()))


def _without_null(node: JsonSchema) -> JsonSchema:
    """`X | None` as X: what is empty is left out."""
    found = {key: value for key, value in node.items() if not (key == "default" and value is None)}
    if not _may_be_null(found):
        return found
    left = [one for one in found.pop("anyOf") if one.get("type") != "null"]
    return {**found, **left[0]} if len(left) == 1 else {**found, "anyOf": left}


def _inlined(document: JsonSchema) -> JsonSchema:
    """With each definition that is referred to once put in the place of its reference."""
    named: JsonSchema = document.pop("$defs", {})
    text = json.dumps([document, named])
    once = {name: found for name, found in named.items() if text.count(f'"{REFERENCE}{name}"') == 1}
    found = cast("JsonSchema", _resolved(document, once))
    left = {name: _resolved(one, once) for name, one in named.items() if name not in once}
    return {**found, "$defs": left} if left else found


def _resolved(node: Any, known: JsonSchema) -> Any:
    if isinstance(node, list):
        return [_resolved(part, known) for part in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    found = cast("JsonSchema", node)
    name = str(found.get("$ref", "")).removeprefix(REFERENCE)
    if name in known:
        beside = {key: value for key, value in found.items() if key != "$ref"}
        return {**cast("JsonSchema", _resolved(known[name], known)), **beside}
    return {key: _resolved(value, known) for key, value in found.items()}


def _bare(node: Any) -> Any:
    if isinstance(node, list):
        return [_bare(part) for part in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    found = cast("JsonSchema", node)
    return {
        key: {name: _bare(one) for name, one in value.items()} if key in ("properties", "$defs") else _bare(value)
        for key, value in found.items()
        if key not in ("default", "required")
    }
