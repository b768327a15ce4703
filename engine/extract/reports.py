"""What the reports of site modules share: addresses cut to be shown, and as much evidence as fits."""

import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from engine.rows.types import Value

URL_SHOWN_MAX = 300
REPORT_BYTES_MAX = 10_000

W = TypeVar("W")
Report = dict[str, Value]


def short_url(url: str) -> str:
    """`url`, cut where it is too long to be shown."""
    return url[:URL_SHOWN_MAX]


def fitting(ways: Sequence[W], report: Callable[[W], Report]) -> Report:
    """The first report of at most `REPORT_BYTES_MAX`, else the last; `ways` begin with the fullest."""
    made: Report = {}
    for way in ways:
        made = report(way)
        if len(json.dumps(made)) <= REPORT_BYTES_MAX:
            break
    return made
