"""Find businesses: each query on each tile of the zones, in the map source that the settings choose.

A tile whose list was cut is split in four while that brings enough new places (concepts/scrape-modes). Rows are
clipped to the zones and kept once a job by `place_id`, the first query that found a place winning.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import BeforeValidator, StringConstraints

from engine.ef import SEARCHES_AT_ONCE, Mode, scrap_ef, scrap_seconds
from engine.geo.divisions import division_of
from engine.geo.grid import Cell, cells
from engine.geo.zones import Zone, ZoneAmbiguous, ZoneUnknown, resolve
from engine.limits import MAX_EF_PER_JOB, QUERIES_MAX, QUERY_LENGTH_MAX, ZONES_MAX
from engine.module import (
    BrowserMissing,
    Found,
    Item,
    ModuleConfig,
    OutsendError,
    QuotaExceeded,
    Run,
    SourceModule,
    option,
)
from engine.rows.types import Row, text_of
from engine.sources.errors import TileBlocked
from engine.sources.newest_reviews import with_reviews
from engine.sources.quadtree import subdivide, tile_of
from engine.sources.types import Place, SearchResult

ExtraColumn = Literal["gps", "departement", "region"]
EXTRA_COLUMNS: dict[str, tuple[str, ...]] = {
    "gps": ("lat", "lon"),
    "departement": ("departement",),
    "region": ("region",),
}
WITH_REVIEWS = ("google_maps", "places")  # sources whose place ids are those of Google Maps
REVIEWS_SECONDS = 1_200.0  # for those of one tile's places
# In a job's stats. `zoom/x/y` -> how many of its searches failed:
LOST_TILES = "lost_tiles"
# Zoom -> how many tiles were searched there, and how many smaller ones that opened:
LEVELS = "levels"
# `zoom/x/y` of tiles whose list was cut and that were not divided -> how many places of the zones were listed there,
# and how many of these were known before. Their share is about how much of the tile was known when it was searched.
FULL_TILES = "full_tiles"
REFUSED = (
    "La source {source} a refusé certaines recherches, même réessayées : leurs carrés manquent au résultat. "
    "Relancez plus tard, ou par d'autres sorties réseau."
)
# Before the second and the third try of a refused tile.
PAUSES_SECONDS = (1.0, 5.0)


class EmptyGrid(OutsendError):
    code = "empty_grid"
    message = "Grille vide"
    hint = "The zones cover no tile of the map. Give a town, a postal code or a departement."


def _trimmed(values: object) -> object:
    """Texts without the spaces around them, each once; what is no text stays for the type check to refuse."""
    if not isinstance(values, (list, tuple)):
        return values
    found: list[object] = []
    for value in cast("Sequence[object]", values):
        trimmed = value.strip() if isinstance(value, str) else value
        if trimmed not in found:
            found.append(trimmed)
    return found


def _known(values: object) -> object:
    """The extra columns that exist, each once, in the order of the table; unknown ones are ignored."""
    if not isinstance(values, (list, tuple)):
        return values
    asked = cast("Sequence[object]", values)
    return [column for column in get_args(ExtraColumn) if column in asked]


Query = Annotated[str, StringConstraints(min_length=1, max_length=QUERY_LENGTH_MAX)]
ZoneText = Annotated[str, StringConstraints(min_length=1, max_length=QUERY_LENGTH_MAX)]


Queries = Annotated[tuple[Query, ...], BeforeValidator(_trimmed)]
Zones = Annotated[tuple[ZoneText, ...], BeforeValidator(_trimmed)]


class ScrapConfig(ModuleConfig):
    queries: Queries = option(
        fr="Recherches",
        en="What to search for",
        min_length=1,
        max_length=QUERIES_MAX,
        examples=[["dentiste", "orthodontiste"]],
    )
    zones: Zones = option(
        fr="Zones",
        en="Towns, postal codes, arrondissements, departements or regions",
        min_length=1,
        max_length=ZONES_MAX,
        examples=[["Paris", "75015", "Lyon 2e"]],
    )
    include_reviews: bool = option(False, fr="Inclure les avis", en="Fetch the latest reviews of each place")
    extra_columns: Annotated[tuple[ExtraColumn, ...], BeforeValidator(_known)] = option(
        (), fr="Colonnes supplémentaires", en="Optional columns: gps, departement, region"
    )
    scrape_mode: Mode = option("fast", fr="Mode", en="How deep crowded tiles are subdivided")
    only_new: bool = option(
        False, fr="Nouveaux seulement", en="Leave out the places that the account got from an earlier search"
    )


class ScrapDraft(ScrapConfig):
    """A scrap that somebody still thinks of: queries and zones may be missing."""

    queries: Queries = option((), fr="Recherches", en="What to search for; may be empty", max_length=QUERIES_MAX)
    zones: Zones = option((), fr="Zones", en="Where to search; may be empty", max_length=ZONES_MAX)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a scrap would cost. `grid_points` are distinct tiles, `total_requests` tiles x queries.

    `problems` is what would keep it from starting.
    """

    grid_points: int
    total_requests: int
    ef: float
    seconds: float
    problems: tuple[OutsendError, ...]


