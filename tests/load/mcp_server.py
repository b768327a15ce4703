"""An MCP server in a process of its own: the product (`ours FOLDER`), or the SDK's with one empty tool (`bare -`)."""

import sys
from pathlib import Path

from mcp.server import MCPServer

from engine.runtime import open_services
from engine.settings import Settings
from outsend_api.serve import serve_app
from tests.load.stream_server import serve


def bare() -> object:
    """The SDK's own app over a tool that does nothing."""
    server = MCPServer("bare", log_level="ERROR")

    @server.tool()
    def list_jobs() -> dict[str, list[str]]:
        """Nothing."""
        return {"jobs": []}

    return server.streamable_http_app(stateless_http=True)


if __name__ == "__main__":
    kind, folder = sys.argv[1:]
    if kind == "bare":
        serve(bare())
    else:
        with open_services(Settings(data_dir=Path(folder))) as services:
            serve(serve_app(services))
