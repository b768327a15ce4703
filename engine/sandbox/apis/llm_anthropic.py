"""api.anthropic.com: the Messages API and the list of models.

Source: Anthropic's public API reference. Kept: the version header, `max_tokens`, tool results behind their calls, the
events of a stream in their order, stop reasons, usage, errors in `{type: error, error, request_id}`.
"""

import json
from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, Field, ValidationError

from engine.sandbox.apis.llm_desk import Desk, SeenRequest
from engine.sandbox.apis.llm_providers import (
    ANTHROPIC,
    LONG_RETRY_SECONDS,
    RETRY_AFTER_SECONDS,
    KeyState,
)
from engine.sandbox.apis.llm_types import Answer, Call, JsonObject, Prompt, Said, Stop, Tool, Turn, say
from engine.sandbox.apis.llm_wire import ModelError, event, json_reply, pieces_of, streamed, whole
from engine.sandbox.http import Reply, Request

PAGE_MAX = 1_000
RELEASED = "2026-01-01T00:00:00Z"
STOP_REASONS: dict[Stop, str] = {"end": "end_turn", "calls": "tool_use", "length": "max_tokens", "refusal": "refusal"}
# The newest models choose their own sampling.
WITHOUT_TEMPERATURE = ("claude-sonnet-5",)


class Block(BaseModel):
    """A part of a message. Of the many kinds, the three that a caller of tools sends."""

    type: Literal["text", "tool_use", "tool_result"]
    text: str = ""
    id: str = ""
    name: str = ""
    input: JsonObject = {}
    tool_use_id: str = ""
    content: str | list["Block"] = ""

    @property
    def words(self) -> str:
        """What a result says."""
        return self.content if isinstance(self.content, str) else "\n".join(block.text for block in self.content)


class Message(BaseModel):
    role: Literal["user", "assistant"]
    content: str | list[Block]

    @property
    def blocks(self) -> list[Block]:
        return [Block(type="text", text=self.content)] if isinstance(self.content, str) else self.content


class ToolAsked(BaseModel):
    name: str = Field(pattern=r"^[a-zA-Z0-9_-]{1,128}$")
    description: str = ""
    input_schema: JsonObject


class MessagesRequest(BaseModel):
    model: str
    max_tokens: int = Field(ge=1)
    messages: list[Message] = Field(min_length=1)
    system: str | list[Block] = ""
    tools: list[ToolAsked] = []
    stream: bool = False
    temperature: float | None = Field(None, ge=0, le=1)

    def prompt(self) -> Prompt:
        system = self.system if isinstance(self.system, str) else "\n".join(block.text for block in self.system)
        return Prompt(
            model=self.model,
            system=system,
            turns=tuple(_turn(message) for message in self.messages),
            tools=tuple(Tool(tool.name, tool.description, tool.input_schema) for tool in self.tools),
            tokens_max=self.max_tokens,
            stream=self.stream,
        )


def error(status: int, kind: str, message: str, headers: tuple[tuple[str, str], ...] = ()) -> ModelError:
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_sandbox"}
    return ModelError(status, body, headers)


def key_of(request: Request) -> str:
    """The key, in either of the headers that are accepted."""
    return request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")


def refuse_key(state: KeyState | None, desk: Desk, key: str) -> None:
    """Let a good key pass; a limited one once it has waited."""
    if state is None or state == "revoked":
        raise error(401, "authentication_error", "invalid x-api-key")
    if state == "broke":
        told = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade."
        raise error(400, "invalid_request_error", told)
    if state == "exhausted" or (state == "limited" and desk.still_limited(key)):
        wait = LONG_RETRY_SECONDS if state == "exhausted" else RETRY_AFTER_SECONDS
        told = "This request would exceed your organization's rate limit of 50 requests per minute."
        raise error(429, "rate_limit_error", told, (("retry-after", str(wait)),))


def read(request: Request) -> Prompt:
    """The request's prompt. Raises ModelError."""
    if not request.headers.get("anthropic-version"):
        raise error(400, "invalid_request_error", "anthropic-version: header is required")
    try:
        asked = MessagesRequest.model_validate_json(request.body)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise error(400, "invalid_request_error", f"{where}: {first['msg']}") from None
    if not ANTHROPIC.chats(asked.model):
        raise error(404, "not_found_error", f"model: {asked.model}")
    if asked.temperature is not None and asked.model in WITHOUT_TEMPERATURE:
        raise error(400, "invalid_request_error", "`temperature` is deprecated for this model.")
    _check_messages(asked.messages)
    return asked.prompt()


