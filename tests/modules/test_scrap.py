"""Scrap: zones to tiles to rows, against a map source of our own."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, cast

import pytest
from pydantic import ValidationError

from engine.ef import TILES_OF_FRANCE
from engine.geo.grid import Cell, cells
from engine.geo.zones import ZoneAmbiguous, ZoneUnknown, resolve
from engine.module import Found, Item, QuotaExceeded, Run
from engine.modules import scrap
from engine.modules.scrap import EmptyGrid, ScrapConfig, estimate, module
from engine.rows.types import Row
from engine.sources.errors import PlacesKeyRefused, TileBlocked
from engine.sources.osm import OsmSource
from engine.sources.types import Place, PlaceSource, SearchResult, Tile
from tests.engine.sources.helsinki import HELSINKI, needs_helsinki


class Seen:
    def __init__(self) -> None:
        self.keys: set[str] = set()

    def add(self, key: str) -> bool:
        new = key not in self.keys
        self.keys.add(key)
        return new


@dataclass
class Map:
    """A map source of points. It lists `cap` places of a tile in an order of its own; it refuses the first searches."""

    points: Sequence[tuple[float, float]] = ()
    cap: int = 60
    refusals: int = 0
    row: Row = field(default_factory=dict[str, Any])
    name: str = "places"
    searches: int = 0

    async def search(self, query: str, tile: Tile) -> SearchResult:
        await asyncio.sleep(0)
        self.searches += 1
        if self.searches <= self.refusals:
            raise TileBlocked(source=self.name, reason="http_429")
        here = [
            self._place(number, latitude, longitude)
            for number, (latitude, longitude) in enumerate(self.points)
            if tile.south <= latitude < tile.north and tile.west <= longitude < tile.east
        ]
        Random(f"{tile.center}").shuffle(here)
        return SearchResult(tuple(here[: self.cap]), saturated=len(here) >= self.cap)

    def _place(self, number: int, latitude: float, longitude: float) -> Place:
        row: Row = {"nom": f"Salon {number}", "place_id": f"p{number}", **self.row}
        return Place(f"p{number}", latitude, longitude, row)


@dataclass
class Told:
    logs: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])


def run_on(places: PlaceSource, told: Told | None = None) -> Run:
    """A run that reaches nothing but the map."""
    told = told or Told()
    nothing = cast("Any", None)
    log: Callable[[str, str], None] = lambda level, text: told.logs.append(f"{level}: {text}")  # noqa: E731
    return Run("j", nothing, nothing, nothing, nothing, places, Seen(), nothing, log, told.notes.append, nothing)


def config_of(**options: Any) -> ScrapConfig:
    return ScrapConfig.model_validate({"queries": ["coiffeur"], "zones": ["Tours"], **options})


async def scrape(config: ScrapConfig, run: Run) -> tuple[list[Row], list[Found]]:
    """All items of a job, one after the other, subdivisions included."""
    items, found = deque[Item](module.plan(config)), list[Found]()
    while items:
        found.append(await module.find(items.popleft(), config, run))
        items.extend(found[-1].more)
    return [row for one in found for row in one.rows], found


def around(name: str, count: int, *, spread: float = 0.02) -> list[tuple[float, float]]:
    """Points on a square around a zone's centre, degrees apart from it at most `spread`."""
    latitude, longitude = resolve(name).centre
    side = int(count**0.5) + 1
    steps = [(2 * (i % side) / side - 1, 2 * (i // side) / side - 1) for i in range(count)]
    return [(latitude + spread * y, longitude + spread * x) for x, y in steps]


def test_queries_and_zones_are_trimmed_and_kept_once() -> None:
    config = config_of(queries=[" dentiste ", "dentiste", "avocat"], zones=["Tours ", "Tours"])

    assert config.queries == ("dentiste", "avocat")
    assert config.zones == ("Tours",)


@pytest.mark.parametrize(
    "options",
    [
        {"queries": []},
        {"queries": ["x" * 201]},
        {"queries": [" "]},
        {"queries": [f"q{n}" for n in range(21)]},
        {"queries": "dentiste"},
        {"queries": [3]},
        {"zones": []},
        {"zones": [f"{n:05}" for n in range(51)]},
        {"scrape_mode": "turbo"},
    ],
)
def test_a_body_outside_the_documented_bounds_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        config_of(**options)


def test_unknown_extra_columns_are_ignored() -> None:
    assert config_of(extra_columns=["region", "zodiac", "gps"]).extra_columns == ("gps", "region")


@pytest.mark.parametrize(
    ("options", "added"),
    [
        ({}, ()),
        ({"extra_columns": ["gps"]}, ("lat", "lon")),
        ({"extra_columns": ["region", "departement", "gps"]}, ("lat", "lon", "departement", "region")),
        ({"include_reviews": True, "extra_columns": ["gps"]}, ("lat", "lon", "avis")),
    ],
)
def test_columns_come_in_the_order_of_the_contract(options: dict[str, Any], added: tuple[str, ...]) -> None:
    base = "nom site_web telephone adresse ville code_postal categorie note nb_avis lien_google_maps place_id horaires"

    assert module.columns(config_of(**options)) == (*base.split(), "requete", "zone", *added)


def test_pipelines_ask_for_coordinates_by_default() -> None:
    assert config_of(**module.pipeline_defaults).extra_columns == ("gps",)


def test_the_plan_is_each_query_on_each_tile_in_a_fixed_order() -> None:
    config = config_of(queries=["dentiste", "avocat"], zones=["Tours", "Lyon"])

    plan = module.plan(config)

    tiles = cells([resolve("Tours"), resolve("Lyon")])
    assert [(item["query"], Cell(item["zoom"], item["x"], item["y"])) for item in plan] == [
        (query, tile) for query in ("dentiste", "avocat") for tile in tiles
    ]
    assert plan == module.plan(config)


def test_a_zone_inside_another_adds_no_item() -> None:
    assert len(module.plan(config_of(zones=["Paris", "75004"]))) == len(module.plan(config_of(zones=["Paris"])))


def test_zones_that_can_not_be_placed_stop_the_plan() -> None:
    with pytest.raises(ZoneUnknown, match="Zone introuvable : « Zzyzxville »"):
        module.plan(config_of(zones=["Tours", "Zzyzxville"]))
    with pytest.raises(ZoneAmbiguous):
        module.plan(config_of(zones=["Saint-Denis"]))


def test_zones_without_a_tile_are_an_empty_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scrap, "cells", lambda zones: [])  # no zone of the bundle is empty

    with pytest.raises(EmptyGrid, match="Grille vide"):
        module.plan(config_of())


@pytest.mark.slow(20)
def test_france_fits_one_job_once_and_not_twice() -> None:
    assert len(module.plan(config_of(zones=["France"]))) == TILES_OF_FRANCE
    with pytest.raises(QuotaExceeded, match="Quota dépassé"):
        module.plan(config_of(zones=["France"], queries=["a", "b"]))


async def test_rows_hold_the_place_the_query_and_the_asked_zone() -> None:
    rows, _ = await scrape(config_of(zones=["tours "]), run_on(Map([resolve("Tours").centre])))

    assert rows == [{"nom": "Salon 0", "place_id": "p0", "requete": "coiffeur", "zone": "tours"}]


async def test_places_outside_the_zones_are_left_out() -> None:
    zone, points = resolve("Tours"), around("Tours", 400, spread=0.06)

    rows, _ = await scrape(config_of(extra_columns=["gps"]), run_on(Map(points, cap=1_000)))

    assert len(rows) == sum(zone.contains(*point) for point in points) < len(points)
    assert all(zone.contains(cast("float", row["lat"]), cast("float", row["lon"])) for row in rows)


async def test_a_place_is_kept_once_and_the_first_query_and_zone_win() -> None:
    config = config_of(queries=["coiffeur", "barbier"], zones=["75015", "Paris"])

    rows, found = await scrape(config, run_on(Map([resolve("75015").centre])))

    assert [(row["requete"], row["zone"]) for row in rows] == [("coiffeur", "75015")]
    assert sum(one.stats["query_stats"].get("barbier", {}).get("with_results", 0) for one in found) == 1


async def test_statistics_count_tiles_results_and_attempts() -> None:
    latitude, longitude = resolve("Tours").centre
    config = config_of()

    _, found = await scrape(config, run_on(Map([(latitude, longitude)])))

    with_results = [one.stats for one in found if one.rows]
    assert with_results == [
        {
            "by_query": {"coiffeur": 1},
            "by_zone": {"Tours": 1},
            "query_stats": {"coiffeur": {"tiles": 1, "with_results": 1}},
            "flagged_tiles": 0,
            "attempts": 1,
            "levels": {"13": {"searched": 1, "opened": 0}},
        }
    ]
    assert all(
        one.stats["query_stats"] == {"coiffeur": {"tiles": 1, "with_results": 0}} for one in found if not one.rows
    )


async def test_a_full_tile_is_searched_again_in_four_until_everything_is_found() -> None:
    points = around("Tours", 900, spread=0.012)

    fast, _ = await scrape(config_of(), run_on(Map(points)))
    ultra, searched = await scrape(config_of(scrape_mode="ultra"), run_on(Map(points)))

    assert 60 < len(fast) <= len(ultra) == 900
    assert len(searched) > len(module.plan(config_of()))


async def test_modes_agree_where_nothing_is_full() -> None:
    points = around("Tours", 30)

    results = [await scrape(config_of(scrape_mode=mode), run_on(Map(points))) for mode in ("fast", "advanced", "ultra")]

    assert len({len(found) for _, found in results}) == 1
    assert len({len(rows) for rows, _ in results}) == 1


async def test_subdivisions_outside_the_zone_are_not_searched() -> None:
    zone = resolve("Tours")

    _, found = await scrape(config_of(scrape_mode="ultra"), run_on(Map(around("Tours", 2_000, spread=0.04), cap=20)))

    more = [Cell(item["zoom"], item["x"], item["y"]) for one in found for item in one.more]
    assert more
    assert all(zone.touches(*cell.bounds) for cell in more)


async def test_a_refused_tile_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scrap, "PAUSES_SECONDS", (0.0, 0.0))
    told, places, config = Told(), Map([resolve("Tours").centre], refusals=2), config_of()

    found = await module.find(module.plan(config)[0], config, run_on(places, told))

    assert (found.stats["attempts"], found.stats["flagged_tiles"]) == (3, 0)
    assert len(told.logs) == 2


async def test_a_tile_refused_three_times_is_flagged_and_the_job_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scrap, "PAUSES_SECONDS", (0.0, 0.0))
    places, config = Map(around("Tours", 10), refusals=3), config_of()

    rows, found = await scrape(config, run_on(places))

    assert sum(one.stats["flagged_tiles"] for one in found) == 1
    assert sum(one.stats["attempts"] for one in found) == places.searches == len(found) + 2
    assert rows


