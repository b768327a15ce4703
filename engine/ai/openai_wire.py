"""Speak to a provider of the OpenAI protocol (Chat Completions), by OpenAI's SDK. Loaded on first use."""

import json
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import openai

from engine.ai.faults import fault_of
from engine.ai.prices import Used
from engine.ai.providers import Connection, Provider
from engine.ai.types import Ask, ModelMessage, StopReason, ToolCall, UserMessage
from engine.ai.wire import Answer, Event, Fault, ListedModel, Meter, arguments_of, count, sendable
from engine.network.sdk_clients import BROKEN_OFF, Outside, httpx_client

STOPS: Mapping[str, StopReason] = {"length": "length", "content_filter": "refusal"}
# Google's models take no call of theirs back without a signature, or this in its place (ai.google.dev, "Thought
# signatures").
UNSIGNED = {"google": {"thought_signature": "skip_thought_signature_validator"}}
ONE_OBJECT = "Answer with one JSON object and nothing else."

# The SDK's own; what it lets through; and what an answer of another shape leads to.
FAULTS = (openai.OpenAIError, BROKEN_OFF, AttributeError, LookupError, TypeError, ValueError)


def wire(connection: Connection, outside: Outside, *, seconds: float, now: datetime) -> "OpenAIWire":
    """A way to speak over this connection. `now` is for dates that a provider names."""
    return OpenAIWire(connection, outside, seconds, now)


class OpenAIWire:
    """Chat Completions, and the list of models."""

    def __init__(self, connection: Connection, outside: Outside, seconds: float, now: datetime) -> None:
        self._provider, self._now = connection.provider, now
        http = httpx_client(outside.transport({"Authorization": f"Bearer {connection.key}"}))
        self._client: Any = openai.AsyncOpenAI(
            api_key=connection.key, base_url=connection.base_url, max_retries=0, timeout=seconds, http_client=http
        )

    async def answer(self, ask: Ask, model: str, output_tokens: int) -> Answer:
        """The answer in one piece. Raises Fault."""
        body = request_body(self._provider, ask, model, output_tokens)
        try:
            told = await self._client.chat.completions.create(**body)
            return _answer_of(told)
        except FAULTS as error:
            raise fault_of(error, self._now) from error

    async def events(self, ask: Ask, model: str, output_tokens: int, meter: Meter) -> AsyncGenerator[Event]:
        """The answer in pieces, the whole last. Raises Fault."""
        body = request_body(self._provider, ask, model, output_tokens)
        heard = _Heard()
        try:
            stream = await self._client.chat.completions.create(
                **body, stream=True, stream_options={"include_usage": True}
            )
            meter.begun = True
            async with stream:
                async for chunk in stream:
                    for piece in heard.take(chunk, meter):
                        yield piece
            yield heard.answer()
        except FAULTS as error:
            raise fault_of(error, self._now) from error

    async def models(self) -> list[ListedModel]:
        """The provider's live list. Raises Fault."""
        try:
            page = await self._client.models.list()
            return [
                ListedModel(str(one.id), str(one.id), float(one.created or 0))
                for one in cast("list[Any]", page.data or [])
            ]
        except FAULTS as error:
            raise fault_of(error, self._now) from error

    async def close(self) -> None:
        await self._client.close()


def request_body(provider: Provider, ask: Ask, model: str, output_tokens: int) -> dict[str, Any]:
    """The request in the provider's words."""
    held = ask.json_object and provider.json_mode and not ask.tools
    system = f"{ask.system}\n\n{ONE_OBJECT}" if ask.json_object else ask.system
    messages = [{"role": "system", "content": system}] if system else []
    body: dict[str, Any] = {
        "model": model,
        "messages": messages + [told for message in ask.messages for told in _messages(provider, message)],
        provider.limits_output_by: output_tokens,
        **provider.says_besides,
    }
    if held:
        body["response_format"] = {"type": "json_object"}
    if ask.tools:
        body["tools"] = [
            {"type": "function", "function": {"name": t.name, "description": t.description, "parameters": t.schema}}
            for t in ask.tools
        ]
    return sendable(body)


