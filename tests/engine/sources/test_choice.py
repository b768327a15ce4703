"""Which source the settings choose."""

import pytest

from engine.settings import Settings
from engine.sources.choice import place_source
from engine.sources.errors import SourceUnavailable
from engine.sources.types import Tile
from tests.engine.sources.places_api import PlacesApi


@pytest.mark.parametrize(
    ("maps_source", "key", "name"),
    [("auto", "AIza", "places"), ("auto", None, "osm"), ("osm", "AIza", "osm"), ("places", "AIza", "places")],
)
def test_auto_takes_places_with_a_key_and_osm_without(maps_source: str, key: str | None, name: str) -> None:
    settings = Settings.model_validate({"maps_source": maps_source, "google_places_key": key})

    assert place_source(settings, PlacesApi(), PlacesApi()).name == name


async def test_a_source_that_does_not_exist_yet_refuses_each_search_with_what_to_set() -> None:
    source = place_source(Settings(maps_source="google_maps"), PlacesApi(), PlacesApi())

    with pytest.raises(SourceUnavailable) as refused:
        await source.search("restaurant", Tile(13, 47.0, 0.6, 47.1, 0.7))

    assert "OUTSEND_MAPS_SOURCE" in refused.value.next_step
