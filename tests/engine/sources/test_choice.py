"""Which source the settings choose."""

from pathlib import Path

import pytest

from engine.settings import Settings
from engine.sources.choice import place_source, source_name
from engine.sources.osm import OsmSource
from tests.engine.sources.places_api import PlacesApi


@pytest.fixture
def chromium(tmp_path: Path) -> Path:
    found = tmp_path / "chromium"
    found.touch(mode=0o755)
    return found


@pytest.mark.parametrize(
    ("maps_source", "key", "name"),
    [
        ("auto", "AIza", "places"),
        ("auto", None, "google_maps"),
        ("osm", "AIza", "osm"),
        ("places", "AIza", "places"),
        ("google_maps", "AIza", "google_maps"),
    ],
)
def test_auto_takes_places_with_a_key_and_google_maps_without(
    maps_source: str, key: str | None, name: str, chromium: Path
) -> None:
    settings = Settings.model_validate({"maps_source": maps_source, "google_places_key": key, "chromium": chromium})

    assert source_name(settings) == name


def test_auto_takes_osm_where_not_even_playwright_has_a_chromium(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    without = source_name(Settings())
    (tmp_path / "chromium-1200").mkdir()

    assert (without, source_name(Settings())) == ("osm", "google_maps")


@pytest.mark.parametrize("maps_source", ["google_maps", "places", "osm"])
def test_google_maps_is_the_one_that_the_process_has(maps_source: str) -> None:
    settings = Settings.model_validate({"maps_source": maps_source})
    maps = OsmSource(Path("map.osm.pbf"))

    source = place_source(settings, PlacesApi(), PlacesApi(), maps)

    assert (source is maps) == (maps_source == "google_maps")
    assert source is maps or source.name == maps_source
