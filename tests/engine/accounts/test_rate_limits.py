"""Attempts in a sliding window."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from engine.accounts.errors import TooManyAttempts
from engine.accounts.models import Attempt
from engine.accounts.operations import forget_expired
from engine.accounts.rate_limits import LOGIN_BY_EMAIL, LOGIN_BY_IP, Limit, count_attempt
from engine.context import Context, Services, read
from tests.house import house
from tests.visitors import StandingClock

TWO_A_MINUTE = Limit("test", 2, timedelta(minutes=1))


def allowed(services: Services, *against: tuple[Limit, str]) -> bool:
    try:
        services.run(None, count_attempt, *against)
    except TooManyAttempts:
        return False
    return True


@read
def kept(context: Context) -> list[str]:
    return list(context.session.exec(select(Attempt.key)))


def test_the_window_slides(tmp_path: Path) -> None:
    """C-021: no moment lets twice as many through, as a fixed window would."""
    clock = StandingClock()
    with house(tmp_path, deaf=True, clock=clock) as services:
        outcomes: list[bool] = []
        for seconds in (0, 50, 5, 6, 39, 12):  # at 0, 50, 55, 61, 100, 112 seconds
            clock.offset += timedelta(seconds=seconds)
            outcomes.append(allowed(services, (TWO_A_MINUTE, "ada")))

    assert outcomes == [True, True, False, True, False, True]


def test_the_told_delay_is_when_there_is_room_again(tmp_path: Path) -> None:
    """C-021, C-019."""
    clock = StandingClock()
    with house(tmp_path, deaf=True, clock=clock) as services:
        for seconds in (0, 20):
            clock.offset += timedelta(seconds=seconds)
            assert allowed(services, (TWO_A_MINUTE, "ada"))
        with pytest.raises(TooManyAttempts) as refused:
            services.run(None, count_attempt, (TWO_A_MINUTE, "ada"))

        assert refused.value.values == {"retry_after": 40}
        clock.offset += timedelta(seconds=40)
        assert allowed(services, (TWO_A_MINUTE, "ada"))


def test_an_attempt_that_one_limit_refuses_counts_against_no_other(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        for n in range(5):
            assert allowed(services, (LOGIN_BY_IP, "ip"), (LOGIN_BY_EMAIL, f"{n}@example.com"))
        for _ in range(9):
            assert not allowed(services, (LOGIN_BY_IP, "ip"), (LOGIN_BY_EMAIL, "ada@example.com"))

        assert allowed(services, (LOGIN_BY_IP, "another"), (LOGIN_BY_EMAIL, "ada@example.com"))


def test_who_tried_cannot_be_read_from_the_database(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        allowed(services, (LOGIN_BY_IP, "203.0.113.9"), (LOGIN_BY_EMAIL, "ada@example.com"))

        assert all(len(key) == 64 and "." not in key for key in services.run(None, kept))


def test_attempts_that_no_window_holds_are_forgotten(tmp_path: Path) -> None:
    clock = StandingClock()
    with house(tmp_path, deaf=True, clock=clock) as services:
        allowed(services, (LOGIN_BY_IP, "ip"))
        clock.offset += timedelta(minutes=61)
        allowed(services, (LOGIN_BY_IP, "ip"))
        forget_expired(services)

        assert len(services.run(None, kept)) == 1
