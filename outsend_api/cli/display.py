"""The only place that prints: data on standard output, everything else on standard error."""

import json
import shutil
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape as escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from engine.errors import OutsendError
from engine.rows.types import Row, text_of

FAILED = 1
CELL_WIDTH = 36

WIDTH = 130  # where the output is no terminal, and so has no width of its own

out = Console(width=None if sys.stdout.isatty() else WIDTH)
err = Console(stderr=True, width=None if sys.stderr.isatty() else WIDTH)


def command() -> str:
    """This command, as the reader can call it: after `make demo` it is not on the path."""
    return "outsend" if shutil.which("outsend") else sys.argv[0]


def say(text: str) -> None:
    """One line for the person at the terminal."""
    err.print(text, highlight=False, soft_wrap=True)


def data(value: Any) -> None:
    """The machine-readable answer of a command with --json: one JSON document."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def fail(error: OutsendError, *, as_json: bool = False) -> NoReturn:
    """Say what is wrong and what to do, then leave with exit code 1."""
    if as_json:
        data({"error": {"code": error.code, "message": error.text, "hint": error.next_step}})
    else:
        err.print(f"[bold red]✗[/] {escape(error.text)}", highlight=False)
        if error.next_step:
            err.print(f"  [dim]{escape(error.next_step)}[/]", highlight=False)
    raise typer.Exit(FAILED)


def started(title: str, pairs: Mapping[str, str]) -> None:
    """What a process that stays has to say at its start. Standard error is for its log where that is no terminal."""
    console = err if err.is_terminal else out
    console.print(f"[green]✓[/] {escape(title)}", highlight=False, soft_wrap=True)
    _pairs(console, pairs)
    console.file.flush()


@contextmanager
def errors(*, as_json: bool = False) -> Generator[None]:
    """Turn what a user may read into a sentence and an exit code."""
    try:
        yield
    except OutsendError as error:
        fail(error, as_json=as_json)


class Bars:
    """One live progress bar a job."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, Any] = {}

    def show(self, key: str, name: str, *, done: int, planned: int, rows: int, errors: int, state: str) -> None:
        """Draw a job as it stands now."""
        if key not in self._tasks:
            self._tasks[key] = self._progress.add_task(name, total=None, told="")
        told = f"{rows} rows" + (f", {errors} errors" if errors else "") + ("" if state == "running" else f" · {state}")
        over = state not in ("pending", "running")
        self._progress.update(self._tasks[key], completed=done, total=planned or (1 if over else None), told=told)
        if over:
            self._progress.stop_task(self._tasks[key])


@contextmanager
def bars() -> Generator[Bars]:
    """Live bars on standard error; plain nothing where that is no terminal."""
    columns = (
        SpinnerColumn(finished_text="[green]✓[/]"),
        TextColumn("{task.description:<14}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[told]}"),
    )
    with Progress(*columns, console=err, disable=not err.is_terminal) as progress:
        yield Bars(progress)


def rows_table(rows: Sequence[Row], columns: Sequence[str], *, title: str) -> None:
    """Rows as a table, long cells shortened."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="ellipsis", no_wrap=True, min_width=len(column), max_width=CELL_WIDTH)
    for row in rows:
        table.add_row(*(escape(text_of(row.get(column))) for column in columns))
    out.print(table)


def facts(pairs: Mapping[str, str]) -> None:
    """Names and values, one a line."""
    _pairs(out, pairs)


def _pairs(console: Console, pairs: Mapping[str, str]) -> None:
    width = max(map(len, pairs))
    for name, value in pairs.items():
        console.print(f"  [bold]{name:<{width}}[/]  {escape(value)}", highlight=False, soft_wrap=True)
