"""A tool of the catalogue as the SDK knows tools: schemas, hints, results, progress."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver.tools import Tool as SdkTool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp.server.session import ServerSession
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import PrivateAttr, ValidationError

from engine.accounts.errors import ScopeMissing
from engine.context import Caller
from engine.errors import OutsendError
from engine.tools import shape
from engine.tools.hints import within_reach
from engine.tools.refusals import bad_arguments, internal_error
from engine.tools.tool import Answer, AnyTool
from outsend_mcp.errors import error_result
from outsend_mcp.view import View

UNTRUSTED = {"untrusted_content": True, "source": "web"}

RequestContext: TypeAlias = ServerRequestContext[Any, Any]
CallerOf: TypeAlias = Callable[[RequestContext], Caller]
ViewOf: TypeAlias = Callable[[RequestContext], View]

log = logging.getLogger(__name__)


class CatalogueTool(SdkTool):
    """The SDK's tool with our own way through a call: its errors would quote arguments and exceptions."""

    _entry: AnyTool = PrivateAttr()
    _caller_of: CallerOf = PrivateAttr()
    _view_of: ViewOf = PrivateAttr()

    @classmethod
    def of(cls, entry: AnyTool, caller_of: CallerOf, view_of: ViewOf) -> "CatalogueTool":
        """The tool, with what tells who calls it and what the caller sees."""
        made = cls(
            fn=entry.run,
            name=entry.name,
            title=entry.title,
            description=entry.description,
            parameters=entry.input_schema,
            fn_metadata=FuncMetadata(arg_model=ArgModelBase, output_schema=entry.output_schema),
            is_async=True,
            context_kwarg=None,
            annotations=_annotations(entry),
        )
        made._entry, made._caller_of, made._view_of = entry, caller_of, view_of
        return made

    async def run(self, arguments: dict[str, Any], context: Any, convert_result: bool = False) -> CallToolResult:  # noqa: FBT001
        """Call the tool. Whatever goes wrong is a result that an agent can read; our own faults are in the log."""
        request: RequestContext = context.request_context
        try:
            return await self._answer(request, arguments)
        except OutsendError as error:
            return error_result(error, unlisted=self._view_of(request).unlisted)
        except Exception:
            fault = internal_error()
            log.exception("%s failed. %s", self.name, fault.text)
            return error_result(fault)

    async def _answer(self, request: RequestContext, arguments: Mapping[str, Any]) -> CallToolResult:
        caller = self._caller_of(request)
        if self._entry.scope not in caller.principal.scopes:
            raise ScopeMissing(scope=self._entry.scope)
        try:
            params = self._entry.params.model_validate(arguments)
        except ValidationError as error:
            raise bad_arguments(self._entry, error) from None
        result = await self._entry.run(caller, params, _Reports(request.session))
        return shown(result, self._view_of(request))


class _Reports:
    """Hands the progress of a tool on to the client, if that asked for it."""

    def __init__(self, session: ServerSession) -> None:
        self._session = session

    async def report(self, done: float, total: float | None, message: str) -> None:
        await self._session.report_progress(done, total, message)


def shown(result: Answer, view: View) -> CallToolResult:
    """The result as text and as data: clients hand one or the other to their model."""
    data = shape.structured(within_reach(result, unlisted=view.unlisted), lockdown=view.lockdown)
    meta = UNTRUSTED if shape.holds_web_text(result) else None
    return CallToolResult(
        content=[TextContent(type="text", text=shape.text_of(data))], structured_content=data, _meta=meta
    )


def _annotations(entry: AnyTool) -> ToolAnnotations:
    hints = entry.hints
    return ToolAnnotations(
        read_only_hint=hints.read_only,
        destructive_hint=hints.destructive,
        idempotent_hint=hints.idempotent,
        open_world_hint=hints.open_world,
    )
