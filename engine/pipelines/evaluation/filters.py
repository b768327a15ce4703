"""What the filter nodes of a definition keep, written in one way whichever key says it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from engine.pipelines.evaluation.cases import FilterExpected
from engine.pipelines.schemas import Definition

FLAGS: dict[str, tuple[str, str, Any]] = {
    "require_phone": ("telephone", "not_empty", None),
    "require_site": ("site_web", "not_empty", None),
    "require_email": ("email", "not_empty", None),
    "exclude_aggregators": ("site_web", "no_aggregator", None),
    "alive_only": ("site_alive", "in", ["open", "uncertain"]),
    "has_personal_email": ("email", "personal", None),
}
MINIMUMS = {"rating_min": "note", "reviews_min": "nb_avis"}


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows are kept by this condition."""

    column: str
    op: str
    value: Any


def filters_of(definition: Definition) -> list[Kept]:
    """Every condition of every filter node."""
    return [kept for node in definition.nodes if node.type == "filter" for kept in _conditions(node.config)]


def logics_of(definition: Definition) -> set[str]:
    """The words that join conditions: AND, OR."""
    configs = [node.config for node in definition.nodes if node.type == "filter"]
    groups = [_object(config.get("rules")) for config in configs]
    return {str(group.get("logic", "AND")).upper() for group in (*configs, *groups) if group.get("conditions")}


def is_kept(expected: FilterExpected, found: Sequence[Kept]) -> bool:
    """Whether conditions of the expected column and kind are there and, together, name every expected value."""
    fitting = [kept for kept in found if kept.column == expected.column and kept.op in expected.ops]
    return bool(fitting) and _plain_values(expected.value) <= set().union(
        *(_plain_values(kept.value) for kept in fitting)
    )


def _conditions(config: Mapping[str, Any]) -> Iterator[Kept]:
    given = {**config, **_object(config.get("rules"))}
    for flag, (column, op, value) in FLAGS.items():
        if given.get(flag):
            yield Kept(column, op, value)
    for key, column in MINIMUMS.items():
        if given.get(key):
            yield Kept(column, ">=", given[key])
    yield from _objects(given)
    for condition in given.get("conditions") or ():
        told = _object(condition)
        yield Kept(str(told.get("column")), str(told.get("op")), told.get("value"))


def _objects(given: Mapping[str, Any]) -> Iterator[Kept]:
    phone, mail, category = (_object(given.get(key)) for key in ("phone_prefix", "email_domain", "category"))
    if phone:
        yield Kept(phone.get("column") or "telephone", "starts_with", phone.get("prefixes"))
    if mail.get("include"):
        yield Kept(mail.get("column") or "email", "domain_in", mail["include"])
    if mail.get("exclude"):
        yield Kept(mail.get("column") or "email", "domain_not_in", mail["exclude"])
    if category:
        yield Kept(str(category.get("column")), "in", category.get("values"))
    if given.get("dedup_column"):
        yield Kept(str(given["dedup_column"]), "once", None)


def _plain_values(value: Any) -> set[str]:
    """The values of a condition, comparable: numbers as numbers, texts without case; none where there are none."""
    values = cast("list[Any]", value) if isinstance(value, list) else [] if value is None else [value]
    return {_plain(one) for one in values}


def _plain(value: Any) -> str:
    try:
        return f"{float(str(value).replace(',', '.')):g}"
    except ValueError:
        return str(value).strip().casefold()


def _object(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
