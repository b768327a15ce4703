"""A provider on loopback that says what a test wants, and accounts that are connected to it."""

import asyncio
import ipaddress
import json
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.ai import keys, operations
from engine.ai.prices import Used, input_bound
from engine.ai.providers import PROVIDERS, Connection, ProviderId
from engine.ai.schemas import Caps, CapsRequest, UsageEntry
from engine.ai.types import Ask, ModelMessage, ToolCall, ToolResult, ToolSpec, UserMessage
from engine.context import Caller, Services
from tests.engine.network.outside import listening, response
from tests.house import account

ROOT = Path(__file__).parents[3]
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
KEY = "sk-ant-oat-a-key-that-nobody-may-see-7Q9z"
PRICED: dict[ProviderId, str] = {"openai": "gpt-4.1-mini", "anthropic": "claude-sonnet-4-5"}
ASK = Ask("filter_rules", "You write filter rules.", (UserMessage("Garde les cabinets notés 4 et plus"),), 500)

BOUND = Used(input_bound(ASK), ASK.output_tokens_max)
TOOLS = (ToolSpec("list_jobs", "List jobs", {"type": "object", "properties": {"limit": {"type": "integer"}}}),)
TALK = (
    UserMessage("Mes jobs ?"),
    ModelMessage("Je regarde.", (ToolCall("call_1", "list_jobs", {"limit": 3}),)),
    UserMessage(results=(ToolResult("call_1", "[]"),)),
)

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it came: header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Provider:
    """Answers one request after the other as `answers` says, the last one for ever."""

    answers: list[Answer] = field(default_factory=lambda: [chat()])
    heard: list[Heard] = field(default_factory=list[Heard])
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            lines = (line.partition(":") for line in head[1:] if line)
            headers = {name.lower(): value.strip() for name, _, value in lines}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            method, path, _ = head[0].split(" ")
            self.heard.append(Heard(method, path, headers, json.loads(body) if body else {}))
            self.arrived.set()
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if callable(answer):
                await answer(writer)
                await reader.read()  # until the client goes
                self.hung_up.set()
                return
            writer.write(answer)
            await writer.drain()
            if b"Connection: close" in answer:
                return


@asynccontextmanager
async def speaking(*answers: Answer) -> AsyncGenerator[Provider]:
    """A provider with these answers."""
    provider = Provider(list(answers) or [chat()])
    async with listening(provider) as port:
        provider.url = f"http://127.0.0.1:{port}/v1"
        yield provider


async def die_in_mid_call(program: str, provider: Provider, *place: str) -> None:
    """Run a program of the tests until its request has come to the provider, then kill it."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", program, *place, cwd=ROOT)
    try:
        async with asyncio.timeout(40):
            await provider.arrived.wait()
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


def trusting(services: Services) -> Services:
    """The services, whose operator trusts this machine."""
    services.settings = services.settings.model_copy(update={"trusted_networks": LOOPBACK})
    return services


def connected(
    services: Services,
    provider: ProviderId = "openai",
    url: str | None = None,
    model: str | None = None,
    email: str = "owner@example.com",
) -> Caller:
    """An account with a key; at `url`, or at the provider's own address."""
    caller = account(services, email)
    known = PROVIDERS[provider]
    model = model or PRICED.get(provider)
    caller.run(keys.keep, Connection(known, url or known.base_url or "", KEY, model), verified=True)
    return caller


def capped(caller: Caller, **usd: float) -> Caps:
    return caller.run(operations.set_caps, CapsRequest(**usd))


def caps(caller: Caller) -> Caps:
    return caller.run(operations.caps)


def ledger(caller: Caller) -> list[UsageEntry]:
    """All entries, oldest first."""
    return caller.run(operations.usage, limit=200).items[::-1]


def cost(used: Used, model: str = "gpt-4.1-mini") -> Decimal:
    """What that usage of OpenAI's model costs."""
    from_input, from_output = {"gpt-4.1-mini": (Decimal("4e-7"), Decimal("16e-7"))}[model]
    return used.input_tokens * from_input + used.output_tokens * from_output


