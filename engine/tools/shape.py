"""How a result looks to a model: within a budget, as JSON and as text, what strangers wrote apart from what we say.

Source: the design of the MCP server, sections 8 and 9.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, cast

from engine.ai.marked import marked
from engine.rows.types import Row
from engine.tools.tool import Answer
from engine.tools.untrusted import clean_row, is_plain_column, plain_rows

BUDGET = 20_000  # characters of a result, as JSON and as text
RESERVE = 700  # of them for what is said about a cut, and the boundaries
FEWEST_ROWS = 5  # texts become shorter, and columns fewer, before a page has less
SHORTER = (300, 150, 80, 40)

ROW_FIELDS = ("rows", "sample_rows", "items")
# Fields of our own words and numbers; the others hold names, labels and texts, and stand between boundaries.
OURS = ("total", "matched", "partial", "already_started", "next_cursor", "downloads", "cost_usd", "initial_jobs",
        "pipeline_schema", "modules", "ef_used", "jobs_started", "running", "running_limit", "ai",
        "resets_at")  # fmt: skip
COLUMN_FIELDS = ("columns", "dropped_columns")
TEXT_FIELDS = ("notice", "error_message", "warnings", "definition")
PART_FIELDS = ("job", "jobs", "nodes")  # which have such fields, too

R = TypeVar("R", bound=Answer)

Cells: TypeAlias = dict[str, Any]  # a row, whose own type is too recursive for pydantic


@dataclass(frozen=True, slots=True)
class Room:
    """Characters that are left for rows, as JSON and as text."""

    json: int
    text: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """The rows that fit: the first ones, their columns (names as shown), and how long a text may be."""

    rows: list[Row]
    columns: list[str]
    dropped: list[str]
    chars: int


def structured(result: Answer, *, lockdown: bool = False) -> dict[str, Any]:
    """The result as JSON, nulls left out; with `lockdown` without free text of others."""
    data = result.model_dump(mode="json", by_alias=True, exclude_none=True)
    return _locked(data) if lockdown else data


def render(result: Answer, *, lockdown: bool = False) -> str:
    """The result as text: summary, facts, then tables with a line a row between boundaries, then the next call."""
    return text_of(structured(result, lockdown=lockdown))


def text_of(data: dict[str, Any]) -> str:
    """`render`, of what `structured` made."""
    ours = [text for name in OURS if name in data for text in _field(name, data[name])]
    told = {*OURS, "summary", "next", *(["columns"] if "rows" in data else [])}  # a table names its columns itself
    others = [name for name in data if name not in told]
    theirs = [text for name in others for text in _field(name, data[name])]
    parts = [data["summary"], *ours]
    if theirs:
        parts.append(marked("data", theirs))
    if "next" in data:
        step = data["next"]
        parts.append(f"Next: {step['tool']} {_json(step['args'])} to {step['why']}.")
    return "\n".join(parts)


def holds_web_text(result: Answer) -> bool:
    """Whether it carries text of strangers."""
    return any(getattr(result, name, None) for name in (*ROW_FIELDS, "warnings"))


def size_of(result: Answer) -> int:
    """Characters of the longer of its two forms."""
    data = structured(result)
    return max(len(_json(data)), len(text_of(data)))


def within(chars: int, value: Any) -> bool:
    """Whether a value is no longer than that as JSON."""
    return len(_json(value)) <= chars


def room_beside(result: Answer) -> Room:
    """What a result that has no rows yet leaves for them."""
    data = structured(result)
    return Room(BUDGET - RESERVE - len(_json(data)), BUDGET - RESERVE - len(text_of(data)))


async def page_that_fits(limit: int, page: Callable[[int], Awaitable[R]]) -> R:
    """A page of at most `limit` entries, as long as the budget allows; `page` makes one of a given length."""
    while True:
        result = await page(limit)
        size = size_of(result)
        if size <= BUDGET or limit == 1:
            return result
        limit = max(1, min(limit - 1, limit * BUDGET // size))


def fit_rows(rows: Sequence[Row], names: Mapping[str, str], *, room: Room, chars: int) -> Fitted:
    """The first rows that fit into `room`, their columns (column -> name shown) in order, cells cleaned.

    Fewer rows at first; where fewer than five fit, texts shorter than `chars`; then the last columns are dropped.
    """
    wanted = min(FEWEST_ROWS, len(rows))
    limits = [chars, *(limit for limit in SHORTER if limit < chars)]
    columns = list(names.values())
    for limit in limits:
        kept = _filling(rows, names, room, limit)
        if len(kept) >= wanted:
            return Fitted(kept, columns, [], limit)
    narrow = Room(room.json // max(wanted, 1), (room.text - _width(names)) // max(wanted, 1))
    shown = _columns_that_fit(rows[:wanted], names, narrow, limits[-1])
    kept = _filling(rows, shown, room, limits[-1])
    return Fitted(kept, list(shown.values()), columns[len(shown) :], limits[-1])


def _filling(rows: Sequence[Row], names: Mapping[str, str], room: Room, limit: int) -> list[Row]:
    """The first rows that fit, cleaned; the others are not even looked at."""
    kept: list[Row] = []
    columns = list(names.values())
    left_json, left_text = room.json, room.text - _width(names)
    for row in rows:
        cleaned = clean_row(row, names, limit)
        left_json -= len(_json(cleaned)) + 1
        left_text -= len(_line(cleaned, columns)) + 1
        if min(left_json, left_text) < 0:
            break
        kept.append(cleaned)
    return kept


def _columns_that_fit(rows: Sequence[Row], names: Mapping[str, str], room: Room, limit: int) -> dict[str, str]:
    """The first columns of which each of the rows fits into `room`; at least one."""
    cleaned = [clean_row(row, names, limit) for row in rows]
    left = [(room.json - 3, room.text)] * len(rows)
    shown: dict[str, str] = {}
    for column, name in names.items():
        cells = [row.get(name) for row in cleaned]
        left = [
            (json - len(_json({name: cell})), text - len(_cell(cell)) - 3)
            for cell, (json, text) in zip(cells, left, strict=True)
        ]
        if shown and min(map(min, left), default=0) < 0:
            break
        shown[column] = name
    return shown


def _width(names: Mapping[str, str]) -> int:
    """The header line of a table."""
    return sum(len(name) + 3 for name in names.values())


def _locked(data: dict[str, Any]) -> dict[str, Any]:
    """Without rows' free text, and without the fields in which sentences of others may stand."""
    kept = {name: value for name, value in data.items() if name not in TEXT_FIELDS}
    for name in ROW_FIELDS:
        if name in kept:
            kept[name] = plain_rows(kept[name])
    for name in COLUMN_FIELDS:
        if name in kept:
            kept[name] = [one for one in kept[name] if is_plain_column(one if isinstance(one, str) else one["name"])]
    for name in PART_FIELDS:
        if name in kept:
            kept[name] = [_locked(part) for part in kept[name]] if isinstance(kept[name], list) else _locked(kept[name])
    return kept


def _field(name: str, value: Any) -> list[str]:
    """Lines that tell one field of a result."""
    if value in ([], {}):
        return []
    if isinstance(value, list) and all(isinstance(one, dict) for one in cast("list[Any]", value)):
        return [f"{name}:", *_table(cast("list[dict[str, Any]]", value))]
    if isinstance(value, list):
        return [f"{name}: {', '.join(_cell(one) for one in cast('list[Any]', value))}"]
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        return [f"{name}: " + ", ".join(f"{key}={_cell(one)}" for key, one in pairs)]
    return [f"{name}: {_cell(value)}"]


def _table(rows: list[dict[str, Any]]) -> list[str]:
    """A header line, then a line a row."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return [" | ".join(columns), *(_line(row, columns) for row in rows)]


def _line(row: Mapping[str, Any], columns: Sequence[str]) -> str:
    return " | ".join(_cell(row.get(name)) for name in columns)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value.replace("|", "¦") if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
