"""api.anthropic.com, by Anthropic's own SDK."""

from typing import Any

import anthropic as sdk
import httpx2
import pytest
from anthropic.types import Message, MessageParam, ToolParam

from engine.sandbox.apis.llm_desk import key_digest
from engine.sandbox.apis.llm_providers import ANTHROPIC, KeyState
from engine.sandbox.process import RunningSandbox
from tests.sandbox.llm_clients import anthropic, fresh_key

MODEL = "claude-haiku-4-5-20251001"
WEATHER: ToolParam = {"name": "weather", "description": "Weather of a town", "input_schema": {"type": "object"}}


def says(text: str) -> list[MessageParam]:
    return [{"role": "user", "content": text}]


def text_of(message: Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


async def test_a_message_is_answered_with_its_usage(running_sandbox: RunningSandbox) -> None:
    running_sandbox.models.script("mot-clef-un", "Réponse une.", "Réponse deux.")

    async with anthropic(running_sandbox) as client:
        first = await client.messages.create(model=MODEL, max_tokens=100, messages=says("mot-clef-un"))
        second = await client.messages.create(model=MODEL, max_tokens=100, messages=says("mot-clef-un"))

    assert (text_of(first), text_of(second)) == ("Réponse une.", "Réponse deux.")
    assert first.stop_reason == "end_turn"
    assert first.usage.input_tokens > 0
    assert first.usage.output_tokens == len("Réponse une.".encode()) // 4 + 1


async def test_a_stream_gives_the_events_in_their_order_and_the_same_message(running_sandbox: RunningSandbox) -> None:
    running_sandbox.models.script(
        "météo-flux", {"text": "Je regarde le temps.", "calls": [{"name": "weather", "arguments": {"town": "Orléans"}}]}
    )

    async with (
        anthropic(running_sandbox) as client,
        client.messages.stream(model=MODEL, max_tokens=100, messages=says("météo-flux ?"), tools=[WEATHER]) as stream,
    ):
        kinds = [event.type async for event in stream]
        whole = await stream.get_final_message()

    assert kinds[0] == "message_start" and kinds[-2:] == ["message_delta", "message_stop"]
    assert kinds.count("content_block_start") == kinds.count("content_block_stop") == 2
    assert kinds.count("text") > 1 and kinds.count("input_json") > 1
    assert whole.stop_reason == "tool_use"
    text, call = whole.content
    assert text.type == "text" and text.text == "Je regarde le temps."
    assert call.type == "tool_use" and (call.name, call.input) == ("weather", {"town": "Orléans"})


async def test_a_result_has_to_follow_its_call(running_sandbox: RunningSandbox) -> None:
    call: MessageParam = {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {}}],
    }
    result: MessageParam = {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "Il pleut."}],
    }

    async with anthropic(running_sandbox) as client:
        answer = await client.messages.create(
            model=MODEL, max_tokens=50, tools=[WEATHER], messages=[*says("Le temps ?"), call, result]
        )
        wrongs = ([*says("Le temps ?"), call, *says("Alors ?")], [*says("Le temps ?"), result], [call])
        for wrong in wrongs:
            with pytest.raises(sdk.BadRequestError):
                await client.messages.create(model=MODEL, max_tokens=50, tools=[WEATHER], messages=wrong)

    assert "Il pleut." in text_of(answer)


@pytest.mark.parametrize(
    ("state", "status", "kind"),
    [
        ("revoked", 401, "authentication_error"),
        ("broke", 400, "invalid_request_error"),
        ("exhausted", 429, "rate_limit_error"),
    ],
)
async def test_a_key_fares_as_its_name_says(
    running_sandbox: RunningSandbox, state: KeyState, status: int, kind: str
) -> None:
    async with anthropic(running_sandbox, fresh_key("anthropic", state)) as client:
        with pytest.raises(sdk.APIStatusError) as caught:
            await client.messages.create(model=MODEL, max_tokens=10, messages=says("Bonjour"))

    error: Any = caught.value
    assert (error.status_code, error.body["error"]["type"]) == (status, kind)
    assert (error.response.headers.get("retry-after") == "3600") is (state == "exhausted")


