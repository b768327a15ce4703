"""What tests learn of the models' callers, and models that hang, are silent or slow."""

import asyncio
from urllib.error import HTTPError

import openai as sdk
import pytest

from engine.sandbox.apis.llm_desk import SeenRequest, key_digest
from engine.sandbox.process import RunningSandbox
from tests.sandbox.llm_clients import chat, fresh_key
from tests.sandbox.test_llm_chat import MODEL, says


async def settled(box: RunningSandbox, key: str) -> SeenRequest:
    """The only request of a key, once its end is known."""
    async with asyncio.timeout(4):
        while (seen := box.models.requests(key=key_digest(key))[0]).ended == "open":
            await asyncio.sleep(0.01)
    return seen


async def test_the_log_tells_who_asked_what(running_sandbox: RunningSandbox) -> None:
    key, other = fresh_key("openai"), fresh_key("openai")

    async with chat(running_sandbox, key=key) as client:
        answer = await client.chat.completions.create(model=MODEL, messages=says("Bonjour"), max_tokens=40)

    [seen] = running_sandbox.models.requests(key=key_digest(key))
    assert answer.usage is not None
    assert (seen.provider, seen.method, seen.path) == ("openai", "POST", "/v1/chat/completions")
    assert (seen.model, seen.status, seen.ended) == (MODEL, 200, "whole")
    assert (seen.input_tokens, seen.output_tokens) == (answer.usage.prompt_tokens, answer.usage.completion_tokens)
    assert seen.body["messages"] == says("Bonjour")
    assert key not in seen.model_dump_json()
    assert running_sandbox.models.requests(key=key_digest(other)) == []


async def test_who_hangs_up_on_a_hanging_stream_is_noticed(running_sandbox: RunningSandbox) -> None:
    key = fresh_key("openai")
    running_sandbox.models.script("suspens", {"text": "Un début et une fin qui ne vient pas.", "fault": "hangs"})

    async with chat(running_sandbox, key=key) as client:
        stream = await client.chat.completions.create(model=MODEL, messages=says("suspens"), stream=True)
        first = await anext(stream)
        assert running_sandbox.models.requests(key=key_digest(key))[0].ended == "open"
        await stream.close()

    assert first.choices
    assert (await settled(running_sandbox, key)).ended == "hung_up"


async def test_a_silent_model_answers_nothing(running_sandbox: RunningSandbox) -> None:
    key = fresh_key("openai")

    async with chat(running_sandbox, key=key) as client:
        with pytest.raises(sdk.APITimeoutError):
            await client.with_options(timeout=0.2).chat.completions.create(
                model="sandbox-silent", messages=says("Bonjour")
            )

    assert (await settled(running_sandbox, key)).ended == "hung_up"


async def test_a_slow_model_writes_token_by_token(running_sandbox: RunningSandbox) -> None:
    running_sandbox.models.script("doucement", "Mot par mot.")

    async with chat(running_sandbox) as client:
        stream = await client.chat.completions.create(model="sandbox-slow", messages=says("doucement"), stream=True)
        words = [chunk.choices[0].delta.content async for chunk in stream if chunk.choices]

    assert words == ["", "Mot ", "par ", "mot.", None]


async def test_a_drop_and_an_end_are_told_apart(running_sandbox: RunningSandbox) -> None:
    key = fresh_key("openai")

    async with chat(running_sandbox, key=key) as client:
        with pytest.raises(sdk.APIConnectionError):
            await client.chat.completions.create(model="sandbox-drops", messages=says("Bonjour"))

    assert (await settled(running_sandbox, key)).ended == "broken"


async def test_scripts_are_used_in_order_and_forgotten(running_sandbox: RunningSandbox) -> None:
    models = running_sandbox.models
    models.script("refrain", "un")
    models.script("refrain", "deux", "trois", forever=True)

    async with chat(running_sandbox) as client:
        said = [
            (await client.chat.completions.create(model=MODEL, messages=says("refrain"))).choices[0].message.content
            for _ in range(4)
        ]
        models.forget_scripts()
        own = await client.chat.completions.create(model=MODEL, messages=says("refrain"))

    assert said == ["un", "deux", "trois", "trois"]
    assert own.choices[0].message.content not in said


def test_a_script_of_an_unknown_shape_is_refused(running_sandbox: RunningSandbox) -> None:
    for wrong in ({"texte": "faute"}, {"fault": "unknown"}):
        with pytest.raises(HTTPError):
            running_sandbox.models.script("mot", wrong)
