"""Kept answers of public services: they hold for their time, the later one stays, and no job fails for want of them."""

import asyncio

from engine.context import Services
from engine.jobs import kept
from engine.jobs.kept import KeptAnswers


async def test_what_is_kept_holds_until_its_time_and_is_then_forgotten(services: Services) -> None:
    answers = KeptAnswers(services)
    await answers.put("a", b"1", seconds=60.0)
    await answers.put("a", b"\x00\xff", seconds=60.0)
    await answers.put("b", b"2", seconds=-1.0)

    await asyncio.to_thread(kept.forget_expired, services)

    assert await answers.get("a") == b"\x00\xff"
    assert await answers.get("b") is None


async def test_a_database_that_is_away_is_an_answer_that_was_not_kept(services: Services) -> None:
    answers = KeptAnswers(services)
    services.db.close()

    await answers.put("a", b"1", seconds=60.0)

    assert await answers.get("b") is None
