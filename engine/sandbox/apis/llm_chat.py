"""Chat completions and models as OpenAI answers them, and as its imitators do, each with its own departures.

Source: the providers' public API references. Kept: reasoning models refuse `max_tokens` and a temperature, JSON mode
wants the word in the prompt, tool messages follow their calls, calls stream in pieces, usage comes in a last chunk
(without being asked for at Mistral, DeepSeek and xAI).
"""

import json
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from engine.sandbox.apis.llm_chat_errors import bad_request, refusal
from engine.sandbox.apis.llm_desk import Desk, SeenRequest
from engine.sandbox.apis.llm_providers import KeyState, Provider
from engine.sandbox.apis.llm_types import Answer, Call, JsonObject, Prompt, Said, Stop, Tool, Turn, say
from engine.sandbox.apis.llm_wire import event, json_reply, pieces_of, streamed, whole
from engine.sandbox.http import Reply, Request

CREATED = 1_767_225_600  # the first of January 2026
FINISH_REASONS: dict[Stop, str] = {
    "end": "stop",
    "calls": "tool_calls",
    "length": "length",
    "refusal": "content_filter",
}
DECLINED = "I'm sorry, but I can't help with that."
USAGE_UNASKED = ("mistral", "deepseek", "xai")
JSON_WORD_WANTED = ("openai", "groq")
MISTRAL_ID_LENGTH = 9


class TextPart(BaseModel):
    type: Literal["text"]
    text: str


class FunctionCalled(BaseModel):
    name: str
    arguments: str


class ToolCalled(BaseModel):
    id: str
    type: Literal["function"] = "function"
    function: FunctionCalled


class ChatMessage(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart] | None = None
    tool_calls: list[ToolCalled] = []
    tool_call_id: str = ""

    @property
    def words(self) -> str:
        parts = self.content or ""
        return parts if isinstance(parts, str) else "\n".join(part.text for part in parts)

    def turn(self) -> Turn:
        calls = tuple(Call(call.id, call.function.name, _object(call.function.arguments)) for call in self.tool_calls)
        if self.role == "tool":
            return Turn("user", results=(self.words,))
        return Turn("user" if self.role == "user" else "model", self.words, calls)


class FunctionAsked(BaseModel):
    name: str = Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")
    description: str = ""
    parameters: JsonObject = {}


class ToolAsked(BaseModel):
    type: Literal["function"]
    function: FunctionAsked


class StreamOptions(BaseModel):
    include_usage: bool = False


class ResponseFormat(BaseModel):
    type: Literal["text", "json_object", "json_schema"]


class ChatRequest(BaseModel):
    model: str
    messages: list[ChatMessage] = Field(min_length=1)
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    temperature: float | None = Field(None, ge=0, le=2)
    stream: bool = False
    stream_options: StreamOptions | None = None
    tools: list[ToolAsked] = []
    response_format: ResponseFormat | None = None

    def prompt(self) -> Prompt:
        above = [message.words for message in self.messages if message.role in ("system", "developer")]
        said = [message.turn() for message in self.messages if message.role not in ("system", "developer")]
        functions = [tool.function for tool in self.tools]
        return Prompt(
            model=self.model,
            system="\n".join(above),
            turns=tuple(said),
            tools=tuple(Tool(one.name, one.description, one.parameters) for one in functions),
            tokens_max=self.max_completion_tokens or self.max_tokens,
            stream=self.stream,
        )


def key_of(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def refuse_key(provider: Provider, state: KeyState | None, desk: Desk, key: str) -> None:
    """Let a good key pass; a limited one once it has waited. Raises ModelError."""
    match state:
        case None:
            raise refusal(provider, "key")
        case "revoked":
            raise refusal(provider, "revoked")
        case "broke":
            raise refusal(provider, "credit")
        case "exhausted":
            raise refusal(provider, "limit", wait_long=True)
        case "limited" if desk.still_limited(key):
            raise refusal(provider, "limit")
        case _:
            return


def read(provider: Provider, body: bytes) -> tuple[Prompt, bool]:
    """The request's prompt, and whether a stream ends with usage. Raises ModelError."""
    try:
        asked = ChatRequest.model_validate_json(body)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise bad_request(provider, f"Invalid '{where}': {first['msg']}", param=where) from None
    if not provider.chats(asked.model):
        raise refusal(provider, "model")
    _check_bounds(provider, asked)
    _check_json_mode(provider, asked)
    _check_calls(provider, asked.messages)
    wanted = asked.stream_options is not None and asked.stream_options.include_usage
    return asked.prompt(), wanted or provider.id in USAGE_UNASKED


def respond(provider: Provider, prompt: Prompt, answer: Answer, desk: Desk, seen: SeenRequest, *, usage: bool) -> Reply:
    """The answer as one completion or as its chunks; with `usage`, a last chunk tells it."""
    if answer.fault == "overloaded":
        raise refusal(provider, "overloaded")
    said = say(prompt, answer, reasons=provider.reasons(prompt.model))
    seen.input_tokens, seen.output_tokens = prompt.input_tokens, said.output_tokens
    named = {"id": f"chatcmpl-{desk.number():024}", "created": CREATED, "model": prompt.model}
    calls = [_call(provider, call, desk) for call in said.calls]
    counted = _usage(prompt, said)
    if not prompt.stream:
        message = {"role": "assistant", **_content(provider, said), **({"tool_calls": calls} if calls else {})}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(provider, said)}
        return whole(named | {"object": "chat.completion", "choices": [choice], "usage": counted}, answer.fault, seen)
    chunk = named | {"object": "chat.completion.chunk"}
    deltas = [{"role": "assistant", "content": ""}, *_deltas(provider, said, calls, answer)]
    events = [event(chunk | {"choices": [_choice(delta)]}) for delta in deltas]
    events.append(event(chunk | {"choices": [_choice({}, _finish(provider, said))]}))
    if usage:
        events.append(event(chunk | {"choices": [], "usage": counted}))
    events.append(event("[DONE]"))
    failure = event({"error": {"message": "The server had an error.", "type": "server_error", "code": None}})
    return streamed(events, failure, answer.fault, seen)


