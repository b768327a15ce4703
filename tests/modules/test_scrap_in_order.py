"""The same search over an unchanged world finds the same places in the same order, whatever is quicker or killed."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from engine.context import Caller, Context, Services, read
from engine.geo.zones import resolve
from engine.jobs import loop, store
from engine.jobs import operations as jobs
from engine.jobs.maps import open_map, pieces
from engine.jobs.models import Status
from engine.jobs.queries import owned_job
from engine.jobs.resume import resume
from engine.runtime import open_services
from engine.settings import Settings
from engine.sources.types import Place, SearchResult, Tile
from tests.house import account, over, worker

ZONE, LISTED = "Tours", 40
SEARCH = {"queries": ["coiffeur", "barbier"], "zones": [ZONE], "scrape_mode": "advanced"}


@dataclass
class HastyMap:
    """Lists the places around a tile's middle, far beyond the tile, in a time that changes from run to run."""

    seed: int
    name: str = "places"
    searches: int = 0
    hold_at: int | None = None  # the number of the search from which on none is answered
    held: asyncio.Event = field(default_factory=asyncio.Event)

    async def search(self, query: str, tile: Tile) -> SearchResult:
        self.searches += 1
        if self.hold_at is not None and self.searches >= self.hold_at:
            self.held.set()
            await asyncio.Event().wait()
        await asyncio.sleep(Random(f"{self.seed} {query} {tile}").random() / 200)
        latitude, longitude = tile.center
        reach = (tile.north - tile.south) * 1.5
        near = [place for place in TOWN if abs(place.latitude - latitude) + abs(place.longitude - longitude) < reach]
        near.sort(key=lambda place: (place.latitude - latitude) ** 2 + (place.longitude - longitude) ** 2)
        return SearchResult(tuple(near[:LISTED]), saturated=len(near) >= LISTED)


def _town() -> list[Place]:
    chance, (latitude, longitude) = Random(11), resolve(ZONE).centre
    spots = ((chance.gauss(latitude, 0.02), chance.gauss(longitude, 0.02)) for _ in range(1_500))
    return [
        Place(f"p{n}", *spot, {"nom": f"Salon {n}", "place_id": f"p{n}"}) for n, spot in enumerate(spots)
    ]  # fmt: skip


TOWN = _town()


def told(services: Services, me: Caller, job_id: str) -> list[tuple[Any, Any]]:
    """Which place stands where, and under which query."""

    @read
    def seq(context: Context) -> int | None:
        return owned_job(context, job_id).seq

    return [(row["place_id"], row["requete"]) for row in store.stream(services.db, me.run(seq) or 0)]


async def found(folder: Path, seed: int) -> tuple[list[tuple[Any, Any]], int]:
    """The rows of an undisturbed run, and its tiles."""
    with open_services(Settings(data_dir=folder)) as services:
        me = account(services)
        async with worker(services, places=HastyMap(seed)):
            job = await over(me, (await me.call(jobs.create, "scrap", SEARCH)).id)
        assert job.status == Status.done
        return told(services, me, job.id), job.grid_points_count


@pytest.mark.slow(60)
async def test_two_runs_find_the_same_places_in_the_same_order_whichever_search_is_quicker(tmp_path: Path) -> None:
    first, tiles = await found(tmp_path / "first", 1)
    second, tiles_again = await found(tmp_path / "second", 2)

    assert len(first) > 500
    assert second == first
    assert tiles_again == tiles


@pytest.mark.slow(60)
@pytest.mark.parametrize("how", ["killed", "cancelled"])
async def test_a_run_that_was_stopped_and_goes_on_finds_what_an_undisturbed_one_does(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "DRAIN_SECONDS", 0.1)  # what is in flight is lost, as in a kill
    rows, tiles = await found(tmp_path / "whole", 1)
    with open_services(Settings(data_dir=tmp_path / "stopped")) as services:
        me = account(services)
        town = HastyMap(3, hold_at=tiles // 2)
        async with worker(services, places=town) as stopping:
            job = (await me.call(jobs.create, "scrap", SEARCH)).id
            await asyncio.wait_for(town.held.wait(), 20)
            if how == "cancelled":
                await me.call(jobs.cancel, job)
                await over(me, job)
                job = (await me.call(resume, job)).id
            else:
                stopping.set()
        rest = HastyMap(4)
        async with worker(services, places=rest):
            resumed = await over(me, job)

        assert resumed.status == Status.done
        assert told(services, me, job) == rows
        assert rest.searches < tiles


@pytest.mark.slow(30)
async def test_the_map_tells_how_much_of_full_tiles_was_known_before(tmp_path: Path) -> None:
    with open_services(Settings(data_dir=tmp_path)) as services:
        me = account(services)
        async with worker(services, places=HastyMap(5)):
            job = await over(me, (await me.call(jobs.create, "scrap", {**SEARCH, "scrape_mode": "fast"})).id)
        shown = json.loads(b"".join(pieces(services, me.run(open_map, job.id))))

    recalls = [tile["properties"]["recall"] for tile in shown["features"] if "recall" in tile["properties"]]
    assert recalls
    assert all(0.0 <= recall <= 1.0 for recall in recalls)
    assert len(recalls) < len(shown["features"])
