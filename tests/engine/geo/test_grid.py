"""The fixed grid: tiles cover the zones, once each, in a stable order."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.ef import TILES_OF_FRANCE
from engine.geo.grid import Cell, cell_at, cells
from engine.geo.shapes import Circle
from engine.geo.zones import Zone, resolve

LATITUDES = st.floats(-80, 80)
LONGITUDES = st.floats(-180, 180, exclude_max=True)
CIRCLES = st.builds(Circle, LATITUDES, LONGITUDES, st.floats(0.1, 15))
CELLS = st.integers(13, 17).flatmap(
    lambda zoom: st.builds(Cell, st.just(zoom), st.integers(0, 2**zoom - 1), st.integers(0, 2**zoom - 1))
)


def zone_of(*circles: Circle) -> Zone:
    return Zone("test", "city", "FR", 0, circles)


@given(CIRCLES, st.floats(0, 2 * math.pi), st.floats(0, 0.999_999))
def test_every_point_of_a_zone_lies_in_one_of_its_tiles(circle: Circle, angle: float, share: float) -> None:
    north, east = circle.reach
    latitude = circle.latitude + north * share * math.sin(angle)
    longitude = circle.longitude + east * share * math.cos(angle)
    zone = zone_of(circle)

    assert zone.contains(latitude, longitude)
    assert cell_at(latitude, longitude) in cells([zone])


@given(CIRCLES)
def test_every_tile_of_a_zone_touches_it(circle: Circle) -> None:
    zone = zone_of(circle)

    assert all(zone.touches(*cell.bounds) for cell in cells([zone]))


@given(CELLS, st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True))
def test_children_partition_their_parent(cell: Cell, north: float, east: float) -> None:
    south_edge, west_edge, north_edge, east_edge = cell.bounds
    latitude = south_edge + (north_edge - south_edge) * north
    longitude = west_edge + (east_edge - west_edge) * east
    assume(cell_at(latitude, longitude, cell.zoom) == cell)  # not on an edge, where rounding decides

    assert [cell_at(latitude, longitude, child.zoom) == child for child in cell.children].count(True) == 1
    assert min(child.bounds[0] for child in cell.children) == south_edge
    assert max(child.bounds[3] for child in cell.children) == east_edge


@given(CELLS)
def test_the_middle_of_a_tile_lies_in_it(cell: Cell) -> None:
    south, west, north, east = cell.bounds

    assert cell_at((south + north) / 2, (west + east) / 2, cell.zoom) == cell


def test_a_zone_asked_twice_or_inside_another_adds_no_tile() -> None:
    paris, fifteenth = resolve("Paris"), resolve("75015")

    assert cells([paris, paris]) == cells([paris])
    assert len(cells([paris, fifteenth])) == len({*cells([paris]), *cells([fifteenth])})


def test_tiles_come_zone_by_zone_from_north_to_south() -> None:
    tours, lyon = resolve("Tours"), resolve("Lyon")

    both = cells([lyon, tours])

    assert both == cells([lyon]) + cells([tours])
    assert cells([lyon]) == sorted(cells([lyon]), key=lambda cell: (cell.y, cell.x))


def test_a_tile_of_the_last_zoom_is_one_city_block() -> None:
    south, west, north, east = cell_at(0, 0, 17).bounds

    assert 0.29 < Circle(south, west, 1).distance_km(south, east) < 0.32
    assert 0.29 < Circle(south, west, 1).distance_km(north, west) < 0.32


def test_a_zone_across_the_date_line_has_tiles_on_both_sides() -> None:
    found = cells([zone_of(Circle(-17, 179.99, 5))])

    assert {cell.x > 4096 for cell in found} == {True, False}
    assert len(found) < 20


@pytest.mark.slow(20)
def test_the_tiles_of_france_are_counted_as_the_price_says() -> None:
    assert len(cells([resolve("France")])) == TILES_OF_FRANCE
