"""`outsend connect`: each client is told of the server, and nothing else of the user's is touched."""

import base64
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pytest

from engine.accounts.api_tokens import list_tokens
from engine.accounts.schemas import TokenPublic
from engine.runtime import local_owner, open_services
from engine.settings import Settings
from tests.cli.terminal import OUTSEND, Said, Terminal, interrupt, until

pytestmark = pytest.mark.slow(20)  # each command is a process of its own

REMOTE = "https://leads.example.com"
CLAUDE = """#!/bin/sh
for word in "$@"; do printf '%s\\n' "$word" >> "$HOME/said"; done
echo -- >> "$HOME/said"
exit ${CLAUDE_STATUS:-0}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def terminal(tmp_path: Path, home: Path) -> Terminal:
    """With a home of its own, and no client on the path."""
    return Terminal(tmp_path, {"HOME": str(home), "XDG_CONFIG_HOME": "", "PATH": "/usr/bin:/bin"})


@pytest.fixture
def claude(home: Path, terminal: Terminal) -> Callable[[], list[list[str]]]:
    """A Claude Code that only notes how it was called; returns the calls."""
    folder = home / "bin"
    folder.mkdir()
    (folder / "claude").write_text(CLAUDE)
    (folder / "claude").chmod(0o755)
    terminal.environment["PATH"] = f"{folder}:{terminal.environment['PATH']}"

    def calls() -> list[list[str]]:
        said = home / "said"
        return [part.splitlines() for part in said.read_text().split("--\n")[:-1]] if said.exists() else []

    return calls


def config_of(home: Path) -> Path:
    return home / ".config" / "Claude" / "claude_desktop_config.json"


def tokens_of(terminal: Terminal) -> list[TokenPublic]:
    data = Path(terminal.environment["OUTSEND_DATA_DIR"])
    with open_services(Settings(data_dir=data)) as services:
        return local_owner(services).run(list_tokens).items


def in_order(said: Said) -> Said:
    assert said.code == 0, said.err
    return said


def test_claude_code_is_called_with_a_token_that_works_here(terminal: Terminal, claude: Any) -> None:
    in_order(terminal.run("connect", "claude-code"))

    forget, add = claude()
    assert forget == ["mcp", "remove", "--scope", "user", "outsend"]
    assert add[:-1] == [
        *("mcp", "add", "--scope", "user", "--transport", "http", "outsend", "http://127.0.0.1:8000/mcp", "--header")
    ]
    assert add[-1].startswith("Authorization: Bearer ost_")
    assert [(token.name, token.scope, token.hint) for token in tokens_of(terminal)] == [
        ("Claude Code", "run", add[-1][-4:])
    ]


def test_connecting_again_ends_the_earlier_token(terminal: Terminal, claude: Any) -> None:
    for client in ("claude-code", "cursor", "claude-code"):
        in_order(terminal.run("connect", client))

    assert [token.name for token in tokens_of(terminal)] == ["Claude Code", "Cursor"]
    assert tokens_of(terminal)[0].hint == claude()[-1][-1][-4:]


def test_without_claude_code_the_exact_command_is_told(terminal: Terminal) -> None:
    said = in_order(terminal.run("connect", "claude-code", "--json")).json

    assert said["written"] is False
    assert said["command"] == (
        "claude mcp add --scope user --transport http outsend http://127.0.0.1:8000/mcp "
        f"--header 'Authorization: Bearer {said['token']}'"
    )


def test_a_refusing_claude_code_is_an_error(terminal: Terminal, claude: Any) -> None:
    terminal.environment["CLAUDE_STATUS"] = "3"

    said = terminal.run("connect", "claude-code", "--json")

    assert said.code == 1
    assert said.json["error"]["code"] == "client_refused"
    assert "claude mcp add" in said.json["error"]["hint"]


@pytest.mark.parametrize("url", [REMOTE, f"{REMOTE}/", f"{REMOTE}/mcp", f"{REMOTE}/mcp/"])
def test_a_server_elsewhere_gets_no_token(terminal: Terminal, claude: Any, url: str) -> None:
    in_order(terminal.run("connect", "claude-code", "--url", url))

    assert claude()[-1][-2:] == ["outsend", f"{REMOTE}/mcp"]
    assert not Path(terminal.environment["OUTSEND_DATA_DIR"]).exists()


def test_a_server_elsewhere_is_a_connector_in_claude_desktop(terminal: Terminal, home: Path) -> None:
    said = in_order(terminal.run("connect", "claude-desktop", "--url", REMOTE))

    assert "Add custom connector" in said.err
    assert said.out.strip() == f"{REMOTE}/mcp"
    assert not config_of(home).exists()


def test_cursor_gets_a_link_and_nothing_is_written(terminal: Terminal, home: Path) -> None:
    said = in_order(terminal.run("connect", "cursor", "--json")).json

    query = parse_qs(urlsplit(said["link"]).query)
    assert said["link"].startswith("cursor://anysphere.cursor-deeplink/mcp/install?")
    assert query["name"] == ["outsend"]
    assert json.loads(base64.b64decode(query["config"][0])) == {
        "url": "http://127.0.0.1:8000/mcp",
        "headers": {"Authorization": f"Bearer {said['token']}"},
    }
    assert not list(home.iterdir())


def test_vs_code_gets_a_link_and_nothing_is_written(terminal: Terminal, home: Path) -> None:
    said = in_order(terminal.run("connect", "vscode", "--url", REMOTE, "--json")).json

    start, _, config = said["link"].partition("?")
    assert start == "vscode:mcp/install"
    assert json.loads(unquote(config)) == {"name": "outsend", "type": "http", "url": f"{REMOTE}/mcp"}
    assert not list(home.iterdir())


def test_claude_desktop_starts_this_executable_on_this_data(terminal: Terminal, home: Path) -> None:
    in_order(terminal.run("connect", "claude-desktop"))

    assert json.loads(config_of(home).read_text()) == {
        "mcpServers": {
            "outsend": {
                "command": str(OUTSEND),
                "args": ["mcp"],
                "env": {"OUTSEND_DATA_DIR": terminal.environment["OUTSEND_DATA_DIR"]},
            }
        }
    }
    assert stat.S_IMODE(config_of(home).stat().st_mode) == 0o600


def test_claude_desktop_keeps_what_it_knew_and_a_copy_of_it(terminal: Terminal, home: Path) -> None:
    file = config_of(home)
    file.parent.mkdir(parents=True)
    before = '{"theme": "dark", "mcpServers": {"files": {"command": "files"}}}'
    file.write_text(before)

    for _ in range(2):
        in_order(terminal.run("connect", "claude-desktop", "--sandbox"))

    after = json.loads(file.read_text())
    assert after["theme"] == "dark" and after["mcpServers"]["files"] == {"command": "files"}
    assert after["mcpServers"]["outsend"]["args"][:2] == ["mcp", "--sandbox"]
    assert file.with_name(f"{file.name}.before-outsend").read_text() == before
    assert len(list(file.parent.iterdir())) == 2


@pytest.mark.parametrize("content", ["{", "[1]", '{"mcpServers": []}'])
def test_a_file_that_is_something_else_is_left_alone(terminal: Terminal, home: Path, content: str) -> None:
    file = config_of(home)
    file.parent.mkdir(parents=True)
    file.write_text(content)

    said = terminal.run("connect", "claude-desktop", "--json")

    assert (said.code, said.json["error"]["code"]) == (1, "not_json")
    assert file.read_text() == content
    assert len(list(file.parent.iterdir())) == 1


def test_the_bundle_is_a_manifest_that_starts_this_executable(terminal: Terminal, tmp_path: Path) -> None:
    said = in_order(terminal.run("connect", "claude-desktop", "--bundle", "--json")).json

    with zipfile.ZipFile(said["file"]) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        starter = archive.read(manifest["server"]["entry_point"]).decode()
    assert Path(said["file"]).parent == tmp_path
    assert stat.S_IMODE(Path(said["file"]).stat().st_mode) == 0o600
    assert {"manifest_version", "name", "version", "description", "author", "server"} <= manifest.keys()
    assert manifest["server"]["mcp_config"]["command"] == str(OUTSEND)
    assert manifest["server"]["mcp_config"]["args"] == ["mcp"]
    assert "get_job" in [tool["name"] for tool in manifest["tools"]]
    assert f"exec {OUTSEND} mcp" in starter


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("cursor", "--bundle"), "bundle_for_desktop_only"),
        (("claude-desktop", "--bundle", "--url", REMOTE), "bundle_for_desktop_only"),
        (("cursor", "--url", "leads.example.com"), "bad_url"),
        (("cursor", "--url", "ftp://leads.example.com"), "bad_url"),
    ],
)
def test_what_makes_no_sense_is_told_before_anything_is_done(
    terminal: Terminal, home: Path, words: tuple[str, ...], code: str
) -> None:
    said = terminal.run("connect", *words, "--json")

    assert (said.code, said.json["error"]["code"]) == (1, code)
    assert not list(home.iterdir())


@pytest.mark.slow(40)
def test_the_five_minute_way_serves_a_sandbox_that_the_client_knows(terminal: Terminal, claude: Any) -> None:
    """C-422."""
    serving = terminal.start("connect", "claude-code", "--sandbox", "--sites", "10", "--port", "0")
    try:
        until(lambda: len(claude()) == 2, seconds=30)
        url, _, header = claude()[-1][-3:]
        name, _, value = header.partition(": ")
        until(lambda: answers(url), seconds=20)

        response = httpx.post(
            url,
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
            headers={name: value, "Accept": "application/json, text/event-stream"},
        )
    finally:
        said = interrupt(serving)

    assert response.status_code == 200 and "create_scrap_job" in response.text
    assert said.code == 0, said.err


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 401
    except httpx.TransportError:
        return False
