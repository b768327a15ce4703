"""A town whose places open, close and lose stars, searched by the real scrap through the real runner."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.context import Caller, Services
from engine.geo.grid import cells
from engine.geo.zones import resolve
from engine.jobs import operations as jobs
from engine.jobs.runner import JobRunner, Outside
from engine.network.types import Unreachable
from engine.rows.types import Row
from engine.runtime import open_services
from engine.settings import Settings
from engine.sources.quadtree import tile_of
from engine.sources.types import Place, SearchResult, Tile
from engine.veille import operations as veilles
from engine.veille import schedule
from engine.veille.compare import compare_due
from engine.veille.schemas import RunPublic
from engine.worker.driver import LANES
from tests.house import account, nowhere


@dataclass
class Town:
    """A map source: places by number; `silent` holds the middles of tiles that do not answer."""

    places: dict[int, Row] = field(default_factory=dict[int, Row])
    silent: set[tuple[float, float]] = field(default_factory=set[tuple[float, float]])
    name: str = "places"

    async def search(self, query: str, tile: Tile) -> SearchResult:
        if tile.center in self.silent:
            raise Unreachable(url="map", reason="timeout")
        here = [Place(str(row["place_id"]), *point(number), row) for number, row in self.places.items()]
        return SearchResult(tuple(one for one in here if contains(tile, one.latitude, one.longitude)))


TOURS = resolve("Tours")
INNER = [cell for cell in cells([TOURS]) if TOURS.contains(*tile_of(cell).center)]


def point(number: int) -> tuple[float, float]:
    """Where a place lies: in the middle of a tile, the next place in the next tile."""
    return tile_of(INNER[number % len(INNER)]).center


def contains(tile: Tile, latitude: float, longitude: float) -> bool:
    return tile.south <= latitude < tile.north and tile.west <= longitude < tile.east


def shop(number: int, **cells: Any) -> Row:
    return {"nom": f"Salon {number}", "place_id": f"p{number}", "note": 4.5, "nb_avis": 20, **cells}


@asynccontextmanager
async def working(services: Services, town: Town) -> AsyncGenerator[None]:
    stopping = asyncio.Event()
    runner = JobRunner(services, Outside(nowhere, lambda: town), name="w1", stopping=stopping)
    serving = asyncio.create_task(services.driver.serve(runner, LANES))
    try:
        yield
    finally:
        stopping.set()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def over(me: Caller, job_id: str) -> None:
    async with asyncio.timeout(20):
        while (await me.call(jobs.get, job_id)).completed_at is None:
            await asyncio.sleep(0.02)


async def next_run(services: Services, me: Caller, veille: int) -> RunPublic:
    services.clock.offset += timedelta(days=7)
    await asyncio.to_thread(schedule.tick, services)
    job = (await me.call(jobs.list_jobs))[0]
    await over(me, job.id)
    await asyncio.to_thread(compare_due, services)
    return (await me.call(veilles.list_runs, veille)).items[0]


def counts(run: RunPublic) -> Iterable[int | None]:
    return run.new_count, run.removed_count, run.modified_count, run.unchanged_count, run.unseen_count


@pytest.mark.slow(40)
async def test_what_opens_closes_and_loses_stars_is_told_and_silence_closes_nothing(tmp_path: Path) -> None:
    """C-365, C-368, C-369, C-377."""
    town = Town({number: shop(number) for number in range(len(INNER))})
    with open_services(Settings(data_dir=tmp_path)) as services:
        me = account(services)
        async with working(services, town):
            source = await me.call(jobs.create, "scrap", {"queries": ["coiffeur"], "zones": ["Tours"]})
            await over(me, source.id)
            body = {"name": "Tours", "source_job_id": source.id, "frequency_days": 7}
            veille = (await me.call(veilles.create, body)).id
            async with asyncio.timeout(20):
                while not (await me.call(veilles.get, veille)).run_count:
                    await asyncio.sleep(0.02)

            del town.places[0]
            town.places[1] = shop(1, note=4.3, nb_avis=30)
            town.places[len(INNER)] = shop(len(INNER))
            changed = await next_run(services, me, veille)
            signals = await me.call(veilles.list_signals, veille)

            town.silent = {point(1)}
            silent = await next_run(services, me, veille)

            town.silent = set()
            del town.places[1]
            closed = await next_run(services, me, veille)

    known = len(INNER)
    assert counts(changed) == (1, 1, 1, known - 2, 0)
    assert [(one.nom, one.delta_note, one.delta_avis) for one in signals.items] == [("Salon 1", -0.2, 10)]
    assert counts(silent) == (0, 0, 0, known, 1)
    assert counts(closed) == (0, 1, 0, known - 1, 0)
