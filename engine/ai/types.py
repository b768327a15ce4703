"""What is said to a model and what it says, whoever made it. The words that `engine.ai.completion` translates."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypeAlias

Feature = Literal["pipeline_generation", "filter_rules", "review_summary", "assistant"]
StopReason = Literal["end", "tool_calls", "length", "refusal"]


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool that the model may call. `schema`: its arguments as JSON Schema."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model asks for. `arguments` is what it wrote, parsed; None where that was no JSON object."""

    id: str
    name: str
    arguments: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a call gave, as text for the model."""

    call_id: str
    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class UserMessage:
    """What the user says; or, with `results` alone, what the model's calls gave."""

    text: str = ""
    results: tuple[ToolResult, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelMessage:
    """What the model said before."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()


Message: TypeAlias = UserMessage | ModelMessage


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to the account's model. `system` is ours alone; the user's words stand in `messages`.

    `output_tokens_max` bounds the answer, reasoning included, and with it the worst-case cost.
    `json_object`: the answer is to be one JSON object.
    """

    feature: Feature
    system: str
    messages: tuple[Message, ...]
    output_tokens_max: int
    tools: tuple[ToolSpec, ...] = ()
    json_object: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """What a request used, as the provider reported it. `cost_usd` is None where the model has no known price."""

    input_tokens: int
    output_tokens: int
    cost_usd: Decimal | None


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer. `stop` is `length` where it was cut off at the bound."""

    text: str
    calls: tuple[ToolCall, ...]
    stop: StopReason
    usage: Usage
    model: str


@dataclass(frozen=True, slots=True)
class TextPiece:
    """The next words of an answer that streams."""

    text: str


Piece: TypeAlias = TextPiece | Completion
