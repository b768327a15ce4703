"""Where on the map a place was found, and which places a search that failed may have hidden.

An area is a tile of the grid as text, `13/4147/2865` (zoom, x, y). A place has up to two: the smallest tile around its
coordinates, and the tile whose search brought it.
"""

from collections.abc import Iterable, Iterator

from engine.geo.grid import Cell, cell_at
from engine.limits import ZOOM_FIRST, ZOOM_LAST
from engine.module import Item
from engine.rows.types import Row


def areas_of(row: Row, item: Item | None) -> str:
    """The areas of a row, a space between; '' when nothing is known. `item` is the search that brought it."""
    latitude, longitude = row.get("lat"), row.get("lon")
    found: list[str] = []
    if isinstance(latitude, int | float) and isinstance(longitude, int | float):
        found.append(_text(cell_at(latitude, longitude, ZOOM_LAST)))
    if item is not None:
        found.append(_text(Cell(item["zoom"], item["x"], item["y"])))
    return " ".join(found)


class Lost:
    """The tiles whose search failed in a run."""

    def __init__(self, tiles: Iterable[str]) -> None:
        self._tiles = {_cell(text) for text in tiles}
        self._around = {parent for cell in self._tiles for parent in _upwards(cell)}

    def __bool__(self) -> bool:
        return bool(self._tiles)

    def may_hide(self, areas: str) -> bool:
        """Whether a place that was not found may still be there: it lies where nobody could look, or nobody knows."""
        if not self._tiles:
            return False
        return not areas or any(map(self._meets, map(_cell, areas.split())))

    def _meets(self, cell: Cell) -> bool:
        return cell in self._around or any(parent in self._tiles for parent in _upwards(cell))


def _text(cell: Cell) -> str:
    return f"{cell.zoom}/{cell.x}/{cell.y}"


def _cell(text: str) -> Cell:
    return Cell(*map(int, text.split("/")))


def _upwards(cell: Cell) -> Iterator[Cell]:
    """The tile and those around it, up to the first zoom of searches."""
    for steps in range(max(cell.zoom - ZOOM_FIRST, 0) + 1):
        yield Cell(cell.zoom - steps, cell.x >> steps, cell.y >> steps)
