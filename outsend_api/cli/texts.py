"""Texts that programs read: the OpenAPI document."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from outsend_api.app import document
from outsend_api.cli import display
from outsend_api.cli.output import NotWritable


def openapi(
    *, out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it there instead of printing it.")] = None
) -> None:
    """Print the OpenAPI document of the REST API. Needs neither a database nor a server."""
    text = json.dumps(document(), ensure_ascii=False, indent=2) + "\n"
    if out is None:
        sys.stdout.write(text)
        return
    with display.errors():
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise NotWritable(path=out, problem=error.strerror or type(error).__name__) from error
    display.say(f"[green]✓[/] {display.escape(str(out))}")
