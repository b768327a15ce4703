"""One condition on a row, `{column, op, value}` -> a test. Words: CONTRACT, "Filter `op` set".

An empty cell matches no comparison (`=`, `!=`, `>`, `>=`, `<`, `<=`), no `in`, `contains`, `starts_with`; `not_in` and
`not_contains` only take away what matches, so they keep it. Text is compared without case and accents.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from engine.rows.cells import cell_text, day_of, number_of
from engine.rows.columns import fold
from engine.rows.errors import RuleInvalid
from engine.rows.types import Row, Value, is_empty

Test = Callable[[Row], bool]
CellTest = Callable[[Value], bool]

OPS = (
    "=", "!=", ">", ">=", "<", "<=", "in", "not_in", "contains", "not_contains", "starts_with", "empty", "not_empty",
)  # fmt: skip
_ORDER: Mapping[str, Callable[[float | str, float | str], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def parse_condition(condition: object, where: str) -> tuple[str, Test]:
    """The column that a condition reads, and its test.

    Raises:
        RuleInvalid: names `where` and what is wrong.
    """
    if not isinstance(condition, Mapping):
        raise RuleInvalid(rule=where, problem="un objet {column, op, value} est attendu")
    given = cast(Mapping[str, object], condition)
    column, op = given.get("column"), given.get("op")
    if not isinstance(column, str) or not column.strip():
        raise RuleInvalid(rule=where, problem="« column » manque")
    test = _cell_test("=" if op == "==" else op, cast(Value, given.get("value")), where)
    return column, lambda row: test(row.get(column))


def equals(value: Value) -> CellTest:
    """True for cells equal to `value`: as numbers when both are, else as folded text. Never for an empty cell."""
    text, number = fold(cell_text(value)), number_of(value)

    def test(cell: Value) -> bool:
        if is_empty(cell):
            return False
        return fold(cell_text(cell)) == text or (number is not None and number_of(cell) == number)

    return test


def is_one_of(values: Sequence[Value]) -> CellTest:
    """True for cells equal to one of `values`, in the sense of `equals`; for a list, when one of its entries is."""
    texts = {fold(cell_text(value)) for value in values}
    numbers = {number for value in values if (number := number_of(value)) is not None}

    def test(cell: Value) -> bool:
        if isinstance(cell, list):
            return any(test(part) for part in cell)
        return not is_empty(cell) and (fold(cell_text(cell)) in texts or (bool(numbers) and number_of(cell) in numbers))

    return test


def _cell_test(op: object, value: Value, where: str) -> CellTest:
    match op:
        case "empty":
            return _is_blank
        case "not_empty":
            return lambda cell: not _is_blank(cell)
        case "in" | "not_in":
            return _negated(is_one_of(_listed(value, where)), when=op == "not_in")
        case "contains" | "not_contains":
            return _negated(_contains(_texts(value, where)), when=op == "not_contains")
        case "starts_with":
            starts = tuple(_texts(value, where))
            return lambda cell: fold(cell_text(cell)).startswith(starts)
        case _:
            return _comparison(op, value, where)


def _comparison(op: object, value: Value, where: str) -> CellTest:
    if not isinstance(op, str) or op not in OPS:
        raise RuleInvalid(rule=where, problem=f"opérateur inconnu ; opérateurs possibles : {' '.join(OPS)}")
    if is_empty(value) or isinstance(value, list | dict):
        raise RuleInvalid(rule=where, problem=f"« {op} » attend une valeur simple")
    if op in ("=", "!="):
        same = equals(value)
        return same if op == "=" else lambda cell: not is_empty(cell) and not same(cell)
    return _ordered(_ORDER[op], op, value, where)


def _ordered(compare: Callable[[float | str, float | str], bool], op: str, value: Value, where: str) -> CellTest:
    """By number; by date when the value is one (`2024-01-31` or `31/01/2024`)."""
    number = number_of(value)
    day = day_of(value) if number is None else None
    if number is None and day is None:
        raise RuleInvalid(rule=where, problem=f"« {op} » attend un nombre ou une date")

    def test(cell: Value) -> bool:
        if number is not None:
            found = number_of(cell)
            return found is not None and compare(found, number)
        date = day_of(cell)
        return date is not None and day is not None and compare(date, day)

    return test


def _contains(texts: Sequence[str]) -> CellTest:
    def test(cell: Value) -> bool:
        content = fold(cell_text(cell))
        return any(text in content for text in texts)

    return test


def _negated(test: CellTest, *, when: bool) -> CellTest:
    return (lambda cell: not test(cell)) if when else test


def _is_blank(cell: Value) -> bool:
    return is_empty(cell) or cell in ([], {})


def _listed(value: Value, where: str) -> list[Value]:
    values = value if isinstance(value, list) else [value]
    kept = [one for one in values if not is_empty(one)]
    if not kept:
        raise RuleInvalid(rule=where, problem="une liste de valeurs est attendue")
    return kept


def _texts(value: Value, where: str) -> list[str]:
    return [fold(cell_text(one)) for one in _listed(value, where)]
