"""`outsend lists`: published filter lists, which may not be bundled."""

import asyncio
from typing import Annotated

import typer

from engine.lists import Fetched, update
from engine.settings import read_settings
from outsend_api.cli import display

lists = typer.Typer(no_args_is_help=True, help="Fetch the published filter lists.")
MARKS = {"new": "[green]✓[/]", "unchanged": "[green]✓[/]", "failed": "[red]✗[/]"}


@lists.callback()
def family() -> None:
    """Fetch the published filter lists."""


@lists.command(name="update")
def bring_up_to_date(*, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Fetch EasyList, EasyPrivacy and uBlock's filters into the data directory. Exit code 1 when one did not come."""
    with display.errors(as_json=json):
        fetched = asyncio.run(update(read_settings()))
    if json:
        display.data([_told(one) for one in fetched])
    else:
        for one in fetched:
            display.say(f"{MARKS[one.state]} {one.name:<15} {display.escape(_sentence(one))}")
    if failed := next((one.error for one in fetched if one.error), None):
        if not json:
            display.say(f"  [dim]{display.escape(failed.next_step)}[/]")
        raise typer.Exit(display.FAILED)


def _told(one: Fetched) -> dict[str, object]:
    facts: dict[str, object] = {"name": one.name, "state": one.state, "bytes": one.bytes, "rules": one.rules}
    if one.error:
        facts["error"] = {"code": one.error.code, "message": one.error.text, "hint": one.error.next_step}
    return facts


def _sentence(one: Fetched) -> str:
    return one.error.text if one.error else f"{one.state}, {one.rules:,} rules, {one.bytes / 1e6:.1f} MB"
