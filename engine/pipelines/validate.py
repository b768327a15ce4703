"""The rules that a definition must keep, one function each, in the order in which they are told.

Source: api/pipelines, "Validation rules" (CONTRACT C-262 to C-273, X-54, X-58). A definition comes here normalised.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from pydantic import ValidationError

from engine.errors import OutsendError
from engine.jobs.problems import problem_of, unlisted
from engine.limits import NODES_MAX
from engine.module import AnyModule, ModuleConfig
from engine.pipelines.errors import (
    BadConfigField,
    ConfigFieldMissing,
    DuplicateNodeIds,
    EdgeToNowhere,
    GraphHasCycle,
    IncompatibleEdge,
    NotARoot,
    PipelineEmpty,
    RefusedNode,
    RootHasPredecessor,
    SelfLoop,
    SeveralPredecessors,
    TooManyNodes,
    UnknownNodeType,
)
from engine.pipelines.schema import COMPAT, PASSTHROUGH, config_fields
from engine.pipelines.schemas import Definition, Node
from engine.registry.load import node_types


def validate(definition: Definition) -> None:
    """Refuse a definition that breaks a rule.

    Raises:
        The error of the first broken rule.
    """
    for rule in RULES:
        rule(definition)


def module_of(node: Node) -> AnyModule:
    """The module that a node runs.

    Raises:
        UnknownNodeType: names the ones that exist.
    """
    module = node_types().get(node.type)
    if module is None:
        raise UnknownNodeType(type=node.type, known=", ".join(node_types()))
    return module


def config_of(node: Node) -> ModuleConfig:
    """The node's options as its module takes them.

    Raises:
        ConfigFieldMissing, BadConfigField: name the node and the field.
    """
    try:
        return module_of(node).config.model_validate(node.config)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else "config"
        if first["type"] == "missing" and len(first["loc"]) == 1:
            raise ConfigFieldMissing(node=node.id, field=field) from None
        raise BadConfigField(node=node.id, field=field, problem=problem_of(first)) from None


def not_empty(definition: Definition) -> None:
    if not definition.nodes:
        raise PipelineEmpty()


def not_too_many_nodes(definition: Definition) -> None:
    # The limit of depth (DEPTH_MAX) is not below this one, so that it needs no rule of its own.
    if len(definition.nodes) > NODES_MAX:
        raise TooManyNodes()


def distinct_ids(definition: Definition) -> None:
    twice = _first_repeated(node.id for node in definition.nodes)
    if twice is not None:
        raise DuplicateNodeIds(node=twice)


def known_types(definition: Definition) -> None:
    for node in definition.nodes:
        module_of(node)


def edges_between_nodes(definition: Definition) -> None:
    for edge in definition.edges:
        if not {edge.source, edge.target} <= definition.by_id.keys():
            raise EdgeToNowhere(edge=edge.id, source=edge.source, target=edge.target)


def no_self_loop(definition: Definition) -> None:
    for edge in definition.edges:
        if edge.source == edge.target:
            raise SelfLoop(edge=edge.id, node=edge.source)


def roots_first(definition: Definition) -> None:
    for edge in definition.edges:
        node = definition.by_id[edge.target]
        if module_of(node).is_root:
            raise RootHasPredecessor(node=node.id, type=node.type)


def compatible_edges(definition: Definition) -> None:
    """What arrives at a node is what its nearest ancestor that isn't a passthrough gives."""
    for edge in definition.edges:
        source, target = definition.by_id[edge.source], definition.by_id[edge.target]
        accepts, given = module_of(target).accepts, _output_of(definition, source)
        accepted = COMPAT[accepts] if accepts else ()
        if given is not None and given not in accepted:
            raise IncompatibleEdge(source=source.type, target=target.type, given=given, accepted=" or ".join(accepted))


def one_predecessor(definition: Definition) -> None:
    twice = _first_repeated(edge.target for edge in definition.edges)
    if twice is not None:
        raise SeveralPredecessors(node=twice)


def no_cycle(definition: Definition) -> None:
    for node in definition.nodes:
        *_, top = [node, *definition.ancestors(node.id)]
        # The walk up ends at a root, or where it has come round.
        if definition.predecessor(top.id) is not None:
            raise GraphHasCycle(node=top.id)


def only_roots_on_top(definition: Definition) -> None:
    for node in definition.roots:
        if not module_of(node).is_root:
            known = " or ".join(name for name, module in node_types().items() if module.is_root)
            raise NotARoot(node=node.id, type=node.type, roots=known)


def good_configs(definition: Definition) -> None:
    for node in definition.nodes:
        config_of(node)
        for field, option in config_fields(module_of(node)).items():
            # Some modules take any text, to refuse it in words of their own.
            if option.enum and node.config.get(field, option.enum[0]) not in option.enum:
                raise BadConfigField(node=node.id, field=field, problem=unlisted(option.enum))


def deep_below_normal(definition: Definition) -> None:
    """A node in mode `deep` goes on where the same module in mode `normal`, above it, found nothing (X-58)."""
    for node in definition.nodes:
        if node.config.get("mode") != "deep":
            continue
        above = ((one.type, one.config.get("mode")) for one in definition.ancestors(node.id))
        if (node.type, "normal") not in above:
            problem = "le mode deep demande un node du même type en mode normal en amont"
            raise BadConfigField(node=node.id, field="mode", problem=problem)


def accepted_options(definition: Definition) -> None:
    """What a module refuses beyond the types of its options. A root's own check is asked when it is started."""
    for node in definition.nodes:
        module = module_of(node)
        if module.is_root:
            continue
        try:
            module.check(config_of(node), _Above(definition, node))
        except OutsendError as error:
            raise RefusedNode(node=node.id, problem=error.text, advice=error.next_step) from error


RULES: tuple[Callable[[Definition], None], ...] = (
    not_empty,
    not_too_many_nodes,
    distinct_ids,
    known_types,
    edges_between_nodes,
    no_self_loop,
    roots_first,
    compatible_edges,
    one_predecessor,
    no_cycle,
    only_roots_on_top,
    good_configs,
    deep_below_normal,
    accepted_options,
)


class _Above:
    """What will have been done when a node runs: the nodes above it. See `engine.module.Past`."""

    def __init__(self, definition: Definition, node: Node) -> None:
        self._ancestors = list(definition.ancestors(node.id))

    def done(self, job_id: str, job_type: str) -> Mapping[str, object] | None:
        return next(iter(self.done_on(job_id, job_type)), None)

    def done_on(self, source_job_id: str, job_type: str) -> list[Mapping[str, object]]:
        return [node.config for node in self._ancestors if module_of(node).slug == job_type]


def _output_of(definition: Definition, node: Node) -> str | None:
    """What comes out of a node, seen through passthrough nodes; None where nothing is above them."""
    for one in (node, *definition.ancestors(node.id)):
        output = module_of(one).output
        if output != PASSTHROUGH:
            return output
    return None


def _first_repeated(ids: Iterable[str]) -> str | None:
    return next((one for one, count in Counter(ids).items() if count > 1), None)
