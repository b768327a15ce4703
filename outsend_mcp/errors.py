"""How errors look to an agent: a result with `{code, message, hint, retry_after?}`, never internal text."""

from collections.abc import Collection

from mcp_types import CallToolResult, TextContent

from engine.errors import OutsendError
from engine.tools.refusals import told


def error_result(error: OutsendError, *, unlisted: Collection[str] = ()) -> CallToolResult:
    """An error as the result of a call. It is text alone: structured content is for what the output schema says.

    `unlisted`: tools that the caller does not see, which no hint names.
    """
    return CallToolResult(content=[TextContent(type="text", text=told(error, unlisted=unlisted))], is_error=True)
