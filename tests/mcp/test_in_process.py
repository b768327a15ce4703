"""Every tool in process, by both revisions of the protocol: without a socket, as stdio speaks."""

import json

import pytest
from mcp import Client

from engine.tools.catalog import TOOLS
from engine.tools.tool import AnyTool
from outsend_mcp.server import build_server
from tests.api_house import ApiHouse
from tests.mcp.toolbox import MODES, text_of


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
async def test_a_call_with_its_own_example_is_answered(idle: ApiHouse, tool: AnyTool, mode: str) -> None:
    """C-425, C-427."""
    owner = idle.caller(f"{tool.name}@example.com").principal
    server = build_server(idle.services, local=owner)

    async with Client(server, mode=mode) as client:
        result = await client.call_tool(tool.name, dict(tool.example))

    if result.is_error:  # the example names what this account hasn't got
        assert json.loads(text_of(result))["code"].endswith("_missing")
    else:
        assert result.structured_content is not None
        assert text_of(result).startswith(result.structured_content["summary"])
