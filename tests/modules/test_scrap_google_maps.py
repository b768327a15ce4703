"""Searches of google_maps as jobs: what goes wrong is said in a sentence, and what was found stays."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from engine.clock import Clock
from engine.context import Caller, Context, Services, read
from engine.geo.grid import Cell, cells
from engine.geo.zones import ZoneAmbiguous, resolve
from engine.jobs import loop, store
from engine.jobs import operations as jobs
from engine.jobs.models import Status
from engine.jobs.queries import owned_job
from engine.jobs.schemas import JobPublic
from engine.module import Item
from engine.modules import scrap
from engine.network.world import open_gateway
from engine.rows.types import Row
from engine.runtime import open_services
from engine.sandbox.apis.maps_desk import MapsFault
from engine.sandbox.process import RunningSandbox
from engine.sandbox.truth import ReviewTruth
from engine.settings import Settings
from engine.sources.google_maps import GoogleMaps
from tests.engine.sources.google_maps_house import DENSE, HURRIED, MEDIUM, SPARSE, Maps, maps_in
from tests.house import account, over, worker
from tests.modules.test_scrap import run_on

pytestmark = [pytest.mark.slow(60), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def maps(running_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Maps]:
    async with maps_in(running_sandbox, tmp_path_factory.mktemp("maps"), proxies=3) as maps:
        yield maps
        running_sandbox.maps.set()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scrap, "PAUSES_SECONDS", (0.0, 0.0))


def rows_of(services: Services, me: Caller, job_id: str) -> list[Row]:
    @read
    def seq(context: Context) -> int | None:
        return owned_job(context, job_id).seq

    return list(store.stream(services.db, me.run(seq) or 0))


async def scraped(folder: Path, source: GoogleMaps, **options: Any) -> tuple[JobPublic, list[Row]]:
    """A search as a job, run to its end."""
    with open_services(Settings(data_dir=folder)) as services:
        me = account(services)
        async with worker(services, places=source, reviews=source):
            job = await over(me, (await me.call(jobs.create, "scrap", options)).id, seconds=50)
        return job, rows_of(services, me, job.id)


async def test_two_runs_and_one_that_was_killed_find_what_is_there(
    maps: Maps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "DRAIN_SECONDS", 0.1)  # what is in flight is lost, as in a kill
    search = {"queries": ["restaurant", "coiffeur"], "zones": [MEDIUM, SPARSE]}
    (first, rows), (_, again) = [await scraped(tmp_path / str(n), maps.with_manners(), **search) for n in range(2)]
    with open_services(Settings(data_dir=tmp_path / "killed")) as services:
        me = account(services)
        job = (await me.call(jobs.create, "scrap", search)).id
        source = maps.with_manners()
        async with worker(services, places=source, reviews=source):
            while (await me.call(jobs.get, job)).processed_points < 3:
                await asyncio.sleep(0.02)
        source = maps.with_manners()
        async with worker(services, places=source, reviews=source):
            await over(me, job, seconds=50)
        killed = rows_of(services, me, job)

    truth = maps.sandbox.truth()
    wanted = set[str]().union(*(truth.maps(zone, query) for zone in (MEDIUM, SPARSE) for query in search["queries"]))
    assert first.status == Status.done
    assert {row["place_id"] for row in rows} == wanted
    assert rows == again == killed


async def test_the_modes_differ_where_tiles_saturate_and_nowhere_else(maps: Maps) -> None:
    """C-381, C-383, C-385."""
    crowded, empty = [Cell(14, 8436, 6001)], cells([resolve(SPARSE)])
    fast, ultra = [await searched(maps, DENSE, crowded, mode) for mode in ("fast", "ultra")]
    fast_there, ultra_there = [await searched(maps, SPARSE, empty, mode) for mode in ("fast", "ultra")]

    assert fast[0] < ultra[0]
    assert fast[1] < ultra[1]
    assert fast_there == ultra_there
    assert fast_there[1] == maps.sandbox.truth().maps(SPARSE, "restaurant")


async def searched(maps: Maps, zone: str, tiles: list[Cell], mode: str) -> tuple[int, set[str]]:
    """How many searches were made from these tiles on, and the places that they found."""
    config = scrap.ScrapConfig.model_validate({"queries": ["restaurant"], "zones": [zone], "scrape_mode": mode})
    run, found = run_on(maps.with_manners()), set[str]()
    items: list[Item] = [{"query": "restaurant", **cell._asdict()} for cell in tiles]
    for item in items:  # grows while it is walked
        here = await scrap.module.find(item, config, run)
        found |= {str(row["place_id"]) for row in here.rows}
        items += here.more
    return len(items), found


async def test_without_a_chromium_the_job_fails_and_says_so(running_sandbox: RunningSandbox, tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    async with open_gateway(Settings(data_dir=tmp_path / "data", chromium=broken), Clock()) as gateway:
        source = GoogleMaps(gateway.live, Clock(), manners=HURRIED)
        job, _ = await scraped(tmp_path / "job", source, queries=["restaurant"], zones=[SPARSE])

    assert job.status == Status.failed
    assert job.error_message == "Aucun navigateur Chromium utilisable sur cette machine"


async def test_tiles_that_stay_blocked_are_flagged_and_what_was_found_stays(maps: Maps, tmp_path: Path) -> None:
    with maps.sandbox.maps.misbehaving(MapsFault(kind="block", query="coiffeur")):
        job, rows = await scraped(tmp_path, maps.with_manners(), queries=["restaurant", "coiffeur"], zones=[SPARSE])

    assert job.status == Status.done
    assert (job.flagged_tiles_count, job.total_attempts_count) == (4, 4 + 3 * 4)
    assert {row["place_id"] for row in rows} == maps.sandbox.truth().maps(SPARSE, "restaurant")
    assert job.notice is not None
    assert "La source google_maps a refusé certaines recherches" in job.notice


async def test_a_zone_at_sea_brings_nothing_and_says_so(maps: Maps, tmp_path: Path) -> None:
    job, rows = await scraped(tmp_path, maps.with_manners(), queries=["restaurant"], zones=["Île-de-Sein"])

    assert (job.status, rows) == (Status.done, [])
    assert job.notice == "Aucun résultat pour « restaurant »."


async def test_what_the_map_lists_from_beyond_the_zone_is_left_out_and_said(maps: Maps, tmp_path: Path) -> None:
    job, rows = await scraped(tmp_path, maps.with_manners(), queries=["plombier"], zones=["Le Montat"])

    assert (job.status, rows) == (Status.done, [])
    assert job.query_stats["plombier"]["with_results"] > 0
    assert job.notice == "Aucun établissement trouvé dans les zones demandées : Le Montat."


async def test_a_query_without_a_result_is_named_beside_the_rows_of_the_others(maps: Maps, tmp_path: Path) -> None:
    job, rows = await scraped(tmp_path, maps.with_manners(), queries=["restaurant", "zzyzx"], zones=[SPARSE])

    assert len(rows) == len(maps.sandbox.truth().maps(SPARSE, "restaurant"))
    assert job.notice == "Aucun résultat pour « zzyzx »."


async def test_a_zone_that_could_be_several_is_refused_with_all_of_them() -> None:
    with pytest.raises(ZoneAmbiguous) as refused:
        resolve("Saint-Denis")

    assert all(f"Saint-Denis ({number})" in refused.value.text for number in (974, 93, 11, 30))


async def test_the_newest_reviews_stand_in_the_row_as_json(maps: Maps, tmp_path: Path) -> None:
    _, rows = await scraped(tmp_path, maps.with_manners(), queries=["restaurant"], zones=[SPARSE], include_reviews=True)

    truth = maps.sandbox.truth()
    rated = [row for row in rows if row["nb_avis"]]
    assert rated
    for row in rated:
        newest = truth.reviews(str(row["place_id"]))[:10]
        told = json.loads(str(row["avis"]))
        assert [(one["auteur"], one["note"]) for one in told] == [(one.author, _rating(one)) for one in newest]
        assert set(told[0]) == {"auteur", "note", "date", "texte", "reponse", "lien"}


def _rating(review: ReviewTruth) -> float:
    return review.stars if review.source == "Google" else review.stars / 2


async def test_reviews_that_are_refused_leave_their_cell_empty_and_the_row_stays(maps: Maps, tmp_path: Path) -> None:
    with maps.sandbox.maps.misbehaving(MapsFault(kind="block", at="reviews")):
        job, rows = await scraped(
            tmp_path, maps.with_manners(), queries=["restaurant"], zones=[SPARSE], include_reviews=True
        )

    assert rows
    assert all(row["avis"] is None for row in rows)
    assert job.notice is not None
    assert "n'a pas donné les avis de tous" in job.notice
