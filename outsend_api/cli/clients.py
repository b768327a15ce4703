"""How each MCP client is told of a server: a command, a link, or an entry of its configuration file.

Sources: the clients' own documentation (Claude Code `mcp add`, Cursor and VS Code install links, Claude Desktop's
configuration file).
"""

import base64
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlencode

from engine.errors import OutsendError

NAME = "outsend"  # what the server is called in a client
CONFIG = "claude_desktop_config.json"
BACKUP_SUFFIX = ".before-outsend"


class Client(StrEnum):
    """The clients that `outsend connect` knows."""

    claude_desktop = "claude-desktop"
    claude_code = "claude-code"
    cursor = "cursor"
    vscode = "vscode"

    @property
    def label(self) -> str:
        """As its makers write it; also the name of its token."""
        return {
            Client.claude_desktop: "Claude Desktop",
            Client.claude_code: "Claude Code",
            Client.cursor: "Cursor",
            Client.vscode: "VS Code",
        }[self]


class NotJson(OutsendError):
    code = "not_json"
    message = "Le fichier de configuration n'est pas un objet JSON : {path} ({problem})"
    hint = "Mend or remove that file, then run the command again. Nothing was changed."


class ConfigNotWritable(OutsendError):
    code = "config_not_writable"
    message = "Fichier de configuration impossible à écrire : {path} ({problem})"
    hint = "Give yourself the right to write it, then run the command again."


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a client finds the server (`.../mcp`), and the token it bears; None: it signs in by itself."""

    url: str
    token: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


@dataclass(frozen=True, slots=True)
class Launch:
    """How a client starts the server by itself, over standard input and output."""

    command: str
    args: Sequence[str]
    env: Mapping[str, str]

    @property
    def entry(self) -> dict[str, Any]:
        return {"command": self.command, "args": list(self.args), "env": dict(self.env)}


def claude_code_commands(endpoint: Endpoint) -> tuple[list[str], list[str]]:
    """What forgets an earlier entry, and what makes the new one; for all of the user's projects."""
    header = [word for name, value in endpoint.headers.items() for word in ("--header", f"{name}: {value}")]
    add = ["claude", "mcp", "add", "--scope", "user", "--transport", "http", NAME, endpoint.url, *header]
    return ["claude", "mcp", "remove", "--scope", "user", NAME], add


def cursor_link(endpoint: Endpoint) -> str:
    """A link that opens Cursor and asks whether to install the server."""
    config = json.dumps({"url": endpoint.url} | _headers(endpoint))
    query = urlencode({"name": NAME, "config": base64.b64encode(config.encode()).decode()})
    return f"cursor://anysphere.cursor-deeplink/mcp/install?{query}"


def vscode_link(endpoint: Endpoint) -> str:
    """A link that opens VS Code and asks whether to install the server."""
    config = {"name": NAME, "type": "http", "url": endpoint.url} | _headers(endpoint)
    return "vscode:mcp/install?" + quote(json.dumps(config))


def desktop_config(home: Path, environment: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where Claude Desktop keeps its configuration."""
    if platform == "darwin":
        folder = home / "Library" / "Application Support"
    elif platform == "win32":
        folder = Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
    else:
        folder = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    return folder / "Claude" / CONFIG


def add_to_desktop(path: Path, launch: Launch) -> None:
    """Put the server into Claude Desktop's configuration; the rest of the file stays. The first time, the file that
    was there is kept beside it.

    Raises:
        NotJson: the file is something else; it is not touched.
        ConfigNotWritable.
    """
    config = _read(path)
    servers = config.setdefault("mcpServers", {})
    if not isinstance(servers, dict):
        raise NotJson(path=path, problem="mcpServers is no object")
    servers[NAME] = launch.entry
    try:
        _write(path, json.dumps(config, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise ConfigNotWritable(path=path, problem=error.strerror or type(error).__name__) from error


def _headers(endpoint: Endpoint) -> dict[str, Any]:
    return {"headers": endpoint.headers} if endpoint.headers else {}


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
        config: Any = json.loads(text) if text.strip() else {}
    except (OSError, ValueError) as error:
        raise NotJson(path=path, problem=str(error)) from None
    if not isinstance(config, dict):
        raise NotJson(path=path, problem="no JSON object")
    return cast("dict[str, Any]", config)


def _write(path: Path, text: str) -> None:
    """All of the file or nothing of it, readable by its owner alone if it is new: it may hold secrets."""
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.resolve()  # a link stays a link
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
    backup = target.with_name(target.name + BACKUP_SUFFIX)
    if target.exists() and not backup.exists():
        backup.write_bytes(target.read_bytes())
        backup.chmod(mode)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(file, "w", encoding="utf-8") as writing:
            writing.write(text)
            writing.flush()
            os.fsync(writing.fileno())
        unfinished.replace(target)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
