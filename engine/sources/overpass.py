"""OpenStreetMap, asked over the network: the Overpass API at OVERPASS_URL.

A query in Overpass QL names tags of our own table and the tile, never a user's words: names are compared here, as for
a local extract. Source: wiki.openstreetmap.org/wiki/Overpass_API/Overpass_QL.
"""

import asyncio
import re
from collections import defaultdict
from http import HTTPStatus
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from engine.geo.grid import Cell, cell_at
from engine.limits import ZOOM_LAST
from engine.network.types import Api, ApiAnswer, Unreachable
from engine.sources.errors import OverpassFailed, TileBlocked
from engine.sources.osm_places import BUSINESS_KEYS, Element, Search, business_of
from engine.sources.quadtree import tile_of
from engine.sources.types import Place, SearchResult, Tile

AT_ONCE = 2  # what the public server gives one address
QUERY_SECONDS, MEMORY_BYTES = 60, 256 * 1024 * 1024  # asked of the server; it queues queries by what they ask
ANSWER_SECONDS = 90.0
BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.GATEWAY_TIMEOUT)
KINDS = ("node", "way", "relation")


class _Point(BaseModel):
    lat: float
    lon: float


class _Found(BaseModel):
    """One element of an answer. Nodes have a point of their own; ways and relations the middle of their outline."""

    type: Literal["node", "way", "relation"]
    id: int
    lat: float | None = None
    lon: float | None = None
    center: _Point | None = None
    tags: dict[str, str] = Field(default_factory=dict[str, str])

    @property
    def element(self) -> Element | None:
        """None where it is no business, or lies nowhere."""
        latitude, longitude = (self.center.lat, self.center.lon) if self.center else (self.lat, self.lon)
        is_business = self.tags.get("name") and any(self.tags.get(key) for key in BUSINESS_KEYS)
        if not is_business or latitude is None or longitude is None:
            return None
        return Element(self.type, self.id, self.tags, (latitude, longitude))


class _Answer(BaseModel):
    """`remark` tells why an answer is not complete."""

    elements: list[_Found]
    remark: str = ""


class _TooMuch(Exception):
    """The server gave up in the middle of this tile."""


class OverpassSource:
    """Searches the server at `url`, two tiles at once."""

    name = "osm"

    def __init__(self, api: Api, url: str) -> None:
        self._api, self._url = api, url
        self._places = asyncio.Semaphore(AT_ONCE)

    async def search(self, query: str, tile: Tile) -> SearchResult:
        """Businesses in `tile` that the query means, nodes first, each kind by number. Never saturated.

        Raises:
            TileBlocked: the server is busy, or gave up even on the smallest tile.
            OverpassFailed: an answer that can't be read.
            Unreachable: no answer.
        """
        cell = cell_at(*tile.center, tile.zoom)
        found = await self._elements(Search(query), cell)
        ordered = sorted(found, key=lambda element: (KINDS.index(element.kind), element.id))
        return SearchResult(tuple(_inside(ordered, Search(query), cell)))

    async def _elements(self, wanted: Search, cell: Cell) -> list[Element]:
        """All that may match; a tile on which the server gives up is asked in four parts."""
        try:
            return await self._asked(wanted, tile_of(cell))
        except _TooMuch:
            if cell.zoom >= ZOOM_LAST:
                raise TileBlocked(source=self.name, reason="too_much") from None
        parts = [await self._elements(wanted, child) for child in cell.children]
        return list({(element.kind, element.id): element for part in parts for element in part}.values())

    async def _asked(self, wanted: Search, tile: Tile) -> list[Element]:
        async with self._places:
            try:
                answer = await self._api.request(
                    "POST", self._url, form={"data": overpass_query(wanted, tile)}, timeout_seconds=ANSWER_SECONDS
                )
            except Unreachable as error:
                if error.reason == "timeout":
                    raise TileBlocked(source=self.name, reason="timeout") from None
                raise
        elements = (found.element for found in _read(answer).elements)
        return [element for element in elements if element is not None]


def overpass_query(wanted: Search, tile: Tile) -> str:
    """The question in Overpass QL: named elements of the wanted tags, else all businesses, whose box meets the tile."""
    by_key: dict[str, list[str]] = defaultdict(list)
    for tag in sorted(wanted.tags):
        key, _, value = tag.partition("=")
        by_key[key].append(re.escape(value))
    # A tag may hold several values: `amenity=cafe;bar`.
    filters = [f'["{key}"~"(^|; ?)({"|".join(values)})( ?;|$)"]' for key, values in by_key.items()]
    statements = "".join(f'nwr["name"]{each};' for each in filters or [f'["{key}"]' for key in BUSINESS_KEYS])
    box = ",".join(f"{degrees:.7f}" for degrees in (tile.south, tile.west, tile.north, tile.east))
    return f"[out:json][timeout:{QUERY_SECONDS}][maxsize:{MEMORY_BYTES}][bbox:{box}];({statements});out tags center;"


def _read(answer: ApiAnswer) -> _Answer:
    if answer.status in BUSY:
        raise TileBlocked(source=OverpassSource.name, reason=f"http_{answer.status}")
    if answer.status != HTTPStatus.OK:
        raise OverpassFailed(status=answer.status)
    try:
        read = _Answer.model_validate(answer.json)
    except ValidationError:
        raise OverpassFailed(status="illisible") from None
    if "error" in read.remark:
        raise _TooMuch
    return read


def _inside(elements: list[Element], wanted: Search, cell: Cell) -> list[Place]:
    """The wanted businesses whose point lies in the tile: each belongs to one."""
    businesses = (business_of(element) for element in elements if cell_at(*element.point, cell.zoom) == cell)
    return [business.place for business in businesses if wanted.finds(business)]
