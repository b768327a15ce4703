"""The suite's tools that answer at once: each kind of content, progress, log lines, and what a client is asked for
where it can be pushed to. What each must do stands in the requirements of the suite's own scenarios.
"""

import asyncio
import base64
from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp.shared.exceptions import MCPError
from mcp.shared.message import ServerMessageMetadata
from mcp_types import (
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    AudioContent,
    CallToolResult,
    ContentBlock,
    CreateMessageRequest,
    CreateMessageRequestParams,
    CreateMessageResult,
    EmbeddedResource,
    ImageContent,
    SamplingMessage,
    TextContent,
    TextResourceContents,
)
from pydantic import Field

PNG = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
        "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
    )
).decode()
WAV = base64.b64encode(
    b"RIFF\x26\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00@\x1f\x00\x00\x80>\x00\x00\x02\x00\x10\x00"
    b"data\x02\x00\x00\x00\x00\x00"
).decode()
PAUSE_SECONDS = 0.05  # so that what is sent arrives one by one
ASKED_OF_USER = {
    "type": "object",
    "properties": {
        "username": {"type": "string", "description": "User's response"},
        "email": {"type": "string", "description": "User's email address"},
    },
    "required": ["username", "email"],
}
WITH_DEFAULTS = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": True},
    },
}
ONE_TO_THREE = ["option1", "option2", "option3"]
TITLED = [{"const": f"value{number}", "title": f"Option {number}"} for number in (1, 2, 3)]
WITH_ENUMS = {
    "type": "object",
    "properties": {
        "untitledSingle": {"type": "string", "enum": ONE_TO_THREE},
        "titledSingle": {"type": "string", "oneOf": TITLED},
        "legacyEnum": {"type": "string", "enum": ["opt1", "opt2"], "enumNames": ["Option One", "Option Two"]},
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": ONE_TO_THREE}},
        "titledMulti": {"type": "array", "items": {"anyOf": TITLED}},
    },
}


def said(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=text)])


def image() -> ImageContent:
    return ImageContent(data=PNG, mime_type="image/png")


def resource(uri: str, text: str, mime_type: str = "text/plain") -> EmbeddedResource:
    return EmbeddedResource(resource=TextResourceContents(uri=uri, mime_type=mime_type, text=text))


async def test_simple_text() -> CallToolResult:
    """Text."""
    return said("This is a simple text response for testing.")


async def test_image_content() -> CallToolResult:
    """An image."""
    return CallToolResult(content=[image()])


async def test_audio_content() -> CallToolResult:
    """A sound."""
    return CallToolResult(content=[AudioContent(data=WAV, mime_type="audio/wav")])


async def test_embedded_resource() -> CallToolResult:
    """A resource in the answer."""
    return CallToolResult(content=[resource("test://embedded-resource", "This is an embedded resource content.")])


async def test_multiple_content_types() -> CallToolResult:
    """Text, an image and a resource."""
    data = resource("test://mixed-content-resource", '{"test":"data","value":123}', "application/json")
    content: list[ContentBlock] = [TextContent(text="Multiple content types test:"), image(), data]
    return CallToolResult(content=content)


async def test_error_handling() -> CallToolResult:
    """An error, always."""
    text = TextContent(text="This tool intentionally returns an error for testing")
    return CallToolResult(content=[text], is_error=True)


async def test_tool_with_progress(ctx: Context[Any, Any]) -> CallToolResult:
    """Three reports of progress."""
    for done in (0, 50, 100):
        await ctx.report_progress(done, 100)
        await asyncio.sleep(PAUSE_SECONDS)
    return said("All of it.")


async def test_tool_with_logging(ctx: Context[Any, Any]) -> CallToolResult:
    """Three log lines, for the revision that has them."""
    for line in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await ctx.info(line)  # pyright: ignore[reportDeprecated]
        await asyncio.sleep(PAUSE_SECONDS)
    return said("Told.")


async def test_logging_tool(ctx: Context[Any, Any]) -> CallToolResult:
    """A log line, for who has asked for such."""
    await ctx.info("Only for who has asked for it")  # pyright: ignore[reportDeprecated]
    return said("Told.")


async def test_sampling(prompt: str, ctx: Context[Any, Any]) -> CallToolResult:
    """The words of the client's model."""
    message = SamplingMessage(role="user", content=TextContent(text=prompt))
    request = CreateMessageRequest(params=CreateMessageRequestParams(messages=[message], max_tokens=100))
    on_this_stream = ServerMessageMetadata(related_request_id=ctx.request_context.request_id)
    answer = await ctx.session.send_request(request, CreateMessageResult, metadata=on_this_stream)
    return said(f"LLM response: {answer.content}")


async def test_elicitation(message: str, ctx: Context[Any, Any]) -> CallToolResult:
    """The words of the client's user."""
    answer = await ctx.session.elicit_form(message, ASKED_OF_USER, ctx.request_context.request_id)
    return said(f"User response: action={answer.action}, content={answer.content}")


async def test_elicitation_sep1034_defaults(ctx: Context[Any, Any]) -> CallToolResult:
    """A form with defaults."""
    answer = await ctx.session.elicit_form("As you like", WITH_DEFAULTS, ctx.request_context.request_id)
    return said(f"Elicitation completed: action={answer.action}, content={answer.content}")


async def test_elicitation_sep1330_enums(ctx: Context[Any, Any]) -> CallToolResult:
    """A form with choices."""
    answer = await ctx.session.elicit_form("Choose", WITH_ENUMS, ctx.request_context.request_id)
    return said(f"Elicitation completed: action={answer.action}, content={answer.content}")


async def test_missing_capability(ctx: Context[Any, Any]) -> CallToolResult:
    """Nothing for a client that cannot sample."""
    if ctx.client_capabilities is None or ctx.client_capabilities.sampling is None:
        needed: dict[str, Any] = {"requiredCapabilities": {"sampling": {}}}
        raise MCPError(MISSING_REQUIRED_CLIENT_CAPABILITY, "This tool needs sampling.", needed)
    return said("It can sample.")


async def test_trigger_tool_change(ctx: Context[Any, Any]) -> CallToolResult:
    """Word that the tools have changed."""
    await ctx.notify_tools_changed()
    return said("Told.")


async def test_trigger_prompt_change(ctx: Context[Any, Any]) -> CallToolResult:
    """Word that the prompts have changed."""
    await ctx.notify_prompts_changed()
    return said("Told.")


async def test_reconnection(ctx: Context[Any, Any]) -> CallToolResult:
    """An answer on the stream that the client opens after this one was closed."""
    await ctx.close_sse_stream()
    await asyncio.sleep(PAUSE_SECONDS)
    return said("Here again.")


async def test_header_parameter(
    region: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Region"})],
) -> CallToolResult:
    """A word that stands in a header, too."""
    return said(region)


async def json_schema_2020_12_tool() -> CallToolResult:
    """Tool with JSON Schema 2020-12 features."""
    return said("Listed as it is.")


SCHEMA_2020_12: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}

PLAIN = (
    test_simple_text,
    test_image_content,
    test_audio_content,
    test_embedded_resource,
    test_multiple_content_types,
    test_error_handling,
    test_tool_with_progress,
    test_tool_with_logging,
    test_logging_tool,
    test_sampling,
    test_elicitation,
    test_elicitation_sep1034_defaults,
    test_elicitation_sep1330_enums,
    test_missing_capability,
    test_trigger_tool_change,
    test_trigger_prompt_change,
    test_reconnection,
    test_header_parameter,
    json_schema_2020_12_tool,
)
