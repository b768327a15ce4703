"""The OpenAI-compatible providers, by OpenAI's own SDK."""

import json
from typing import Any

import httpx
import openai as sdk
import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam

from engine.sandbox.apis.llm_providers import PROVIDERS, KeyState, Provider, provider_named
from engine.sandbox.process import RunningSandbox
from tests.sandbox.llm_clients import chat, fresh_key

CHATS = PROVIDERS[1:]
IDS = [provider.id for provider in CHATS]
MODEL = "gpt-4.1-mini"
WEATHER: ChatCompletionToolParam = {
    "type": "function",
    "function": {"name": "weather", "description": "Weather of a town", "parameters": {"type": "object"}},
}


def says(text: str) -> list[ChatCompletionMessageParam]:
    return [{"role": "user", "content": text}]


@pytest.mark.parametrize("provider", CHATS, ids=IDS)
async def test_each_provider_lists_its_models_and_answers(running_sandbox: RunningSandbox, provider: Provider) -> None:
    running_sandbox.models.script(f"bonjour-{provider.id}", "Bonjour à vous.")

    async with chat(running_sandbox, provider.id) as client:
        names = [model.id async for model in client.models.list()]
        answer = await client.chat.completions.create(model=names[0], messages=says(f"bonjour-{provider.id}"))

    assert tuple(names) == provider.models
    assert answer.choices[0].message.content == "Bonjour à vous."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


@pytest.mark.parametrize("provider", CHATS, ids=IDS)
async def test_each_provider_streams_text_calls_and_usage(running_sandbox: RunningSandbox, provider: Provider) -> None:
    word = f"flux-{provider.id}"
    call = {"name": "weather", "arguments": {"town": "Orléans", "days": 3}}
    running_sandbox.models.script(word, {"text": "Je regarde le temps.", "calls": [call, call]})

    async with chat(running_sandbox, provider.id) as client:
        stream = await client.chat.completions.create(
            model=provider.chat[0],
            messages=says(word),
            tools=[WEATHER],
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]

    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    assert "".join(delta.content or "" for delta in deltas) == "Je regarde le temps."
    parts = [part for delta in deltas for part in delta.tool_calls or []]
    written = [
        "".join((part.function and part.function.arguments) or "" for part in parts if part.index == n) for n in (0, 1)
    ]
    assert len(parts) > 4
    assert [json.loads(one) for one in written] == [call["arguments"]] * 2
    assert len({part.id for part in parts if part.id}) == 2
    assert [choice.finish_reason for chunk in chunks for choice in chunk.choices][-1] == "tool_calls"
    usage = chunks[-1].usage
    assert usage is not None and chunks[-1].choices == []


@pytest.mark.parametrize("provider", CHATS, ids=IDS)
@pytest.mark.parametrize("state", ["revoked", "broke", "exhausted"])
async def test_each_provider_refuses_in_its_own_words(
    running_sandbox: RunningSandbox, provider: Provider, state: KeyState
) -> None:
    async with chat(running_sandbox, provider.id, fresh_key(provider.id, state)) as client:
        with pytest.raises(sdk.APIStatusError) as caught:
            await client.models.list()

    expected = {"revoked": {401, 403}, "broke": {400, 402, 403, 429}, "exhausted": {429}}
    assert caught.value.status_code in expected[state]
    assert (caught.value.response.headers.get("retry-after") == "3600") is (state == "exhausted")


@pytest.mark.parametrize("provider", CHATS, ids=IDS)
async def test_each_provider_refuses_unknown_keys_and_models(
    running_sandbox: RunningSandbox, provider: Provider
) -> None:
    async with chat(running_sandbox, provider.id, "cle-inconnue") as client:
        with pytest.raises(sdk.APIStatusError) as wrong_key:
            await client.models.list()
    async with chat(running_sandbox, provider.id) as client:
        with pytest.raises(sdk.APIStatusError) as wrong_model:
            await client.chat.completions.create(model="modele-inconnu", messages=says("Bonjour"))
        with pytest.raises(sdk.APIStatusError) as overloaded:
            await client.chat.completions.create(model="sandbox-overloaded", messages=says("Bonjour"))

    assert wrong_key.value.status_code in (400, 401)
    assert wrong_model.value.status_code in (400, 404)
    assert overloaded.value.status_code == 503


@pytest.mark.parametrize("model", provider_named("openai").reasoning)
async def test_a_reasoning_model_refuses_the_old_bound_and_a_temperature(
    running_sandbox: RunningSandbox, model: str
) -> None:
    async with chat(running_sandbox) as client:
        with pytest.raises(sdk.BadRequestError) as bound:
            await client.chat.completions.create(model=model, messages=says("Bonjour"), max_tokens=100)
        with pytest.raises(sdk.BadRequestError) as warm:
            await client.chat.completions.create(model=model, messages=says("Bonjour"), temperature=0)
        answer = await client.chat.completions.create(model=model, messages=says("Bonjour"), max_completion_tokens=500)
        short = await client.chat.completions.create(model=model, messages=says("Bonjour"), max_completion_tokens=20)

    assert (bound.value.code, warm.value.code) == ("unsupported_parameter", "unsupported_value")
    assert answer.usage and answer.usage.completion_tokens_details
    assert answer.usage.completion_tokens_details.reasoning_tokens == 64
    assert answer.choices[0].message.content
    # All of the bound went into thinking.
    assert (short.choices[0].finish_reason, short.choices[0].message.content) == ("length", "")


