"""A definition as a model sees it to change it, and its answer with all that stayed put back."""

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from engine.limits import AI_DEFINITION_BYTES
from engine.pipelines.errors import DefinitionTooLong
from engine.pipelines.schemas import Definition, Node

LONG = 300  # characters; a longer text is not shown

Json = dict[str, Any]


def shown(definition: Definition) -> str:
    """The definition as JSON without places, a mark in the place of each long text. No `<` stands in it.

    Raises:
        DefinitionTooLong: it is, all the same.
    """
    marks = {text: mark for mark, text in _long_texts(definition).items()}
    nodes = [
        {"id": node.id, "type": node.type, "config": _replaced(node.config, lambda text: marks.get(text, text))}
        for node in definition.nodes
    ]
    edges = [{"from": edge.source, "to": edge.target} for edge in definition.edges]
    told = json.dumps({"nodes": nodes, "edges": edges}, ensure_ascii=False, separators=(",", ":"))
    told = told.replace("<", "\\u003c")  # so that nothing in it ends the block that it stands in
    if len(told.encode("utf-8", "replace")) > AI_DEFINITION_BYTES:
        raise DefinitionTooLong()
    return told


def put_back(written: Json, definition: Definition) -> Json:
    """The graph that a model wrote, with what it left out of nodes that stay: type, options, places, ids of edges."""
    graph = cast("Json", written["definition"]) if isinstance(written.get("definition"), dict) else written
    texts = _long_texts(definition)
    edge_ids = {(edge.source, edge.target): edge.id for edge in definition.edges}
    return {
        **graph,
        "nodes": _each(graph.get("nodes"), lambda node: _node(node, definition, texts)),
        "edges": _each(graph.get("edges"), lambda edge: _edge(edge, edge_ids)),
    }


def _each(members: object, change: Callable[[Json], Json]) -> object:
    """Each object of a list, changed; what has another shape is for `normalize` to refuse."""
    if not isinstance(members, list):
        return members
    return [change(cast("Json", one)) if isinstance(one, dict) else one for one in cast("list[object]", members)]


def _node(written: Json, definition: Definition, texts: Mapping[str, str]) -> Json:
    config = written.get("config", written.get("params"))
    node = {**written, "config": _replaced(config, lambda text: texts.get(text, text))}
    former = definition.by_id.get(str(written.get("id")))
    if former is None:
        return node
    if not written.get("type"):
        node = _merged(node, former)
    return {**node, "x": former.x, "y": former.y}


def _merged(node: Json, former: Node) -> Json:
    """A node of which only options were written, or nothing."""
    config = node["config"]
    if config is not None and not isinstance(config, dict):
        return {**node, "type": former.type}  # refused later
    return {**node, "type": former.type, "config": {**former.config, **cast("Json", config or {})}}


def _edge(written: Json, ids: Mapping[tuple[str, str], str]) -> Json:
    """The edge by its former id; a new one gets its own later."""
    return {**written, "id": ids.get((str(written.get("from")), str(written.get("to"))))}


def _long_texts(definition: Definition) -> dict[str, str]:
    """Mark -> long text, in their order."""
    found: list[str] = []

    def note(text: str) -> str:
        if len(text) > LONG:
            found.append(text)
        return text

    for node in definition.nodes:
        _replaced(node.config, note)
    distinct = enumerate(dict.fromkeys(found), 1)
    return {f"@text-{place} ({len(text)} characters)": text for place, text in distinct}


def _replaced(value: Any, change: Callable[[str], str]) -> Any:
    """The same JSON value with each text changed; names of options stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_replaced(part, change) for part in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {name: _replaced(part, change) for name, part in cast("dict[str, Any]", value).items()}
    return value
