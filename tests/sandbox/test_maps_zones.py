"""How dense the map's zones are, and what that does to the three modes of a scrap."""

from collections import Counter

import pytest

from engine.ef import Mode
from engine.geo.grid import Cell, cells
from engine.geo.zones import resolve
from engine.limits import MAPS_RESULTS_MAX
from engine.sandbox.apis.maps_search import MapsIndex, Query, altitude, zoom_at
from engine.sandbox.apis.maps_zones import DENSE, MEDIUM, SPARSE, ZONES, MapsZone, places_of_zone
from engine.sandbox.truth import Truth, truth_of
from engine.sandbox.world import World, build_world
from engine.sources.quadtree import subdivide
from tests.sandbox.maps_client import centre

QUERIES = ("restaurant", "avocat", "opticien")


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(60, seed=7)


@pytest.fixture(scope="module")
def index(world: World) -> MapsIndex:
    return MapsIndex(world.epochs, world.seed)


@pytest.fixture(scope="module")
def truth(world: World) -> Truth:
    return truth_of(world)


def scrape(index: MapsIndex, zone: MapsZone, query: str, mode: Mode) -> tuple[set[str], int, Counter[int]]:
    """What the product's subdivision finds in the zone, in how many tiles, and how many were full at each zoom."""
    shape, found, full = resolve(zone.name), set[str](), Counter[int]()
    todo: list[Cell] = list(cells([shape]))
    for cell in todo:
        listed = index.search(Query(query, *centre(cell), cell.zoom), 0)
        inside = {one.id for one in listed if shape.contains(one.business.latitude, one.business.longitude)}
        saturated = len(listed) >= MAPS_RESULTS_MAX
        full[cell.zoom] += saturated
        more = subdivide(cell, saturated=saturated, new=len(inside - found), mode=mode)
        todo += [child for child in more if shape.touches(*child.bounds)]
        found |= inside
    return found, len(todo), +full


@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: zone.name)
def test_a_zone_is_what_the_product_takes_its_name_for(zone: MapsZone) -> None:
    assert resolve(zone.name).circles == (zone.circle,)


def test_zones_are_the_same_in_every_world_of_a_seed_and_touch_no_other_truth(world: World, truth: Truth) -> None:
    again = truth_of(build_world(120, seed=7))

    assert again.maps("Cahors", "restaurant") == truth.maps("Cahors", "restaurant")
    assert not {one.place_id for one in truth.places} & {one.id for zone in ZONES for one in places_of_zone(zone, 7)}
    assert {one.id for one in world.places} == {one.place_id for one in truth.places}


def test_tiles_are_full_from_zoom_13_to_15_in_the_dense_zone_alone(index: MapsIndex) -> None:
    full = {zone.name: scrape(index, zone, "restaurant", "ultra")[2] for zone in ZONES}

    assert set(full[DENSE.name]) == {13, 14, 15}
    assert not full[MEDIUM.name] and not full[SPARSE.name]


def test_deeper_modes_find_more_where_tiles_are_full(index: MapsIndex, truth: Truth) -> None:
    wanted = truth.maps(DENSE.name, "restaurant")

    found = [scrape(index, DENSE, "restaurant", mode) for mode in ("fast", "advanced", "ultra")]

    recalls = [len(ids & wanted) / len(wanted) for ids, _, _ in found]
    assert 0.4 < recalls[0] < 0.9 < recalls[1] < recalls[2] == 1
    assert found[0][1] < found[1][1] < found[2][1]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("zone", [MEDIUM, SPARSE], ids=lambda zone: zone.name)
def test_all_modes_find_the_same_where_no_tile_is_full(
    index: MapsIndex, truth: Truth, zone: MapsZone, query: str
) -> None:
    fast, ultra = scrape(index, zone, query, "fast"), scrape(index, zone, query, "ultra")

    assert fast == ultra
    assert fast[0] == truth.maps(zone.name, query)


def test_a_rare_trade_is_whole_at_once_in_the_dense_zone_too(index: MapsIndex, truth: Truth) -> None:
    found, tiles, _ = scrape(index, DENSE, "opticien", "fast")

    assert tiles == len(cells([resolve(DENSE.name)]))
    assert found == truth.maps(DENSE.name, "opticien")


@pytest.mark.parametrize("zoom", [6, 13, 14.5, 17])
def test_the_height_of_the_camera_tells_the_zoom(zoom: float) -> None:
    assert zoom_at(altitude(Query("", 43.3, 5.4, zoom)), 43.3) == pytest.approx(zoom)


def test_truth_knows_areas_of_every_kind(truth: Truth) -> None:
    shape = resolve(MEDIUM.name)
    named = truth.maps(MEDIUM.name, "restaurant")

    assert named == truth.maps(shape, "restaurant") == truth.maps(shape.circles[0], "restaurant")
    assert named == truth.maps(MEDIUM.name, "Restaurants")
    assert truth.maps((44.0, 1.0, 45.0, 2.0), "restaurant") > named
    with pytest.raises(KeyError):
        truth.maps("Nulle Part", "restaurant")
