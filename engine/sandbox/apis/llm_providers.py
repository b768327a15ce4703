"""The model providers of the sandbox: their hosts, keys and models.

A key says by its own words how it fares: `sandbox_key("openai", "revoked")`. Source of the hosts, paths and key shapes:
the providers' public API references.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from engine.sandbox.apis.llm_types import Fault
from engine.sandbox.draw import words

KeyState = Literal[
    "good",
    "revoked",  # refused, as a wrong key is
    "broke",  # no credit left
    "limited",  # too many requests, for the key's first LIMITED_TIMES of them; asked to wait RETRY_AFTER_SECONDS
    "exhausted",  # too many requests each time, to be asked again in an hour
]
LIMITED_TIMES = 2
RETRY_AFTER_SECONDS, LONG_RETRY_SECONDS = 1, 3_600
KEY_LENGTH = 39  # as long as the shortest real ones
KEY_STATE = re.compile(rf"sandbox-({'|'.join(get_args(KeyState))})")
# On every provider: a sound model of no known price, and one for each fault.
UNPRICED = "sandbox-unpriced"
FAULTS: dict[str, Fault] = {f"sandbox-{fault}": fault for fault in get_args(Fault)}


@dataclass(frozen=True, slots=True)
class Provider:
    """`base` is the path before `/models` and `/chat/completions` (Anthropic: before `/messages`); `also` a second one.

    `chat`, `reasoning` (of these) and `other` are names of models as the live list gives them; `other` don't chat.
    """

    id: str
    host: str
    base: str
    key_prefix: str
    chat: tuple[str, ...]
    reasoning: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    also: str | None = None
    listed_as: str = ""  # what the list puts before a name, and a request may leave out

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.base}"

    @property
    def models(self) -> tuple[str, ...]:
        """All that the live list names."""
        return tuple(f"{self.listed_as}{name}" for name in (*self.chat, UNPRICED, *FAULTS, *self.other))

    def chats(self, model: str) -> bool:
        return model.removeprefix(self.listed_as) in (*self.chat, UNPRICED, *FAULTS)

    def reasons(self, model: str) -> bool:
        return model.removeprefix(self.listed_as) in self.reasoning


ANTHROPIC = Provider(
    "anthropic",
    "api.anthropic.com",
    "/v1",
    "sk-ant-api03-",
    words("claude-sonnet-5 claude-opus-4-5-20251101 claude-haiku-4-5-20251001 claude-sonnet-4-5-20250929"),
)
OPENAI = Provider(
    "openai",
    "api.openai.com",
    "/v1",
    "sk-proj-",
    words("gpt-4.1-mini gpt-4o-mini gpt-4.1 gpt-5 gpt-5-mini o4-mini"),
    reasoning=words("gpt-5 gpt-5-mini o4-mini"),
    other=words("text-embedding-3-small whisper-1 gpt-image-1"),
)
GEMINI = Provider(
    "gemini",
    "generativelanguage.googleapis.com",
    "/v1beta/openai",
    "AIza",
    words("gemini-2.5-flash gemini-2.5-flash-lite"),
    other=("gemini-embedding-001",),
    listed_as="models/",
)
MISTRAL = Provider(
    "mistral",
    "api.mistral.ai",
    "/v1",
    "",
    words("mistral-small-latest ministral-8b-latest"),
    other=("mistral-embed",),
)
GROQ = Provider(
    "groq",
    "api.groq.com",
    "/openai/v1",
    "gsk_",
    words("openai/gpt-oss-20b openai/gpt-oss-120b"),
    other=("whisper-large-v3",),
)
DEEPSEEK = Provider(
    "deepseek",
    "api.deepseek.com",
    "",
    "sk-",
    words("deepseek-chat deepseek-reasoner"),
    reasoning=("deepseek-reasoner",),
    also="/v1",
)
XAI = Provider("xai", "api.x.ai", "/v1", "xai-", words("grok-4.3 grok-code-fast-1"))
# Invented: a reseller of other makers' models, as there are many.
COMPATIBLE = Provider(
    "openai_compatible",
    "api.aiguillage-ia.net",
    "/api/v1",
    "sk-ag-v1-",
    words("grand-large/voilier-24b grand-large/chaloupe-7b"),
)
PROVIDERS = (ANTHROPIC, OPENAI, GEMINI, MISTRAL, GROQ, DEEPSEEK, XAI, COMPATIBLE)


@cache
def provider_named(provider: str) -> Provider:
    """The provider of this id. Raises StopIteration."""
    return next(one for one in PROVIDERS if one.id == provider)


def sandbox_key(provider: str, state: KeyState = "good", *, tail: str = "") -> str:
    """A key in the provider's shape that fares so. Keys of different tails are different keys of the same state."""
    key = f"{provider_named(provider).key_prefix}sandbox-{state}-{tail}"
    return key.ljust(KEY_LENGTH, "0")


def state_of(provider: Provider, key: str) -> KeyState | None:
    """How a key fares; None for one that was never given out."""
    found = KEY_STATE.match(key.removeprefix(provider.key_prefix)) if key.startswith(provider.key_prefix) else None
    return next(state for state in get_args(KeyState) if state == found[1]) if found else None
