"""The pipeline schema as a model reads it: a paragraph a node type, a line an option. A third of its JSON."""

from functools import cache
from typing import Any, cast

from engine.pipelines.schema import ConfigField, NodeSchema, pipeline_schema


@cache
def schema_text() -> str:
    """Every node type that a pipeline may have."""
    schema = pipeline_schema()
    # A root is where one begins to read.
    nodes = sorted(schema.nodes.items(), key=lambda one: not one[1].is_root)
    return "\n".join(line for name, node in nodes for line in _paragraph(name, node, schema.compat))


def _paragraph(name: str, node: NodeSchema, compat: dict[str, list[str]]) -> list[str]:
    taken = "root" if node.input is None else f"takes {'/'.join(compat[node.input])}"
    given = "gives what it takes" if node.pipeline_passthrough else f"gives {node.output}"
    needs = [f"reads {', '.join(node.needs)}"] if node.needs else []
    adds = [f"adds {', '.join(node.produces)}"] if node.produces else []
    head = "; ".join([f"{name} ({node.label['en']}): {taken}", given, *needs, *adds])
    return [head, *(option_line(option, field) for option, field in node.config_schema.items())]


def option_line(name: str, field: ConfigField) -> str:
    """One option: its name, type, default, and what it does."""
    kind = "|".join(_word(one) for one in field.enum if one != "") if field.enum else field.type
    more = ["required"] if field.required else []
    if field.default not in (None, "", False):
        more.append(f"default {_word(field.default)}")
    return f"- {name} ({', '.join([kind, *more])}): {field.description}"


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, cast("list[object]", value)))
    return str(value).lower() if isinstance(value, bool) else str(value)
