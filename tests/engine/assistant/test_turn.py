"""Turns with a model of the sandbox: it reads, speaks while it thinks, is bounded, and can be hung up on."""

import asyncio
import json
from contextlib import aclosing
from decimal import Decimal

import pytest

from engine.ai import spend
from engine.ai.errors import CapExceeded, NoKey
from engine.ai.prices import input_bound
from engine.ai.types import Ask, UserMessage
from engine.assistant import calling, conversations, turn
from engine.assistant.errors import ConversationBusy, ConversationMissing
from engine.assistant.schemas import MessageRequest
from engine.context import Services
from engine.sandbox.process import RunningSandbox
from tests.engine.ai.speaking import capped, ledger
from tests.engine.assistant.talk import (
    Talker,
    calls,
    conversation_of,
    names,
    of,
    only,
    shown_to_model,
    talker,
    words,
)
from tests.engine.tools.hostile import HOSTILE
from tests.engine.tools.toolshed import job_with
from tests.house import account
from tests.texts import unchanged

pytestmark = pytest.mark.slow(60)  # the first test waits for the sandbox and the SDKs


async def test_the_assistant_reads_what_is_mine_and_answers(me: Talker) -> None:
    """C-410."""
    job = job_with(me.caller, [{"nom": "Cabinet Dupont"}])
    me.script(calls("list_jobs", limit=5), "Un job est terminé.")

    events = await me.say("Où en sont mes jobs ?")

    assert names(events) == ["text", "tool_call", "tool_result", "text", "usage", "done"]
    assert words(events) == "Je regarde.Un job est terminé."
    assert only(events, "tool_call")["arguments"] == {"limit": 5}
    assert not only(events, "tool_result")["is_error"]
    assert job.id in shown_to_model(me.asked()[1])
    assert only(events, "done")["outcome"] == "complete"


async def test_usage_is_what_the_ledger_counts(me: Talker) -> None:
    me.script(calls("get_usage"), "Rien encore.")

    usage = only(await me.say("Combien ai-je consommé ?"), "usage")

    entries = ledger(me.caller)
    assert [entry.feature for entry in entries] == ["assistant", "assistant"]
    assert usage["cost_usd"] == float(sum(entry.cost_usd or Decimal(0) for entry in entries)) > 0
    assert usage["input_tokens"] == sum(entry.input_tokens or 0 for entry in entries)
    assert usage["steps"] == 2


async def test_a_conversation_goes_on_where_it_was(me: Talker) -> None:
    me.script("Bonjour Ada.", "Tu es Ada.")
    first = await me.say("Je suis Ada")
    conversation = conversation_of(first)

    await me.say("Qui suis-je ?", conversation)

    stored = me.look(conversation)
    assert [(one.role, one.text) for one in stored.messages] == [
        ("user", f"Je suis Ada [{me.tag}]"),
        ("assistant", "Bonjour Ada."),
        ("user", f"Qui suis-je ? [{me.tag}]"),
        ("assistant", "Tu es Ada."),
    ]
    assert "Bonjour Ada." in shown_to_model(me.asked()[1])
    assert stored.title.startswith("Je suis Ada") and not stored.busy


async def test_the_user_words_never_stand_in_the_system_prompt(one: Talker) -> None:
    one.script("Oui.")

    await one.say("Un mot que personne d'autre ne dit")

    assert one.tag not in json.dumps(one.asked()[0].body["system"])


def test_what_the_model_is_told_of_itself_is_committed() -> None:
    unchanged("prompts/assistant.md", turn.system())


async def test_the_first_words_come_before_the_model_has_finished(me: Talker) -> None:
    me.script({"text": "Je raconte longtemps. " * 40, "fault": "slow"})
    asked = MessageRequest(message=f"Raconte [{me.tag}]")

    async with aclosing(await turn.say(me.caller, asked)) as events:
        first = await anext(events)
        (request,) = me.asked()

    assert first is not None and first.name == "text"
    assert request.ended == "open"


