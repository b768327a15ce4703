"""Answers in one piece, over loopback: what goes out, what comes back, and every way in which that fails."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from engine.ai import errors
from engine.ai.completion import complete, stream
from engine.ai.prices import Used
from engine.ai.types import ModelMessage, ToolCall, UserMessage
from engine.context import Services
from engine.db.lock import Lock, hold
from engine.errors import OutsendError
from tests.engine.ai.local import impatient as impatient
from tests.engine.ai.local import services as services
from tests.engine.ai.speaking import (
    ASK,
    BOUND,
    KEY,
    TALK,
    TOOLS,
    answered,
    capped,
    caps,
    chat,
    claude,
    connected,
    cost,
    cut,
    drained,
    hang,
    ledger,
    refusal,
    speaking,
)
from tests.house import account

pytestmark = pytest.mark.slow(20)  # the first test waits for the SDKs


async def test_an_answer_is_settled_with_what_it_used(services: Services) -> None:
    """C-397."""
    async with speaking(chat("Bonjour", prompt=1_000, completion=50)) as provider:
        me = connected(services, url=provider.url)
        said = await complete(me, ASK)

    assert (said.text, said.calls, said.stop, said.model) == ("Bonjour", (), "end", "gpt-4.1-mini")
    spent = cost(Used(1_000, 50))
    assert (said.usage.input_tokens, said.usage.output_tokens, said.usage.cost_usd) == (1_000, 50, spent)
    (entry,) = ledger(me)
    assert (entry.state, entry.feature, entry.model, entry.cost_usd) == ("settled", "filter_rules", said.model, spent)
    assert caps(me).spent_today_usd == caps(me).spent_month_usd == spent
    assert caps(me).remaining_today_usd == 10 - spent


async def test_only_what_a_call_needs_goes_to_the_provider(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """C-407: the key goes to its provider; of this process's environment, nothing."""
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "operator-secret")
    for name in ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS"):
        monkeypatch.setenv(name, "Authorization: Bearer operator-secret\nX-Api-Key: operator-secret\nX-Own: secret")
    async with speaking(chat()) as openai, speaking(claude()) as anthropic:
        await complete(connected(services, url=openai.url), ASK)
        await complete(connected(services, "anthropic", anthropic.url), ASK)

    (to_openai,), (to_anthropic,) = openai.heard, anthropic.heard
    assert (to_openai.path, to_openai.headers["authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert (to_anthropic.path, to_anthropic.headers["x-api-key"]) == ("/v1/messages", KEY)
    plain = {"host", "content-type", "content-length", "accept", "accept-encoding", "user-agent"}
    assert to_openai.headers.keys() <= plain | {"authorization"}
    assert to_anthropic.headers.keys() <= plain | {"x-api-key", "anthropic-version"}
    assert "operator-secret" not in str(openai.heard) + str(anthropic.heard)


async def test_openai_is_asked_in_its_own_words(services: Services) -> None:
    call = {"id": "call_2", "type": "function", "function": {"name": "list_jobs", "arguments": '{"limit": 5}'}}
    async with speaking(chat("", finish="tool_calls", tool_calls=[call])) as provider:
        said = await complete(connected(services, url=provider.url), replace(ASK, messages=TALK, tools=TOOLS))

    body = provider.heard[0].body
    assert (said.stop, said.calls) == ("tool_calls", (ToolCall("call_2", "list_jobs", {"limit": 5}),))
    assert body["max_completion_tokens"] == 500 and "max_tokens" not in body and "temperature" not in body
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "tool"]
    assert body["messages"][2]["tool_calls"][0]["function"] == {"name": "list_jobs", "arguments": '{"limit": 3}'}
    assert body["messages"][3] == {"role": "tool", "tool_call_id": "call_1", "content": "[]"}
    assert body["tools"][0]["function"]["parameters"] == TOOLS[0].schema


async def test_anthropic_is_asked_in_its_own_words(services: Services) -> None:
    block = {"type": "tool_use", "id": "toolu_2", "name": "list_jobs", "input": {"limit": 5}}
    async with speaking(claude(block, stop="tool_use")) as provider:
        said = await complete(connected(services, "anthropic", provider.url), replace(ASK, messages=TALK, tools=TOOLS))

    body = provider.heard[0].body
    assert (said.stop, said.calls) == ("tool_calls", (ToolCall("toolu_2", "list_jobs", {"limit": 5}),))
    assert (body["max_tokens"], body["system"]) == (500, ASK.system)
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    assert body["messages"][1]["content"][1] == {
        "type": "tool_use", "id": "call_1", "name": "list_jobs", "input": {"limit": 3},
    }  # fmt: skip
    assert body["messages"][2]["content"][0]["tool_use_id"] == "call_1"
    assert body["tools"][0]["input_schema"] == TOOLS[0].schema


@pytest.mark.parametrize(("provider", "held"), [("openai", True), ("mistral", True), ("openai_compatible", False)])
async def test_an_answer_is_held_to_json_where_the_provider_can(services: Services, provider: Any, held: bool) -> None:
    async with speaking(chat('{"a": 1}')) as there:
        await complete(connected(services, provider, there.url, "m"), replace(ASK, json_object=True))

    body = there.heard[0].body
    assert body.get("response_format") == ({"type": "json_object"} if held else None)
    assert "JSON" in body["messages"][0]["content"]


@pytest.mark.parametrize(
    ("answer", "stop"),
    [
        (chat("Un début", finish="length"), "length"),
        (chat("", finish="content_filter"), "refusal"),
        (chat("", refusal="I can't help with that"), "refusal"),
    ],
)
async def test_an_answer_says_that_it_was_cut_off_or_refused(services: Services, answer: bytes, stop: str) -> None:
    async with speaking(answer) as provider:
        said = await complete(connected(services, url=provider.url), ASK)

    assert said.stop == stop


async def test_hidden_thoughts_are_paid_for(services: Services) -> None:
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 400}
    body = json.loads(chat().partition(b"\r\n\r\n")[2]) | {"usage": usage}
    async with speaking(answered(body)) as provider:
        said = await complete(connected(services, url=provider.url), ASK)

    assert (said.usage.input_tokens, said.usage.output_tokens) == (100, 300)


