"""Every provider at its real host name, as the sandbox internet has them: the whole way, and each of their faults."""

from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, get_args

import pytest

from engine.ai import connecting, errors
from engine.ai.completion import complete, stream
from engine.ai.providers import ProviderId
from engine.ai.schemas import AiSettingsRequest
from engine.ai.types import Ask, Completion, ModelMessage, TextPiece, ToolResult, ToolSpec, UserMessage
from engine.context import Caller, Services
from engine.errors import OutsendError
from engine.sandbox.apis.llm_providers import COMPATIBLE, KeyState, sandbox_key
from engine.sandbox.process import RunningSandbox
from engine.settings import Settings
from tests.engine.ai.speaking import ASK, caps, ledger
from tests.house import account, house

pytestmark = pytest.mark.slow(60)  # the first test waits for the sandbox and the SDKs

EACH: tuple[ProviderId, ...] = get_args(ProviderId)
TALKERS: tuple[ProviderId, ...] = ("anthropic", "openai")
TAILS = count(1)


@pytest.fixture
def services(running_sandbox: RunningSandbox, tmp_path: Path) -> Iterator[Services]:
    with house(tmp_path, deaf=True) as services:
        outside = {**running_sandbox.overrides, "https_proxy": running_sandbox.proxy}
        services.settings = Settings.model_validate({**outside, "data_dir": tmp_path})
        yield services


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.ai.completion.FIRST_WAIT_SECONDS", 0.01)


async def with_key(
    services: Services, provider: ProviderId, state: KeyState = "good", model: str | None = None
) -> Caller:
    """An account that has connected a key which fares so."""
    caller = account(services)
    key = sandbox_key(provider, state, tail=f"g{next(TAILS)}-")
    base_url = COMPATIBLE.url if provider == "openai_compatible" else None
    asked = {"provider": provider, "api_key": key, "base_url": base_url, "model": model}
    await connecting.connect(caller, AiSettingsRequest.model_validate(asked))
    return caller


def said(text: str, tag: str) -> Ask:
    return replace(ASK, messages=(UserMessage(f"{text} [{tag}]"),))


@pytest.mark.parametrize("provider", EACH)
async def test_each_provider_is_connected_and_answers(
    services: Services, provider: ProviderId, running_sandbox: RunningSandbox
) -> None:
    """C-403, C-404."""
    tag = f"hello-{provider}"
    running_sandbox.models.script(tag, "Bonjour", {"text": "Bonjour par morceaux"})
    me = await with_key(services, provider)
    listed = await connecting.models(me)

    whole = await complete(me, said("Bonjour", tag))
    pieces = [piece async for piece in stream(me, said("Bonjour", tag))]

    assert whole.text == "Bonjour" and whole.stop == "end" and whole.model in {one.id for one in listed.items}
    last = pieces[-1]
    assert isinstance(last, Completion) and last.text == "Bonjour par morceaux"
    assert "".join(piece.text for piece in pieces if isinstance(piece, TextPiece)) == last.text
    assert {entry.state for entry in ledger(me)} == {"settled"}
    assert all("embed" not in one.id and "whisper" not in one.id for one in listed.items)
    if provider != "openai_compatible":
        assert caps(me).spent_today_usd > 0


@pytest.mark.parametrize("provider", EACH)
async def test_each_provider_calls_tools_and_hears_what_they_gave(
    services: Services, provider: ProviderId, running_sandbox: RunningSandbox
) -> None:
    tag = f"tools-{provider}"
    running_sandbox.models.script(tag, {"calls": [{"name": "list_jobs", "arguments": {"limit": 2}}]}, "Deux jobs")
    me = await with_key(services, provider)
    tools = (ToolSpec("list_jobs", "List jobs", {"type": "object", "properties": {"limit": {"type": "integer"}}}),)
    first = replace(said("Mes jobs ?", tag), tools=tools)

    asks = await complete(me, first)
    (call,) = asks.calls
    turns = (
        *first.messages,
        ModelMessage(asks.text, asks.calls),
        UserMessage(results=(ToolResult(call.id, "[1, 2]"),)),
    )
    end = await complete(me, replace(first, messages=turns))

    assert (asks.stop, call.name, call.arguments) == ("tool_calls", "list_jobs", {"limit": 2})
    assert (end.stop, end.text) == ("end", "Deux jobs")


@pytest.mark.parametrize("provider", EACH)
async def test_a_revoked_key_is_refused_on_connecting(services: Services, provider: ProviderId) -> None:
    with pytest.raises(errors.KeyRefused):
        await with_key(services, provider, "revoked")


@pytest.mark.parametrize("provider", EACH)
async def test_no_credit_is_told(services: Services, provider: ProviderId) -> None:
    me = await with_key(services, provider, "broke", "sandbox-unpriced")
    # Google says the same of a rate, so it counts as one.
    expected: type[OutsendError] = errors.ProviderBusy if provider == "gemini" else errors.NoCredit

    with pytest.raises(expected):
        await complete(me, ASK)


@pytest.mark.parametrize("provider", EACH)
async def test_a_model_that_is_not_there_is_told(services: Services, provider: ProviderId) -> None:
    me = await with_key(services, provider, model="no-such-model")

    with pytest.raises(errors.ModelUnknown):
        await complete(me, ASK)


@pytest.mark.parametrize("provider", TALKERS)
async def test_a_rate_limit_is_waited_for_or_told(services: Services, provider: ProviderId) -> None:
    waits = await with_key(services, provider, "limited", "sandbox-unpriced")
    assert (await complete(waits, ASK)).stop == "end"

    told = await with_key(services, provider, "exhausted", "sandbox-unpriced")
    with pytest.raises(errors.ProviderBusy) as error:
        await complete(told, ASK)
    assert error.value.values["retry_after"] == 3_600


FAULTS: list[tuple[str, Any]] = [
    ("overloaded", errors.ProviderDown),
    ("drops", errors.AnswerBroken),
    ("fails", errors.AnswerBroken),
    ("hangs", errors.AnswerLate),
    ("silent", errors.AnswerLate),
    ("refuses", "refusal"),
    ("cuts-off", "length"),
]


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(("fault", "expected"), FAULTS)
@pytest.mark.parametrize("provider", TALKERS)
async def test_each_fault_is_told(
    services: Services, provider: ProviderId, fault: str, expected: Any, streams: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if expected is errors.AnswerLate:
        monkeypatch.setattr("engine.ai.completion.AI_CALL_SECONDS", 0.5)
    me = await with_key(services, provider, model=f"sandbox-{fault}")

    async def ask() -> Completion:
        if not streams:
            return await complete(me, ASK)
        async with aclosing(stream(me, ASK)) as pieces:
            found = [piece async for piece in pieces]
        assert isinstance(found[-1], Completion)
        return found[-1]

    if isinstance(expected, str):
        assert (await ask()).stop == expected
    else:
        with pytest.raises(expected):
            await ask()
    assert "open" not in {entry.state for entry in ledger(me)}


async def test_who_hangs_up_on_a_stream_ends_it_at_the_provider(
    services: Services, running_sandbox: RunningSandbox
) -> None:
    running_sandbox.models.script("hang up on me", {"text": "Je raconte longtemps. " * 40, "fault": "slow"})
    me = await with_key(services, "anthropic")
    async with aclosing(stream(me, said("Raconte", "hang up on me"))) as pieces:
        await anext(pieces)

    (entry,) = ledger(me)
    assert entry.state == "assumed" and entry.cost_usd is not None
    assert entry.input_tokens is not None and entry.input_tokens < 100  # as it was reported
    assert (entry.output_tokens or 0) < 40
