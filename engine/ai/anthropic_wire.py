"""Speak to Anthropic by its SDK (Messages API). Loaded on first use."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import anthropic

from engine.ai.faults import fault_of
from engine.ai.prices import Used
from engine.ai.providers import Connection
from engine.ai.types import Ask, ModelMessage, StopReason, ToolCall, UserMessage
from engine.ai.wire import Answer, Event, Fault, ListedModel, Meter, arguments_of, count, sendable
from engine.network.httpx2_bridge import BROKEN_OFF, httpx2_client
from engine.network.sdk_clients import Outside

STOPS: Mapping[str, StopReason] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
    "tool_use": "tool_calls",
}
ONE_OBJECT = "Answer with one JSON object and nothing else."  # it has no JSON mode
LISTED_MAX = 1_000  # a page of the list
# The SDK's own; what it lets through; and what an answer of another shape leads to.
FAULTS = (anthropic.AnthropicError, BROKEN_OFF, AttributeError, LookupError, TypeError, ValueError)


def wire(connection: Connection, outside: Outside, *, seconds: float, now: datetime) -> "AnthropicWire":
    """A way to speak over this connection. `now` is for dates that a provider names."""
    return AnthropicWire(connection, outside, seconds, now)


class AnthropicWire:
    """The Messages API, and the list of models."""

    def __init__(self, connection: Connection, outside: Outside, seconds: float, now: datetime) -> None:
        self._now = now
        self._client: Any = anthropic.AsyncAnthropic(
            api_key=connection.key,
            base_url=connection.base_url.removesuffix("/v1"),  # the SDK puts it before each path
            max_retries=0,
            timeout=seconds,
            http_client=httpx2_client(outside.transport({"x-api-key": connection.key})),
            open_telemetry=False,
        )

    async def answer(self, ask: Ask, model: str, output_tokens: int) -> Answer:
        """The answer in one piece. Raises Fault."""
        try:
            told = await self._client.messages.create(**request_body(ask, model, output_tokens))
            return _answer_of(told.content, str(told.stop_reason), _used(told.usage))
        except FAULTS as error:
            raise fault_of(error, self._now) from error

    async def events(self, ask: Ask, model: str, output_tokens: int, meter: Meter) -> AsyncGenerator[Event]:
        """The answer in pieces, the whole last. Raises Fault."""
        heard = _Heard()
        try:
            stream = await self._client.messages.create(**request_body(ask, model, output_tokens), stream=True)
            meter.begun = True
            async with stream:
                async for event in stream:
                    piece = heard.take(event, meter)
                    if piece:
                        yield piece
                    if heard.ended:
                        break
            yield heard.answer(meter)
        except FAULTS as error:
            raise fault_of(error, self._now) from error

    async def models(self) -> list[ListedModel]:
        """The provider's live list, newest first. Raises Fault."""
        try:
            page = await self._client.models.list(limit=LISTED_MAX)
            return [ListedModel(one.id, one.display_name or one.id, one.created_at.timestamp()) for one in page.data]
        except FAULTS as error:
            raise fault_of(error, self._now) from error

    async def close(self) -> None:
        await self._client.close()


def request_body(ask: Ask, model: str, output_tokens: int) -> dict[str, Any]:
    """The request in Anthropic's words, as arguments of the SDK."""
    system = f"{ask.system}\n\n{ONE_OBJECT}" if ask.json_object else ask.system
    messages = [{"role": _role(message), "content": _blocks(message)} for message in ask.messages]
    body: dict[str, Any] = {
        # Beside the SDK, which warns the operator of models that end soon: the model is the user's choice.
        "model": "",
        "extra_body": {"model": model},
        "max_tokens": output_tokens,
        "messages": [message for message in messages if message["content"]],
    }
    if system:
        body["system"] = system
    if ask.tools:
        body["tools"] = [
            {"name": tool.name, "description": tool.description, "input_schema": dict(tool.schema)}
            for tool in ask.tools
        ]
    return sendable(body)


def _role(message: UserMessage | ModelMessage) -> str:
    return "user" if isinstance(message, UserMessage) else "assistant"


def _blocks(message: UserMessage | ModelMessage) -> list[dict[str, Any]]:
    """Texts that say nothing are refused, so they stay away."""
    text = [{"type": "text", "text": message.text}] if message.text.strip() else []
    if isinstance(message, UserMessage):
        return [
            {"type": "tool_result", "tool_use_id": each.call_id, "content": each.text, "is_error": each.is_error}
            for each in message.results
        ] + text
    return text + [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": dict(call.arguments or {})}
        for call in message.calls
    ]


@dataclass(slots=True)
class _Heard:
    """A stream so far. `calls` by their block: the pieces of a call's arguments come one after the other."""

    text: list[str] = field(default_factory=list[str])
    calls: dict[int, tuple[str, str, list[str]]] = field(default_factory=dict[int, tuple[str, str, list[str]]])
    stop: str | None = None
    opening: Any = None  # the usage that the stream began with
    ended: bool = False

    def take(self, event: Any, meter: Meter) -> str:
        """Note an event; what of it is text."""
        match event.type:
            case "message_start":
                self.opening = event.message.usage
                meter.input_tokens = _used(self.opening).input_tokens
            case "content_block_start":
                self._begin(event, meter)
            case "content_block_delta":
                return self._go_on(event, meter)
            case "message_delta":
                self.stop = event.delta.stop_reason or self.stop
                meter.output_tokens = count(event.usage.output_tokens)
            case "message_stop":
                self.ended = True
            case _:
                pass
        return ""

    def _begin(self, event: Any, meter: Meter) -> None:
        block = event.content_block
        if block.type == "tool_use":
            self.calls[event.index] = (block.id, block.name, [])
            meter.bytes_seen += len(block.id) + len(block.name)
        elif block.type != "text":
            meter.hidden = True

    def _go_on(self, event: Any, meter: Meter) -> str:
        delta = event.delta
        text = delta.text if delta.type == "text_delta" else ""
        written = delta.partial_json if delta.type == "input_json_delta" else ""
        if written and event.index in self.calls:
            self.calls[event.index][2].append(written)
        meter.bytes_seen += len((text + written).encode("utf-8", "replace"))
        if text:
            self.text.append(text)
        return text

    def answer(self, meter: Meter) -> Answer:
        """The whole, once the stream has ended. Raises Fault: it broke off."""
        if not self.ended or self.stop is None or self.opening is None:
            raise Fault("broken", charged=True)
        calls = tuple(ToolCall(id, name, arguments_of("".join(parts))) for id, name, parts in self.calls.values())
        used = _used(self.opening, output_tokens=meter.output_tokens)
        return Answer("".join(self.text), calls, STOPS.get(self.stop, "end"), used)


def _answer_of(blocks: Any, stop: str, used: Used) -> Answer:
    text = "".join(block.text for block in blocks if block.type == "text")
    calls = tuple(ToolCall(block.id, block.name, _object(block.input)) for block in blocks if block.type == "tool_use")
    return Answer(text, calls, STOPS.get(stop, "end"), used)


def _object(value: object) -> Mapping[str, Any] | None:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else None


def _used(usage: Any, *, output_tokens: int | None = None) -> Used:
    """The reported usage; input that was remembered or put in store is counted beside the rest."""
    cached, written = usage.cache_read_input_tokens, usage.cache_creation_input_tokens
    output = usage.output_tokens if output_tokens is None else output_tokens
    return Used(
        count(usage.input_tokens) + count(cached) + count(written), count(output), count(cached), count(written)
    )
