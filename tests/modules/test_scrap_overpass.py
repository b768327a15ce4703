"""Scrap by OpenStreetMap in the sandbox internet: through Overpass, against what OpenStreetMap truly holds there."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from engine.clock import Clock
from engine.geo.zones import resolve
from engine.module import Run
from engine.modules.scrap import ScrapConfig
from engine.network.world import open_gateway
from engine.rows.types import Row
from engine.sandbox.process import RunningSandbox
from engine.sandbox.truth import PlaceTruth
from engine.settings import read_settings
from engine.sources.choice import place_source
from engine.sources.google_maps import GoogleMaps
from tests.modules.test_scrap import run_on, scrape

ZONES = ("Lyon", "Tours")
FLOOR = 0.99
# Kinds of business, as people ask for them: also the words by which the truth knows its places.
QUERIES = ("restaurant", "coiffeur")


@asynccontextmanager
async def overpass(sandbox: RunningSandbox) -> AsyncGenerator[Run]:
    """A run whose map is the sandbox's Overpass server, at its public address."""
    settings = read_settings(sandbox.environment, maps_source="osm")
    async with open_gateway(settings, Clock()) as gateway:
        yield run_on(place_source(settings, gateway.api, gateway.operator_api, GoogleMaps(gateway.live, Clock())))


def truly_there(sandbox: RunningSandbox, zone: str, word: str | None = None) -> dict[str, PlaceTruth]:
    """The places of OpenStreetMap inside of a zone, by their ids; with `word` those alone that it finds."""
    inside = resolve(zone)
    return {
        f"osm:{place.osm}": place
        for place in sandbox.truth().places
        if place.osm and inside.contains(place.lat, place.lon) and (word is None or word in place.words)
    }


def ids_of(rows: list[Row]) -> list[str]:
    return [str(row["place_id"]) for row in rows]


@pytest.mark.slow(60)
@pytest.mark.parametrize("zone", ZONES)
async def test_every_business_of_a_town_is_found_once_and_nothing_else(
    running_sandbox: RunningSandbox, zone: str
) -> None:
    expected = truly_there(running_sandbox, zone)

    async with overpass(running_sandbox) as run:
        rows, _ = await scrape(ScrapConfig(queries=("*",), zones=(zone,)), run)

    found = ids_of(rows)
    assert len(expected) >= 5 and len(found) == len(set(found))
    assert len(expected.keys() & set(found)) / len(expected) >= FLOOR, expected.keys() - set(found)
    assert len(expected.keys() & set(found)) / len(found) >= FLOOR, set(found) - expected.keys()


@pytest.mark.slow(60)
async def test_a_trade_is_found_by_its_word_with_recall_and_precision(running_sandbox: RunningSandbox) -> None:
    expected = {key for word in QUERIES for key in truly_there(running_sandbox, "Lyon", word)}

    async with overpass(running_sandbox) as run:
        rows, _ = await scrape(ScrapConfig(queries=QUERIES, zones=("Lyon",)), run)

    found = set(ids_of(rows))
    assert len(expected) >= 40
    assert len(expected & found) / len(expected) >= FLOOR, expected - found
    assert len(expected & found) / len(found) >= FLOOR, found - expected


@pytest.mark.slow(60)
async def test_a_found_place_has_the_columns_of_the_truth(running_sandbox: RunningSandbox) -> None:
    expected = truly_there(running_sandbox, "Tours")

    async with overpass(running_sandbox) as run:
        rows, _ = await scrape(ScrapConfig(queries=("*",), zones=("Tours",)), run)

    for row in rows:
        place = expected[str(row["place_id"])]
        assert (row["nom"], row["site_web"]) == (place.nom, place.site_web)
        assert (row["ville"], row["code_postal"]) == (place.ville, place.code_postal)
        assert str(row["telephone"]).replace(" ", "").endswith(place.telephone.replace(" ", "")[1:])
        assert (row["note"], row["nb_avis"], row["lien_google_maps"]) == (None, None, None)
