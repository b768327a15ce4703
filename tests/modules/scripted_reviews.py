"""A map that tells the reviews that a test gave it: the outside world of the module reviews."""

import asyncio
from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import select

from engine.context import Caller, Services
from engine.jobs import operations as jobs
from engine.jobs.models import Job
from engine.jobs.schemas import JobPublic
from engine.modules.reviews import module
from engine.rows.types import Row
from engine.sources.errors import PlaceUnknown, ReviewsCut, TileBlocked
from engine.sources.google_reviews import Review, ReviewPage
from tests.house import ended, rows_of, worker

NOON = datetime(2026, 5, 27, 12, tzinfo=UTC)


def review(number: int, **facts: object) -> Review:
    """The review of that number: a higher one is newer by a day."""
    given: dict[str, object] = {
        "id": f"r{number}",
        "author": f"Client {number}",
        "rating": 4.0,
        "published": NOON + timedelta(days=number),
        "text": f"Avis {number}",
        "answer": None,
        "link": f"https://www.google.com/maps/reviews/r{number}",
        **facts,
    }
    return Review(**given)  # type: ignore[arg-type]


def numbered(*numbers: int) -> list[Review]:
    return [review(number) for number in numbers]


@dataclass
class Asked:
    """One question: of which place, and how."""

    place: str
    newest: bool
    limit: int
    known: Container[str]


@dataclass
class Town:
    """Reviews by place, as Maps ranks them; a place that is missing is unknown.

    `refused`: how often Maps refuses a place, and after how many reviews. `before`: what happens first.
    """

    told: dict[str, list[Review]]
    refused: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    before: Callable[[str], Awaitable[None]] | None = None
    asked: list[Asked] = field(default_factory=list[Asked])

    async def reviews(self, place: str, *, newest: bool, limit: int, known: Container[str] = ()) -> ReviewPage:
        self.asked.append(Asked(place, newest, limit, known))
        await asyncio.sleep(0)
        if self.before is not None:
            await self.before(place)
        if place not in self.told:
            raise PlaceUnknown(place=place)
        found = list(self.told[place])
        if newest:
            found.sort(key=lambda one: one.published or NOON, reverse=True)
            ids = [one.id in known for one in found]
            found = found[: ids.index(True)] if True in ids else found
        times, after = self.refused.get(place, (0, 0))
        if times:
            self.refused[place] = times - 1, after
            if not after:
                raise TileBlocked(source="google_maps", reason="captcha")
            raise ReviewsCut(source="google_maps", reason="http_429", reviews=tuple(found[:after]))
        return ReviewPage(tuple(found[:limit]), None)

    @property
    def places(self) -> list[str]:
        return [one.place for one in self.asked]


def shop(place_id: str, **cells: object) -> Row:
    """A row as a scrap leaves it, shortened."""
    return {"nom": f"Salon {place_id}", "place_id": place_id, "note": 4.5, **cells}  # type: ignore[dict-item]


def asked_for(caller: Caller, items: Sequence[Row] = (), *, source: str | None = None, **options: Any) -> JobPublic:
    """A job of the module, as a request makes it."""
    return caller.run(jobs.create, "reviews", options, items=items, source_job_id=source)


async def worked(services: Services, town: Town, asked: JobPublic) -> Job:
    """The job, once a worker has ended it."""
    async with worker(services, module, reviews=town):
        return await ended(services, stored(services, asked))


def stored(services: Services, asked: JobPublic) -> Job:
    with services.db.transaction("read") as session:
        return session.exec(select(Job).where(Job.id == asked.id)).one()


def texts(services: Services, job: Job) -> list[str]:
    """`place: text` of each row, in order."""
    return [f"{row['place_id']}: {row['avis_texte']}" for row in rows_of(services, job)]
