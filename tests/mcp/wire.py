"""The revision of 2026-07-28 word for word, for what the SDK's client doesn't say."""

from dataclasses import dataclass
from typing import Any

import httpx
from mcp_types import CLIENT_CAPABILITIES_META_KEY, PROTOCOL_VERSION_META_KEY

from outsend_mcp.tasks import IDENTIFIER

REVISION = "2026-07-28"
NAMES = {"tools/call": "name", "tasks/get": "taskId", "tasks/update": "taskId", "tasks/cancel": "taskId"}


@dataclass(frozen=True, slots=True)
class Wire:
    """A client that says what it is told to say. `knows`: the extensions that it declares; `query`: of the address."""

    url: str
    token: str
    knows: tuple[str, ...] = (IDENTIFIER,)
    query: str = ""

    def post(self, method: str, headers: dict[str, str] | None = None, **params: Any) -> httpx.Response:
        """A request, with the headers that belong to it unless others are given."""
        declared: dict[str, Any] = {"extensions": {name: {} for name in self.knows}}
        meta: dict[str, Any] = {PROTOCOL_VERSION_META_KEY: REVISION, CLIENT_CAPABILITIES_META_KEY: declared}
        own: dict[str, Any] = {
            "Accept": "application/json, text/event-stream",
            "Authorization": f"Bearer {self.token}",
            "MCP-Protocol-Version": REVISION,
            "Mcp-Method": method,
            "Mcp-Name": params.get(NAMES.get(method, "")),
        }
        message: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": meta}}
        sent = {name: value for name, value in {**own, **(headers or {})}.items() if value}
        return httpx.post(f"{self.url}/mcp{self.query}", json=message, headers=sent, timeout=30)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """The result of a request that goes well."""
        answer = self.post(method, **params).json()
        assert "result" in answer, answer
        return answer["result"]

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        return self.ask("tools/call", name=tool, arguments=arguments)

    def refused(self, method: str, headers: dict[str, str] | None = None, **params: Any) -> tuple[int, int, str]:
        """The HTTP status, code and message of a request that is refused."""
        answer = self.post(method, headers, **params)
        error = answer.json()["error"]
        return answer.status_code, error["code"], error["message"]
