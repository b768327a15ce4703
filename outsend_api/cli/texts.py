"""Texts that programs read: the OpenAPI document, the documentation as files."""

import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from engine.settings import read_settings
from llms import bundle
from outsend_api.app import document
from outsend_api.cli import display
from outsend_api.cli.output import NotWritable

docs = typer.Typer(no_args_is_help=True, help="Write the documentation as files.")


@docs.callback()
def documentation() -> None:
    """The documentation that a server has under /docs, without a server."""


@docs.command()
def build(
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder; made where it is missing.", show_default=False)],
) -> None:
    """Write llms.txt, llms-full.txt, the bundles and every page as Markdown: what a server has under /docs.

    Addresses in them begin with OUTSEND_PUBLIC_URL. Files of the same names are replaced.
    """
    with display.errors():
        files = bundle.files(read_settings().public_url)
        with _writing(out):
            for name, text in files.items():
                (out / name).parent.mkdir(parents=True, exist_ok=True)
                (out / name).write_text(text, encoding="utf-8")
    full = len(files["llms-full.txt"].encode())
    display.say(f"[green]✓[/] {display.escape(str(out))}: {len(files)} files, the full bundle has {full / 1000:.0f} KB")


def openapi(
    *, out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it there instead of printing it.")] = None
) -> None:
    """Print the OpenAPI document of the REST API. Needs neither a database nor a server."""
    text = json.dumps(document(), ensure_ascii=False, indent=2) + "\n"
    if out is None:
        sys.stdout.write(text)
        return
    with display.errors(), _writing(out):
        out.write_text(text, encoding="utf-8")
    display.say(f"[green]✓[/] {display.escape(str(out))}")


@contextmanager
def _writing(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise NotWritable(path=path, problem=error.strerror or type(error).__name__) from error
