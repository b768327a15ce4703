"""`outsend user`: accounts, as the operator handles them."""

import sys
from typing import Annotated

import typer

from engine.accounts import operator
from engine.accounts.schemas import AccountPublic
from engine.runtime import open_services
from engine.settings import read_settings
from outsend_api.cli import display

COLUMNS = ("id", "email", "is_admin", "is_active", "email_verified", "created_at")

users = typer.Typer(no_args_is_help=True, help="Add, list, disable and enable accounts.")

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The account's address.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@users.command()
def add(
    email: Email,
    *,
    admin: Annotated[bool, typer.Option("--admin", help="Let the account administrate.")] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Make an active, verified account. Without --password-stdin the password is asked for."""
    with display.errors(as_json=json):
        password = _password_from_stdin() if password_stdin else _asked_password()
        with open_services(read_settings()) as services:
            account = operator.add_user(services, email, password, admin=admin)
    _told(account, "was made", as_json=json)


@users.command(name="list")
def list_(*, json: AsJson = False) -> None:
    """List all accounts, oldest first."""
    with display.errors(as_json=json), open_services(read_settings()) as services:
        accounts = services.run(None, operator.list_users)
    rows = [account.model_dump(mode="json") for account in accounts]
    if json:
        display.data(rows)
    else:
        display.rows_table(rows, COLUMNS, title=f"{len(rows)} accounts")


@users.command()
def disable(email: Email, *, json: AsJson = False) -> None:
    """Keep an account out: its sessions and tokens are refused from now on; nothing is deleted."""
    _set_active(email, active=False, as_json=json)


@users.command()
def enable(email: Email, *, json: AsJson = False) -> None:
    """Let a disabled account in again."""
    _set_active(email, active=True, as_json=json)


def _set_active(email: str, *, active: bool, as_json: bool) -> None:
    with display.errors(as_json=as_json), open_services(read_settings()) as services:
        account = services.run(None, operator.set_active, email, active=active)
    _told(account, "is enabled" if active else "is disabled", as_json=as_json)


def _asked_password() -> str:
    """Typed twice, unseen."""
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return typed


def _password_from_stdin() -> str:
    """All of it but the last line's end, as `echo secret |` adds one."""
    return sys.stdin.read().removesuffix("\n").removesuffix("\r")


def _told(account: AccountPublic, what: str, *, as_json: bool) -> None:
    if as_json:
        display.data(account.model_dump(mode="json"))
    else:
        display.say(f"[green]✓[/] {display.escape(account.email)} {what}.")
