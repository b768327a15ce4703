"""Which map source the settings choose."""

from engine.network.types import Api
from engine.settings import Settings
from engine.sources.errors import SourceUnavailable
from engine.sources.osm import OsmSource
from engine.sources.places import PlacesSource
from engine.sources.types import PlaceSource


def place_source(settings: Settings, api: Api) -> PlaceSource:
    """The source of MAPS_SOURCE; `auto` is places where there is a key, else osm.

    Raises:
        SourceUnavailable: this version has no such source.
    """
    chosen = settings.maps_source
    if chosen == "auto":
        chosen = "places" if settings.google_places_key else "osm"
    if chosen == "places":
        return PlacesSource(api, key=settings.google_places_key or "")
    if chosen == "osm":
        return OsmSource(settings.osm_file)
    raise SourceUnavailable(source=chosen)
