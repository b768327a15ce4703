"""The fixed grid of the world: web-mercator tiles, so that the same zone always has the same tiles.

Source: the tile scheme of web maps (x from -180 degrees east, y from 85.0511 degrees south).
"""

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from engine.geo.shapes import Circle, turn
from engine.geo.zones import Zone
from engine.limits import ZOOM_FIRST

LATITUDE_MAX = 85.0511287798066


class Cell(NamedTuple):
    """One tile of the grid. `x` and `y` run from 0 to 2^zoom - 1."""

    zoom: int
    x: int
    y: int

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """south, west, north, east, in degrees."""
        count = 2**self.zoom
        west = self.x / count * 360.0 - 180.0
        return _latitude(self.y + 1, count), west, _latitude(self.y, count), west + 360.0 / count

    @property
    def children(self) -> tuple["Cell", "Cell", "Cell", "Cell"]:
        """The four tiles of the next zoom that make up this one."""
        zoom, x, y = self.zoom + 1, 2 * self.x, 2 * self.y
        return Cell(zoom, x, y), Cell(zoom, x + 1, y), Cell(zoom, x, y + 1), Cell(zoom, x + 1, y + 1)


@lru_cache(maxsize=1 << 14)  # a row of tiles has one
def _latitude(y: int, count: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / count))))


def cell_at(latitude: float, longitude: float, zoom: int = ZOOM_FIRST) -> Cell:
    """The tile that holds a point; beyond 85 degrees the outermost one."""
    count = 2**zoom
    angle = math.radians(max(-LATITUDE_MAX, min(LATITUDE_MAX, latitude)))
    y = _index((1 - math.asinh(math.tan(angle)) / math.pi) / 2 * count, count)
    return Cell(zoom, _index((turn(longitude) + 180.0) / 360.0 * count, count), y)


def _index(value: float, count: int) -> int:
    return max(0, min(count - 1, math.floor(value)))


def cells(zones: Iterable[Zone], zoom: int = ZOOM_FIRST) -> list[Cell]:
    """The distinct tiles that touch the zones: zone by zone, from north to south and west to east in each."""
    found: dict[Cell, None] = {}
    for zone in zones:
        found |= dict.fromkeys(_cells_in(zone, zoom))
    return list(found)


@lru_cache(maxsize=64)  # an estimate and the job after it ask for the same; all of France takes a second
def _cells_in(zone: Zone, zoom: int) -> tuple[Cell, ...]:
    own = {cell for circle in zone.circles for cell in _cells_of(circle, zoom)}
    return tuple(sorted(own, key=lambda cell: (cell.y, cell.x)))


def _cells_of(circle: Circle, zoom: int) -> list[Cell]:
    north, east = circle.reach
    first = cell_at(circle.latitude + north, circle.longitude - east, zoom)
    last = cell_at(circle.latitude - north, circle.longitude + east, zoom)
    count = 2**zoom
    columns = (last.x - first.x) % count + 1
    box = (Cell(zoom, (first.x + x) % count, y) for y in range(first.y, last.y + 1) for x in range(columns))
    return [cell for cell in box if circle.touches(*cell.bounds)]