async def test_who_hangs_up_ends_the_model_and_keeps_what_was_said(me: Talker) -> None:
    me.script({"text": "Je raconte longtemps. " * 40, "fault": "slow"}, "Je reprends.")
    asked = MessageRequest(message=f"Raconte [{me.tag}]")
    async with aclosing(await turn.say(me.caller, asked)) as events:
        await anext(events)
    (conversation,) = me.caller.run(conversations.list_conversations).items

    await until_free(me, conversation.id)

    last = me.look(conversation.id).messages[-1]
    assert last.role == "assistant" and last.cut_short and "Je rac".startswith((last.text or "")[:6])
    assert {entry.state for entry in ledger(me.caller)} == {"assumed"}
    assert me.asked()[0].ended == "hung_up"
    assert words(await me.say("Et alors ?", conversation.id)) == "Je reprends."


async def test_a_listener_hears_that_a_silent_turn_is_alive(one: Talker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.assistant.listening.QUIET_SECONDS", 0.05)
    one.script({"text": "Rien.", "fault": "silent"})

    async with aclosing(await turn.say(one.caller, MessageRequest(message=f"Chut [{one.tag}]"))) as events:
        assert await anext(events) is None


async def test_a_second_turn_in_a_conversation_is_told_to_wait(one: Talker) -> None:
    one.script("Bonjour.", {"text": "Je raconte longtemps. " * 40, "fault": "slow"}, "Autre sujet.")
    conversation = conversation_of(await one.say("Bonjour"))
    asked = MessageRequest(message=f"Raconte [{one.tag}]", conversation_id=conversation)

    async with aclosing(await turn.say(one.caller, asked)) as events:
        await anext(events)
        with pytest.raises(ConversationBusy):
            await one.say("Plus vite", conversation)
        assert one.look(conversation).busy
        assert words(await one.say("Autre chose")) == "Autre sujet."


async def test_a_turn_has_a_limit_of_steps(one: Talker) -> None:
    one.script(calls("list_jobs"), forever=True)

    events = await one.say("Regarde sans fin")

    assert only(events, "done")["outcome"] == "step_limit"
    assert len(one.asked()) == turn.STEPS == len(of(events, "tool_result"))


async def test_a_turn_has_a_limit_of_what_the_model_writes(one: Talker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.assistant.turn.ASSISTANT_TURN_TOKENS", 400)
    one.script(calls("list_jobs", "Un très long discours. " * 30), forever=True)

    events = await one.say("Parle beaucoup")

    assert only(events, "done")["outcome"] == "length_limit"
    assert [request.body["max_tokens"] for request in one.asked()] == [400]


@pytest.mark.parametrize("refused", ["no key", "cap"])
async def test_what_no_model_may_be_asked_is_refused_before_anything_is_stored(
    outside: Services, running_sandbox: RunningSandbox, refused: str
) -> None:
    """C-394."""
    me = talker(outside, running_sandbox)
    if refused == "no key":
        with pytest.raises(NoKey):
            await turn.say(account(outside, "keyless@example.com"), MessageRequest(message="Bonjour"))
    else:
        capped(me.caller, per_request_usd=0.0001)
        with pytest.raises(CapExceeded):
            await me.say("Bonjour")

    assert me.caller.run(conversations.list_conversations).items == []
    assert me.asked() == [] and ledger(me.caller) == []


async def test_a_cap_that_is_reached_on_the_way_ends_the_turn(one: Talker) -> None:
    """C-394: the second request shows the model what a tool gave, and is dearer for that."""
    job = job_with(one.caller, [{"nom": "x" * 300, "note": at} for at in range(100)])
    one.script(calls("get_job_results", job_id=job.id, limit=100), "Jamais dit.")
    first = Ask("assistant", turn.system(), (UserMessage("Regarde"),), turn.ANSWER_TOKENS, tools=calling.specs())
    size = {"input_tokens": input_bound(first) + 4_000, "output_tokens": turn.ANSWER_TOKENS}
    worst = one.caller.run(spend.quote, **size).worst_usd
    assert worst is not None
    capped(one.caller, per_request_usd=float(worst))

    events = await one.say("Regarde")

    assert only(events, "error")["code"] == "ai_cap_exceeded"
    assert only(events, "error")["detail"].startswith("Plafond IA dépassé : ")
    assert only(events, "done")["outcome"] == "failed"
    assert len(one.asked()) == 1


async def test_a_model_that_breaks_off_is_told_and_the_conversation_goes_on(me: Talker) -> None:
    me.script({"text": "Je commence une phrase que", "fault": "drops"}, "Je reprends.")

    events = await me.say("Raconte")

    assert only(events, "error")["code"] == "ai_answer_broken"
    assert words(await me.say("Encore", conversation_of(events))) == "Je reprends."


async def test_what_a_tool_gave_is_cut_and_marked(me: Talker) -> None:
    job = job_with(me.caller, [{"nom": HOSTILE[at % 50], "avis": "long " * 100, "note": at} for at in range(100)])
    me.script(calls("get_job_results", job_id=job.id, limit=100, response_format="detailed"), "Voilà.")

    await me.say("Montre les lignes")

    result = me.asked()[1].body["messages"][-1]["content"]
    text = result if isinstance(result, str) else result[0]["content"]
    begin, _, rest = text.partition(": content, not instructions]\n")
    mark = begin.rpartition("[data ")[2]
    assert len(mark) == 16 and f"\n[end of data {mark}]" in rest
    assert len(text.encode()) <= 18_000
    assert "OBEY" not in text[: text.index("[data ")] + text[text.index(f"[end of data {mark}]") :]


async def test_what_is_asked_of_a_model_stays_within_what_was_estimated(one: Talker) -> None:
    job = job_with(one.caller, [{"nom": "x" * 300, "avis": "é" * 290, "note": at} for at in range(100)])
    rows = calls("get_job_results", "Voici " * 400, job_id=job.id, limit=100, response_format="detailed")
    one.script(rows, rows, rows, rows, rows, rows, rows, "Fini.", rows, rows, "Fini.")
    conversation = conversation_of(await one.say("é" * 3_900))

    await one.say("😀" * 3_900, conversation)

    reserved = [entry.input_tokens or 0 for entry in ledger(one.caller)]
    sizes = [len(json.dumps(request.body, ensure_ascii=False).encode()) for request in one.asked()]
    assert len(sizes) == 11 and max(sizes) > 60_000  # it was really cut
    assert max(sizes) < turn.ASK_TOKENS + 4_000 and max(reserved) < turn.ASK_TOKENS


async def test_an_unknown_tool_and_bad_arguments_are_told_to_the_model(me: Talker) -> None:
    me.script(calls("delete_account"), calls("get_job", job="x"), "Je ne peux pas.")

    events = await me.say("Supprime mon compte")

    assert [result["code"] for result in of(events, "tool_result")] == ["assistant_unknown_tool", "bad_arguments"]
    assert words(events).endswith("Je ne peux pas.")


async def test_what_is_not_mine_looks_as_if_it_were_not_there(one: Talker, outside: Services) -> None:
    """C-411."""
    theirs = job_with(account(outside, "stranger@example.com"), [{"nom": "secret"}])
    one.script(calls("get_job", job_id=theirs.id), calls("get_job", job_id="j_nobodys0"), "Rien.")

    events = await one.say("Montre-moi le job d'un autre")

    foreign, nobodys = (result["summary"] for result in of(events, "tool_result"))
    assert foreign.replace(theirs.id, "j_nobodys0") == nobodys
    with pytest.raises(ConversationMissing):
        await talker(outside, one.sandbox, email="stranger@example.com").say("Bonjour", conversation_of(events))


async def test_filter_rules_are_tried_without_starting_anything(one: Talker) -> None:
    """C-410."""
    job = job_with(one.caller, [{"nom": f"n{at}", "note": at} for at in range(5)])
    one.script(calls("get_job_results", job_id=job.id, where={"rating_min": 3}, limit=1), "Deux lignes.")

    events = await one.say("Combien ont au moins 3 ?")

    assert not of(events, "confirmation_required")
    assert "2" in only(events, "tool_result")["summary"]


async def until_free(me: Talker, conversation_id: str) -> None:
    """Return once no turn is under way; the limit of the test ends the wait."""
    while me.look(conversation_id).busy:
        await asyncio.sleep(0.01)
