"""One turn at a time, one decision a token, on both databases; what a dead turn leaves behind."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.accounts.errors import AccountInactive, NotSignedIn
from engine.ai.types import Completion, ModelMessage, ToolCall, Usage, UserMessage
from engine.assistant import confirm, conversations, floor
from engine.assistant.errors import (
    ConfirmationExpired,
    ConfirmationUsed,
    ConversationBusy,
    ConversationFull,
    ConversationMissing,
    TurnLost,
)
from engine.assistant.floor import Floor
from engine.assistant.proposals import Proposal
from engine.assistant.said import UNKNOWN
from engine.context import Caller, Context, Services, write
from engine.errors import OutsendError
from engine.privacy.erasure import erase
from tests.house import account

AT_ONCE = 12
CALL = {"id": "abc123def", "name": "create_scrap_job", "arguments": {}}
SHOWN = {"title": "Find businesses", "summary": "Chercher", "price": None}


def said(text: str = "Je cherche.", cost: str | None = "0.001") -> Completion:
    return Completion(text, (), "end", Usage(10, 5, None if cost is None else Decimal(cost)), "m")


def waiting(caller: Caller) -> tuple[Floor, str]:
    """A turn that has ended because an action waits, and the action's token."""
    held = caller.run(floor.begin, None, "Trouve des dentistes")
    caller.run(floor.keep_answer, held, said(), [CALL])
    shown = caller.run(confirm.ask, held, CALL["id"], Proposal("create_scrap_job", {}, SHOWN))
    caller.run(floor.end, held)
    return held, shown.token


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """What each gives or raises, when all begin in the same moment."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        ready.wait()
        try:
            return act()
        except OutsendError as error:
            return type(error)

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


@pytest.mark.slow(30)
def test_of_many_answers_to_one_token_one_wins(stored: Services) -> None:
    me = account(stored)
    _, token = waiting(me)

    came = at_once([lambda at=at: me.run(confirm.decide, token, approve=at % 2 == 0) for at in range(AT_ONCE)])

    assert sum(isinstance(one, confirm.Decided) for one in came) == 1
    assert came.count(ConfirmationUsed) == AT_ONCE - 1


@pytest.mark.slow(30)
def test_of_many_turns_in_one_conversation_one_begins(stored: Services) -> None:
    me = account(stored)
    held, _ = waiting(me)

    came = at_once([lambda: me.run(floor.begin, held.conversation_id, "Encore") for _ in range(AT_ONCE)])

    assert sum(isinstance(one, Floor) for one in came) == 1
    assert came.count(ConversationBusy) == AT_ONCE - 1


def test_a_decision_during_a_turn_changes_nothing(stored: Services) -> None:
    me = account(stored)
    held, token = waiting(me)
    mine = me.run(floor.begin, None, "Ailleurs")
    other = me.run(confirm.decide, token, approve=True)  # goes on while the other conversation is busy, too

    assert mine.conversation_id != other.floor.conversation_id == held.conversation_id
    with pytest.raises(ConfirmationUsed):
        me.run(confirm.decide, token, approve=True)


def test_a_busy_conversation_leaves_the_token_as_it_is(stored: Services) -> None:
    me = account(stored)
    held = me.run(floor.begin, None, "Trouve")
    me.run(floor.keep_answer, held, said(), [CALL])
    token = me.run(confirm.ask, held, CALL["id"], Proposal("create_scrap_job", {}, SHOWN)).token

    with pytest.raises(ConversationBusy):
        me.run(confirm.decide, token, approve=True)

    me.run(floor.end, held)
    assert me.run(confirm.decide, token, approve=True).approved


def test_a_token_ends_after_fifteen_minutes(stored: Services) -> None:
    me = account(stored)
    _, token = waiting(me)

    stored.clock.offset += timedelta(minutes=15)

    with pytest.raises(ConfirmationExpired):
        me.run(confirm.decide, token, approve=True)


def test_a_turn_that_is_silent_for_a_minute_is_over_and_can_write_no_more(stored: Services) -> None:
    me = account(stored)
    dead = me.run(floor.begin, None, "Trouve")
    me.run(floor.keep_answer, dead, said(), [CALL])

    stored.clock.offset += timedelta(seconds=50)
    me.run(floor.beat, dead)
    stored.clock.offset += timedelta(seconds=50)
    with pytest.raises(ConversationBusy):
        me.run(floor.begin, dead.conversation_id, "Encore")
    stored.clock.offset += timedelta(seconds=11)
    me.run(floor.begin, dead.conversation_id, "Encore")

    for late in (lambda: me.run(floor.beat, dead), lambda: me.run(floor.keep_words, dead, "Trop tard")):
        with pytest.raises(TurnLost):
            late()
    me.run(floor.end, dead)  # takes the floor from nobody
    with pytest.raises(ConversationBusy):
        me.run(floor.begin, dead.conversation_id, "Et moi ?")


def test_what_a_dead_turn_left_open_is_told_to_the_model_as_unknown(stored: Services) -> None:
    me = account(stored)
    dead = me.run(floor.begin, None, "Trouve")
    me.run(floor.keep_answer, dead, said(), [CALL])
    stored.clock.offset += timedelta(minutes=2)

    me.run(floor.begin, dead.conversation_id, "Alors ?")

    asked, answered, given, silence, again = me.run(floor.history, dead.conversation_id)
    assert asked == UserMessage("Trouve") and again == UserMessage("Alors ?")
    assert answered == ModelMessage("Je cherche.", (ToolCall(CALL["id"], CALL["name"], {}),))  # type: ignore[arg-type]
    assert isinstance(given, UserMessage) and given.results[0].text == UNKNOWN and given.results[0].is_error
    assert isinstance(silence, ModelMessage)


def test_cost_is_a_sum_and_unknown_once_a_part_is(stored: Services) -> None:
    me = account(stored)
    held = me.run(floor.begin, None, "Bonjour")

    first = me.run(floor.keep_answer, held, said(), [])
    second = me.run(floor.keep_answer, held, said(), [])
    third = me.run(floor.keep_answer, held, said(cost=None), [])

    assert (first.cost_usd, second.cost_usd, third.cost_usd) == (Decimal("0.001"), Decimal("0.002"), None)
    assert (third.steps, third.input_tokens, third.output_tokens) == (3, 30, 15)


def test_a_deleted_conversation_leaves_nothing_and_ends_its_turn(stored: Services) -> None:
    me = account(stored)
    held, token = waiting(me)
    running = me.run(floor.begin, held.conversation_id, "Encore")

    me.run(conversations.delete_conversation, held.conversation_id)

    with pytest.raises(TurnLost):
        me.run(floor.keep_words, running, "Trop tard")
    with pytest.raises(ConversationMissing):
        me.run(conversations.look, held.conversation_id)
    with pytest.raises(OutsendError):
        me.run(confirm.decide, token, approve=True)


def test_an_account_that_is_shut_or_gone_says_no_more(stored: Services) -> None:
    """C-411."""
    me, gone = account(stored), account(stored, "leaving@example.com")
    shut, left = me.run(floor.begin, None, "Bonjour"), gone.run(floor.begin, None, "Bonjour")

    stored.run(None, _shut, me.principal.account_id)
    erase(gone, "leaving@example.com")

    with pytest.raises(AccountInactive):
        me.run(floor.keep_words, shut, "Encore")
    with pytest.raises(NotSignedIn):
        gone.run(floor.keep_words, left, "Encore")


def test_the_conversation_unused_for_longest_goes_where_there_are_too_many(
    stored: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.assistant.conversations.ASSISTANT_CONVERSATIONS_MAX", 2)
    me, other = account(stored), account(stored, "other@example.com")
    theirs = other.run(floor.begin, None, "À moi")
    first, second = (me.run(floor.begin, None, words) for words in ("Un", "Deux"))
    me.run(floor.keep_words, first, "encore")

    third = me.run(floor.begin, None, "Trois")

    kept = [one.id for one in me.run(conversations.list_conversations).items]
    assert kept == [third.conversation_id, first.conversation_id] and second.conversation_id not in kept
    assert [one.id for one in other.run(conversations.list_conversations).items] == [theirs.conversation_id]


def test_a_conversation_has_an_end(stored: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.assistant.floor.ASSISTANT_MESSAGES_MAX", 2)
    me = account(stored)
    held, _ = waiting(me)

    with pytest.raises(ConversationFull):
        me.run(floor.begin, held.conversation_id, "Encore")


@write
def _shut(context: Context, account_id: int) -> None:
    row = floor.by_id(context, account_id)
    row.is_active = False
    context.session.add(row)
