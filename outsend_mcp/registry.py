"""`server.json`: the server as the public registry of MCP servers lists it. `python -m outsend_mcp.registry [URL]`
writes it for a server at that address; the file at the root of the sources is that of the public one.

Source: the registry's schema of 2025-12-11.
"""

import json
import sys
from typing import Any
from urllib.parse import urlsplit

from engine.runtime import VERSION
from outsend_mcp.http import PATH
from outsend_mcp.server import NAME, SUMMARY

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
PUBLIC = "https://outsend.xyz"


def entry(url: str) -> dict[str, Any]:
    """The entry of a server at that address. Its name is that of the host, the wrong way round."""
    host = urlsplit(url).hostname or ""
    return {
        "$schema": SCHEMA,
        "name": f"{'.'.join(reversed(host.split('.')))}/{NAME}",
        "title": NAME,
        "description": SUMMARY,
        "version": VERSION,
        "websiteUrl": f"{url}/docs/integration/mcp",
        "remotes": [{"type": "streamable-http", "url": url + PATH}],
    }


def text(url: str) -> str:
    """The file."""
    return json.dumps(entry(url), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write the file to standard output."""
    url = sys.argv[1] if len(sys.argv) > 1 else PUBLIC
    sys.stdout.write(text(url.rstrip("/")))


if __name__ == "__main__":
    main()
