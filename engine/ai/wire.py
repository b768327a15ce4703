"""What the ways of speaking to models have in common: answers, what is known of one that has not ended, faults."""

import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, cast

from engine.ai.prices import Used
from engine.ai.types import Ask, StopReason, ToolCall

Reason = Literal[
    "key_refused",
    "no_credit",
    "model_unknown",
    "rejected",  # the request itself
    "busy",  # too many requests
    "down",
    "unreachable",  # no connection came about
    "late",
    "broken",  # the connection ended, or what came made no sense
]
TOKENS_MAX = 10**8  # of one request; the longest context is a tenth of that
PASSING: frozenset[Reason] = frozenset({"busy", "down", "broken"})  # what another try may cure


class Fault(Exception):
    """A try that brought no answer. `charged`: the provider may ask money for it all the same."""

    def __init__(self, reason: Reason, *, charged: bool = False, wait_seconds: float | None = None) -> None:
        self.reason: Reason = reason
        self.charged, self.wait_seconds = charged, wait_seconds
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `used` is None where the provider did not say."""

    text: str
    calls: tuple[ToolCall, ...]
    stop: StopReason
    used: Used | None


@dataclass(slots=True)
class Meter:
    """What is known of a stream so far. `hidden`: tokens may have been made that were not sent."""

    begun: bool = False
    input_tokens: int | None = None
    output_tokens: int | None = None
    bytes_seen: int = 0
    hidden: bool = False

    def used(self, bound: Used, *, reasons: bool) -> Used:
        """What a stream that ends here has used at most; no token is less than a byte of what came."""
        said = bound.output_tokens if self.hidden or reasons else self.bytes_seen
        output = min(bound.output_tokens, max(said, self.output_tokens or 0))
        return Used(bound.input_tokens if self.input_tokens is None else self.input_tokens, output, exact=False)


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model of a provider's live list. `created` is its date where the provider tells."""

    id: str
    label: str
    created: float = 0.0


Event: TypeAlias = str | Answer


class Wire(Protocol):
    """One way of speaking, over one connection. Each method raises `Fault`, and only that."""

    async def answer(self, ask: Ask, model: str, output_tokens: int) -> Answer: ...

    def events(self, ask: Ask, model: str, output_tokens: int, meter: Meter) -> AsyncGenerator[Event]:
        """Pieces of text as they come, the whole answer last. Close it to end it early."""
        ...

    async def models(self) -> list[ListedModel]: ...

    async def close(self) -> None: ...


def arguments_of(written: str) -> Mapping[str, Any] | None:
    """The arguments of a call as the model wrote them; None where that is no JSON object. Nothing stands for none."""
    try:
        parsed: object = json.loads(written) if written.strip() else {}
    except ValueError:
        return None
    return cast("Mapping[str, Any]", parsed) if isinstance(parsed, dict) else None


def count(reported: object) -> int:
    """A number of tokens as a provider reports it; 0 for none. Whatever it says, it can be stored."""
    return min(max(reported, 0), TOKENS_MAX) if isinstance(reported, int) else 0


def sendable(value: Any) -> Any:
    """A request's body without half surrogate pairs, which somebody's JSON may bring and no encoder takes."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        parts = cast("Mapping[str, Any]", value)
        return {sendable(name): sendable(part) for name, part in parts.items()}
    return [sendable(part) for part in cast("list[Any]", value)] if isinstance(value, list | tuple) else value
