"""A one-click `.mcpb` for Claude Desktop: it starts the outsend of this machine.

Source: the MCPB manifest, version 0.3.
"""

import json
import shlex
import zipfile
from pathlib import Path
from typing import Any

from engine.runtime import VERSION
from engine.tools.catalog import TOOLS
from outsend_api.cli.clients import NAME, ConfigNotWritable, Launch

MANIFEST_VERSION = "0.3"
ENTRY_POINT = "server/outsend"
DESCRIPTION = "Find businesses, enrich and verify them, download the rows."
DETAILS = "Starts the outsend that is installed on this machine, with its data. Jobs run on while Claude is open."
EXECUTABLE = 0o100755
OWNER_ONLY = 0o600


def write_bundle(path: Path, launch: Launch) -> None:
    """Write the bundle. Raises ConfigNotWritable."""
    try:
        path.touch(OWNER_ONLY)  # the settings may hold secrets
        path.chmod(OWNER_ONLY)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("manifest.json", json.dumps(manifest(launch), indent=2, ensure_ascii=False))
            archive.writestr(_entry(), _starter(launch))
    except OSError as error:
        raise ConfigNotWritable(path=path, problem=error.strerror or type(error).__name__) from error


def manifest(launch: Launch) -> dict[str, Any]:
    """What the bundle says of itself."""
    return {
        "manifest_version": MANIFEST_VERSION,
        "name": NAME,
        "display_name": NAME,
        "version": VERSION,
        "description": DESCRIPTION,
        "long_description": DETAILS,
        "author": {"name": NAME},
        "license": "Apache-2.0",
        "server": {"type": "binary", "entry_point": ENTRY_POINT, "mcp_config": launch.entry},
        "tools": [{"name": tool.name, "description": tool.description} for tool in TOOLS],
        "compatibility": {"platforms": ["darwin", "linux"]},
    }


def _entry() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(ENTRY_POINT)  # with a fixed date: the same settings give the same file
    info.external_attr = EXECUTABLE << 16
    return info


def _starter(launch: Launch) -> str:
    """The same start as a script, for clients that look at the entry point."""
    return f'#!/bin/sh\nexec {shlex.join([launch.command, *launch.args])} "$@"\n'
