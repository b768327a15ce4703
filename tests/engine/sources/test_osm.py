"""A local OpenStreetMap extract as a source of places."""

from pathlib import Path

import osmium
import pytest
from osmium.osm.mutable import Node, Relation, Way

from engine.geo.grid import cell_at, cells
from engine.geo.zones import resolve
from engine.sources import osm_file
from engine.sources.errors import OsmFileUnreadable
from engine.sources.osm import OsmSource
from engine.sources.osm_file import businesses
from engine.sources.quadtree import tile_of
from engine.sources.types import Place
from tests.engine.sources.helsinki import HELSINKI, needs_helsinki

HERE = (47.39, 0.69)  # longitude second
TILE = tile_of(cell_at(*HERE))


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """Six elements of which four are businesses."""
    path = tmp_path / "tours.osm.pbf"
    bakery = {
        "name": "Au Pain Doré",
        "shop": "bakery",
        "addr:housenumber": "12",
        "addr:street": "rue des Halles",
        "addr:postcode": "37000",
        "addr:city": "Tours",
        "contact:website": "https://pain.example/",
        "phone": "+33 2 47 00 00 00",
        "opening_hours": "Mo-Sa 07:00-19:30",
    }
    with osmium.SimpleWriter(str(path)) as writer:
        writer.add_node(Node(id=1, location=(0.69, 47.39), tags=bakery))
        writer.add_node(Node(id=2, location=(0.69, 47.39), tags={"amenity": "bench"}))
        writer.add_node(Node(id=3, location=(0.69, 47.39), tags={"name": "Place Plumereau"}))
        writer.add_node(Node(id=10, location=(0.688, 47.388)))
        writer.add_node(Node(id=11, location=(0.692, 47.392)))
        writer.add_node(Node(id=20, location=(2.35, 48.85), tags={"name": "Café de Paris", "amenity": "cafe;bar"}))
        writer.add_way(Way(id=5, nodes=[10, 11], tags={"name": "Hôtel du Cygne", "tourism": "hotel"}))
        writer.add_way(Way(id=6, nodes=[10, 11]))
        members = [("w", 6, "outer")]
        writer.add_relation(Relation(id=7, members=members, tags={"name": "Clinique", "healthcare": "clinic"}))
        writer.add_way(Way(id=8, nodes=[998, 999], tags={"name": "Hors de l'extrait", "shop": "mall"}))
    return path


async def found(path: Path, query: str) -> list[str]:
    result = await OsmSource(path).search(query, TILE)
    return [str(place.row["nom"]) for place in result.places]


async def test_named_nodes_ways_and_relations_of_the_tile_are_businesses(extract: Path) -> None:
    result = await OsmSource(extract).search("*", TILE)

    assert [place.place_id for place in result.places] == ["osm:node/1", "osm:way/5", "osm:relation/7"]
    assert not result.saturated


async def test_tags_fill_the_columns_of_scrap(extract: Path) -> None:
    result = await OsmSource(extract).search("boulangerie", TILE)

    assert result.places[0].row == {
        "nom": "Au Pain Doré",
        "site_web": "https://pain.example/",
        "telephone": "+33 2 47 00 00 00",
        "adresse": "12 rue des Halles, 37000 Tours",
        "ville": "Tours",
        "code_postal": "37000",
        "categorie": "Boulangerie",
        "note": None,
        "nb_avis": None,
        "lien_google_maps": None,
        "place_id": "osm:node/1",
        "horaires": "Mo-Sa 07:00-19:30",
    }


async def test_an_outline_is_placed_in_its_middle(extract: Path) -> None:
    result = await OsmSource(extract).search("hotel", TILE)

    assert (result.places[0].latitude, result.places[0].longitude) == pytest.approx(HERE)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Boulangeries", ["Au Pain Doré"]),
        ("bakery", ["Au Pain Doré"]),
        ("hôtel", ["Hôtel du Cygne"]),
        ("cygne", ["Hôtel du Cygne"]),
        ("pain dore", ["Au Pain Doré"]),
        ("pai", []),
        ("plombier", []),
        ("café", []),  # in another tile
    ],
)
async def test_a_query_means_a_kind_of_business_else_words_of_its_name(
    extract: Path, query: str, names: list[str]
) -> None:
    assert await found(extract, query) == names


async def test_each_value_of_a_tag_counts(extract: Path) -> None:
    source, paris = OsmSource(extract), tile_of(cell_at(48.85, 2.35))

    assert len((await source.search("bar", paris)).places) == len((await source.search("café", paris)).places) == 1


async def test_a_file_that_is_no_extract_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"no extract")

    with pytest.raises(OsmFileUnreadable):
        await OsmSource(broken).search("*", TILE)


@pytest.mark.slow(20)
def test_a_large_file_is_read_with_the_same_result(extract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = businesses(extract)
    monkeypatch.setattr(osm_file, "FILTERED_FROM_BYTES", 0)

    assert businesses(extract) == small


@needs_helsinki
async def test_helsinki_has_1414_businesses_of_which_786_have_a_website() -> None:
    source, zone = OsmSource(HELSINKI), resolve("Helsinki")
    places: list[Place] = []
    for cell in cells([zone]):
        places += (await source.search("*", tile_of(cell))).places

    inside = {place.place_id: place for place in places if zone.contains(place.latitude, place.longitude)}
    assert len(inside) == len(places) == 1_414
    assert sum(place.row["site_web"] is not None for place in inside.values()) == 786
