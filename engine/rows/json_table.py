"""JSON text -> rows: an array of objects, an object that holds one, JSON lines."""

import json
import math
import re
from collections.abc import Sequence
from typing import cast

from engine.rows.errors import ImportUnreadable
from engine.rows.table import Origin, Table, check_columns, check_rows, unique_names
from engine.rows.types import Row, Value

# Where an answer of an API keeps its rows.
ROW_KEYS = ("items", "data", "results", "rows", "records")
DEPTH_MAX = 20  # of one cell
_UNSAFE_ESCAPE = re.compile(r"\\u(?:[dD][89a-fA-F]|00[01])")


def read_json(text: str, origin: Origin) -> Table | list[list[Value]]:
    """A table when the rows are objects (columns in the order in which they are first seen), else bare rows.

    Numbers, booleans, lists and objects stay what they are.

    Raises:
        ImportUnreadable: no JSON, nested too deeply, no rows in it, or past a bound.
    """
    found = _rows_of(_parse(text))
    check_rows(len(found))
    if _UNSAFE_ESCAPE.search(text):
        found = [_cleaned(row, DEPTH_MAX + 2) for row in found]
    objects = [row for row in found if isinstance(row, dict)]
    if objects:
        return _table_of(objects, origin, skipped=len(found) - len(objects))
    rows: list[list[Value]] = [row if isinstance(row, list) else [row] for row in found]
    check_columns(max(map(len, rows), default=0))
    for row in rows:
        _check_depth(row)
    return rows


def _parse(text: str) -> Value:
    try:
        return _load(text)
    except RecursionError:
        raise ImportUnreadable(problem="JSON trop imbriqué") from None
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise _broken(error) from None
        try:
            return [_load(line) for line in lines]
        except RecursionError:
            raise ImportUnreadable(problem="JSON trop imbriqué") from None
        except ValueError:
            raise _broken(error) from None


def _load(text: str) -> Value:
    return cast(Value, json.loads(text, parse_float=_finite, parse_constant=lambda _: None))


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _broken(error: ValueError) -> ImportUnreadable:
    where = f", ligne {error.lineno}, colonne {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
    return ImportUnreadable(problem=f"JSON incorrect{where}")


def _rows_of(parsed: Value) -> list[Value]:
    if isinstance(parsed, list):
        return parsed
    if not isinstance(parsed, dict):
        raise ImportUnreadable(problem="le JSON ne contient pas de lignes")
    for key in ROW_KEYS:
        held = parsed.get(key)
        if isinstance(held, list):
            return held
    return [parsed] if parsed else []


def _table_of(objects: Sequence[Row], origin: Origin, *, skipped: int) -> Table:
    keys = list(dict.fromkeys(key for row in objects for key in row))
    check_columns(len(keys))
    headers = unique_names(key.strip() for key in keys)
    rows: list[list[Value]] = []
    for row in objects:
        cells = [row.get(key) for key in keys]
        _check_depth(cells)
        rows.append(cells)
    remarks = (f"Éléments ignorés (pas des objets) : {skipped}.",) if skipped else ()
    return Table(headers, rows, origin, remarks=remarks)


def _check_depth(cells: Sequence[Value]) -> None:
    level: list[Value] = [cell for cell in cells if isinstance(cell, list | dict)]
    for _ in range(DEPTH_MAX):
        if not level:
            return
        level = [part for value in level for part in _parts(value) if isinstance(part, list | dict)]
    if level:
        raise ImportUnreadable(problem="JSON trop imbriqué")


def _parts(value: Value) -> Sequence[Value]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else ()


def _cleaned(value: Value, depth: int) -> Value:
    """Without half characters (lone surrogates) and control characters, which no file or database takes."""
    if isinstance(value, str):
        return _clean_text(value)
    if depth and isinstance(value, list):
        return [_cleaned(part, depth - 1) for part in value]
    if depth and isinstance(value, dict):
        return {_clean_text(key): _cleaned(part, depth - 1) for key, part in value.items()}
    return value


def _clean_text(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0e-\x1f]", "", text.encode("utf-8", "replace").decode("utf-8"))
