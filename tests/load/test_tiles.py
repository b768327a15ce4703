"""scrap's adaptive tiles beside a fixed grid, on the same map. By `make bench`.

The map lists 60 places of a tile, as the Places API does; of 4,000 places most stand close to the centre of a town.
"""

from random import Random

from engine.geo.grid import cells
from engine.geo.zones import resolve
from engine.modules.scrap import module
from engine.sources.quadtree import tile_of
from tests.load.table import tell
from tests.modules.test_scrap import Map, config_of, run_on

ZONE, CENTRE = "Tours", (47.394, 0.687)
PLACES, SPREAD_DEGREES = 4_000, 0.008
FIXED_ZOOMS = (14, 15, 16, 17)
RECALL = 0.99


def crowded_town() -> tuple[tuple[float, float], ...]:
    """Points of the town, the closer to its centre the denser."""
    chance, zone = Random(7), resolve(ZONE)
    drawn = ((chance.gauss(CENTRE[0], SPREAD_DEGREES), chance.gauss(CENTRE[1], SPREAD_DEGREES)) for _ in range(PLACES))
    return tuple(point for point in drawn if zone.contains(*point))


async def adaptive(town: Map) -> set[str]:
    """The places that a scrap in the mode ultra finds."""
    config = config_of(zones=[ZONE], scrape_mode="ultra")
    run, items, found = run_on(town), module.plan(config), set[str]()
    for item in items:  # grows while it is walked
        here = await module.find(item, config, run)
        found.update(str(row["place_id"]) for row in here.rows)
        items += here.more
    return found


async def fixed(town: Map, zoom: int) -> set[str]:
    """The places that one search in each tile of this zoom finds."""
    found = set[str]()
    for cell in cells([resolve(ZONE)], zoom):
        found.update(place.place_id for place in (await town.search("coiffeur", tile_of(cell))).places)
    return found


async def test_adaptive_tiles_find_all_with_fewer_requests_than_a_fixed_grid() -> None:
    points = crowded_town()
    ours = Map(points)
    recall = len(await adaptive(ours)) / len(points)

    grids = {zoom: Map(points) for zoom in FIXED_ZOOMS}
    recalls = {zoom: len(await fixed(town, zoom)) / len(points) for zoom, town in grids.items()}

    equal = next(zoom for zoom in FIXED_ZOOMS if recalls[zoom] >= recall or zoom == FIXED_ZOOMS[-1])
    told = ", ".join(f"zoom {zoom}: {recalls[zoom]:.2f} by {grids[zoom].searches:,}" for zoom in FIXED_ZOOMS)
    tell(
        f"scrap: {len(points):,} places of a crowded town: recall by requests",
        f"{recall:.3f} by {ours.searches:,}",
        beside=f"fixed grid of {told}",
        ratio=grids[equal].searches / ours.searches,
        aim=f"recall {RECALL}, fewer requests",
    )
    assert recall >= RECALL
    assert ours.searches < grids[equal].searches
