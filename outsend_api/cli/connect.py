"""`outsend connect`: tell an MCP client of this server, or of one elsewhere."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from engine.accounts.api_tokens import replace_token
from engine.context import Services
from engine.errors import OutsendError
from engine.lazy import load
from engine.runtime import local_owner, open_services
from engine.settings import PREFIX, read_settings
from outsend_api.cli import clients, display
from outsend_api.cli.clients import Client, Endpoint, Launch
from outsend_api.cli.sandbox import SITES

PATH = "/mcp"
PORT = 8000  # as `serve` has it
BUNDLE = "outsend.mcpb"
CLIENT_SECONDS = 60.0


class BadUrl(OutsendError):
    code = "bad_url"
    message = "Adresse invalide : {url}"
    hint = "Give the server's address, such as https://leads.example.com."


class BundleForDesktopOnly(OutsendError):
    code = "bundle_for_desktop_only"
    message = "Seul Claude Desktop installe un fichier .mcpb"
    hint = "Use --bundle with claude-desktop, without --url."


class ClientRefused(OutsendError):
    code = "client_refused"
    kind = "upstream"
    message = "{client} a refusé la configuration (code {status})"
    hint = "Run this command yourself to see why: {command}"


@dataclass(slots=True)
class Told:
    """What was done, and what is left to the reader. `facts` is the answer of --json, and holds the token."""

    facts: dict[str, Any]
    lines: list[str] = field(default_factory=list[str])
    copy: str | None = None  # what the reader takes away: a link, a command


def connect(
    client: Annotated[Client, typer.Argument(help="The client to configure.")],
    *,
    url: Annotated[str, typer.Option(help="A server elsewhere; the client signs in there by itself.")] = "",
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Then serve the sandbox internet, in the foreground.")
    ] = False,
    sites: Annotated[int, typer.Option(min=10, max=2000, help="Sites in the sandbox.")] = SITES,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to serve the sandbox on.")] = PORT,
    bundle: Annotated[bool, typer.Option("--bundle", help="Write a one-click file for Claude Desktop.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Configure a client for this machine's outsend, or print how. What else the client knows stays as it is."""
    if url and sandbox:
        raise typer.BadParameter("--url is a server elsewhere; --sandbox is one on this machine")
    serves = sandbox and client is not Client.claude_desktop
    if serves and json:
        raise typer.BadParameter("--json is for what ends; this stays and serves the sandbox")
    tell = partial(_tell, as_json=json)
    with display.errors(as_json=json):
        if bundle and (client is not Client.claude_desktop or url):
            raise BundleForDesktopOnly()
        if url:
            tell(_remote(client, _endpoint_of(url)))
        elif client is Client.claude_desktop:
            tell(_desktop(_launch(sandbox=sandbox, sites=sites), bundle=bundle))
        elif serves:
            server = load("outsend_api.cli.serve")  # with all that serving needs
            asked = server.Asked(port=port, sandbox=True, sites=sites)
            server.run_server(asked, before=partial(_tell_local, client))
        else:
            with open_services(read_settings()) as services:
                told = _local(client, services)
            told.lines.append(f"Start the server where it is not running yet: {display.command()} serve")
            tell(told)


def _remote(client: Client, endpoint: Endpoint) -> Told:
    """A server elsewhere: no token is made, and the client asks its user to sign in."""
    if client is Client.claude_desktop:
        how = "Settings > Connectors > Add custom connector"
        lines = [f"In Claude (web, Desktop, mobile): {how}. Give it this address, then sign in there, once."]
        return Told({"client": client, "url": endpoint.url, "steps": f"{how} > {endpoint.url}"}, lines, endpoint.url)
    told = _configured(client, endpoint)
    told.lines.append("Then sign in from the client, once." + (" (/mcp)" if client is Client.claude_code else ""))
    return told


def _local(client: Client, services: Services) -> Told:
    """This machine's server, as its owner: an earlier token of the client ends."""
    token = local_owner(services).run(replace_token, name=client.label, scope="run").token
    url = services.settings.public_url + PATH
    told = _configured(client, Endpoint(url, token))
    told.facts["token"] = token
    return told


def _tell_local(client: Client, services: Services) -> None:
    _tell(_local(client, services), as_json=False)


def _configured(client: Client, endpoint: Endpoint) -> Told:
    facts: dict[str, Any] = {"client": client, "url": endpoint.url}
    if client is Client.claude_code:
        return _claude_code(endpoint, facts)
    link = clients.cursor_link(endpoint) if client is Client.cursor else clients.vscode_link(endpoint)
    return Told({**facts, "link": link}, [f"Open this link, and {client.label} asks whether to install it."], link)


def _claude_code(endpoint: Endpoint, facts: dict[str, Any]) -> Told:
    """Let Claude Code write its own configuration; without it on the path, say what to run."""
    forget, add = clients.claude_code_commands(endpoint)
    command = shlex.join(add)
    program = shutil.which(add[0])
    if program is None:
        lines = ["Claude Code is not on the path. Run this command where it is."]
        return Told({**facts, "command": command, "written": False}, lines, command)
    _status(program, forget)
    status = _status(program, add)
    if status != 0:
        raise ClientRefused(client=Client.claude_code.label, status=status, command=command)
    return Told(
        {**facts, "command": command, "written": True}, [f"Claude Code knows {clients.NAME} now: {endpoint.url}"]
    )


def _status(program: str, words: Sequence[str]) -> int:
    """The exit status of a client's own command; -1 when it could not be run to its end."""
    try:
        done = subprocess.run([program, *words[1:]], capture_output=True, timeout=CLIENT_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return -1
    return done.returncode


def _desktop(launch: Launch, *, bundle: bool) -> Told:
    """Claude Desktop starts the server by itself."""
    facts: dict[str, Any] = {"client": Client.claude_desktop, **launch.entry}
    if bundle:
        file = Path(BUNDLE).resolve()
        load("outsend_api.cli.bundle").write_bundle(file, launch)
        lines = ["Open this file with Claude Desktop. It holds this machine's settings, so keep it to yourself."]
        return Told({**facts, "file": str(file)}, lines, str(file))
    file = clients.desktop_config(Path.home(), os.environ)
    clients.add_to_desktop(file, launch)
    return Told({**facts, "file": str(file)}, [f"Written to {file}.", "Restart Claude Desktop to see it."])


def _launch(*, sandbox: bool, sites: int) -> Launch:
    """This executable with these settings: Claude Desktop starts it from a folder and an environment of its own."""
    data = str(read_settings().data_dir.resolve())
    kept = {name: value for name, value in os.environ.items() if name.startswith(PREFIX) and value}
    words = ["mcp", "--sandbox", "--sites", str(sites)] if sandbox else ["mcp"]
    return Launch(str(_executable()), words, {**kept, f"{PREFIX}DATA_DIR": data})


def _executable() -> Path:
    """The command that runs now, where it can be found from anywhere."""
    beside = Path(sys.executable).with_name("outsend")
    return beside if beside.exists() else Path(sys.argv[0]).absolute()


def _endpoint_of(url: str) -> Endpoint:
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise BadUrl(url=url)
    return Endpoint(f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix(PATH)}{PATH}")


def _tell(told: Told, *, as_json: bool) -> None:
    if as_json:
        display.data(told.facts)
        return
    for line in told.lines:
        display.say(display.escape(line))
    if told.copy is not None:
        display.out.print(told.copy, markup=False, highlight=False, soft_wrap=True)
