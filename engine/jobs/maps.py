"""A job on a map, as GeoJSON that is written while it is sent. Source: RFC 7946; CONTRACT, UI-internal helpers.

Rows with coordinates are points. A search whose rows have none (option `gps`) shows its tiles, done and to do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic_core import to_json
from sqlmodel import select

from engine.context import Context, Services, read
from engine.errors import OutsendError
from engine.geo.grid import Cell
from engine.jobs import store
from engine.jobs.bitmap import Bitmap
from engine.jobs.errors import OutputGone
from engine.jobs.models import Job, Status
from engine.jobs.queries import owned_job
from engine.limits import MAP_FEATURES_DEFAULT, MAP_FEATURES_MAX
from engine.modules.scrap import FULL_TILES, tile_name
from engine.modules.scrap import module as scrap
from engine.rows.cells import number_of
from engine.rows.types import Row
from engine.suppressions.operations import suppressed_of
from engine.suppressions.stored import row_reader

PIECE_BYTES = 64 * 1024
DIGITS = 6  # of a degree: 11 cm

Layer = Literal["rows", "tiles"]
Feature = dict[str, Any]


class BadArea(OutsendError):
    code = "bad_bbox"
    kind = "unprocessable"
    message = "Zone « {bbox} » illisible : quatre nombres attendus, ouest,sud,est,nord"
    hint = "Give bbox as west,south,east,north in degrees, such as 2.2,48.8,2.5,48.9."


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the map, in degrees. Where `west` is beyond `east` it lies across the 180th meridian."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a point lies in it, its edges included."""
        return self.touches(latitude, longitude, latitude, longitude)

    def touches(self, south: float, west: float, north: float, east: float) -> bool:
        """Whether these bounds have a point in common with it."""
        reaches_in, begins_before = east >= self.west, west <= self.east
        across = self.west > self.east
        beside = (reaches_in or begins_before) if across else (reaches_in and begins_before)
        return beside and north >= self.south and south <= self.north


@dataclass(frozen=True, slots=True)
class JobMap:
    """A map that its owner may see: the job's own key, what is drawn, where, and how much of it."""

    seq: int
    account_id: int
    layer: Layer
    area: Area | None
    limit: int
    done: bytes
    full_tiles: dict[str, dict[str, int]]  # see `engine.modules.scrap.FULL_TILES`


@read
def open_map(context: Context, job_id: str, *, bbox: str | None = None, limit: int = MAP_FEATURES_DEFAULT) -> JobMap:
    """What `pieces` then draws: rows in any state of the job, the partial ones of a running one too.

    `bbox` is `west,south,east,north` in degrees; `limit` is brought into 1 to 50,000.

    Raises:
        JobMissing, JobForbidden, OutputGone, BadArea.
    """
    job = owned_job(context, job_id)
    if job.status == Status.expired:
        raise OutputGone()
    area = None if bbox is None else _area(bbox)
    placed = {"lat", "lon"} <= set(job.columns)
    layer: Layer = "tiles" if job.job_type == scrap.slug and not placed else "rows"
    assert job.seq is not None
    full_tiles = job.stats.get(FULL_TILES, {})
    return JobMap(job.seq, job.account_id, layer, area, min(max(limit, 1), MAP_FEATURES_MAX), job.done, full_tiles)


def pieces(services: Services, opened: JobMap) -> Iterator[bytes]:
    """A FeatureCollection in pieces. Beside `features` it tells its `layer`, and whether the limit has `truncated` it.

    Points have the row's other columns as properties, without suppressed contacts, and the row's place in the output as
    their id. Tiles tell how many searches they take and how many of these are done. One whose list was cut, and that
    was not divided, tells in `recall` (0 to 1) about how much of it was known when it was searched: the share of the
    listed places that other searches had brought.

    Raises:
        OutputGone: it was purged on the way; what came before is not the whole.
    """
    found = _points(services, opened) if opened.layer == "rows" else _tiles(services, opened)
    held, truncated = bytearray(b'{"type":"FeatureCollection","features":['), False
    for count, feature in enumerate(found):
        if count == opened.limit:
            truncated = True
            break
        held += (b",\n" if count else b"\n") + to_json(feature, inf_nan_mode="null")
        if len(held) >= PIECE_BYTES:
            yield bytes(held)
            held.clear()
    yield bytes(held + b'\n],"layer":"%b","truncated":%b}\n' % (opened.layer.encode(), to_json(truncated)))


def _area(bbox: str) -> Area:
    try:
        west, south, east, north = map(float, bbox.split(","))
    except ValueError:
        raise BadArea(bbox=bbox[:80]) from None
    # Written so that what is no number (NaN) is refused, too.
    if not (-90 <= south <= north <= 90 and -180 <= west <= 180 and -180 <= east <= 180):
        raise BadArea(bbox=bbox[:80])
    return Area(west, south, east, north)


def _points(services: Services, opened: JobMap) -> Iterator[Feature]:
    suppressed = services.run(None, suppressed_of, opened.account_id)
    rows = store.stream(services.db, opened.seq, read=row_reader(suppressed))
    for place, row in enumerate(rows):
        at = _coordinates(row)
        if at is not None and (opened.area is None or opened.area.holds(*at)):
            properties = {column: value for column, value in row.items() if column not in ("lat", "lon")}
            point = {"type": "Point", "coordinates": [at[1], at[0]]}
            yield {"type": "Feature", "id": place, "geometry": point, "properties": properties}


def _coordinates(row: Row) -> tuple[float, float] | None:
    """Latitude and longitude, where the row has both."""
    latitude, longitude = number_of(row.get("lat")), number_of(row.get("lon"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return latitude, longitude


def _tiles(services: Services, opened: JobMap) -> Iterator[Feature]:
    for cell, (searches, done) in _searches(services, opened).items():
        south, west, north, east = (round(degrees, DIGITS) for degrees in cell.bounds)
        if opened.area is None or opened.area.touches(south, west, north, east):
            ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
            properties = {**cell._asdict(), "searches": searches, "done": done, **_recall(cell, opened.full_tiles)}
            polygon = {"type": "Polygon", "coordinates": [ring]}
            yield {"type": "Feature", "geometry": polygon, "properties": properties}


def _recall(cell: Cell, full_tiles: dict[str, dict[str, int]]) -> dict[str, float]:
    told = full_tiles.get(tile_name(cell))
    return {"recall": round(told["known"] / told["listed"], 2)} if told and told["listed"] else {}


def _searches(services: Services, opened: JobMap) -> dict[Cell, tuple[int, int]]:
    """Each tile of a search: how many queries look there, and how many have; in the order of the search."""
    found: dict[Cell, tuple[int, int]] = {}
    finished, after = Bitmap(opened.done), -1
    while page := services.run(None, _items, opened, after):
        after = page[-1][0]
        for idx, item in page:
            cell = Cell(item["zoom"], item["x"], item["y"])
            searches, done = found.get(cell, (0, 0))
            found[cell] = searches + 1, done + (idx in finished)
    return found


@read
def _items(context: Context, opened: JobMap, after: int) -> list[tuple[int, Any]]:
    page = store.inputs(context.session, opened.seq, after)
    mine = select(Job.status).where(Job.seq == opened.seq, Job.account_id == opened.account_id)
    status = context.session.exec(mine).first()  # behind the page: a purge marks the job before it takes anything
    if status is None or status == Status.expired:
        raise OutputGone()
    return page