async def test_a_key_that_was_never_given_out_is_refused(running_sandbox: RunningSandbox) -> None:
    async with anthropic(running_sandbox, "sk-ant-api03-inconnue") as client:
        with pytest.raises(sdk.AuthenticationError):
            await client.models.list()


@pytest.mark.slow(15)
async def test_a_limited_key_is_good_after_two_waits(running_sandbox: RunningSandbox) -> None:
    key = fresh_key("anthropic", "limited")

    async with anthropic(running_sandbox, key, retries=2) as client:
        answer = await client.messages.create(model=MODEL, max_tokens=50, messages=says("Bonjour"))

    assert answer.stop_reason == "end_turn"
    assert [seen.status for seen in running_sandbox.models.requests(key=key_digest(key))] == [429, 429, 200]


async def test_the_list_of_models_comes_in_pages(running_sandbox: RunningSandbox) -> None:
    key = fresh_key("anthropic")

    async with anthropic(running_sandbox, key) as client:
        names = [model.id async for model in client.models.list(limit=5)]

    assert tuple(names) == ANTHROPIC.models
    pages = running_sandbox.models.requests(key=key_digest(key))
    assert len(pages) == -(-len(names) // 5)


async def test_an_answer_ends_at_its_bound(running_sandbox: RunningSandbox) -> None:
    running_sandbox.models.script("long-discours", "bla " * 100)

    async with anthropic(running_sandbox) as client:
        answer = await client.messages.create(model=MODEL, max_tokens=10, messages=says("long-discours"))

    assert answer.stop_reason == "max_tokens"
    assert answer.usage.output_tokens == 10
    assert text_of(answer) == "bla " * 10


async def test_a_refusal_has_a_stop_reason_of_its_own(running_sandbox: RunningSandbox) -> None:
    async with anthropic(running_sandbox) as client:
        answer = await client.messages.create(model="sandbox-refuses", max_tokens=10, messages=says("Bonjour"))

    assert (answer.stop_reason, answer.content) == ("refusal", [])


async def test_a_stream_may_fail_in_the_middle(running_sandbox: RunningSandbox) -> None:
    async with anthropic(running_sandbox) as client:
        with pytest.raises(sdk.APIStatusError, match="Overloaded"):
            async with client.messages.stream(model="sandbox-fails", max_tokens=50, messages=says("Bonjour")) as stream:
                await stream.get_final_message()


async def test_a_dropped_stream_is_a_broken_connection(running_sandbox: RunningSandbox) -> None:
    async with anthropic(running_sandbox) as client:
        with pytest.raises(httpx2.RemoteProtocolError):
            async with client.messages.stream(model="sandbox-drops", max_tokens=50, messages=says("Bonjour")) as stream:
                await stream.get_final_message()


@pytest.mark.parametrize(
    "asked",
    [
        {"model": "claude-inconnu", "max_tokens": 10},
        {"model": MODEL, "max_tokens": 0},
        {"model": "claude-sonnet-5", "max_tokens": 10, "extra_body": {"temperature": 0.5}},
        {"model": MODEL, "max_tokens": 10, "extra_headers": {"anthropic-version": ""}},
        {"model": MODEL, "max_tokens": 10, "messages": []},
        {"model": MODEL, "max_tokens": 10, "messages": says("  ")},
    ],
)
async def test_a_wrong_request_is_an_error_in_anthropics_shape(
    running_sandbox: RunningSandbox, asked: dict[str, Any]
) -> None:
    given: Any = {"messages": says("Bonjour"), **asked}

    async with anthropic(running_sandbox) as client:
        with pytest.raises(sdk.APIStatusError) as caught:
            await client.messages.create(**given)

    error: Any = caught.value
    assert error.status_code in (400, 404)
    assert error.body["type"] == "error" and error.body["error"]["message"]


async def test_an_overloaded_model_answers_529(running_sandbox: RunningSandbox) -> None:
    async with anthropic(running_sandbox) as client:
        with pytest.raises(sdk.APIStatusError) as caught:
            await client.messages.create(model="sandbox-overloaded", max_tokens=10, messages=says("Bonjour"))

    assert caught.value.status_code == 529
