"""Conversations when several write at the same moment, and when one of the two leaves."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from engine.accounts.errors import NotSignedIn, TooManyAttempts
from engine.context import Caller, Context, Services, write
from engine.errors import AccountGone, OutsendError
from engine.feedback import inbox, operations, threads
from engine.feedback.errors import ThreadClosed, ThreadForbidden, ThreadFull
from engine.feedback.models import FeedbackThread
from engine.feedback.schemas import ThreadPublic
from engine.limits import FEEDBACK_LIST_MAX, FEEDBACK_THREADS
from engine.privacy.erasure import erase
from tests.house import account

ADDRESS = "ada@example.com"


@pytest.fixture
def ada(services: Services) -> Caller:
    return account(services, ADDRESS)


@pytest.fixture
def boss(services: Services) -> Caller:
    return account(services, "boss@example.com")


def opened(caller: Caller, message: str = "Hello", topic: str | None = None) -> ThreadPublic:
    return caller.run(operations.open_thread, type="other", message=message, topic=topic)


def everything(boss: Caller) -> list[ThreadPublic]:
    return boss.run(inbox.list_page, limit=1_000).items


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of it at the same moment; an error of ours is an outcome like another."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return act()
        except OutsendError as error:
            return type(error)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.slow(30)
def test_as_many_threads_open_at_once_as_the_limit_says(ada: Caller) -> None:
    """C-093."""
    for _ in range(FEEDBACK_THREADS - 3):
        opened(ada)

    outcomes = together(*[lambda: type(opened(ada))] * 8)

    assert Counter(outcomes) == {ThreadPublic: 3, TooManyAttempts: 5}
    assert len(ada.run(operations.list_threads)) == FEEDBACK_THREADS


@write
def many_threads(context: Context, number: int) -> None:
    """More than may be opened in an hour."""
    for _ in range(number):
        now = context.now()
        thread = FeedbackThread(
            account_id=context.account_id, type="bug", topic="general", status="open", created_at=now
        )
        context.session.add(thread)
        context.session.flush()
        threads.append(context, thread, "Hello", role="user", at=now)


@pytest.mark.slow(20)
def test_the_newest_hundred_are_listed_and_unread_counts_all(ada: Caller, boss: Caller) -> None:
    """C-104, C-106."""
    ada.run(many_threads, FEEDBACK_LIST_MAX + 1)
    boss.run(inbox.answer, 1, "An answer to the oldest")

    listed = ada.run(operations.list_threads)

    assert [one.id for one in listed] == list(range(FEEDBACK_LIST_MAX + 1, 1, -1))
    assert ada.run(operations.unread).unread == 1


@pytest.mark.slow(30)
def test_replies_of_both_sides_at_once_are_all_kept_in_order(ada: Caller, boss: Caller) -> None:
    """C-098, C-107."""
    thread = opened(ada)

    together(
        *(lambda n=n: ada.run(operations.reply, thread.id, f"user {n}") for n in range(4)),
        *(lambda n=n: boss.run(inbox.answer, thread.id, f"admin {n}") for n in range(4)),
    )

    (found,) = ada.run(operations.list_threads)
    assert len(found.messages) == 9
    assert [one.created_at for one in found.messages] == sorted(one.created_at for one in found.messages)
    last = [one.author_role for one in found.messages][::-1]
    assert found.unread_for_me == last.index("user")  # what came after the user's own last word


@pytest.mark.slow(30)
def test_nothing_is_said_in_a_thread_after_it_was_closed(ada: Caller, boss: Caller) -> None:
    """C-099."""
    thread = opened(ada)

    outcomes = together(
        *(lambda: type(ada.run(operations.reply, thread.id, "One more")) for _ in range(6)),
        lambda: len(boss.run(inbox.set_status, thread.id, "closed").messages),
    )

    *replies, at_closing = outcomes
    (found,) = ada.run(operations.list_threads)
    assert set(replies) <= {ThreadPublic, ThreadClosed}
    assert len(found.messages) == at_closing == 1 + replies.count(ThreadPublic)


@pytest.mark.slow(30)
def test_a_thread_holds_no_more_than_its_limit(ada: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "FEEDBACK_MESSAGES_MAX", 5)
    thread = opened(ada)

    outcomes = together(*[lambda: type(ada.run(operations.reply, thread.id, "One more"))] * 8)

    assert Counter(outcomes) == {ThreadPublic: 4, ThreadFull: 4}


def test_a_deleted_accounts_threads_stay_as_nobodys(services: Services, ada: Caller, boss: Caller) -> None:
    """C-078."""
    thread = opened(ada, f"Write to me at {ADDRESS.upper()}, or at other@example.com.", "on_demand_sms")
    boss.run(inbox.answer, thread.id, f"We wrote to <{ADDRESS}>.")

    erase(ada, ADDRESS)

    (found,) = everything(boss)
    assert (found.id, found.user_id, found.user_email, found.topic) == (thread.id, None, None, "on_demand_sms")
    assert [one.message for one in found.messages] == [
        "Write to me at [adresse supprimée], or at other@example.com.",
        "We wrote to <[adresse supprimée]>.",
    ]
    assert [one.author_user_id for one in found.messages] == [None, boss.principal.account_id]
    assert boss.run(inbox.on_demand).items[0].threads == [found]


def test_an_anonymous_thread_can_be_answered_and_closed_and_is_no_new_account_s(
    services: Services, ada: Caller, boss: Caller
) -> None:
    """C-078."""
    thread = opened(ada)
    erase(ada, ADDRESS)
    again = account(services, ADDRESS)

    boss.run(inbox.answer, thread.id, "For the record")

    assert boss.run(inbox.set_status, thread.id, "closed").user_email is None
    assert again.run(operations.list_threads) == []
    with pytest.raises(ThreadForbidden):
        again.run(operations.reply, thread.id, "Mine?")


def test_an_administrator_who_leaves_leaves_the_answers(services: Services, ada: Caller, boss: Caller) -> None:
    """C-078."""
    thread = opened(ada)
    boss.run(inbox.answer, thread.id, "An answer")

    erase(boss, "boss@example.com")

    (found,) = ada.run(operations.list_threads)
    assert [(one.author_role, one.author_user_id) for one in found.messages] == [
        ("user", ada.principal.account_id),
        ("admin", None),
    ]
    assert found.unread_for_me == 1


@pytest.mark.slow(60)
def test_who_writes_while_the_account_goes_is_heard_before_or_not_at_all(services: Services, boss: Caller) -> None:
    """C-078, C-076: nobody waits for another in a circle."""
    for turn in range(4):
        address = f"leaving-{turn}@example.com"
        leaving = account(services, address)
        thread = opened(leaving)

        outcomes = together(
            *[lambda leaving=leaving, id=thread.id: type(leaving.run(operations.reply, id, "Wait"))] * 3,
            *[lambda id=thread.id: type(boss.run(inbox.answer, id, "Goodbye"))] * 2,
            lambda leaving=leaving: type(opened(leaving)),
            lambda leaving=leaving, address=address: erase(leaving, address),
        )

        assert set(outcomes) <= {ThreadPublic, NotSignedIn, AccountGone, None}
        assert [one for one in everything(boss) if one.user_email == address] == []