async def test_a_refused_key_fails_the_tile_with_its_own_error() -> None:
    class Locked(Map):
        async def search(self, query: str, tile: Tile) -> SearchResult:
            raise PlacesKeyRefused

    config = config_of()
    with pytest.raises(PlacesKeyRefused):
        await module.find(module.plan(config)[0], config, run_on(Locked()))


async def test_departement_and_region_come_from_the_postal_code_or_the_coordinates() -> None:
    config = config_of(extra_columns=["departement", "region"])
    centre = resolve("Tours").centre

    by_point, _ = await scrape(config, run_on(Map([centre])))
    by_code, _ = await scrape(config, run_on(Map([centre], row={"code_postal": "41000"})))

    assert (by_point[0]["departement"], by_point[0]["region"]) == ("Indre-et-Loire", "Centre-Val de Loire")
    assert by_code[0]["departement"] == "Loir-et-Cher"


async def test_a_choice_between_namesakes_and_missing_reviews_are_told() -> None:
    told, config = Told(), config_of(zones=["Montreuil"], include_reviews=True)

    await scrape(config, run_on(Map(name="osm"), told))

    assert set(told.notes) == {
        "« Montreuil » : Montreuil (93), la plus grande, a été retenue",
        "La source osm ne fournit pas les avis : la colonne « avis » reste vide",
    }


def test_an_estimate_counts_distinct_tiles_and_prices_modes_and_reviews() -> None:
    one = estimate(config_of(), source="places")
    deep = estimate(config_of(queries=["a", "b"], scrape_mode="ultra", include_reviews=True), source="places")

    assert one.grid_points == deep.grid_points == len(cells([resolve("Tours")]))
    assert deep.total_requests == 2 * one.total_requests
    assert deep.ef == pytest.approx(2 * 6 * 1.5 * one.ef)
    assert one.ef == pytest.approx(module.cost(one.total_requests, config_of()))


@needs_helsinki
async def test_a_scrap_of_helsinki_keeps_1414_businesses_of_which_786_have_a_website() -> None:
    config = config_of(queries=["*"], zones=["Helsinki"])

    rows, _ = await scrape(config, run_on(OsmSource(HELSINKI)))

    assert len({row["place_id"] for row in rows}) == len(rows) == 1_414
    assert sum(row["site_web"] is not None for row in rows) == 786
    assert {tuple(row) for row in rows} == {module.columns(config)}
