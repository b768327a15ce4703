"""One answer against what was expected of it: a list of checks, each held or not."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeAlias, cast

from engine.errors import OutsendError
from engine.geo.names import fold
from engine.pipelines.evaluation.cases import Case, Expected, Spellings
from engine.pipelines.evaluation.filters import filters_of, is_kept, logics_of
from engine.pipelines.normalize import normalize
from engine.pipelines.schemas import Definition, Node
from engine.pipelines.validate import validate
from engine.registry.load import node_types


class Outcome(Protocol):
    """What composing a pipeline gave: a definition, or the error that says why there is none."""

    @property
    def definition(self) -> Definition | None: ...

    @property
    def error(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation, in words, and whether it held. `kind` is the field of `Expected`, or `valid`."""

    kind: str
    told: str
    held: bool


Look: TypeAlias = Callable[[Definition], bool]


def checks(case: Case, outcome: Outcome) -> list[Check]:
    """Every expectation of a case; at least one. Without a definition, those about one did not hold."""
    expected, definition = case.expected, outcome.definition
    refused = definition is None and bool(outcome.error)
    found = [Check("refused", "refused with an error", refused)] if expected.refused else []
    if expected.refused_or_lacks:
        told = f"refused, or without {', '.join(expected.refused_or_lacks)}"
        nearest = definition is not None and not _types(definition) & set(expected.refused_or_lacks)
        found.append(Check("refused_or_lacks", told, refused or nearest))
    silent = [
        Check("silent_about", f"does not say {text!r}", text not in _said(outcome)) for text in expected.silent_about
    ]
    if expected.refused or (expected.refused_or_lacks and definition is None):
        return [*found, *silent]
    looks = [("valid", "a valid pipeline", _is_valid), *expectations(expected, case.definition or {})]
    return [
        *found,
        *(Check(kind, told, definition is not None and look(definition)) for kind, told, look in looks),
        *silent,
    ]


def expectations(expected: Expected, given: dict[str, Any]) -> Iterator[tuple[str, str, Look]]:
    """What to look at in a definition: the kind, in words, and how. `given` is the definition that was to be changed.

    Only what this version can run is asked for: the model is shown no other node types.
    """
    yield from _modules(expected)
    yield from _searches(expected)
    yield from _options(expected)
    yield from _changes(expected, given)


def _modules(expected: Expected) -> Iterator[tuple[str, str, Look]]:
    known = node_types().keys()
    if expected.root:
        yield "root", f"begins with {expected.root}", partial(_begins_with, expected.root)
    for name in known & set(expected.has):
        yield "has", f"has {name}", partial(_has, name)
    for name in expected.lacks:
        yield "lacks", f"has no {name}", partial(_lacks, name)
    for first, then in expected.order:
        if {first, then} <= known:
            yield "order", f"{first} above {then}", partial(_above, first, then)
    if expected.nodes_max is not None:
        yield "nodes_max", f"at most {expected.nodes_max} nodes", partial(_not_more_nodes, expected.nodes_max)


def _searches(expected: Expected) -> Iterator[tuple[str, str, Look]]:
    for option, wanted, most in (
        ("queries", expected.queries, expected.queries_max),
        ("zones", expected.zones, expected.zones_max),
    ):
        for spellings in wanted:
            yield option, f"{option}: {spellings[0]}", partial(_names, option, spellings)
        if most is not None:
            yield f"{option}_max", f"at most {most} {option}", partial(_not_more, option, most)


def _options(expected: Expected) -> Iterator[tuple[str, str, Look]]:
    for name, value in expected.options.items():
        if name.partition(".")[0] in node_types():
            yield "options", f"{name} = {value!r}", partial(_option, name, value)
    for wanted in expected.filters:
        told = f"keeps by {wanted.column} {'/'.join(wanted.ops)} {'' if wanted.value is None else wanted.value}".strip()
        yield "filters", told, lambda definition, wanted=wanted: is_kept(wanted, filters_of(definition))
    if expected.logic:
        yield "logic", f"joins by {expected.logic}", lambda definition: expected.logic in logics_of(definition)


def _changes(expected: Expected, given: dict[str, Any]) -> Iterator[tuple[str, str, Look]]:
    if not expected.kept and not expected.gone:
        return
    before = normalize(given).by_id
    for name in expected.kept:
        yield "kept", f"keeps {name} as it is", partial(_keeps, before[name])
    for name in expected.gone:
        most = sum(node.type == before[name].type for node in before.values()) - 1
        yield "gone", f"takes {name} out", partial(_has_at_most, most, before[name].type)


def _is_valid(definition: Definition) -> bool:
    try:
        validate(definition)
    except OutsendError:
        return False
    return True


def _types(definition: Definition) -> set[str]:
    return {node.type for node in definition.nodes}


def _said(outcome: Outcome) -> str:
    """Everything that an answer says."""
    graph = "" if outcome.definition is None else json.dumps(outcome.definition.model_dump(), ensure_ascii=False)
    return f"{outcome.error or ''}\n{graph}"


def _begins_with(root: str, definition: Definition) -> bool:
    return {node.type for node in definition.roots} == {root}


def _has(name: str, definition: Definition) -> bool:
    return name in _types(definition)


def _lacks(name: str, definition: Definition) -> bool:
    return name not in _types(definition)


def _has_at_most(most: int, name: str, definition: Definition) -> bool:
    return sum(node.type == name for node in definition.nodes) <= most


def _above(first: str, then: str, definition: Definition) -> bool:
    """Whether each node of the second type has one of the first above it, and there is one."""
    lower = [node for node in definition.nodes if node.type == then]
    return bool(lower) and all(first in {one.type for one in definition.ancestors(node.id)} for node in lower)


def _not_more_nodes(most: int, definition: Definition) -> bool:
    return len(definition.nodes) <= most


def _values(option: str, definition: Definition) -> list[str]:
    return [str(value) for node in definition.nodes if node.type == "scrap" for value in node.config.get(option, ())]


def _names(option: str, spellings: Spellings, definition: Definition) -> bool:
    values = [fold(value) for value in _values(option, definition)]
    return any(fold(spelling) in value for value in values for spelling in spellings)


def _not_more(option: str, most: int, definition: Definition) -> bool:
    return len(_values(option, definition)) <= most


def _option(name: str, value: Any, definition: Definition) -> bool:
    node_type, _, option = name.partition(".")
    return any(_holds(node, option, value) for node in definition.nodes if node.type == node_type)


def _holds(node: Node, option: str, value: Any) -> bool:
    found = node.config.get(option)
    if option == "order" and "desc" in node.config:  # the other way to say it wins
        found = "desc" if node.config["desc"] else "asc"
    if isinstance(value, list) and isinstance(found, list):
        return set(cast("list[str]", value)) <= set(cast("list[str]", found))
    return found == value


def _keeps(before: Node, definition: Definition) -> bool:
    """Whether a node of that type with those options is there; its id may be another."""
    return any(node.type == before.type and node.config == before.config for node in definition.nodes)
