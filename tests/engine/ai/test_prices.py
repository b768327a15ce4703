"""Prices by the catalogue, and the bound of a request's tokens."""

import subprocess
import sys
from decimal import Decimal

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from engine.ai.money import dollars, in_words, nanos
from engine.ai.prices import Price, Tier, Used, chats, input_bound, price_of
from engine.ai.providers import PROVIDERS, ProviderId
from engine.ai.types import Ask, ModelMessage, ToolCall, ToolResult, ToolSpec, UserMessage

TOGETHER = "https://api.together.xyz/v1"


def price(provider: ProviderId, model: str, base_url: str | None = None) -> Price | None:
    known = PROVIDERS[provider]
    return price_of(known, base_url or known.base_url or "https://llm.example/v1", model)


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("anthropic", "claude-sonnet-4-5"),
        ("anthropic", "claude-haiku-4-5-20251001"),
        ("openai", "gpt-5"),
        ("openai", "o3"),
        ("openai", "gpt-4.1-mini"),
        ("openai", "ft:gpt-4.1-mini-2025-04-14:acme::abc123"),
        ("gemini", "gemini-2.5-pro"),
        ("gemini", "models/gemini-2.5-flash"),
        ("mistral", "mistral-large-latest"),
        ("groq", "openai/gpt-oss-120b"),
        ("deepseek", "deepseek-chat"),
        ("xai", "grok-4.3"),
    ],
)
def test_models_of_every_provider_have_a_price(provider: ProviderId, model: str) -> None:
    """C-400: mainstream models from every provider are priced."""
    found = price(provider, model)

    assert found is not None and 0 < found.tiers[0].input < found.tiers[0].output


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-4.1-mini-of-ours"),
        ("openai", "gpt-4"[:-1]),
        ("groq", "gpt-4.1"),
        ("openai", "text-embedding-3-small"),
        ("openai_compatible", "llama3"),
        ("openai_compatible", "sample_spec"),
    ],
)
def test_nothing_is_guessed(provider: ProviderId, model: str) -> None:
    """C-400: what the catalogue does not know stays unknown."""
    assert price(provider, model) is None


def test_a_well_known_reseller_has_prices_of_its_own() -> None:
    assert price("openai_compatible", "deepseek-ai/DeepSeek-V3", TOGETHER) is not None
    assert price("openai_compatible", "deepseek-ai/DeepSeek-V3") is None


def test_the_price_of_claude_is_that_of_the_catalogue() -> None:
    found = price("anthropic", "claude-sonnet-4-5")

    assert found is not None
    assert found.cost(Used(1_000_000, 1_000_000)) == 18
    assert found.cost(Used(1_000_000, 0, cached=1_000_000)) == Decimal("0.3")
    assert found.output_tokens_max == 64_000


def test_a_long_request_costs_what_long_requests_cost() -> None:
    found = Price(
        (Tier(-1, Decimal(1), Decimal(2)), Tier(100, Decimal(3), Decimal(4))), Decimal(1), Decimal(1), None, False
    )

    assert [found.cost(Used(tokens, 1)) for tokens in (100, 101)] == [102, 307]
    assert found.worst(101, 1) == 307 and found.worst(0, 1) == 2


@given(
    st.integers(0, 10**6), st.integers(0, 10**5), st.integers(0, 10**6), st.integers(0, 10**6),
    st.sampled_from(["gpt-5", "gpt-5.6", "gpt-4.1-mini"]),
)  # fmt: skip
def test_no_usage_within_the_bounds_costs_more_than_the_worst_case(
    used: int, output: int, cached: int, written: int, model: str
) -> None:
    found = price("openai", model)
    assert found is not None

    assert found.cost(Used(used, output, cached, written)) <= found.worst(10**6, 10**5)


def test_what_does_not_chat_is_known() -> None:
    openai, base = PROVIDERS["openai"], "https://api.openai.com/v1"

    assert chats(openai, base, "text-embedding-3-small") is False
    assert (chats(openai, base, "gpt-5"), chats(openai, base, "of-ours")) == (True, None)


WORDS = st.text(max_size=300)


@given(WORDS, WORDS, WORDS)
def test_no_text_has_more_tokens_than_its_bound(system: str, said: str, told: str) -> None:
    """A byte is a token at most: a tokenizer of bytes, with no merges at all, stays within the bound."""
    calls = (ToolCall("c", "look", {"x": said}),)
    messages = (UserMessage(said), ModelMessage(told, calls), UserMessage(results=(ToolResult("c", told),)))
    tool = ToolSpec("look", system, {"type": "object"})
    ask = Ask("assistant", system, messages, 10, tools=(tool,))
    tokenizer = tiktoken.Encoding(
        "bytes", pat_str=r"(?s:.)", mergeable_ranks={bytes([n]): n for n in range(256)}, special_tokens={}
    )

    texts = [system, said, told, said, told, system]
    assert sum(len(tokenizer.encode(text.encode("utf-8", "replace").decode())) for text in texts) < input_bound(ask)


def test_parts_of_a_billionth_count_as_a_whole() -> None:
    assert nanos(Decimal("1e-10")) == 1 and nanos(Decimal("0.25")) == 250_000_000
    assert dollars(250_000_000) == Decimal("0.25")
    assert [in_words(nanos(Decimal(text))) for text in ("10", "0.016", "1.23456")] == ["10,00", "0,016", "1,2345"]


def test_the_catalogue_is_read_without_its_library() -> None:
    script = (
        "import sys\n"
        "from engine.ai.prices import price_of\n"
        "from engine.ai.providers import PROVIDERS\n"
        "assert price_of(PROVIDERS['openai'], 'https://api.openai.com/v1', 'gpt-5')\n"
        "assert not {'litellm', 'openai', 'anthropic', 'httpx'} & set(sys.modules)\n"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
