"""Which map source the settings choose."""

from engine.network.types import Api
from engine.settings import Settings
from engine.sources.errors import SourceUnavailable
from engine.sources.osm import OsmSource
from engine.sources.overpass import OverpassSource
from engine.sources.places import PlacesSource
from engine.sources.types import PlaceSource, SearchResult, Tile


def source_name(settings: Settings) -> str:
    """The name of the source that the settings choose."""
    if settings.maps_source != "auto":
        return settings.maps_source
    return "places" if settings.google_places_key else "osm"


def place_source(settings: Settings, api: Api, operator_api: Api) -> PlaceSource:
    """The source of MAPS_SOURCE; `auto` is places where there is a key, else osm: the extract, or Overpass without one.

    `operator_api` reaches the server that the operator names, wherever it stands. A source that this version doesn't
    have refuses each search, so that other jobs go on without it.
    """
    chosen = source_name(settings)
    if chosen == "places":
        return PlacesSource(api, key=settings.google_places_key or "")
    if chosen == "osm":
        return (
            OsmSource(settings.osm_file) if settings.osm_file else OverpassSource(operator_api, settings.overpass_url)
        )
    return UnavailableSource(chosen)


class UnavailableSource:
    """A source that is announced but not there yet."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def search(self, query: str, tile: Tile) -> SearchResult:
        """Raises SourceUnavailable."""
        raise SourceUnavailable(source=self.name)