def respond(prompt: Prompt, answer: Answer, desk: Desk, seen: SeenRequest) -> Reply:
    """The answer as one message or as its events."""
    if answer.fault == "overloaded":
        raise error(529, "overloaded_error", "Overloaded")
    said = say(prompt, answer, reasons=False)
    seen.input_tokens, seen.output_tokens = prompt.input_tokens, said.output_tokens
    blocks = _blocks(said, desk)
    message = _message(prompt, desk.number(), blocks, _stop(said), output_tokens=said.output_tokens)
    if not prompt.stream:
        return whole(message, answer.fault, seen)
    opening = _message(prompt, desk.number(), [], {"stop_reason": None, "stop_sequence": None}, output_tokens=1)
    events = [_event("message_start", message=opening), _event("ping")]
    for index, block in enumerate(blocks):
        events += _block_events(index, block, pieces_of(_written(block), answer.fault))
    events += [
        _event("message_delta", delta=_stop(said), usage={"output_tokens": said.output_tokens}),
        _event("message_stop"),
    ]
    failure = _event("error", error={"type": "overloaded_error", "message": "Overloaded"})
    return streamed(events, failure, answer.fault, seen)


def models(request: Request) -> Reply:
    """A page of the list, newest first."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}
    limit = asked.get("limit", "20")
    if not limit.isdecimal() or not 1 <= int(limit) <= PAGE_MAX:
        raise error(400, "invalid_request_error", f"limit: Input should be between 1 and {PAGE_MAX}")
    names = ANTHROPIC.models
    start = names.index(asked["after_id"]) + 1 if asked.get("after_id") in names else 0
    page = names[start : start + int(limit)]
    body = {
        "data": [_model(name) for name in page],
        "has_more": start + len(page) < len(names),
        "first_id": page[0] if page else None,
        "last_id": page[-1] if page else None,
    }
    return json_reply(200, body)


def _model(name: str) -> JsonObject:
    shown = name.replace("-", " ").title()
    return {"type": "model", "id": name, "display_name": shown, "created_at": RELEASED, "lifecycle": "active"}


def _turn(message: Message) -> Turn:
    text = "\n".join(block.text for block in message.blocks if block.type == "text")
    calls = tuple(Call(block.id, block.name, block.input) for block in message.blocks if block.type == "tool_use")
    results = tuple(block.words for block in message.blocks if block.type == "tool_result")
    return Turn("user" if message.role == "user" else "model", text, calls, results)


def _check_messages(messages: Sequence[Message]) -> None:
    """Texts that say something, and each call followed at once by its result."""
    if messages[0].role != "user":
        raise error(400, "invalid_request_error", "messages: first message must use the user role")
    open_calls: set[str] = set()
    for index, message in enumerate(messages):
        if any(block.type == "text" and not block.text.strip() for block in message.blocks):
            told = f"messages.{index}: text content blocks must be non-empty"
            raise error(400, "invalid_request_error", told)
        answered = {block.tool_use_id for block in message.blocks if block.type == "tool_result"}
        if open_calls - answered:
            told = f"messages.{index - 1}: `tool_use` ids were found without `tool_result` blocks immediately after"
            raise error(400, "invalid_request_error", f"{told}: {', '.join(sorted(open_calls - answered))}")
        if answered - open_calls:
            told = f"messages.{index}: unexpected `tool_use_id` found in `tool_result` blocks"
            raise error(400, "invalid_request_error", f"{told}: {', '.join(sorted(answered - open_calls))}")
        open_calls = {block.id for block in message.blocks if block.type == "tool_use"}


def _blocks(said: Said, desk: Desk) -> list[JsonObject]:
    text: list[JsonObject] = [{"type": "text", "text": said.text}] if said.text else []
    return text + [
        {"type": "tool_use", "id": f"toolu_{desk.number():024}", "name": call.name, "input": call.arguments}
        for call in said.calls
    ]


def _stop(said: Said) -> JsonObject:
    stop: JsonObject = {"stop_reason": STOP_REASONS[said.stop], "stop_sequence": None}
    if said.stop == "refusal":
        stop["stop_details"] = {"type": "refusal", "category": "general_harms", "explanation": None}
    return stop


def _message(
    prompt: Prompt, number: int, blocks: Sequence[JsonObject], stop: JsonObject, *, output_tokens: int
) -> JsonObject:
    usage = {
        "input_tokens": prompt.input_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": output_tokens,
    }
    named = {"id": f"msg_{number:024}", "type": "message", "role": "assistant", "model": prompt.model}
    return {**named, "content": list(blocks), **stop, "usage": usage}


def _event(kind: str, **fields: Any) -> bytes:
    return event({"type": kind, **fields}, name=kind)


def _written(block: JsonObject) -> str:
    return block["text"] if block["type"] == "text" else json.dumps(block["input"], ensure_ascii=False)


def _block_events(index: int, block: JsonObject, pieces: Sequence[str]) -> list[bytes]:
    """A block begins empty and grows: a text by its letters, a call by pieces of the JSON of its arguments."""
    is_text = block["type"] == "text"
    kind, field = ("text_delta", "text") if is_text else ("input_json_delta", "partial_json")
    empty: JsonObject = block | ({"text": ""} if is_text else {"input": {}})
    return [
        _event("content_block_start", index=index, content_block=empty),
        *(_event("content_block_delta", index=index, delta={"type": kind, field: piece}) for piece in pieces),
        _event("content_block_stop", index=index),
    ]
