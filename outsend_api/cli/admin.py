"""Operator tasks."""

from typing import Annotated

import typer

from engine.runtime import upgrade
from engine.settings import read_settings
from outsend_api.cli import display


def migrate(*, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Bring the database to the current schema. Safe to repeat."""
    with display.errors(as_json=json):
        revision = upgrade(read_settings())
    if json:
        display.data({"revision": revision})
    else:
        display.say(f"[green]✓[/] The database is at revision {revision}.")
