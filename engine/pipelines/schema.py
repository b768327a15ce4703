"""GET /api/pipelines/schema: what a pipeline may be made of, derived from the modules' own declarations."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel

from engine.module import AnyModule
from engine.pipelines.schemas import sometimes
from engine.registry.load import node_types

SCHEMA_VERSION = 1
PASSTHROUGH = "passthrough"
# Which outputs an input takes (api/pipelines; CONTRACT C-244).
COMPAT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pois_any": ("pois", "pois_email"),
        "pois_email": ("pois_email",),
        "any_pois": ("pois", "pois_email", "verified"),
    }
)

FieldType = Literal["string", "string[]", "int", "float", "bool", "enum", "object"]

_PLAIN_TYPES: dict[str, FieldType] = {"string": "string", "integer": "int", "number": "float", "boolean": "bool"}


class ConfigField(BaseModel):
    """One option of a node. `label` is French, `description` English."""

    type: FieldType
    label: str
    description: str
    required: bool | None = sometimes()
    default: Any = sometimes()
    enum: list[Any] | None = sometimes()


class NodeSchema(BaseModel):
    """One type of node. `input` is a key of `compat`, null for a root; needs and produces are columns."""

    label: dict[Literal["fr", "en"], str]
    category: str
    is_root: bool
    input: str | None
    output: str
    needs: list[str]
    produces: list[str]
    config_schema: dict[str, ConfigField]
    pipeline_passthrough: bool | None = sometimes()


class PipelineSchema(BaseModel):
    schema_version: int
    compat: dict[str, list[str]]
    root_types: list[str]
    nodes: dict[str, NodeSchema]


@cache
def pipeline_schema() -> PipelineSchema:
    """The contract of every node, the same for every caller."""
    types = node_types()
    return PipelineSchema(
        schema_version=SCHEMA_VERSION,
        compat={name: list(outputs) for name, outputs in COMPAT.items()},
        root_types=sorted(name for name, module in types.items() if module.is_root),
        nodes={name: _node_schema(module) for name, module in types.items()},
    )


@cache
def config_fields(module: AnyModule) -> Mapping[str, ConfigField]:
    """The options of a node of this module, in the order of their declaration, with the defaults of pipelines."""
    document = module.config.model_json_schema()
    required = document.get("required", ())
    fields: dict[str, ConfigField] = {}
    for name, found in document.get("properties", {}).items():
        default = module.pipeline_defaults.get(name, found.get("default"))
        fields[name] = ConfigField(
            label=found["title"],
            description=found["description"],
            default=default,
            required=True if name in required and default is None else None,
            **_type_of(found, document.get("$defs", {})),
        )
    return MappingProxyType(fields)


def _node_schema(module: AnyModule) -> NodeSchema:
    return NodeSchema(
        label=module.label,
        category=module.node_category,
        is_root=module.is_root,
        input=module.accepts,
        output=module.output,
        needs=list(module.needs),
        produces=list(module.produces),
        config_schema=dict(config_fields(module)),
        pipeline_passthrough=True if module.output == PASSTHROUGH else None,
    )


def _type_of(found: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The `type` of a JSON Schema property, with its `enum` where it has one. What fits no other type is an object."""
    one = _core_of(found, definitions)
    if "enum" in one or "const" in one:
        return {"type": "enum", "enum": one.get("enum", [one.get("const")])}
    if one.get("type") == "array" and one.get("items", {}).get("type") == "string":
        return {"type": "string[]"}
    return {"type": _PLAIN_TYPES.get(one.get("type", ""), "object")}


def _core_of(found: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """The property without `null` and with its reference looked up; empty where several types are left."""
    if "$ref" in found:
        return definitions[found["$ref"].removeprefix("#/$defs/")]
    if "anyOf" not in found:
        return found
    left = [one for one in found["anyOf"] if one.get("type") != "null"]
    return {**found, **_core_of(left[0], definitions)} if len(left) == 1 else {}
