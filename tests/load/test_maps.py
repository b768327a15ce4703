"""google_maps over the sandbox's replica: what each mode finds for how many searches beside a fixed grid, and what
500 tiles cost. By `make bench`.

The zones are a dense, a middling and a sparse one; the map lists 120 places of a search.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from itertools import cycle, islice
from pathlib import Path

import pytest
import pytest_asyncio

from engine.geo.grid import cells
from engine.geo.zones import resolve
from engine.sandbox.process import start
from engine.sources.quadtree import tile_of
from tests.engine.network.browsing import descendants, is_chromium
from tests.engine.sources.google_maps_house import DENSE, MEDIUM, SPARSE, Maps, maps_in
from tests.load.table import tell
from tests.modules.test_scrap_google_maps import scraped

pytestmark = [pytest.mark.slow(900), pytest.mark.asyncio(loop_scope="module")]

QUERY, MODES, FIXED_ZOOMS = "restaurant", ("fast", "advanced", "ultra"), (13, 14, 15, 16)
WAYS, TILES, LOOK_EACH = 3, 500, 25
GROWTH_MAX = 1.5  # memory of the second half, compared with the first
PROCESSES_MAX = 24  # a browser with its helpers, and a page process a way


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def maps(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Maps]:
    with start(sites=60, directory=tmp_path_factory.mktemp("sandbox")) as sandbox:
        async with maps_in(sandbox, tmp_path_factory.mktemp("maps"), proxies=WAYS) as maps:
            yield maps


@pytest.mark.parametrize("zone", [DENSE, MEDIUM, SPARSE])
async def test_recall_by_mode_beside_a_fixed_grid(maps: Maps, zone: str, tmp_path: Path) -> None:
    truth = maps.sandbox.truth().maps(zone, QUERY)
    told: dict[str, tuple[float, int]] = {}
    for mode in MODES:
        job, rows = await scraped(tmp_path / mode, maps.source, queries=[QUERY], zones=[zone], scrape_mode=mode)
        told[mode] = len({row["place_id"] for row in rows} & truth) / len(truth), job.grid_points_count
    grids = {zoom: await fixed(maps, zone, zoom, truth) for zoom in FIXED_ZOOMS}

    equal = next((grid for grid in grids.values() if grid[0] >= told["ultra"][0]), grids[FIXED_ZOOMS[-1]])
    tell(
        f"scrap: google_maps, {len(truth)} places of {zone}: recall by searches",
        ", ".join(f"{mode} {recall:.2f} by {searches}" for mode, (recall, searches) in told.items()),
        beside=", ".join(f"zoom {zoom}: {recall:.2f} by {searches}" for zoom, (recall, searches) in grids.items()),
        ratio=equal[1] / told["ultra"][1],
        aim="modes differ where tiles saturate and nowhere else",
    )
    assert told["ultra"][0] > 0.99
    assert (told["fast"] == told["advanced"] == told["ultra"]) == (zone != DENSE)


async def fixed(maps: Maps, zone: str, zoom: int, truth: set[str]) -> tuple[float, int]:
    """The recall of one search in each tile of this zoom, and how many these are."""
    grid = cells([resolve(zone)], zoom)
    results = await asyncio.gather(*(maps.source.search(QUERY, tile_of(cell)) for cell in grid))
    found = {place.place_id for result in results for place in result.places}
    return len(found & truth) / len(truth), len(grid)


async def test_memory_and_processes_stay_bounded_over_500_tiles(maps: Maps) -> None:
    tiles = iter(list(islice(cycle(cells([resolve(DENSE)], 16)), TILES)))
    looks: list[tuple[float, int]] = []

    async def search(turn: Iterator[int]) -> None:
        for tile in tiles:
            await maps.source.search(QUERY, tile_of(tile))
            if next(turn) % LOOK_EACH == 0:
                looks.append(await asyncio.to_thread(browser_now))

    turn = iter(range(1, TILES + 1))
    await asyncio.gather(*(search(turn) for _ in range(WAYS)))

    half = len(looks) // 2
    first, second = max(memory for memory, _ in looks[:half]), max(memory for memory, _ in looks[half:])
    tell(
        f"scrap: google_maps, memory of Chromium over {TILES} tiles, {WAYS} at once (most of the two halves)",
        f"{first:.0f} MB, {second:.0f} MB; {max(count for _, count in looks)} processes at most",
        aim=f"the second half at most {GROWTH_MAX} times the first",
    )
    assert second <= GROWTH_MAX * first
    assert max(count for _, count in looks) <= PROCESSES_MAX


def browser_now() -> tuple[float, int]:
    """Megabytes of memory that Chromium's processes hold for themselves, and how many they are."""
    started = descendants(os.getpid())
    browsers = [pid for pid, command in started.items() if is_chromium(command)]
    mine = {pid for browser in browsers for pid in (browser, *descendants(browser))}
    return sum(map(_private_bytes, mine)) / 1e6, len(mine)


def _private_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0  # it ended meanwhile
    return sum(int(line.split()[1]) * 1_024 for line in lines if line.startswith("Private_"))