async def test_an_answer_without_a_report_counts_with_all_that_it_may_have_cost(services: Services) -> None:
    body = json.loads(chat().partition(b"\r\n\r\n")[2]) | {"usage": None}
    async with speaking(answered(body)) as provider:
        me = connected(services, url=provider.url)
        await complete(me, ASK)

    (entry,) = ledger(me)
    assert (entry.state, entry.cost_usd) == ("assumed", cost(BOUND))


REFUSALS: list[tuple[bytes, type[OutsendError]]] = [
    (refusal(401, code="invalid_api_key"), errors.KeyRefused),
    (refusal(403), errors.KeyRefused),
    (refusal(400, "API key not valid. Please pass a valid API key."), errors.KeyRefused),
    (refusal(429, code="insufficient_quota"), errors.NoCredit),
    (refusal(402), errors.NoCredit),
    (refusal(404, code="model_not_found"), errors.ModelUnknown),
    (refusal(400, "Model Not Exist"), errors.ModelUnknown),
    (refusal(400, "too many tokens"), errors.RequestRejected),
    (refusal(413), errors.RequestRejected),
    (refusal(302, Location="http://127.0.0.1:1/"), errors.ProviderDown),
]


@pytest.mark.parametrize(("answer", "expected"), REFUSALS, ids=lambda value: getattr(value, "code", None))
async def test_a_refusal_is_told_and_costs_nothing(
    services: Services, answer: bytes, expected: type[OutsendError]
) -> None:
    async with speaking(answer) as provider:
        me = connected(services, url=provider.url)
        with pytest.raises(expected) as error:
            await complete(me, ASK)

    assert len(provider.heard) == 1
    assert "OpenAI" in error.value.text and error.value.next_step
    assert [(entry.state, entry.cost_usd) for entry in ledger(me)] == [("settled", 0)]


@pytest.mark.parametrize("answer", [refusal(429, Retry_After="0"), refusal(500), refusal(503), refusal(529)])
async def test_what_passes_is_tried_again(services: Services, answer: bytes) -> None:
    async with speaking(answer, answer, chat("Enfin")) as provider:
        me = connected(services, url=provider.url)
        said = await complete(me, ASK)

    assert (said.text, len(provider.heard)) == ("Enfin", 3)
    assert [entry.state for entry in ledger(me)] == ["settled"]


async def test_after_three_tries_it_is_told(services: Services) -> None:
    async with speaking(refusal(503)) as provider:
        me = connected(services, url=provider.url)
        with pytest.raises(errors.ProviderDown):
            await complete(me, ASK)

    assert len(provider.heard) == 3
    assert caps(me).spent_today_usd == 0 and caps(me).remaining_today_usd == 10


async def test_a_wait_beyond_the_time_of_a_call_is_told_at_once(services: Services) -> None:
    async with speaking(refusal(429, Retry_After="3600")) as provider:
        with pytest.raises(errors.ProviderBusy) as error:
            await complete(connected(services, url=provider.url), ASK)

    assert (len(provider.heard), error.value.values["retry_after"]) == (1, 3_600)


