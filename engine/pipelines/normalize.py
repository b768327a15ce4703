"""From what a person, an editor or a model wrote to a complete definition.

Takes the portable envelope or a bare graph. What is given and good stays as it is; what is missing is filled in: ids of
nodes and edges, places, defaults of options. Whether the graph makes sense is for `engine.pipelines.validate` to say.
Source: api/pipelines, "Portable envelope"; CONTRACT X-06, X-21.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard, cast

from pydantic_core import from_json, to_json

from engine.limits import NODES_MAX
from engine.module import AnyModule
from engine.pipelines.errors import DefinitionUnreadable
from engine.pipelines.schema import SCHEMA_VERSION, ConfigField, config_fields
from engine.pipelines.schemas import Definition, Edge, Node
from engine.registry.load import modules, node_types

ID_LENGTH_MAX = 64
# The first node's place and the distance to the next, as in the docs' example.
LEFT, TOP, COLUMN_WIDTH, ROW_HEIGHT = 100, 100, 220, 140

Json = dict[str, Any]
Place = tuple[int | float, int | float]


def normalize(body: object) -> Definition:
    """The complete definition of an envelope or a bare `{nodes, edges}`.

    Raises:
        DefinitionUnreadable: it has not the shape of a graph; says where.
    """
    graph = _graph_of(_plain(body))
    raw_nodes = _objects(graph, "nodes")
    raw_edges = _objects(graph, "edges")
    node_ids = _complete_ids([_id_of(node, "node") for node in raw_nodes], "n")
    edge_ids = _complete_ids([_id_of(edge, "edge") for edge in raw_edges], "e")
    edges = [
        Edge(id=edge_id, source=_end_of(edge, "from"), target=_end_of(edge, "to"))
        for edge_id, edge in zip(edge_ids, raw_edges, strict=True)
    ]
    places = _places(node_ids, raw_nodes, edges)
    nodes = [_node(node_id, node, place) for node_id, node, place in zip(node_ids, raw_nodes, places, strict=True)]
    return Definition(nodes=nodes, edges=edges)


def envelope_name(body: object) -> object:
    """The name that an envelope gives its pipeline, whatever it is; empty where there is none."""
    name = body.get("name") if _is_object(body) else None
    return "" if name is None else name


def envelope_webhook(body: object) -> object:
    """The address that shall hear of the pipeline's end, whatever it is; None where there is none."""
    return body.get("webhook_url") if _is_object(body) else None


def _plain(body: object) -> object:
    """The same as JSON that can be stored."""
    try:
        return from_json(to_json(body, inf_nan_mode="null"))
    except ValueError as error:  # lone surrogates, nesting without end, numbers out of range
        raise DefinitionUnreadable(problem="ce n'est pas du JSON valide") from error


def _graph_of(body: object) -> Json:
    if not _is_object(body):
        raise DefinitionUnreadable(problem="objet attendu")
    if "definition" not in body:
        return body
    version, graph = body.get("schema_version"), body["definition"]
    if version not in (None, SCHEMA_VERSION):
        raise DefinitionUnreadable(problem=f"schema_version {version} inconnue (attendu : {SCHEMA_VERSION})")
    if not _is_object(graph):
        raise DefinitionUnreadable(problem="« definition » doit être un objet")
    return graph


def _objects(graph: Json, key: str) -> list[Json]:
    found = graph.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise DefinitionUnreadable(problem=f"« {key} » doit être une liste")
    members = cast("list[object]", found)
    objects = [member for member in members if _is_object(member)]
    if len(objects) != len(members):
        raise DefinitionUnreadable(problem=f"« {key} » ne contient que des objets")
    return objects


def _is_object(value: object) -> TypeGuard[Json]:
    return isinstance(value, dict)


def _id_of(member: Json, what: str) -> str | None:
    """The given id as text; None where there is none."""
    given = member.get("id")
    if given is None or given == "":
        return None
    if isinstance(given, bool) or not isinstance(given, str | int) or not _is_id(str(given)):
        raise DefinitionUnreadable(problem=f"id de {what} : texte de {ID_LENGTH_MAX} caractères au plus attendu")
    return str(given)


def _is_id(text: str) -> bool:
    return len(text) <= ID_LENGTH_MAX and text.isprintable()


def _end_of(edge: Json, key: str) -> str:
    """The id that an edge names; an empty one, which no node has, where it names none."""
    given = edge.get(key)
    return str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""


def _complete_ids(given: Sequence[str | None], prefix: str) -> list[str]:
    """The ids, with `n1`, `n2`, ... (by position; the next free number) for those that are missing."""
    taken = {one for one in given if one is not None}
    free = (f"{prefix}{number}" for number in range(1, 2 * len(given) + 1))
    fresh = (one for one in free if one not in taken)
    return [next(fresh) if one is None else one for one in given]


def _node(node_id: str, node: Json, place: Place) -> Node:
    node_type = _type_of(node)
    empty: Json = {}
    config: object = node.get("config") or node.get("params") or empty
    if not _is_object(config):
        raise DefinitionUnreadable(problem=f"« config » du node '{node_id}' doit être un objet")
    module = node_types().get(node_type)
    completed = config if module is None else _complete_config(module, config)
    return Node(id=node_id, type=node_type, config=completed, x=place[0], y=place[1])


def _type_of(node: Json) -> str:
    """The node type; a module's slug is as good (`verify_emails` for `verify`)."""
    given = node.get("type")
    text = given if isinstance(given, str) else ""
    module = modules().get(text.replace("-", "_"))
    return module.type if module is not None and module.pipelinable else text


def _complete_config(module: AnyModule, config: Json) -> Json:
    """The options that the module knows, then the defaults of those not given. Null means not given."""
    fields = config_fields(module)
    given = {
        name: _coerced(value, fields[name]) for name, value in config.items() if name in fields and value is not None
    }
    missing = {name: one.default for name, one in fields.items() if name not in given and one.default is not None}
    return given | missing


def _coerced(value: object, option: ConfigField) -> object:
    """A text with one value a line as a list, where a list is meant."""
    if option.type != "string[]" or not isinstance(value, str):
        return value
    return [line.strip() for line in value.splitlines() if line.strip()]


def _places(node_ids: Sequence[str], nodes: Sequence[Json], edges: Sequence[Edge]) -> list[Place]:
    """Where each node stands: as given, else in the column of its depth, below what stands there already."""
    given = [(_number(node.get("x")), _number(node.get("y"))) for node in nodes]
    taken = {place for place in given if None not in place}
    depths = _depths(node_ids, edges)
    rows: Counter[int] = Counter()
    places: list[Place] = []
    for node_id, (x, y) in zip(node_ids, given, strict=True):
        depth = depths[node_id]
        if x is None or y is None:
            while (spot := (LEFT + COLUMN_WIDTH * depth, TOP + ROW_HEIGHT * rows[depth])) in taken:
                rows[depth] += 1
            rows[depth] += 1
            x, y = spot[0] if x is None else x, spot[1] if y is None else y
        places.append((x, y))
    return places


def _number(value: object) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _depths(node_ids: Sequence[str], edges: Sequence[Edge]) -> Mapping[str, int]:
    """How many nodes stand above each. Where edges go round, the walk ends after as many as a pipeline may have."""
    known = set(node_ids)
    above = {edge.target: edge.source for edge in reversed(edges) if edge.source in known}
    depths: dict[str, int] = {}
    for node_id in node_ids:
        depth, at = 0, above.get(node_id)
        while at is not None and depth < NODES_MAX:
            depth, at = depth + 1, above.get(at)
        depths[node_id] = depth
    return depths
