"""One line a figure, and the table that `make bench` makes of them."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass

BAR = " | "
HEADINGS = ("what", "outsend", "beside", "ratio", "aim")


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


def tell(what: str, figure: str, *, beside: str = "-", ratio: float | None = None, aim: str = "-") -> None:
    """Print one line of the table. It is there even where an assertion after it fails."""
    times = "-" if ratio is None else f"{ratio:.2f}"
    print(f"\n{Line(what, figure, beside, times, aim)}")  # noqa: T201


def lines_in(printed: str) -> list[Line]:
    """The lines of the table in what a test printed."""
    cells = (tuple(part.strip() for part in line.split(BAR)) for line in printed.splitlines())
    return [Line(*row) for row in cells if len(row) == len(HEADINGS)]


def markdown(lines: Iterable[tuple[Line, str]], *, commit: str) -> str:
    """The table for the README: each line with the outcome of its test."""
    rows = [(*astuple(line), outcome) for line, outcome in lines]
    head = [(*HEADINGS, "result"), ("---",) * (len(HEADINGS) + 1)]
    body = "\n".join(f"| {BAR.join(row)} |" for row in (*head, *rows))
    return f"Measured at commit {commit}.\n\n{body}\n"
