"""How fast sites and APIs are asked."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from engine.clock import Clock
from engine.network.pace import IDLE_SECONDS, ApiPace, Pace, retry_after_seconds, site_of
from tests.engine.network.outside import HandClock

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.shop.fr", "shop.fr"),
        ("shop.fr", "shop.fr"),
        ("a.b.shop.co.uk", "shop.co.uk"),
        ("one.wixsite.com", "one.wixsite.com"),
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_a_site_is_what_one_owner_registered(host: str, site: str) -> None:
    assert site_of(host) == site


async def test_two_sites_do_not_wait_for_each_other() -> None:
    pace = Pace(Clock())
    started = time.monotonic()
    for number in range(50):
        async with pace.slot(f"shop{number}.fr"):
            pass

    assert time.monotonic() - started < 0.2


async def test_at_most_two_requests_of_a_site_are_in_flight() -> None:
    pace, most, now = Pace(Clock()), 0, 0

    async def ask() -> None:
        nonlocal most, now
        async with pace.slot("shop.fr", follows=True):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.01)
            now -= 1

    await asyncio.gather(*(ask() for _ in range(10)))

    assert most == 2


async def test_a_hold_delays_the_next_start() -> None:
    pace = Pace(Clock())
    async with pace.slot("shop.fr"):
        pace.hold("shop.fr", seconds=0.5)
    started = time.monotonic()
    async with pace.slot("shop.fr"):
        waited = time.monotonic() - started

    assert 0.45 < waited < 0.8


async def test_idle_sites_are_forgotten() -> None:
    clock = HandClock()
    pace = Pace(clock)
    for number in range(1_000):
        async with pace.slot(f"shop{number}.fr"):
            pass
    clock.seconds += IDLE_SECONDS + 1
    async with pace.slot("last.fr"):
        known = len(pace._sites)

    assert known == 1


async def test_an_api_gets_evenly_spaced_starts() -> None:
    pace = ApiPace(Clock(), {"api.fr": 20.0})
    started = time.monotonic()
    await asyncio.gather(*(pace.token("api.fr") for _ in range(10)))

    assert 0.43 < time.monotonic() - started < 0.8


async def test_an_unlisted_api_may_be_asked_ten_times_at_once() -> None:
    pace = ApiPace(Clock(), {})
    started = time.monotonic()
    await asyncio.gather(*(pace.token("other.fr") for _ in range(10)))
    at_once = time.monotonic() - started
    await pace.token("other.fr")

    assert at_once < 0.05
    assert time.monotonic() - started > 0.08


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Fri, 01 May 2026 12:00:30 GMT", 30.0),
        ("Fri, 01 May 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_seconds({"Retry-After": value}, NOW) == seconds
