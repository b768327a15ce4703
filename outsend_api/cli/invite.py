"""`outsend invite`: a code with which somebody may open an account."""

import sys
from typing import Annotated

import typer

from engine.accounts import operator
from engine.runtime import open_services
from engine.settings import read_settings
from outsend_api.cli import display


def invite(
    *,
    uses: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many accounts may be opened with it.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make an invitation code, and print it."""
    with display.errors(as_json=json), open_services(read_settings()) as services:
        code = services.run(None, operator.make_invitation, uses_left=uses)
    if json:
        display.data({"code": code, "uses_left": uses})
    else:
        sys.stdout.write(f"{code}\n")