def models(provider: Provider) -> Reply:
    """The list, whole."""
    shown = [{"id": name, "object": "model", "created": CREATED, "owned_by": provider.id} for name in provider.models]
    return json_reply(200, {"object": "list", "data": shown})


def _check_bounds(provider: Provider, asked: ChatRequest) -> None:
    if provider.id == "openai" and provider.reasons(asked.model):
        if asked.max_tokens is not None:
            told = "Unsupported parameter: 'max_tokens' is not supported with this model."
            told += " Use 'max_completion_tokens' instead."
            raise bad_request(provider, told, param="max_tokens", code="unsupported_parameter")
        if asked.temperature not in (None, 1):
            told = "Unsupported value: 'temperature' does not support this value with this model. Only the default (1)."
            raise bad_request(provider, told, param="temperature", code="unsupported_value")
    if provider.id == "mistral" and asked.max_completion_tokens is not None:
        told = "Extra inputs are not permitted"
        raise bad_request(provider, told, param="max_completion_tokens", code="extra_forbidden")


def _check_json_mode(provider: Provider, asked: ChatRequest) -> None:
    if asked.response_format is None or asked.response_format.type != "json_object":
        return
    named = any("json" in message.words.lower() for message in asked.messages)
    if provider.id in JSON_WORD_WANTED and not named:
        told = "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
        raise bad_request(provider, told, param="messages")


def _check_calls(provider: Provider, messages: Sequence[ChatMessage]) -> None:
    """Each call is answered by a tool message before anybody else speaks."""
    open_calls: set[str] = set()
    for message in messages:
        if message.role == "tool":
            if message.tool_call_id not in open_calls:
                told = "messages with role 'tool' must be a response to a preceding message with 'tool_calls'."
                raise bad_request(provider, told, param="messages")
            open_calls.remove(message.tool_call_id)
            continue
        if open_calls:
            told = "An assistant message with 'tool_calls' must be followed by tool messages responding to each"
            raise bad_request(provider, f"{told} 'tool_call_id'.", param="messages")
        open_calls = {call.id for call in message.tool_calls}


def _object(written: str) -> JsonObject:
    """The arguments of an earlier call; what is no object counts as none."""
    try:
        found: Any = json.loads(written)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _finish(provider: Provider, said: Said) -> str:
    # OpenAI's own models say no in a field of the message.
    return "stop" if said.stop == "refusal" and provider.id == "openai" else FINISH_REASONS[said.stop]


def _content(provider: Provider, said: Said) -> JsonObject:
    declined = DECLINED if said.stop == "refusal" and provider.id == "openai" else None
    content: JsonObject = {"content": said.text or (None if said.calls or declined else ""), "refusal": declined}
    if said.reasoning_tokens and provider.id == "deepseek":
        content["reasoning_content"] = "..."
    return content


def _call(provider: Provider, call: Call, desk: Desk) -> JsonObject:
    number = desk.number()
    # Mistral takes ids of nine letters and digits, and no others.
    name = f"{number:0{MISTRAL_ID_LENGTH}}" if provider.id == "mistral" else f"call_{number:024}"
    written = json.dumps(call.arguments, ensure_ascii=False)
    return {"id": name, "type": "function", "function": {"name": call.name, "arguments": written}}


def _deltas(provider: Provider, said: Said, calls: Sequence[JsonObject], answer: Answer) -> list[JsonObject]:
    deltas: list[JsonObject] = [{"content": piece} for piece in pieces_of(said.text, answer.fault)]
    if said.stop == "refusal" and provider.id == "openai":
        deltas.append({"refusal": DECLINED})
    for index, call in enumerate(calls):
        function = call["function"]
        deltas.append(
            {"tool_calls": [{"index": index, **call, "function": {"name": function["name"], "arguments": ""}}]}
        )
        pieces = pieces_of(function["arguments"], answer.fault)
        deltas += [{"tool_calls": [{"index": index, "function": {"arguments": piece}}]} for piece in pieces]
    return deltas


def _choice(delta: JsonObject, finish: str | None = None) -> JsonObject:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}


def _usage(prompt: Prompt, said: Said) -> JsonObject:
    return {
        "prompt_tokens": prompt.input_tokens,
        "completion_tokens": said.output_tokens,
        "total_tokens": prompt.input_tokens + said.output_tokens,
        "completion_tokens_details": {"reasoning_tokens": said.reasoning_tokens},
    }
