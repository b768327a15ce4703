"""The ways out to the map: one page at a time by each, pauses, rests."""

import asyncio

import pytest

from engine.sources.errors import TileBlocked
from engine.sources.google_ways import Manners, Ways
from tests.engine.network.outside import HandClock


async def numbers(ways: Ways, count: int) -> list[int]:
    found: list[int] = []
    for _ in range(count):
        async with ways.one() as way:
            found.append(way.number)
    return found


async def test_the_way_that_was_used_longest_ago_comes_first() -> None:
    clock = HandClock()
    ways = Ways(3, clock, Manners(pause=0.0))

    found: list[int] = []
    for _ in range(5):
        clock.seconds += 1.0
        found += await numbers(ways, 1)

    assert found == [0, 1, 2, 0, 1]


async def test_a_way_serves_one_page_at_a_time() -> None:
    ways = Ways(1, HandClock(), Manners(pause=0.0))
    order: list[str] = []

    async def use(name: str) -> None:
        async with ways.one():
            order.append(f"{name} begins")
            await asyncio.sleep(0)
            order.append(f"{name} ends")

    await asyncio.gather(use("a"), use("b"), use("c"))

    assert order == [f"{name} {what}" for name in "abc" for what in ("begins", "ends")]


async def test_a_pause_lies_between_two_pages_of_a_way() -> None:
    ways = Ways(1, HandClock(), Manners(pause=60.0))
    await numbers(ways, 1)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(numbers(ways, 1), 0.05)


async def test_a_refused_way_rests_twice_as_long_each_time_until_it_is_let_through() -> None:
    clock = HandClock()
    ways = Ways(1, clock, Manners(pause=0.0, rest=10.0, rest_max=25.0, patience=0.0))
    rests: list[float] = []
    for served in (False, False, False, True, False):
        async with ways.one() as way:
            if served:
                ways.served(way)
            else:
                ways.refused(way)
                rests.append(way.rests_until - clock.monotonic())
        clock.seconds = max(clock.seconds, way.rests_until)

    assert rests == [10.0, 20.0, 25.0, 10.0]


async def test_who_finds_every_way_at_rest_for_long_is_refused_at_once() -> None:
    ways = Ways(2, HandClock(), Manners(pause=0.0, rest=600.0, patience=60.0))
    for _ in range(2):
        async with ways.one() as way:
            ways.refused(way)

    assert ways.are_at_rest
    with pytest.raises(TileBlocked, match="every_way"):
        await numbers(ways, 1)


async def test_a_way_is_given_back_by_whoever_gives_up() -> None:
    ways = Ways(1, HandClock(), Manners(pause=0.0))
    entered = asyncio.Event()

    async def hold() -> None:
        async with ways.one():
            entered.set()
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold())
    await entered.wait()
    waiting = asyncio.create_task(numbers(ways, 1))
    await asyncio.sleep(0)
    holding.cancel()

    assert await asyncio.wait_for(waiting, 2) == [0]
