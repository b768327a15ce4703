"""One line a figure, and the table that `make bench` makes of them."""

import os
import platform
from collections.abc import Iterable
from dataclasses import astuple, dataclass

BAR = " | "
HEADINGS = ("what", "outsend", "beside", "ratio", "aim")
# The rows of PRODUCT, section 11, in its order; behind them, what else is measured.
SUBJECTS = (
    "emails",
    "verify_emails",
    "techstack",
    "socials",
    "phones_extra",
    "legal_ids",
    "legal_mentions",
    "pricing",
    "ads_intelligence",
    "brand_assets",
    "item loop",
    "start latency",
    "pipeline",
    "download",
    "streams",
    "start",
    "MCP",
    "scrap",
    "reading",
)


@dataclass(frozen=True, slots=True)
class Line:
    """What is measured, our figure, that of a peer or a bare baseline, how they compare, and what is to be reached."""

    what: str
    figure: str
    beside: str = "-"
    ratio: str = "-"
    aim: str = "-"

    def __str__(self) -> str:
        return BAR.join(astuple(self))

    @property
    def subject(self) -> str:
        """One of `SUBJECTS`: what stands before the colon."""
        return self.what.partition(":")[0]


def tell(what: str, figure: str, *, beside: str = "-", ratio: float | None = None, aim: str = "-") -> None:
    """Print one line of the table. It is there even where an assertion after it fails.

    `what` is 'SUBJECT: ...' with one of `SUBJECTS`, which gives the line its place.
    """
    line = Line(what, figure, beside, "-" if ratio is None else f"{ratio:.2f}", aim)
    assert line.subject in SUBJECTS, f"{line.subject!r} has no place in the table; tests/load/table.py lists those"
    assert len(lines_in(str(line))) == 1, f"a cell of {line} holds {BAR!r}"
    print(f"\n{line}")  # noqa: T201


def lines_in(printed: str) -> list[Line]:
    """The lines of the table in what a test printed."""
    cells = (tuple(part.strip() for part in line.split(BAR)) for line in printed.splitlines())
    return [Line(*row) for row in cells if len(row) == len(HEADINGS)]


def markdown(lines: Iterable[tuple[Line, str]], *, skipped: Iterable[str], commit: str) -> str:
    """The table for the README: each line with the outcome of its test; then what could not be measured, and why."""
    ordered = sorted(lines, key=lambda pair: SUBJECTS.index(pair[0].subject))
    rows = [(*astuple(line), outcome) for line, outcome in ordered]
    head = [(*HEADINGS, "result"), ("---",) * (len(HEADINGS) + 1)]
    body = "\n".join(f"| {BAR.join(row)} |" for row in (*head, *rows))
    missing = "".join(f"\nNot measured: {reason}" for reason in dict.fromkeys(skipped))
    return f"Measured at {commit}, {_machine()}.\n\n{body}\n{missing}\n"


def _machine() -> str:
    cores = len(os.sched_getaffinity(0))
    waiting = os.getloadavg()[2]
    return f"Python {platform.python_version()}, {cores} cores, {waiting:.1f} processes at work or waiting on average"
