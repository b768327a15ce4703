"""Adaptive subdivision, as concepts/scrape-modes describes it."""

import pytest

from engine.ef import Mode
from engine.geo.grid import Cell, cell_at
from engine.sources.quadtree import subdivide, tile_of

FIRST = cell_at(48.85, 2.35)


@pytest.mark.parametrize(("mode", "threshold"), [("fast", 15), ("advanced", 7), ("ultra", 1)])
def test_a_saturated_tile_is_split_from_the_threshold_of_its_mode(mode: Mode, threshold: int) -> None:
    """C-383."""
    assert subdivide(FIRST, saturated=True, new=threshold, mode=mode) == FIRST.children
    assert subdivide(FIRST, saturated=True, new=threshold - 1, mode=mode) == ()


@pytest.mark.parametrize("mode", ["fast", "advanced", "ultra"])
def test_a_tile_that_is_not_saturated_is_never_split(mode: Mode) -> None:
    assert subdivide(FIRST, saturated=False, new=120, mode=mode) == ()


def test_subdivision_ends_four_levels_down() -> None:
    """C-384."""
    cell, depth = FIRST, 0
    while children := subdivide(cell, saturated=True, new=120, mode="ultra"):
        cell, depth = children[0], depth + 1

    assert (cell.zoom, depth) == (17, 4)


def test_a_tile_has_the_bounds_of_its_cell() -> None:
    tile = tile_of(Cell(13, 4149, 2818))

    assert (tile.zoom, tile.south, tile.west, tile.north, tile.east) == (13, *Cell(13, 4149, 2818).bounds)
