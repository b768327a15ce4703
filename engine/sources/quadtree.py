"""Adaptive subdivision: a tile whose list was cut is split in four, as long as that brings new places.

Source: concepts/scrape-modes.
"""

from engine.ef import Mode
from engine.geo.grid import Cell
from engine.limits import SUBDIVIDE_FROM, ZOOM_LAST
from engine.sources.types import Tile


def tile_of(cell: Cell) -> Tile:
    """The tile of the grid as a source sees it."""
    south, west, north, east = cell.bounds
    return Tile(cell.zoom, south, west, north, east)


def subdivide(cell: Cell, *, saturated: bool, new: int, mode: Mode) -> tuple[Cell, ...]:
    """The four tiles to search next, or none. `new`: places of this tile that no earlier search had brought."""
    if saturated and cell.zoom < ZOOM_LAST and new >= SUBDIVIDE_FROM[mode]:
        return cell.children
    return ()
