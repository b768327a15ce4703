"""Requests that must not be done twice, on both databases."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from pydantic import BaseModel

from engine.accounts.repeats import Asked, KeyReused, forget_old, once
from engine.context import Caller, Context, Services, write
from tests.house import account

pytestmark = pytest.mark.slow(15)


class Answer(BaseModel):
    number: int


def doer() -> tuple[list[int], object]:
    """What was done, and an operation that does it."""
    done: list[int] = []

    @write
    def act(context: Context) -> Answer:
        done.append(len(done))
        return Answer(number=len(done))

    return done, act


def ask(caller: Caller, act: object, key: str | None, fingerprint: str = "f") -> int:
    return caller.run(once, Asked(key, fingerprint), Answer, act).number  # type: ignore[arg-type]


def test_the_same_key_gives_the_first_answer_again(services: Services) -> None:
    caller, (done, act) = account(services), doer()

    assert [ask(caller, act, "k"), ask(caller, act, "k"), ask(caller, act, "other")] == [1, 1, 2]
    assert len(done) == 2


def test_without_a_key_each_request_is_done(services: Services) -> None:
    caller, (_, act) = account(services), doer()

    assert [ask(caller, act, None), ask(caller, act, None)] == [1, 2]


def test_a_key_belongs_to_its_account(services: Services) -> None:
    done, act = doer()

    assert [ask(account(services, f"{name}@example.com"), act, "k") for name in ("ada", "eve")] == [1, 2]
    assert len(done) == 2


def test_another_request_with_the_key_is_refused(services: Services) -> None:
    caller, (_, act) = account(services), doer()
    ask(caller, act, "k")

    with pytest.raises(KeyReused):
        ask(caller, act, "k", "another")


def test_equal_requests_at_once_are_done_once(services: Services) -> None:
    caller, (done, act) = account(services), doer()
    start = Barrier(8)

    def run(_: int) -> int:
        start.wait()
        return ask(caller, act, "k")

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(run, range(8)))

    assert answers == {1: 8} and len(done) == 1


def test_an_answer_is_kept_for_a_day(services: Services) -> None:
    caller, (done, act) = account(services), doer()
    ask(caller, act, "k")
    services.clock.offset += timedelta(hours=23)
    forget_old(services)
    assert ask(caller, act, "k") == 1

    services.clock.offset += timedelta(hours=1)
    forget_old(services)

    assert ask(caller, act, "k") == 2 and len(done) == 2
