"""OpenStreetMap, from a local extract: no network, no limit, no key."""

import asyncio
from collections import defaultdict
from pathlib import Path

from engine.geo.grid import Cell, cell_at
from engine.sources.osm_file import businesses
from engine.sources.osm_places import Business, Search, business_of
from engine.sources.types import SearchResult, Tile


class OsmSource:
    """Searches one extract, which is read on the first search and kept."""

    name = "osm"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reading = asyncio.Lock()
        self._by_cell: dict[Cell, list[Business]] | None = None

    async def search(self, query: str, tile: Tile) -> SearchResult:
        """Businesses in `tile` that the query means. Never saturated: the whole tile is known.

        Raises:
            OsmFileUnreadable: the extract can't be read.
        """
        async with self._reading:
            if self._by_cell is None:
                self._by_cell = await asyncio.to_thread(self._read)
        wanted, cell = Search(query), cell_at(*tile.center, tile.zoom)
        near = self._by_cell.get(cell_at(*tile.center), ())
        here = [b for b in near if cell_at(b.place.latitude, b.place.longitude, tile.zoom) == cell]
        return SearchResult(tuple(business.place for business in here if wanted.finds(business)))

    def _read(self) -> dict[Cell, list[Business]]:
        by_cell: dict[Cell, list[Business]] = defaultdict(list)
        for element in businesses(self._path):
            by_cell[cell_at(*element.point)].append(business_of(element))
        return by_cell
