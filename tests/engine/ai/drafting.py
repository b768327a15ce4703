"""Accounts whose model is one of the sandbox's: what it shall say, what it was asked, what that cost."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from engine.ai import keys
from engine.ai.providers import PROVIDERS, Connection, ProviderId
from engine.context import Caller, Principal, Services
from engine.pipelines import coordinator
from engine.sandbox.apis.llm_desk import SeenRequest, key_digest
from engine.sandbox.apis.llm_providers import KeyState, sandbox_key
from engine.sandbox.process import RunningSandbox
from engine.settings import Settings
from tests.house import account, house

MODELS: dict[ProviderId, str] = {"anthropic": "claude-haiku-4-5-20251001", "openai": "gpt-4.1-mini"}
TALKERS: tuple[ProviderId, ...] = ("anthropic", "openai")
TAILS = count(1)


@dataclass(frozen=True, slots=True)
class Writer:
    """An account with a key of its own; `word` stands in each of its requests, so that a script finds them."""

    caller: Caller
    sandbox: RunningSandbox
    key: str
    word: str

    def will_say(self, *answers: Mapping[str, Any] | str) -> None:
        """What the model answers, one request after the other. An object without `text` or `fault` is JSON of it."""
        told = [one if isinstance(one, str) or {"text", "fault"} & one.keys() else {"data": one} for one in answers]
        self.sandbox.models.script(self.word, *told)

    def asked(self) -> list[SeenRequest]:
        """The requests that reached the provider."""
        return self.sandbox.models.requests(key=key_digest(self.key))

    def as_agent(self) -> Caller:
        return Caller(self.caller.services, Principal(self.caller.principal.account_id, via="mcp"))


@contextmanager
def indoors(sandbox: RunningSandbox, folder: Path) -> Generator[Services]:
    """Services whose outside world is the sandbox; what its models were told to say is forgotten at the end."""
    with house(folder, hooks=(coordinator.advance,), deaf=True) as services:
        outside = {**sandbox.overrides, "https_proxy": sandbox.proxy}
        services.settings = Settings.model_validate({**outside, "data_dir": folder})
        yield services
    sandbox.models.forget_scripts()


def writer(
    services: Services,
    sandbox: RunningSandbox,
    provider: ProviderId = "openai",
    *,
    state: KeyState = "good",
    model: str | None = None,
) -> Writer:
    """An account of its own that has connected a key which fares so."""
    tail = f"draft{next(TAILS)}-"
    caller = account(services, f"{tail}@example.com")
    connect(caller, provider, sandbox_key(provider, state, tail=tail), model or MODELS[provider])
    return Writer(caller, sandbox, sandbox_key(provider, state, tail=tail), tail)


@pytest.fixture
def indoor_services(running_sandbox: RunningSandbox, tmp_path: Path) -> Iterator[Services]:
    """Services whose outside world is the sandbox."""
    with indoors(running_sandbox, tmp_path) as services:
        yield services


@pytest.fixture
def me(indoor_services: Services, running_sandbox: RunningSandbox) -> Writer:
    """An account whose key is good."""
    return writer(indoor_services, running_sandbox)


def connect(caller: Caller, provider: ProviderId, key: str, model: str) -> None:
    known = PROVIDERS[provider]
    assert known.base_url is not None
    caller.run(keys.keep, Connection(known, known.base_url, key, model), verified=True)


def user_side(request: SeenRequest) -> str:
    """All that stands outside of the system prompt."""
    return "\n".join(_text(message["content"]) for message in request.body["messages"] if message["role"] != "system")


def system_side(request: SeenRequest) -> str:
    """The system prompt, by either protocol."""
    told = [request.body.get("system", "")]
    return "\n".join(
        _text(part)
        for part in (*told, *(one["content"] for one in request.body["messages"] if one["role"] == "system"))
    )


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "\n".join(part["text"] for part in content)
