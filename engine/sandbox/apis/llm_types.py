"""A request to a model and its answer, whichever provider's words they came in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

BYTES_PER_TOKEN = 4
REASONING_TOKENS = 64  # that a reasoning model spends before its first word
TURN_TOKENS = 4  # that each message costs beyond its words

JsonObject: TypeAlias = dict[str, Any]
# What may be wrong with an answer; each is a model's name (`sandbox-hangs`) and a field of a scripted answer.
Fault = Literal[
    "refuses",  # declines, in the provider's way of saying so
    "cuts-off",  # ends in the middle, with every allowed token used
    "breaks-json",  # words around a piece of JSON that never ends
    "hangs",  # half of the answer, then silence for ever
    "drops",  # half of the answer, then the connection breaks
    "fails",  # half of a stream, then an error in it
    "slow",  # token by token, at a human pace
    "silent",  # never a byte
    "overloaded",  # 529 or 503, each time
]
Stop = Literal["end", "calls", "length", "refusal"]


@dataclass(frozen=True, slots=True)
class Call:
    id: str
    name: str
    arguments: JsonObject


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said. `results` are what the model's calls gave, as text."""

    role: Literal["user", "model"]
    text: str = ""
    calls: tuple[Call, ...] = ()
    results: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request, checked. `tokens_max` bounds the answer, reasoning included; None: as much as it takes."""

    model: str
    system: str
    turns: tuple[Turn, ...]
    tools: tuple[Tool, ...] = ()
    tokens_max: int | None = None
    stream: bool = False

    @property
    def text(self) -> str:
        """Everything that the model reads, tools excepted."""
        said = ["\n".join((turn.text, *turn.results)) for turn in self.turns]
        return "\n".join((self.system, *said))

    @property
    def asked(self) -> str:
        """The user's last words; '' where none."""
        return next((turn.text for turn in reversed(self.turns) if turn.role == "user" and turn.text), "")

    @property
    def input_tokens(self) -> int:
        tools = "".join(tool.name + tool.description + json.dumps(tool.schema) for tool in self.tools)
        calls = "".join(call.name + json.dumps(call.arguments) for turn in self.turns for call in turn.calls)
        return tokens(self.text + tools + calls) + TURN_TOKENS * len(self.turns)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model has in mind to say, before any bound."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What it says within the bound. `output_tokens` include `reasoning_tokens`."""

    text: str
    calls: tuple[Call, ...]
    stop: Stop
    output_tokens: int
    reasoning_tokens: int = 0


def tokens(text: str) -> int:
    """How many tokens a text counts here: one for four bytes of UTF-8, at least one."""
    return max(1, -(-len(text.encode()) // BYTES_PER_TOKEN))


def say(prompt: Prompt, answer: Answer, *, reasons: bool) -> Said:
    """The answer as far as its bound and its fault let it come."""
    if answer.fault == "refuses":
        return Said("", (), "refusal", output_tokens=1)
    if answer.fault == "breaks-json":
        answer = replace(answer, text=f"Voici la réponse :\n```json\n{_half(answer.text) or '{'}", calls=())
    reasoning = REASONING_TOKENS if reasons else 0
    whole = _output_tokens(answer) + reasoning
    bound = prompt.tokens_max if prompt.tokens_max is not None else max(whole, tokens(prompt.text))
    if answer.fault == "cuts-off":
        return Said(_half(answer.text), (), "length", bound, min(reasoning, bound))
    if whole > bound:
        left = max(0, bound - reasoning)
        kept = answer.text.encode()[: left * BYTES_PER_TOKEN].decode(errors="ignore")
        return Said(kept, (), "length", bound, min(reasoning, bound))
    return Said(answer.text, answer.calls, "calls" if answer.calls else "end", whole, reasoning)


def _output_tokens(answer: Answer) -> int:
    return tokens(answer.text + "".join(call.name + json.dumps(call.arguments) for call in answer.calls))


def _half(text: str) -> str:
    return text[: len(text) // 2]
