"""The providers that a key may belong to, and what is peculiar to each. Source: docs page integration/byok.

A new provider is one entry here; a new way of speaking is one file beside `openai_wire.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

ProviderId = Literal["anthropic", "openai", "gemini", "mistral", "groq", "deepseek", "xai", "openai_compatible"]
Protocol = Literal["anthropic", "openai"]


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider.

    `key_start` is how its keys begin, '' where they have no common form. `priced_as` stands before its models in the
    price catalogue. `limits_output_by` is the name of the field that bounds an answer; `json_mode`: whether an answer
    can be held to one JSON object. `says_besides` stands in every request.
    """

    id: ProviderId
    label: str
    base_url: str | None
    key_start: str = ""
    protocol: Protocol = "openai"
    priced_as: str = ""
    limits_output_by: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    json_mode: bool = True
    says_besides: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def key_format(self) -> str | None:
        """The form of its keys, for people."""
        return f"{self.key_start}…" if self.key_start else None


PROVIDERS: dict[ProviderId, Provider] = {
    provider.id: provider
    for provider in (
        Provider(
            "anthropic", "Anthropic (Claude)", "https://api.anthropic.com", "sk-ant-", "anthropic", json_mode=False
        ),
        Provider(
            "openai",
            "OpenAI",
            "https://api.openai.com/v1",
            "sk-",
            limits_output_by="max_completion_tokens",  # its reasoning models take no other
            says_besides={"service_tier": "default"},  # else a project may have chosen one that costs twice as much
        ),
        Provider(
            "gemini",
            "Google (Gemini)",
            "https://generativelanguage.googleapis.com/v1beta/openai",
            "AIza",
            priced_as="gemini/",
        ),
        Provider("mistral", "Mistral", "https://api.mistral.ai/v1", priced_as="mistral/"),
        Provider("groq", "Groq", "https://api.groq.com/openai/v1", "gsk_", priced_as="groq/"),
        Provider("deepseek", "DeepSeek", "https://api.deepseek.com/v1", "sk-", priced_as="deepseek/"),
        Provider("xai", "xAI (Grok)", "https://api.x.ai/v1", "xai-", priced_as="xai/"),
        # Not all of them know the JSON mode, and some refuse what they don't know.
        Provider("openai_compatible", "Compatible OpenAI", None, json_mode=False),
    )
}
assert PROVIDERS.keys() == set(get_args(ProviderId))
# What the price catalogue puts before the models of well-known resellers.
RESELLERS = {
    "api.together.xyz": "together_ai/",
    "api.perplexity.ai": "perplexity/",
    "api.fireworks.ai": "fireworks_ai/",
    "api.cerebras.ai": "cerebras/",
    "api.deepinfra.com": "deepinfra/",
}


@dataclass(frozen=True, slots=True)
class Connection:
    """A way to a model: what an account has connected. `base_url` is the provider's own unless the account named one.

    `key` is kept out of whatever is printed or logged.
    """

    provider: Provider
    base_url: str
    key: str
    model: str | None = None

    def __repr__(self) -> str:
        return f"Connection({self.provider.id}, {self.model})"


def plain_model(provider: Provider, model: str) -> str:
    """A model's name without what a provider's list puts before it."""
    return model.removeprefix("models/") if provider.id == "gemini" else model
