"""`outsend doctor`: what this machine can do, and what to mend."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from engine.doctor import examine
from engine.settings import read_settings
from outsend_api.cli import display

MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "failure": "[red]✗[/]"}


def doctor(*, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check this machine. Exit code 1 when something must be mended."""
    with display.errors(as_json=json):
        findings = asyncio.run(examine(read_settings()))
    if json:
        display.data([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            display.say(f"{MARKS[finding.state]} {finding.name:<10} {display.escape(finding.told)}")
            if finding.remedy:
                display.say(f"  {'':<10} [dim]{display.escape(finding.remedy)}[/]")
    if any(finding.state == "failure" for finding in findings):
        raise typer.Exit(display.FAILED)
