"""What a map source is: one search, inside one tile; and who tells the reviews of a place."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Protocol

from engine.network.types import BrowserMissing
from engine.rows.types import Row
from engine.sources.google_reviews import ReviewPage


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the map. `zoom` 13 to 17; latitude and longitude in degrees, WGS 84."""

    zoom: int
    south: float
    west: float
    north: float
    east: float

    @property
    def center(self) -> tuple[float, float]:
        """(latitude, longitude)"""
        return (self.south + self.north) / 2, (self.west + self.east) / 2


@dataclass(frozen=True, slots=True)
class Place:
    """One business as its source tells it. `row` has scrap's base columns (nom ... horaires), not requete and zone."""

    place_id: str
    latitude: float
    longitude: float
    row: Row


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Places of one search. `saturated`: the source cut its list, so the tile may hold more."""

    places: tuple[Place, ...]
    saturated: bool = False


class PlaceSource(Protocol):
    """A map source: `google_maps`, `places`, `osm`."""

    name: str

    async def search(self, query: str, tile: Tile) -> SearchResult:
        """Places that match `query` in `tile`, in the source's order.

        Raises:
            TileBlocked: the source refused this tile; it may be asked again.
            Unreachable: no answer.
        """
        ...


class ReviewSource(Protocol):
    """Who tells the reviews of a place that Google Maps knows."""

    async def reviews(self, place: str, *, newest: bool, limit: int, known: Container[str] = ()) -> ReviewPage:
        """Up to `limit` reviews of a place, by its `place_id` or its `lien_google_maps`: the newest, or as Maps ranks.

        Asked for the newest, it stops before the first id in `known`. `next_token` is Maps' own, for what comes
        behind the pages that were read.

        Raises:
            TileBlocked: Maps refused; it may be asked again. As ReviewsCut, with those that it told before.
            PlaceUnknown: Maps shows no such place.
            BrowserMissing: no Chromium starts.
            Unreachable: no answer.
        """
        ...


class WithoutReviews:
    """A `ReviewSource` where there is none."""

    async def reviews(self, place: str, *, newest: bool, limit: int, known: Container[str] = ()) -> ReviewPage:
        """Raises BrowserMissing."""
        raise BrowserMissing()
