"""Read the JSON-LD of real pages, which is often not quite JSON."""

import json
import re
from collections.abc import Iterator

from engine.rows.types import Value

LENGTH_MAX = 300_000
DEPTH_MAX = 12

# Strings come first, so that nothing inside them is touched.
_NOT_JSON = re.compile(
    r'"(?:\\.|[^"\\])*+(?:"|\\?\Z)|<!\[CDATA\[|\]\]>|<!--|-->|/\*.*?(?:\*/|\Z)|(?<!:)//[^\n]{0,500}|,(?=\s*[}\]])|;(?=\s*$)',
    re.DOTALL,
)


def read_json_ld(text: str) -> tuple[dict[str, Value], ...]:
    """The objects of one script, arrays and `@graph` laid flat in their order; none when it can't be read."""
    if len(text) > LENGTH_MAX:
        return ()
    for form in (str, _cleaned):
        try:
            value: Value = json.loads(form(text), strict=False)
        except (ValueError, RecursionError):
            continue
        return tuple(_flat(value, 0))
    return ()


def values_of(thing: Value, name: str, depth: int = 0) -> Iterator[str]:
    """Every text under the key `name`, at any depth, in document order."""
    if depth > DEPTH_MAX:
        return
    if isinstance(thing, list):
        for part in thing:
            yield from values_of(part, name, depth + 1)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            if key == name:
                yield from _texts(value)
            if isinstance(value, list | dict):
                yield from values_of(value, name, depth + 1)


def _texts(value: Value) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, str):
            yield part


def _cleaned(text: str) -> str:
    return _NOT_JSON.sub(lambda found: found[0] if found[0].startswith('"') else "", text.strip("\ufeff \n\r\t"))


def _flat(value: Value, depth: int) -> Iterator[dict[str, Value]]:
    if depth > DEPTH_MAX:
        return
    if isinstance(value, list):
        for part in value:
            yield from _flat(part, depth + 1)
    elif isinstance(value, dict):
        graph = value.get("@graph")
        if isinstance(graph, list | dict):
            yield from _flat(graph, depth + 1)
        else:
            yield value
