"""What a model costs, and the most tokens that a request can have.

Prices are those of the catalogue that litellm brings, read as a file: the library itself is never imported. A model
that is not in it has no known price; nothing is guessed from a similar name.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from yarl import URL

from engine.ai.providers import RESELLERS, Provider, plain_model
from engine.ai.types import Ask, ModelMessage, UserMessage

CATALOGUE = "model_prices_and_context_window_backup.json"  # in litellm's package
CHATS = frozenset({"chat", "responses", "completion"})
SOLD_BY = frozenset(
    {"anthropic", "openai", "text-completion-openai", "gemini", "mistral", "groq", "deepseek", "xai"}
    | {prefix.removesuffix("/") for prefix in RESELLERS.values()}
    | {"fireworks_ai", "together_ai"}
)
# A tokenizer makes at most one token of a byte. What a provider adds is beside that: roles and marks around each
# message, and with tools its own words on how to call them (Anthropic's page on tool use names up to 700 tokens).
TOKENS_PER_REQUEST = 256
TOKENS_PER_MESSAGE = 32
TOKENS_WITH_TOOLS = 1_024

_TIER = re.compile(r"(input|output)_cost_per_token_above_(\d+)k_tokens")


@dataclass(frozen=True, slots=True)
class Tier:
    """Prices of a request with more than `above` tokens of input, in dollars a token."""

    above: int
    input: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True)
class Used:
    """What a request used. `cached` tokens of the input were remembered by the provider, `written` ones put in store.

    Not `exact`: the provider did not say it all, and these are bounds.
    """

    input_tokens: int
    output_tokens: int
    cached: int = 0
    written: int = 0
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Price:
    """A model's prices. `tiers`: the first holds for any request, the last that is reached counts.

    `cached` and `written`: how many times the input's price such tokens cost. `reasons`: it thinks in tokens that
    nobody sees.
    """

    tiers: tuple[Tier, ...]
    cached: Decimal
    written: Decimal
    output_tokens_max: int | None
    reasons: bool

    def cost(self, used: Used) -> Decimal:
        """Dollars for this usage."""
        tier = self._reached(used.input_tokens)[-1]
        cached = min(used.cached, used.input_tokens)
        written = min(used.written, used.input_tokens - cached)
        weighed = used.input_tokens - cached - written + cached * self.cached + written * self.written
        return weighed * tier.input + used.output_tokens * tier.output

    def worst(self, input_tokens: int, output_tokens: int) -> Decimal:
        """The most dollars that a request costs with no more tokens than these."""
        dearest = input_tokens * max(self.written, Decimal(1))
        return max(dearest * tier.input + output_tokens * tier.output for tier in self._reached(input_tokens))

    def _reached(self, input_tokens: int) -> list[Tier]:
        return [tier for tier in self.tiers if tier.above < input_tokens]


def price_of(provider: Provider, base_url: str, model: str) -> Price | None:
    """A model's price; None where the catalogue does not know it."""
    return next((found for name in _names(provider, base_url, model) if (found := _catalogue().get(name))), None)


def chats(provider: Provider, base_url: str, model: str) -> bool | None:
    """Whether a model takes part in a conversation, by the catalogue; None where it does not know the model."""
    names = _names(provider, base_url, model)
    if any(name in _catalogue() for name in names):
        return True
    return False if any(name in _others() for name in names) else None


def input_bound(ask: Ask) -> int:
    """More tokens than the request's input can have, with any tokenizer: its bytes in UTF-8, and what is put around."""
    sizes = [_bytes(ask.system), *(_message_bytes(message) for message in ask.messages)]
    tools = [_bytes(tool.name) + _bytes(tool.description) + _json_bytes(tool.schema) for tool in ask.tools]
    around = TOKENS_PER_REQUEST + TOKENS_PER_MESSAGE * (len(ask.messages) + len(ask.tools))
    return sum(sizes) + sum(tools) + around + (TOKENS_WITH_TOOLS if tools else 0)