class Scrap(SourceModule[ScrapConfig]):
    slug = "scrap"
    label = {"fr": "Scrap Google Maps", "en": "Scrape Google Maps"}
    category = "extraction"
    node_category = "source"
    entry_category = "sources"
    lane = "serial"
    output = "pois"
    produces = (
        "nom", "site_web", "telephone", "adresse", "ville", "code_postal", "categorie", "note", "nb_avis",
        "lien_google_maps", "place_id", "horaires", "requete", "zone",
    )  # fmt: skip
    unit = "tiles"
    result_unit = "places"
    unique_by = "place_id"
    remembered = True
    supports_veille = True
    feature_page = "scraper-google-maps-gratuit-export-csv"
    config = ScrapConfig
    pipeline_defaults = {"extra_columns": ["gps"]}

    def columns(self, config: ScrapConfig) -> tuple[str, ...]:
        extra = (column for name in config.extra_columns for column in EXTRA_COLUMNS[name])
        return (*self.produces, *extra, *(("avis",) if config.include_reviews else ()))

    def width(self, config: ScrapConfig) -> int:
        return SEARCHES_AT_ONCE

    def item_timeout_seconds(self, config: ScrapConfig) -> float:
        # Waits for a way out to the map included, which the searches of other jobs may hold.
        return 600.0 + (REVIEWS_SECONDS if config.include_reviews else 0.0)

    def cost(self, count: int, config: ScrapConfig) -> float:
        return scrap_ef(count, mode=config.scrape_mode, reviews=config.include_reviews)

    def plan(self, config: ScrapConfig) -> list[Item]:
        """One item for each query and tile: query by query, and each query's tiles in the order of the zones.

        Raises:
            ZoneUnknown, ZoneAmbiguous: a zone can't be placed.
            EmptyGrid: no tile.
            QuotaExceeded: more tiles than one job may search.
        """
        tiles = cells(_zones(config))
        if not tiles:
            raise EmptyGrid
        cost = self.cost(len(tiles) * len(config.queries), config)
        if cost > MAX_EF_PER_JOB:
            raise QuotaExceeded(cost=cost)
        return [_item(query, cell) for query in config.queries for cell in tiles]

    def only_new(self, config: ScrapConfig) -> bool:
        return config.only_new

    def left_out(self, row: Row) -> dict[str, Any]:
        """It counts for no query and no zone; that its tile had a result stays true."""
        counted = (("by_query", "requete"), ("by_zone", "zone"))
        return {stat: {str(row[column]): -1} for stat, column in counted if row.get(column)}

    def lost(self, item: Item) -> dict[str, Any]:
        """The tile that nobody could look into: places that a former job found there may still be there."""
        return {**_level(item["zoom"], opened=0), LOST_TILES: {tile_name(Cell(item["zoom"], item["x"], item["y"])): 1}}

    async def find(self, item: Item, config: ScrapConfig, run: Run) -> Found:
        """New places of one tile, and the tiles to search next. A tile that stays refused is flagged.

        Raises:
            Unreachable, or an error of the source other than TileBlocked.
        """
        query, cell = str(item["query"]), Cell(item["zoom"], item["x"], item["y"])
        result, attempts = await _search(query, cell, run)
        zones = await asyncio.to_thread(_zones, config)
        _tell(zones, run)
        if result is None:
            flagged = _stats(query, rows=(), attempts=attempts, flagged=True)
            return Found(stats={**flagged, **self.lost(item)})
        inside = await asyncio.to_thread(_inside, result.places, zones, query, config)
        # What is new, and so what is divided, must not depend on which of two searches at once was quicker.
        await run.turn()
        rows = [row for row in inside if run.seen.add(str(row["place_id"]))]
        deeper = subdivide(cell, saturated=result.saturated, new=len(rows), mode=config.scrape_mode)
        more = [_item(query, child) for child in deeper if any(zone.touches(*child.bounds) for zone in zones)]
        stats = _stats(query, rows=rows, attempts=attempts, with_results=bool(result.places))
        stats |= _level(cell.zoom, opened=len(more))
        if result.saturated and not more:
            stats[FULL_TILES] = {tile_name(cell): {"listed": len(inside), "known": len(inside) - len(rows)}}
        return Found(await _reviewed(rows, run) if config.include_reviews else rows, more, stats)


