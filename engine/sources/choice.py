"""Which map source the settings choose."""

from engine.network.executable import has_chromium
from engine.network.types import Api
from engine.settings import Settings
from engine.sources.osm import OsmSource
from engine.sources.overpass import OverpassSource
from engine.sources.places import PlacesSource
from engine.sources.types import PlaceSource


def source_name(settings: Settings) -> str:
    """The name of the source that the settings choose."""
    if settings.maps_source != "auto":
        return settings.maps_source
    if settings.google_places_key:
        return "places"
    return "google_maps" if has_chromium(settings.chromium) else "osm"


def place_source(settings: Settings, api: Api, operator_api: Api, maps: PlaceSource) -> PlaceSource:
    """The source of MAPS_SOURCE; `auto` is places where there is a key, else google_maps where there is a Chromium,
    else osm: the extract, or Overpass without one.

    `operator_api` reaches the server that the operator names, wherever it stands. `maps` is google_maps, which the
    process has anyway, for reviews.
    """
    chosen = source_name(settings)
    if chosen == "google_maps":
        return maps
    if chosen == "places":
        return PlacesSource(api, key=settings.google_places_key or "")
    return OsmSource(settings.osm_file) if settings.osm_file else OverpassSource(operator_api, settings.overpass_url)