def text_bound(text: str, *, beside: int = 0) -> int:
    """The same for a single text, with so many bytes of ours beside it."""
    return _bytes(text) + beside + TOKENS_PER_REQUEST + TOKENS_PER_MESSAGE


def _message_bytes(message: UserMessage | ModelMessage) -> int:
    if isinstance(message, UserMessage):
        results = (_bytes(each.text) + _bytes(each.call_id) + TOKENS_PER_MESSAGE for each in message.results)
        return _bytes(message.text) + sum(results)
    calls = (
        _bytes(call.id) + _bytes(call.name) + _json_bytes(call.arguments) + TOKENS_PER_MESSAGE for call in message.calls
    )
    return _bytes(message.text) + sum(calls)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _json_bytes(value: object) -> int:
    return _bytes(json.dumps(value, ensure_ascii=False, default=str))


def _names(provider: Provider, base_url: str, model: str) -> Sequence[str]:
    """What the catalogue may call it, the likeliest first."""
    name = plain_model(provider, model)
    if name.startswith("ft:"):  # of a model that was trained further: base, then whose and which one
        name = ":".join(name.split(":")[:2])
    if provider.base_url is None:
        before = RESELLERS.get(URL(base_url).host or "", "")
        return [before + name] if before else [name]
    return [provider.priced_as + name]


def _file() -> Path:
    spec = find_spec("litellm")  # looks it up without importing it
    assert spec is not None and spec.origin is not None, "litellm is a dependency of this package"
    return Path(spec.origin).with_name(CATALOGUE)


@cache
def _read() -> tuple[Mapping[str, Price], frozenset[str]]:
    """The prices of models that chat, and the names of those that don't. Some megabytes of JSON are read once."""
    with _file().open(encoding="utf-8") as file:
        entries = cast("dict[str, dict[str, Any]]", json.load(file, parse_float=Decimal))
    prices, others = dict[str, Price](), set[str]()
    for name, entry in entries.items():
        if str(entry.get("litellm_provider")) not in SOLD_BY:
            continue
        if entry.get("mode") not in CHATS:
            others.add(name)
        elif (price := _price(entry)) is not None:
            prices[name] = price
    return prices, frozenset(others)


def _catalogue() -> Mapping[str, Price]:
    return _read()[0]


def _others() -> frozenset[str]:
    return _read()[1]


def _price(entry: Mapping[str, Any]) -> Price | None:
    first, output = entry.get("input_cost_per_token"), entry.get("output_cost_per_token")
    if first is None or output is None:
        return None
    # Anthropic stores what it is asked to store, and we don't ask; others do it unasked.
    stores = entry.get("litellm_provider") != "anthropic"
    thought = entry.get("output_cost_per_reasoning_token") or 0
    base = Tier(-1, Decimal(first), max(Decimal(output), Decimal(thought)))
    limit = entry.get("max_output_tokens")
    return Price(
        tiers=(base, *_tiers(entry, base)),
        cached=_share(entry.get("cache_read_input_token_cost"), base),
        written=_share(entry.get("cache_creation_input_token_cost") if stores else None, base),
        output_tokens_max=int(limit) if isinstance(limit, int | Decimal) and limit > 0 else None,
        reasons=bool(entry.get("supports_reasoning")),
    )


def _share(price: Any, base: Tier) -> Decimal:
    """A price of input tokens as a multiple of the ordinary one; 1 where none is named."""
    return Decimal(price) / base.input if price and base.input else Decimal(1)


def _tiers(entry: Mapping[str, Any], base: Tier) -> list[Tier]:
    """The prices beyond each size of input that the entry names, smallest first."""
    found: dict[int, dict[str, Decimal]] = {}
    for field, value in entry.items():
        if (named := _TIER.fullmatch(field)) and value is not None:
            found.setdefault(int(named[2]) * 1_000, {})[named[1]] = Decimal(value)
    return [
        Tier(above, prices.get("input", base.input), prices.get("output", base.output))
        for above, prices in sorted(found.items())
    ]