def estimate(config: ScrapConfig, *, source: str, ways: int = 1) -> Estimate:
    """What a scrap with this configuration would cost in `source` by so many ways out, before anything is created.

    Zones that can't be placed are problems; the others are counted.
    """
    zones, problems = _placed(config.zones)
    grid_points = len(cells(zones))
    requests = grid_points * len(config.queries)
    ef = scrap_ef(requests, mode=config.scrape_mode, reviews=config.include_reviews)
    if zones and not grid_points:
        problems.append(EmptyGrid())
    if ef > MAX_EF_PER_JOB:
        problems.append(QuotaExceeded(cost=ef))
    seconds = scrap_seconds(requests, mode=config.scrape_mode, source=source, ways=ways)
    return Estimate(grid_points, requests, ef, seconds, tuple(problems))


def _placed(texts: Iterable[str]) -> tuple[list[Zone], list[OutsendError]]:
    zones: list[Zone] = []
    problems: list[OutsendError] = []
    for text in texts:
        try:
            zones.append(resolve(text))
        except (ZoneUnknown, ZoneAmbiguous) as problem:
            problems.append(problem)
    return zones, problems


def _zones(config: ScrapConfig) -> list[Zone]:
    return [resolve(text) for text in config.zones]


def _item(query: str, cell: Cell) -> Item:
    return {"query": query, "zoom": cell.zoom, "x": cell.x, "y": cell.y}


async def _search(query: str, cell: Cell, run: Run) -> tuple[SearchResult | None, int]:
    """The tile's places and the number of tries; None when the source refused each of them."""
    for attempt, pause in enumerate((*PAUSES_SECONDS, None), start=1):
        try:
            return await run.places.search(query, tile_of(cell)), attempt
        except TileBlocked as error:
            run.log("warn", f"{error.text} ({tile_name(cell)}, {attempt})")
            if pause is None:
                run.note(REFUSED.format(source=run.places.name))
            else:
                await asyncio.sleep(pause)
    return None, len(PAUSES_SECONDS) + 1


def _tell(zones: Iterable[Zone], run: Run) -> None:
    for zone in zones:
        if zone.note:
            run.note(zone.note)


async def _reviewed(rows: list[Row], run: Run) -> list[Row]:
    """The rows with their newest reviews, where they can be had; why not, otherwise."""
    if run.places.name not in WITH_REVIEWS:
        run.note(f"La source {run.places.name} ne fournit pas les avis : la colonne « avis » reste vide")
        return rows
    try:
        found, missing = await with_reviews(rows, run.reviews, seconds=REVIEWS_SECONDS)
    except BrowserMissing as error:
        run.note(f"{error.text} : la colonne « avis » reste vide")
        return rows
    if missing:
        run.note("Google Maps n'a pas donné les avis de tous les établissements : leur colonne « avis » reste vide")
    return found


def _inside(places: Iterable[Place], zones: Sequence[Zone], query: str, config: ScrapConfig) -> list[Row]:
    """The rows of the places that lie in a zone; `zone` is the first one, as it was asked."""
    rows: list[Row] = []
    for place in places:
        asked = (
            t for t, zone in zip(config.zones, zones, strict=True) if zone.contains(place.latitude, place.longitude)
        )
        text = next(asked, None)
        if text is not None:
            rows.append({**place.row, "requete": query, "zone": text, **_extra(place, config)})
    return rows


def _extra(place: Place, config: ScrapConfig) -> Row:
    wanted = config.extra_columns
    row: Row = {"lat": place.latitude, "lon": place.longitude} if "gps" in wanted else {}
    if "departement" in wanted or "region" in wanted:
        division = division_of(place.latitude, place.longitude, postal_code=text_of(place.row.get("code_postal")))
        names = {"departement": division and division.departement, "region": division and division.region}
        row |= {name: value for name, value in names.items() if name in wanted}
    return row


def tile_name(cell: Cell) -> str:
    """`zoom/x/y`, as the stats of a job call it."""
    return f"{cell.zoom}/{cell.x}/{cell.y}"


def _level(zoom: int, *, opened: int) -> dict[str, Any]:
    return {LEVELS: {str(zoom): {"searched": 1, "opened": opened}}}


def _stats(
    query: str, *, rows: Sequence[Row], attempts: int, flagged: bool = False, with_results: bool = False
) -> dict[str, Any]:
    return {
        "by_query": {query: len(rows)},
        "by_zone": dict(Counter(str(row["zone"]) for row in rows)),
        "query_stats": {query: {"tiles": 1, "with_results": int(with_results)}},
        "flagged_tiles": int(flagged),
        "attempts": attempts,
    }


module = Scrap()
