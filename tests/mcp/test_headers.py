"""Header values are what HTTP says they are, whichever parser the server has."""

import http.client
import json
from urllib.parse import urlsplit

import pytest
from mcp_types import CLIENT_CAPABILITIES_META_KEY, PROTOCOL_VERSION_META_KEY

from tests.api_house import ApiHouse
from tests.mcp.wire import REVISION, Wire


@pytest.mark.parametrize("padded", ["  {}", "{}  ", "\t{} \t"])
def test_white_space_around_a_header_value_is_no_part_of_it(plain: ApiHouse, padded: str) -> None:
    meta = {PROTOCOL_VERSION_META_KEY: REVISION, CLIENT_CAPABILITIES_META_KEY: dict[str, object]()}
    params = {"name": "repeat", "arguments": {"text": "x"}, "_meta": meta}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
        "Authorization": f"Bearer {plain.token()}",
        "MCP-Protocol-Version": padded.format(REVISION),
        "Mcp-Method": padded.format("tools/call"),
        "Mcp-Name": padded.format("repeat"),
    }
    connection = http.client.HTTPConnection(urlsplit(plain.url).netloc, timeout=10)

    connection.request("POST", "/mcp", json.dumps(message), headers)
    answer = connection.getresponse()

    told = json.loads(answer.read())
    connection.close()
    assert (answer.status, told["result"]["structuredContent"]["summary"]) == (200, "x")


def test_another_name_in_the_header_is_refused(plain: ApiHouse) -> None:
    client = Wire(plain.url, plain.token())

    refused = client.refused("tools/call", {"Mcp-Name": "rows"}, name="repeat", arguments={})

    assert refused[:2] == (400, -32020)
