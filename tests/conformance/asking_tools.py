"""The suite's tools that need an answer before they go on (`input_required`, revision 2026-07-28)."""

from collections.abc import Mapping
from typing import Any

from mcp.server.mcpserver import Context
from mcp_types import (
    CallToolResult,
    CreateMessageRequest,
    CreateMessageRequestParams,
    CreateMessageResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequest,
    InputRequiredResult,
    ListRootsRequest,
    ListRootsResult,
    SamplingMessage,
    TextContent,
)

from tests.conformance.plain_tools import said


def form(message: str, name: str, kind: str = "string") -> ElicitRequest:
    """A question to the client's user, with one field."""
    schema = {"type": "object", "properties": {name: {"type": kind}}, "required": [name]}
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))


def words(text: str, max_tokens: int = 100) -> CreateMessageRequest:
    """A question to the client's model."""
    message = SamplingMessage(role="user", content=TextContent(text=text))
    return CreateMessageRequest(params=CreateMessageRequestParams(messages=[message], max_tokens=max_tokens))


def ask(requests: Mapping[str, InputRequest], state: str | None = None) -> InputRequiredResult:
    return InputRequiredResult(input_requests=dict(requests), request_state=state)


def answers(ctx: Context[Any, Any]) -> Mapping[str, Any]:
    return ctx.input_responses or {}


def filled(answer: Any) -> Mapping[str, Any]:
    """The fields of a form that was accepted."""
    return answer.content or {} if isinstance(answer, ElicitResult) and answer.action == "accept" else {}


async def test_input_required_result_elicitation(ctx: Context[Any, Any]) -> CallToolResult | InputRequiredResult:
    """A greeting, once it knows whom to greet."""
    name = filled(answers(ctx).get("user_name")).get("name")
    return ask({"user_name": form("What is your name?", "name")}) if name is None else said(f"Hello, {name}!")


async def test_input_required_result_sampling(ctx: Context[Any, Any]) -> CallToolResult | InputRequiredResult:
    """What the client's model says."""
    answer = answers(ctx).get("capital_question")
    if not isinstance(answer, CreateMessageResult):
        return ask({"capital_question": words("What is the capital of France?")})
    return said(str(answer.content))


async def test_input_required_result_list_roots(ctx: Context[Any, Any]) -> CallToolResult | InputRequiredResult:
    """The client's roots."""
    answer = answers(ctx).get("client_roots")
    if not isinstance(answer, ListRootsResult):
        return ask({"client_roots": ListRootsRequest()})
    return said(", ".join(str(root.uri) for root in answer.roots))


async def _confirmed(ctx: Context[Any, Any]) -> CallToolResult | InputRequiredResult:
    if ctx.request_state == "asked" and filled(answers(ctx).get("confirm")).get("ok"):
        return said("state-ok")
    return ask({"confirm": form("Please confirm", "ok", "boolean")}, "asked")


async def test_input_required_result_request_state(ctx: Context[Any, Any]) -> CallToolResult | InputRequiredResult:
    """Yes, if the state came back with the answer."""
    return await _confirmed(ctx)


async def test_input_required_result_tampered_state(ctx: Context[Any, Any]) -> CallToolResult | InputRequiredResult:
    """Yes, if the state came back as it was."""
    return await _confirmed(ctx)


async def test_input_required_result_multiple_inputs(ctx: Context[Any, Any]) -> CallToolResult | InputRequiredResult:
    """A greeting out of three answers."""
    requests: dict[str, InputRequest] = {
        "user_name": form("What is your name?", "name"),
        "greeting": words("Generate a greeting", 50),
        "client_roots": ListRootsRequest(),
    }
    given = answers(ctx)
    return ask(requests, "asked") if requests.keys() - given.keys() else said("All three.")


async def test_input_required_result_multi_round(ctx: Context[Any, Any]) -> CallToolResult | InputRequiredResult:
    """A sentence out of two answers, one after the other."""
    color = filled(answers(ctx).get("step2")).get("color")
    if ctx.request_state is not None and color is not None:
        return said(f"{ctx.request_state} likes {color}.")
    name = filled(answers(ctx).get("step1")).get("name")
    if ctx.request_state is not None and name is not None:
        return ask({"step2": form("Step 2: What is your favorite color?", "color")}, str(name))
    return ask({"step1": form("Step 1: What is your name?", "name")}, "begun")


async def test_input_required_result_capabilities(ctx: Context[Any, Any]) -> CallToolResult | InputRequiredResult:
    """Asks only for what the client can give."""
    can = ctx.client_capabilities
    requests: dict[str, InputRequest] = {}
    if can is not None and can.sampling is not None:
        requests["words"] = words("Say something")
    if can is not None and can.elicitation is not None:
        requests["name"] = form("What is your name?", "name")
    return ask(requests) if requests else said("Nothing to ask.")


async def test_streaming_elicitation(ctx: Context[Any, Any]) -> CallToolResult | InputRequiredResult:
    """Progress, then a question: nothing on the stream is a request."""
    await ctx.report_progress(1, 2)
    return ask({"user_name": form("What is your name?", "name")})


async def test_input_required_result_prompt(ctx: Context[Any, Any]) -> str | InputRequiredResult:
    """A prompt that needs an answer first."""
    context = filled(answers(ctx).get("user_context")).get("context")
    if context is None:
        return ask({"user_context": form("What context should the prompt use?", "context")})
    return f"In context: {context}"


ASKING = (
    test_input_required_result_elicitation,
    test_input_required_result_sampling,
    test_input_required_result_list_roots,
    test_input_required_result_request_state,
    test_input_required_result_tampered_state,
    test_input_required_result_multiple_inputs,
    test_input_required_result_multi_round,
    test_input_required_result_capabilities,
    test_streaming_elicitation,
)