async def test_json_mode_wants_the_word_in_the_prompt(running_sandbox: RunningSandbox) -> None:
    running_sandbox.models.script("donne-du-json", {"data": {"ville": "Orléans"}})
    mode: Any = {"type": "json_object"}

    async with chat(running_sandbox) as client:
        with pytest.raises(sdk.BadRequestError):
            await client.chat.completions.create(model=MODEL, messages=says("Bonjour"), response_format=mode)
        answer = await client.chat.completions.create(model=MODEL, messages=says("donne-du-json"), response_format=mode)

    assert json.loads(answer.choices[0].message.content or "") == {"ville": "Orléans"}


async def test_mistral_knows_one_name_for_the_bound(running_sandbox: RunningSandbox) -> None:
    async with chat(running_sandbox, "mistral") as client:
        with pytest.raises(sdk.UnprocessableEntityError):
            await client.chat.completions.create(
                model="mistral-small-latest", messages=says("Bonjour"), max_completion_tokens=10
            )


async def test_a_tool_message_has_to_follow_its_call(running_sandbox: RunningSandbox) -> None:
    function: Any = {"name": "weather", "arguments": "{}"}
    call: ChatCompletionMessageParam = {
        "role": "assistant",
        "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
    }
    result: ChatCompletionMessageParam = {"role": "tool", "tool_call_id": "call_1", "content": "Il pleut."}

    async with chat(running_sandbox) as client:
        answer = await client.chat.completions.create(
            model=MODEL, messages=[*says("Le temps ?"), call, result], tools=[WEATHER]
        )
        for wrong in ([*says("Le temps ?"), call, *says("Alors ?")], [*says("Le temps ?"), result]):
            with pytest.raises(sdk.BadRequestError):
                await client.chat.completions.create(model=MODEL, messages=wrong, tools=[WEATHER])

    assert "Il pleut." in (answer.choices[0].message.content or "")


@pytest.mark.parametrize(("provider", "finish"), [("openai", "stop"), ("groq", "content_filter")])
async def test_a_refusal_is_told_in_the_message_or_as_its_end(
    running_sandbox: RunningSandbox, provider: str, finish: str
) -> None:
    async with chat(running_sandbox, provider) as client:
        answer = await client.chat.completions.create(model="sandbox-refuses", messages=says("Bonjour"))

    assert answer.choices[0].finish_reason == finish
    assert bool(answer.choices[0].message.refusal) is (provider == "openai")


async def test_a_model_may_cut_off_its_answer_and_use_all_that_it_was_allowed(running_sandbox: RunningSandbox) -> None:
    running_sandbox.models.script("coupe-moi", {"data": {"ville": "Orléans"}})

    async with chat(running_sandbox) as client:
        answer = await client.chat.completions.create(
            model="sandbox-cuts-off", messages=says("coupe-moi"), max_tokens=500
        )

    assert answer.choices[0].finish_reason == "length"
    assert answer.usage and answer.usage.completion_tokens == 500
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(answer.choices[0].message.content or "")


async def test_a_model_may_break_its_json(running_sandbox: RunningSandbox) -> None:
    running_sandbox.models.script("casse-moi", {"data": {"ville": "Orléans"}})

    async with chat(running_sandbox) as client:
        answer = await client.chat.completions.create(model="sandbox-breaks-json", messages=says("casse-moi"))

    assert answer.choices[0].finish_reason == "stop"
    assert '{"vil' in (answer.choices[0].message.content or "")
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(answer.choices[0].message.content or "")


async def test_a_dropped_stream_is_a_broken_connection(running_sandbox: RunningSandbox) -> None:
    async with chat(running_sandbox) as client:
        stream = await client.chat.completions.create(model="sandbox-drops", messages=says("Bonjour"), stream=True)
        with pytest.raises(httpx.RemoteProtocolError):
            async for _ in stream:
                pass
        with pytest.raises(sdk.APIConnectionError):
            await client.chat.completions.create(model="sandbox-drops", messages=says("Bonjour"))


async def test_a_stream_may_fail_in_the_middle(running_sandbox: RunningSandbox) -> None:
    async with chat(running_sandbox) as client:
        stream = await client.chat.completions.create(model="sandbox-fails", messages=says("Bonjour"), stream=True)
        with pytest.raises(sdk.APIError, match="The server had an error"):
            async for _ in stream:
                pass


async def test_a_body_that_is_no_json_is_refused(running_sandbox: RunningSandbox) -> None:
    async with chat(running_sandbox) as client:
        with pytest.raises(sdk.BadRequestError):
            await client.post("/chat/completions", content=b"nodes?", cast_to=object)
        with pytest.raises(sdk.NotFoundError):
            await client.get("/rien", cast_to=object)
