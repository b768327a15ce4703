"""The Overpass API as a source of places, asked over a real socket."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from engine.clock import Clock
from engine.geo.grid import Cell, cell_at
from engine.network.world import open_gateway
from engine.settings import Settings
from engine.sources.choice import place_source
from engine.sources.errors import OverpassFailed, TileBlocked
from engine.sources.google_maps import GoogleMaps
from engine.sources.osm_places import Search
from engine.sources.overpass import AT_ONCE, overpass_query
from engine.sources.quadtree import tile_of
from engine.sources.types import Place, PlaceSource
from tests.engine.network.outside import WebSite, listening, reason_of, response

HERE = (47.39, 0.69)  # longitude second
CELL = cell_at(*HERE)
TILE = tile_of(CELL)

Reply = Callable[[str], Any]  # the query -> what to answer


def node(number: int, *, point: tuple[float, float] = HERE, **tags: str) -> dict[str, Any]:
    return {"type": "node", "id": number, "lat": point[0], "lon": point[1], "tags": tags}


BAKERY = node(1, name="Au Pain Doré", shop="bakery;pastry", phone="+33 2 47 00 00 00")
HOTEL = {
    "type": "way",
    "id": 5,
    "center": {"lat": HERE[0], "lon": HERE[1]},
    "tags": {"name": "Hôtel du Cygne", "tourism": "hotel"},
}
EVERYTHING = [HOTEL, BAKERY, node(2, shop="bakery"), node(3, name="Ailleurs", shop="bakery", point=(48.85, 2.35))]


@asynccontextmanager
async def server(reply: Reply) -> AsyncGenerator[tuple[PlaceSource, list[str]]]:
    """The source of a product whose operator runs Overpass at home, and the queries that it got."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(parse_qs(await request.text())["data"][0])
        found = reply(asked[-1])
        found = await found if inspect.isawaitable(found) else found
        return found if isinstance(found, web.Response) else web.json_response({"elements": found})

    app = web.Application()
    app.router.add_post("/api/interpreter", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}/api/interpreter"
        settings = Settings(maps_source="osm", overpass_url=address)
        async with open_gateway(settings, Clock()) as gateway:
            yield place_source(settings, gateway.api, gateway.operator_api, GoogleMaps(gateway.live, Clock())), asked
    finally:
        await runner.cleanup()


async def found(reply: Reply, query: str = "*") -> list[str]:
    async with server(reply) as (source, _):
        return names((await source.search(query, TILE)).places)


def names(places: tuple[Place, ...]) -> list[str]:
    return [place.place_id for place in places]


async def test_businesses_of_the_tile_are_places_nodes_first() -> None:
    assert await found(lambda query: EVERYTHING) == ["osm:node/1", "osm:way/5"]


async def test_tags_fill_the_columns_as_for_an_extract() -> None:
    async with server(lambda query: EVERYTHING) as (source, _):
        result = await source.search("boulangerie", TILE)

    row = result.places[0].row
    assert (row["nom"], row["categorie"], row["telephone"]) == ("Au Pain Doré", "Boulangerie", "+33 2 47 00 00 00")
    assert (row["place_id"], row["note"], row["lien_google_maps"]) == ("osm:node/1", None, None)


@pytest.mark.parametrize(
    ("query", "places"),
    [("Pâtisseries", ["osm:node/1"]), ("cygne", ["osm:way/5"]), ("pain dore", ["osm:node/1"]), ("plombier", [])],
)
async def test_a_query_means_a_kind_of_business_else_words_of_its_name(query: str, places: list[str]) -> None:
    assert await found(lambda asked: EVERYTHING, query) == places


def test_the_server_is_asked_for_the_tags_and_the_tile_alone() -> None:
    query = overpass_query(Search("café"), TILE)

    assert '["amenity"~"(^|; ?)(cafe)( ?;|$)"]' in query and '["shop"]' not in query
    assert f"[bbox:{TILE.south:.7f},{TILE.west:.7f},{TILE.north:.7f},{TILE.east:.7f}]" in query


@pytest.mark.parametrize("hostile", ['"];out;//', "\\", "[out:csv]", "a\nb", "(.*)*", "}{", "'"])
def test_no_word_of_a_user_reaches_the_query(hostile: str) -> None:
    assert overpass_query(Search(f"zzz {hostile}"), TILE) == overpass_query(Search("*"), TILE)


async def test_a_tile_that_is_too_much_is_asked_in_parts() -> None:
    """No list is ever silently cut."""

    def reply(query: str) -> object:
        whole = f"{TILE.south:.7f},{TILE.west:.7f},{TILE.north:.7f},{TILE.east:.7f}" in query
        cut = {"elements": [BAKERY], "remark": 'runtime error: Query timed out in "query" at line 1'}
        return web.json_response(cut) if whole else EVERYTHING

    async with server(reply) as (source, asked):
        result = await source.search("*", TILE)

    assert names(result.places) == ["osm:node/1", "osm:way/5"]
    assert len(asked) == 5 and not result.saturated


async def test_the_smallest_tile_that_is_too_much_is_refused_not_cut() -> None:
    def reply(query: str) -> object:
        return web.json_response({"elements": [BAKERY], "remark": "runtime error: Query run out of memory"})

    async with server(reply) as (source, _):
        with pytest.raises(TileBlocked):
            await source.search("*", tile_of(Cell(17, CELL.x << 4, CELL.y << 4)))


@pytest.mark.slow(20)
@pytest.mark.parametrize("status", [429, 504])
async def test_a_busy_server_refuses_the_tile(status: int) -> None:
    async with server(lambda query: web.Response(status=status)) as (source, asked):
        with pytest.raises(TileBlocked) as refused:
            await source.search("*", TILE)

    assert str(status) in refused.value.text and len(asked) == 3


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=400, text="<html><strong>Error</strong>: line 1: parse error</html>"),
        web.Response(text="<html>busy</html>", content_type="text/html"),
        web.json_response({"elements": "none"}),
        web.json_response([1, 2]),
    ],
    ids=["parse error", "html", "odd elements", "list"],
)
async def test_an_answer_that_cannot_be_read_says_what_to_set(answer: web.Response) -> None:
    body: Mapping[str, Any] = {"status": answer.status, "body": answer.body, "content_type": answer.content_type}
    async with server(lambda query: web.Response(**body)) as (source, _):
        with pytest.raises(OverpassFailed) as failed:
            await source.search("*", TILE)

    assert "OUTSEND_OVERPASS_URL" in failed.value.next_step


@pytest.mark.slow(10)
async def test_two_tiles_are_asked_at_once() -> None:
    """Overpass gives an address two slots."""
    most, now = 0, 0

    async def reply(query: str) -> object:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.05)
        now -= 1
        return []

    async with server(reply) as (source, _):
        await asyncio.gather(*(source.search("*", tile_of(child)) for child in CELL.children * 2))

    assert most == AT_ONCE


async def test_only_the_source_reaches_the_operators_own_server() -> None:
    """A page that a user names at the same address stays out of reach."""
    async with listening(WebSite({"/": response()})) as port:
        settings = Settings(overpass_url=f"http://127.0.0.1:{port}/")
        async with open_gateway(settings, Clock()) as gateway, gateway.world() as world:
            assert await reason_of(world.fetcher.get(settings.overpass_url)) == "forbidden_address"
            assert await reason_of(world.api.request("GET", settings.overpass_url)) == "forbidden_address"
            assert (await gateway.operator_api.request("GET", settings.overpass_url)).status == 200
