"""`server.json`, by which the public registry of MCP servers knows this one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from outsend_mcp import registry

FILE = Path(__file__).parents[2] / "server.json"
ADDRESS = {"type": "string", "format": "uri", "pattern": "^https://[^\\s/]+(/[^\\s]*)?$"}
# What the registry asks of an entry that has nothing but remotes; stricter where its texts say "must".
ASKED: dict[str, Any] = {
    "type": "object",
    "required": ["$schema", "name", "description", "version", "remotes"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"const": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"},
        "name": {"type": "string", "pattern": "^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$", "minLength": 3, "maxLength": 200},
        "title": {"type": "string", "minLength": 1, "maxLength": 100},
        "description": {"type": "string", "minLength": 1, "maxLength": 100},
        "version": {"type": "string", "maxLength": 255, "pattern": "^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?$"},
        "websiteUrl": ADDRESS,
        "remotes": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["type", "url"],
                "additionalProperties": False,
                "properties": {"type": {"enum": ["streamable-http", "sse"]}, "url": ADDRESS},
            },
        },
    },
}


def test_the_file_is_that_of_this_version() -> None:
    assert FILE.read_text() == registry.text(registry.PUBLIC), "python -m outsend_mcp.registry > server.json"


@pytest.mark.parametrize("url", [registry.PUBLIC, "https://leads.example.com:8443"])
def test_an_entry_is_what_the_registry_takes(url: str) -> None:
    """C-422."""
    entry = registry.entry(url)

    jsonschema.Draft7Validator(ASKED).validate(entry)
    assert entry["remotes"] == [{"type": "streamable-http", "url": f"{url}/mcp"}]


def test_the_name_is_in_the_name_space_of_the_host() -> None:
    assert registry.entry("https://leads.example.com")["name"] == "com.example.leads/outsend"


@pytest.mark.slow(15)
def test_the_file_is_written_by_a_command() -> None:
    command = [sys.executable, "-m", "outsend_mcp.registry", "https://leads.example.com/"]
    written = subprocess.run(command, capture_output=True, check=True, timeout=14)

    assert json.loads(written.stdout) == registry.entry("https://leads.example.com")
