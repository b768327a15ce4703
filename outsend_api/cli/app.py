"""The `outsend` command. A command's file is loaded when the command is called, so that each starts fast."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

# name -> (file and function, what `outsend --help` says)
COMMANDS = {
    "serve": ("serve:serve", "Serve REST and MCP, with a worker beside it."),
    "run": ("run:run", "Run a pipeline, or a list of modules, in the foreground."),
    "demo": ("demo:demo", "See the main job end to end, offline, in the sandbox internet."),
    "mcp": ("mcp:mcp", "Speak MCP on standard input and output."),
    "connect": ("connect:connect", "Tell Claude, Cursor or VS Code of this server."),
    "worker": ("worker:worker", "Work on jobs until stopped."),
    "doctor": ("doctor:doctor", "Check this machine; each finding with its remedy."),
    "lists": ("lists:lists", "Fetch the published filter lists."),
    "migrate": ("admin:migrate", "Bring the database to the current schema."),
    "user": ("user:users", "Add, list, disable and enable accounts."),
    "invite": ("invite:invite", "Make an invitation code."),
    "openapi": ("texts:openapi", "Print the OpenAPI document."),
    "docs": ("texts:docs", "Write the documentation as files."),
    "eval": ("eval:evals", "Score a model on what the product asks of it."),
}


class LazyGroup(TyperGroup):
    """Knows its commands by name, and loads one when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        place, told = COMMANDS[cmd_name]
        file, _, name = place.partition(":")
        found = getattr(import_module(f"outsend_api.cli.{file}"), name)
        if isinstance(found, typer.Typer):  # a family of commands
            return typer.main.get_command(found)
        single = typer.Typer(add_completion=False)
        single.command(name=cmd_name, short_help=told)(found)
        return typer.main.get_command(single)


app = typer.Typer(cls=LazyGroup, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def outsend() -> None:
    """Find businesses, enrich and verify them, download the rows."""


def main(*args: Any) -> None:
    """The console script."""
    app(*args)