def _messages(provider: Provider, message: UserMessage | ModelMessage) -> Iterable[dict[str, Any]]:
    if isinstance(message, UserMessage):
        for result in message.results:
            yield {"role": "tool", "tool_call_id": result.call_id, "content": result.text}
        if message.text:
            yield {"role": "user", "content": message.text}
        return
    calls = [_call(provider, call) for call in message.calls]
    if message.text or calls:
        yield {"role": "assistant", "content": message.text or None, **({"tool_calls": calls} if calls else {})}


def _call(provider: Provider, call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": json.dumps(call.arguments or {}, ensure_ascii=False)}
    told = {"id": call.id, "type": "function", "function": function}
    return told | ({"extra_content": UNSIGNED} if provider.id == "gemini" else {})


@dataclass(slots=True)
class _Heard:
    """A stream so far. `calls` by their place: name and pieces of arguments come one after the other."""

    text: list[str] = field(default_factory=list[str])
    calls: dict[int, dict[str, str]] = field(default_factory=dict[int, dict[str, str]])
    stop: str | None = None
    refused: bool = False
    used: Used | None = None

    def take(self, chunk: Any, meter: Meter) -> Iterable[str]:
        """Note a chunk; what of it is text."""
        if chunk.usage is not None:
            self.used = _used(chunk.usage)
            meter.input_tokens = self.used.input_tokens
        for choice in chunk.choices[:1]:
            self.stop = choice.finish_reason or self.stop
            delta = choice.delta
            if getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None):
                meter.hidden = True
            self.refused = self.refused or bool(getattr(delta, "refusal", None))
            for call in cast("list[Any]", delta.tool_calls or []):
                self._note(call, meter)
            if delta.content:
                self.text.append(delta.content)
                meter.bytes_seen += len(delta.content.encode("utf-8", "replace"))
                yield delta.content

    def _note(self, call: Any, meter: Meter) -> None:
        known = self.calls.setdefault(call.index or 0, {"id": "", "name": "", "arguments": ""})
        for name, piece in (
            ("id", call.id), ("name", call.function and call.function.name),
            ("arguments", call.function and call.function.arguments),
        ):  # fmt: skip
            known[name] += piece or ""
            meter.bytes_seen += len((piece or "").encode("utf-8", "replace"))

    def answer(self) -> Answer:
        """The whole, once the stream has ended. Raises Fault: it broke off before it said why it stops."""
        if self.stop is None:
            raise Fault("broken", charged=True)
        calls = tuple(
            ToolCall(known["id"] or f"call_{place}", known["name"], arguments_of(known["arguments"]))
            for place, known in sorted(self.calls.items())
        )
        return Answer("".join(self.text), calls, _stop(self.stop, calls, refused=self.refused), self.used)


def _answer_of(told: Any) -> Answer:
    choice = told.choices[0]
    message = choice.message
    calls = tuple(
        ToolCall(call.id, call.function.name, arguments_of(call.function.arguments or ""))
        for call in cast("list[Any]", message.tool_calls or [])
        if getattr(call, "function", None) is not None
    )
    stop = _stop(str(choice.finish_reason), calls, refused=bool(getattr(message, "refusal", None)))
    return Answer(message.content or "", calls, stop, None if told.usage is None else _used(told.usage))


def _stop(reason: str, calls: tuple[ToolCall, ...], *, refused: bool) -> StopReason:
    if refused:
        return "refusal"
    return STOPS.get(reason) or ("tool_calls" if calls else "end")


def _used(usage: Any) -> Used:
    """The reported usage. Some leave hidden thoughts out of the answer's tokens, but not out of the total."""
    details: Any = getattr(usage, "prompt_tokens_details", None)
    cached = getattr(details, "cached_tokens", None) or getattr(usage, "prompt_cache_hit_tokens", None)
    asked = count(usage.prompt_tokens)
    output = max(count(usage.completion_tokens), count(usage.total_tokens) - asked)
    return Used(asked, output, count(cached), count(getattr(details, "cache_write_tokens", None)))
