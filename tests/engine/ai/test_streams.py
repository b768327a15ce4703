"""Answers that stream, over loopback: their pieces, their whole, and how they end early."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from engine.ai import errors
from engine.ai.completion import stream
from engine.ai.prices import Used
from engine.ai.types import Completion, TextPiece, ToolCall
from engine.context import Services
from tests.engine.ai.local import impatient as impatient
from tests.engine.ai.local import services as services
from tests.engine.ai.speaking import (
    ASK,
    BOUND,
    TOOLS,
    Answer,
    chunk,
    claude_stream,
    connected,
    cost,
    drained,
    events,
    ledger,
    refusal,
    speaking,
    sse,
    then_cut,
    then_hang,
    whole_stream,
)

pytestmark = pytest.mark.slow(20)  # the first test waits for the SDKs


async def test_a_stream_brings_pieces_then_the_whole(services: Services) -> None:
    async with speaking(whole_stream()) as provider:
        me = connected(services, url=provider.url)
        pieces = await drained(stream(me, replace(ASK, tools=TOOLS)))

    assert pieces[:2] == [TextPiece("Bon"), TextPiece("jour")]
    last = pieces[-1]
    assert isinstance(last, Completion)
    assert (last.text, last.stop, last.calls) == ("Bonjour", "tool_calls", (ToolCall("c1", "list_jobs", {"limit": 2}),))
    assert (last.usage.input_tokens, last.usage.output_tokens) == (70, 9)
    assert provider.heard[0].body["stream_options"] == {"include_usage": True}
    assert [entry.state for entry in ledger(me)] == ["settled"]


async def test_anthropics_stream_brings_pieces_then_the_whole(services: Services) -> None:
    async with speaking(claude_stream("Bon", "jour", call='{"limit": 2}')) as provider:
        pieces = await drained(stream(connected(services, "anthropic", provider.url), ASK))

    last = pieces[-1]
    assert isinstance(last, Completion)
    assert (last.text, last.stop, last.calls) == ("Bonjour", "tool_calls", (ToolCall("t1", "list_jobs", {"limit": 2}),))
    assert (last.usage.input_tokens, last.usage.output_tokens) == (50, 12)


async def test_arguments_that_are_no_json_object_are_none(services: Services) -> None:
    async with speaking(claude_stream("Bon", call='{"limit": ')) as provider:
        last = (await drained(stream(connected(services, "anthropic", provider.url), ASK)))[-1]

    assert isinstance(last, Completion) and last.calls[0].arguments is None


async def test_a_stream_that_is_closed_midway_settles_what_came(services: Services) -> None:
    begun = events(chunk({"content": "Bonjour"}), done=False)
    async with speaking(then_hang(begun)) as provider:
        me = connected(services, url=provider.url)
        async with aclosing(stream(me, ASK)) as pieces:
            assert await anext(pieces) == TextPiece("Bonjour")
        await provider.hung_up.wait()

    (entry,) = ledger(me)
    assert (entry.state, entry.output_tokens) == ("assumed", 7)  # no more tokens than bytes
    assert entry.cost_usd == cost(Used(BOUND.input_tokens, 7))


async def test_of_anthropic_the_input_is_known_midway(services: Services) -> None:
    begun = claude_stream("Bonjour", whole=False)
    async with speaking(then_hang(begun)) as provider:
        me = connected(services, "anthropic", provider.url)
        async with aclosing(stream(me, ASK)) as pieces:
            await anext(pieces)

    (entry,) = ledger(me)
    assert (entry.state, entry.input_tokens, entry.output_tokens) == ("assumed", 50, 7)


async def test_thoughts_that_nobody_sees_count_with_the_bound_midway(services: Services) -> None:
    begun = events(chunk({"content": "Bonjour"}), done=False)
    async with speaking(then_hang(begun)) as provider:
        me = connected(services, url=provider.url, model="gpt-5")
        async with aclosing(stream(me, ASK)) as pieces:
            await anext(pieces)

    assert ledger(me)[0].output_tokens == ASK.output_tokens_max


ERROR_EVENT = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


@pytest.mark.parametrize(
    ("provider", "answer"),
    [
        ("openai", then_cut(events(chunk({"content": "Bonjour"}), done=False))),
        ("openai", events(chunk({"content": "Bonjour"}))),
        ("openai", events(chunk({"content": "Bonjour"}), {"error": {"message": "boom"}})),
        ("anthropic", "cut"),
        ("anthropic", "error"),
    ],
)
async def test_a_stream_that_breaks_off_is_told_and_not_begun_anew(
    services: Services, provider: Any, answer: Answer | str
) -> None:
    begun = claude_stream("Bonjour", whole=False)
    broken: dict[str, Answer] = {"cut": then_cut(begun), "error": then_cut(begun + sse(ERROR_EVENT))}
    async with speaking(broken[answer] if isinstance(answer, str) else answer) as there:
        me = connected(services, provider, there.url)
        with pytest.raises(errors.AnswerBroken):
            await drained(stream(me, ASK))

    assert len(there.heard) == 1
    assert [(entry.state, entry.output_tokens) for entry in ledger(me)] == [("assumed", 7)]


async def test_a_stream_that_has_not_begun_is_tried_again(services: Services) -> None:
    async with speaking(refusal(529), whole_stream()) as provider:
        pieces = await drained(stream(connected(services, url=provider.url), ASK))

    assert isinstance(pieces[-1], Completion) and len(provider.heard) == 2


async def test_a_slow_reader_is_not_interrupted_between_two_pieces(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.ai.completion.AI_CALL_SECONDS", 0.5)
    begun = events(chunk({"content": "Bonjour"}), done=False)
    async with speaking(then_hang(begun)) as provider:
        me = connected(services, url=provider.url)
        async with aclosing(stream(me, ASK)) as pieces:
            await anext(pieces)
            await asyncio.sleep(0.7)  # the deadline passes here, in somebody else's work
            with pytest.raises(errors.AnswerLate):
                await anext(pieces)
