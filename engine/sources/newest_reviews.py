"""The newest reviews of each place of a search, as one cell of its row."""

import asyncio
import json
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress

from engine.network.types import Unreachable
from engine.rows.types import Row
from engine.sources.errors import PlaceUnknown, TileBlocked
from engine.sources.google_documents import LayoutChanged
from engine.sources.google_reviews import Review
from engine.sources.types import ReviewSource

REVIEWS = 10  # of each place
AT_ONCE = 4
COLUMN, PREFIX = "avis", "avis_"

# What keeps one place's reviews back and says nothing of the others.
FAULTS = (TileBlocked, PlaceUnknown, LayoutChanged, Unreachable)


async def with_reviews(rows: Sequence[Row], source: ReviewSource, *, seconds: float) -> tuple[list[Row], int]:
    """The rows with `avis`, newest first, as JSON; and how many have none since Maps didn't tell them in that time.

    `avis` is a list of objects with `auteur`, `note`, `date`, `texte`, `reponse`, `lien`. It is null where Maps counts
    no review.

    Raises:
        BrowserMissing: no Chromium starts.
    """
    told: dict[int, str] = {}
    places = asyncio.Semaphore(AT_ONCE)

    async def read(number: int, place: str) -> None:
        async with places:
            try:
                page = await source.reviews(place, newest=True, limit=REVIEWS)
                told[number] = _cell(page.reviews)
            except FAULTS:
                pass  # its cell stays empty, and is counted

    asked = [number for number, row in enumerate(rows) if row.get("nb_avis")]
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await _all(read(number, str(rows[number]["place_id"])) for number in asked)
    return [{**row, COLUMN: told.get(number)} for number, row in enumerate(rows)], len(asked) - len(told)


async def _all(reads: Iterable[Coroutine[None, None, None]]) -> None:
    """Do all of them, until one raises."""
    tasks = [asyncio.ensure_future(read) for read in reads]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _cell(reviews: Sequence[Review]) -> str:
    objects = [{name.removeprefix(PREFIX): value for name, value in review.row.items()} for review in reviews]
    return json.dumps(objects, ensure_ascii=False)
