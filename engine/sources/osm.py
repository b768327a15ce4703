"""OpenStreetMap, from a local extract: no network, no limit, no key.

A business is a named node, way or relation with one of `shop`, `amenity`, `office`, `craft`, `tourism`, `healthcare`.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from engine.geo.grid import Cell, cell_at
from engine.geo.names import fold
from engine.rows.types import Row
from engine.sources.errors import OsmFileMissing
from engine.sources.osm_file import BUSINESS_KEYS, Element, businesses
from engine.sources.osm_words import WORDS, singular, tags_by_word
from engine.sources.types import Place, SearchResult, Tile

EVERYTHING = "*"
SITE_KEYS = ("website", "contact:website")
PHONE_KEYS = ("phone", "contact:phone", "contact:mobile")


@dataclass(frozen=True, slots=True)
class Business:
    place: Place
    tags: frozenset[str]  # `shop=bakery`
    words: str  # its name as folded words, with a space around each


class OsmSource:
    """Searches one extract, which is read on the first search and kept. `path` None: every search is refused."""

    name = "osm"

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._reading = asyncio.Lock()
        self._by_cell: dict[Cell, list[Business]] | None = None
        self._tags_by_word = tags_by_word()

    async def search(self, query: str, tile: Tile) -> SearchResult:
        """Businesses in `tile`: all for `*`; of the kind that `query` names; else those with its words in their name.

        Never saturated: the whole tile is known.

        Raises:
            OsmFileMissing: no extract is configured.
            OsmFileUnreadable: it can't be read.
        """
        async with self._reading:
            if self._by_cell is None:
                self._by_cell = await asyncio.to_thread(self._read)
        cell = cell_at(*tile.center, tile.zoom)
        near = self._by_cell.get(cell_at(*tile.center), ())
        here = [b for b in near if cell_at(b.place.latitude, b.place.longitude, tile.zoom) == cell]
        return SearchResult(tuple(business.place for business in here if self._matches(business, query)))

    def _read(self) -> dict[Cell, list[Business]]:
        if self._path is None:
            raise OsmFileMissing
        by_cell: dict[Cell, list[Business]] = defaultdict(list)
        for element in businesses(self._path):
            by_cell[cell_at(*element.point)].append(_business(element))
        return by_cell

    def _matches(self, business: Business, query: str) -> bool:
        if query.strip() == EVERYTHING:
            return True
        tags = self._tags_by_word.get(singular(query))
        if tags:
            return not tags.isdisjoint(business.tags)
        words = fold(query).split()
        return bool(words) and all(f" {word} " in business.words for word in words)


def _business(element: Element) -> Business:
    values = {key: element.tags[key].split(";") for key in BUSINESS_KEYS if key in element.tags}
    tags = [f"{key}={value.strip()}" for key, several in values.items() for value in several]
    words = f" {fold(element.tags['name'])} "
    return Business(_place(element, tags[0]), frozenset(tags), words)


def _place(element: Element, tag: str) -> Place:
    place_id = f"osm:{element.kind}/{element.id}"
    tags = element.tags
    row: Row = {
        "nom": tags["name"],
        "site_web": _first(tags, SITE_KEYS),
        "telephone": _first(tags, PHONE_KEYS),
        "adresse": _address(tags),
        "ville": tags.get("addr:city"),
        "code_postal": tags.get("addr:postcode"),
        "categorie": WORDS[tag][0] if tag in WORDS else tag.partition("=")[2].replace("_", " "),
        "note": None,
        "nb_avis": None,
        "lien_google_maps": None,
        "place_id": place_id,
        "horaires": tags.get("opening_hours"),
    }
    return Place(place_id, *element.point, row)


def _first(tags: dict[str, str], keys: tuple[str, ...]) -> str | None:
    return next((tags[key] for key in keys if tags.get(key)), None)


def _address(tags: dict[str, str]) -> str | None:
    """`12 rue des Halles, 37000 Tours`, as far as it is known."""
    street = " ".join(tags[key] for key in ("addr:housenumber", "addr:street") if key in tags)
    town = " ".join(tags[key] for key in ("addr:postcode", "addr:city") if key in tags)
    return ", ".join(part for part in (street, town) if part) or None