async def test_a_connection_that_breaks_may_have_been_charged_each_time(services: Services) -> None:
    async with speaking(cut, cut, chat(prompt=10, completion=1)) as provider:
        me = connected(services, url=provider.url)
        await complete(me, ASK)

    assert [(entry.state, entry.cost_usd) for entry in ledger(me)] == [
        ("assumed", cost(BOUND)),
        ("assumed", cost(BOUND)),
        ("settled", cost(Used(10, 1))),
    ]


async def test_tries_that_may_have_been_charged_pass_no_cap_together(services: Services) -> None:
    async with speaking(cut) as provider:
        me = connected(services, url=provider.url)
        capped(me, per_request_usd=float(cost(BOUND) * 2))
        with pytest.raises(errors.CapExceeded):
            await complete(me, ASK)

    assert len(provider.heard) == 2
    assert caps(me).spent_today_usd == cost(BOUND) * 2


@pytest.mark.parametrize(
    "answer",
    [
        answered([]),
        answered({"choices": []}),
        answered({}),
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<html",
        b"what? Connection: close",
    ],
)
async def test_what_is_no_answer_is_told(services: Services, answer: bytes) -> None:
    async with speaking(answer) as provider:
        with pytest.raises(errors.AnswerBroken):
            await complete(connected(services, url=provider.url), ASK)


async def test_an_answer_beyond_all_measure_is_refused(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.network.sdk_clients.AI_ANSWER_BYTES_MAX", 10_000)
    async with speaking(chat("x" * 20_000)) as provider:
        with pytest.raises(errors.AnswerBroken):
            await complete(connected(services, url=provider.url), ASK)


async def test_nobody_there_is_told_and_costs_nothing(services: Services) -> None:
    me = connected(services, url="http://127.0.0.1:1/v1")

    with pytest.raises(errors.ProviderDown):
        await complete(me, ASK)

    assert caps(me).remaining_today_usd == 10


@pytest.mark.parametrize("streams", [False, True])
async def test_a_provider_that_hangs_is_left_in_time(
    services: Services, streams: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.ai.completion.AI_CALL_SECONDS", 0.5)
    async with speaking(hang) as provider:
        me = connected(services, url=provider.url)
        with pytest.raises(errors.AnswerLate):
            await (drained(stream(me, ASK)) if streams else complete(me, ASK))
        await provider.hung_up.wait()

    (entry,) = ledger(me)
    assert (entry.state, entry.cost_usd) == ("assumed", cost(BOUND))


async def test_who_goes_away_pays_what_may_have_been_used(services: Services) -> None:
    async with speaking(hang) as provider:
        me = connected(services, url=provider.url)
        asking = asyncio.create_task(complete(me, ASK))
        await provider.arrived.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await provider.hung_up.wait()

    assert [(entry.state, entry.cost_usd) for entry in ledger(me)] == [("assumed", cost(BOUND))]


async def test_who_goes_away_while_the_money_is_set_aside_leaves_nothing_reserved(services: Services) -> None:
    async with speaking(chat()) as provider:
        me = connected(services, url=provider.url)
        await complete(me, ASK)
        with services.db.transaction("write") as session:
            session.connection()  # the only writer, on SQLite
            hold(session, Lock.spend, me.principal.account_id)
            asking = asyncio.create_task(complete(me, ASK))
            await asyncio.sleep(0.5)  # long enough to stand in the queue; too short fails nothing
            asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    assert "open" not in [entry.state for entry in ledger(me)]


async def test_no_key_and_no_model_are_told_before_anything_else(services: Services) -> None:
    with pytest.raises(errors.NoKey):
        await complete(account(services), ASK)
    with pytest.raises(errors.NoModel):
        await complete(connected(services, "mistral"), ASK)


async def test_what_could_pass_a_cap_is_never_asked(services: Services) -> None:
    """C-394, C-396."""
    async with speaking(chat()) as provider:
        me = connected(services, url=provider.url)
        capped(me, per_request_usd=float(cost(BOUND)) * 0.99)
        for ask in (lambda: complete(me, ASK), lambda: drained(stream(me, ASK))):
            with pytest.raises(errors.CapExceeded) as error:
                await ask()

    assert provider.heard == [] and ledger(me) == []
    assert error.value.text.startswith("Plafond IA dépassé : ") and error.value.kind == "payment"


async def test_half_a_character_of_somebodys_json_travels_as_a_question_mark(services: Services) -> None:
    ask = replace(ASK, messages=(UserMessage("a\ud800b"), ModelMessage("c\udc00"), UserMessage("d")))
    async with speaking(chat()) as openai, speaking(claude()) as anthropic:
        await complete(connected(services, url=openai.url), ask)
        await complete(connected(services, "anthropic", anthropic.url), ask)

    assert [message["content"] for message in openai.heard[0].body["messages"][1:]] == ["a?b", "c?", "d"]
    assert anthropic.heard[0].body["messages"][0]["content"] == [{"type": "text", "text": "a?b"}]