def answered(body: object, status: str = "200 OK", **headers: str) -> bytes:
    return response(json.dumps(body).encode(), status=status, Content_Type="application/json", **headers)


def chat(
    text: str = "Voilà", *, prompt: int = 100, completion: int = 20, finish: str = "stop", **message: Any
) -> bytes:
    """An answer of Chat Completions."""
    usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
    return answered(
        {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    )


def chunk(delta: dict[str, Any] | None = None, *, finish: str | None = None, usage: Any = None) -> dict[str, Any]:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": choices,
        "usage": usage,
    }


def events(*data: dict[str, Any], done: bool = True) -> bytes:
    """A stream of them. Without `done` it is left open."""
    lines = "".join(
        (f"event: {one['type']}\n" if "type" in one else "") + f"data: {json.dumps(one)}\n\n" for one in data
    )
    end = "data: [DONE]\n\n" if done and data and "type" not in data[0] else ""
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        + (b"Connection: close\r\n" if done else b"")
        + b"\r\n"
    )
    return head + (lines + end).encode()


def refusal(status: int, message: str = "no", code: str | None = None, **headers: str) -> bytes:
    error = {"message": message, "type": "error", "code": code}
    return answered({"error": error}, f"{status} Refused", **headers)


async def hang(writer: asyncio.StreamWriter) -> None:
    """Take the request and say nothing."""


async def cut(writer: asyncio.StreamWriter) -> None:
    """Break the connection."""
    raise EOFError


def then_hang(begun: bytes) -> Answer:
    """Say this, then nothing more."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(begun)
        await writer.drain()

    return answer


def then_cut(begun: bytes) -> Answer:
    """Say this, then break the connection."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(begun)
        await writer.drain()
        await asyncio.sleep(0)
        raise EOFError

    return answer


async def drained(pieces: AsyncIterator[Any]) -> list[Any]:
    return [piece async for piece in pieces]


def claude(*blocks: dict[str, Any], stop: str = "end_turn") -> bytes:
    content = list(blocks) or [{"type": "text", "text": "Voilà"}]
    usage = {"input_tokens": 100, "output_tokens": 20}
    return answered(
        {"id": "m", "type": "message", "role": "assistant", "model": "c", "content": content, "stop_reason": stop,
         "stop_sequence": None, "usage": usage}
    )  # fmt: skip


def whole_stream() -> bytes:
    call = {"index": 0, "id": "c1", "type": "function", "function": {"name": "list_jobs", "arguments": ""}}
    more = {"index": 0, "function": {"arguments": '{"limit": 2}'}}
    usage = {"prompt_tokens": 70, "completion_tokens": 9, "total_tokens": 79}
    return events(
        chunk({"role": "assistant", "content": "Bon"}), chunk({"content": "jour"}), chunk({"tool_calls": [call]}),
        chunk({"tool_calls": [more]}), chunk({}, finish="tool_calls"), chunk(usage=usage),
    )  # fmt: skip


def claude_stream(*pieces: str, call: str | None = None, whole: bool = True) -> bytes:
    opening = {"id": "m", "type": "message", "role": "assistant", "model": "c", "content": [], "stop_reason": None,
               "stop_sequence": None, "usage": {"input_tokens": 50, "output_tokens": 1}}  # fmt: skip
    told: list[dict[str, Any]] = [
        {"type": "message_start", "message": opening},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
            for piece in pieces
        ),
    ]
    if call is not None:
        block = {"type": "tool_use", "id": "t1", "name": "list_jobs", "input": {}}
        delta = {"type": "input_json_delta", "partial_json": call}
        told += [
            {"type": "content_block_start", "index": 1, "content_block": block},
            {"type": "content_block_delta", "index": 1, "delta": delta},
        ]
    if whole:
        stop = {"stop_reason": "tool_use" if call else "end_turn", "stop_sequence": None}
        told += [{"type": "message_delta", "delta": stop, "usage": {"output_tokens": 12}}, {"type": "message_stop"}]
    return events(*told, done=whole)


def sse(data: dict[str, Any]) -> bytes:
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode()
