"""What a process does after it has answered."""

import logging
from threading import Event, current_thread

import pytest

from engine.worker.errands import Errands


def test_they_are_done_in_order_on_a_thread_of_their_own() -> None:
    done: list[tuple[int, str]] = []
    errands = Errands()
    for n in range(5):
        errands.run(lambda n=n: done.append((n, current_thread().name)))
    errands.close()

    assert done == [(n, "errands") for n in range(5)]


def test_one_that_fails_is_logged_and_the_next_is_done(caplog: pytest.LogCaptureFixture) -> None:
    done, errands = Event(), Errands()
    with caplog.at_level(logging.ERROR):
        errands.run(lambda: 1 / 0)
        errands.run(done.set)
        errands.close()

    assert done.is_set() and "An errand failed" in caplog.text


def test_after_the_end_nothing_is_begun() -> None:
    done, errands = Event(), Errands()
    errands.close()
    errands.run(done.set)

    assert not done.is_set()
