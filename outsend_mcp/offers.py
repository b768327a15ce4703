"""The SDK's server with what a client is offered beside tools: resources, prompts, completions of their arguments."""

from collections.abc import Iterable
from typing import Any

from mcp.server import MCPServer
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp_types import CompleteRequestParams, InputRequiredResult
from mcp_types import Resource as ListedResource
from mcp_types import ResourceTemplate as ListedTemplate
from pydantic import AnyUrl

from outsend_mcp.completions import Completions
from outsend_mcp.prompts import PROMPTS
from outsend_mcp.resources import Resources


class OfferingServer(MCPServer[None]):
    """What is read depends on who reads, which the SDK's own static resources and completions can't know."""

    def __init__(self, name: str, resources: Resources, completions: Completions, **settings: Any) -> None:
        super().__init__(name, **settings)
        self._ours = resources
        for prompt in PROMPTS:
            self.add_prompt(prompt)
        self._lowlevel_server.add_request_handler("completion/complete", CompleteRequestParams, completions.complete)

    async def list_resources(self) -> list[ListedResource]:
        """What is there for everybody."""
        return self._ours.listed() + await super().list_resources()

    async def list_resource_templates(self) -> list[ListedTemplate]:
        """The forms of the other addresses."""
        return self._ours.templates() + await super().list_resource_templates()

    async def read_resource(
        self, uri: AnyUrl | str, context: Any = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        """What stands at an address. Raises ResourceNotFoundError, MCPError."""
        address = str(uri)
        if not self._ours.knows(address):
            return await super().read_resource(uri, context)
        return await self._ours.read(context.request_context, address)
