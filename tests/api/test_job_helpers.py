"""`/map`, `/breakdown` and `/output-columns` of a job: what an interface shows beside the rows."""

from typing import Any

import httpx
import pytest

from engine.context import Context, write
from engine.geo.grid import cells
from engine.geo.zones import resolve
from engine.jobs import gate, maps, store
from engine.jobs.errors import OutputGone
from engine.jobs.expiry import expire_due
from engine.limits import RETENTION
from engine.rows.types import Row
from tests.api.by_hand import done_job
from tests.api.job_steps import SCRAP, created, ended, imported
from tests.api_house import ApiHouse

PLACES: list[dict[str, Any]] = [
    {"nom": "Tours", "email": "a@tours.example", "lat": 47.39, "lon": 0.69},
    {"nom": "Suva", "email": "b@suva.example", "lat": "-18,14", "lon": 178.44},
    {"nom": "Apia", "email": "c@apia.example", "lat": -13.83, "lon": -171.77},
    {"nom": "Nowhere", "email": "d@nowhere.example", "lat": None, "lon": 3},
    {"nom": "Beyond", "email": "e@beyond.example", "lat": 91, "lon": 3},
]
PAGES = ("map", "breakdown", "output-columns")


def drawn(api: httpx.Client, job_id: str, **asked: Any) -> dict[str, Any]:
    answer = api.get(f"/api/jobs/{job_id}/map", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(shown: dict[str, Any]) -> list[str]:
    return [feature["properties"]["nom"] for feature in shown["features"]]


def test_a_map_shows_every_row_that_has_coordinates(api: httpx.Client) -> None:
    """C-163."""
    shown = drawn(api, imported(api, PLACES)["id"])

    assert (shown["type"], shown["layer"], shown["truncated"]) == ("FeatureCollection", "rows", False)
    assert names(shown) == ["Tours", "Suva", "Apia"]
    assert shown["features"][0] == {
        "type": "Feature",
        "id": 0,
        "geometry": {"type": "Point", "coordinates": [0.69, 47.39]},
        "properties": {"nom": "Tours", "email": "a@tours.example"},
    }


@pytest.mark.parametrize(
    ("bbox", "there"),
    [
        ("0.6,47.3,0.7,47.4", ["Tours"]),
        ("0.69,47.39,0.69,47.39", ["Tours"]),
        ("170,-20,-170,-10", ["Suva", "Apia"]),  # across the 180th meridian
        ("-170,-20,170,-10", []),
        ("-180,-90,180,90", ["Tours", "Suva", "Apia"]),
    ],
)
def test_a_map_of_an_area_shows_what_lies_there(api: httpx.Client, bbox: str, there: list[str]) -> None:
    assert names(drawn(api, imported(api, PLACES)["id"], bbox=bbox)) == there


def test_a_map_says_when_its_limit_has_cut_it(api: httpx.Client) -> None:
    job = imported(api, PLACES)["id"]

    first, whole = drawn(api, job, limit=2), drawn(api, job, limit=3)

    assert (names(first), first["truncated"]) == (["Tours", "Suva"], True)
    assert (len(whole["features"]), whole["truncated"]) == (3, False)
    assert len(drawn(api, job, limit=0)["features"]) == 1


@pytest.mark.parametrize("bbox", ["", "1,2,3", "a,b,c,d", "0,10,5,5", "0,0,200,5", "nan,0,1,1", "0,-91,1,1"])
def test_an_area_that_is_none_is_refused(api: httpx.Client, bbox: str) -> None:
    answer = api.get(f"/api/jobs/{imported(api, PLACES)['id']}/map", params={"bbox": bbox})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_bbox")


def test_a_search_without_coordinates_shows_its_tiles_once_with_what_is_done(quiet: ApiHouse) -> None:
    """C-163."""
    with quiet.client("tiles@example.com") as api:
        job = created(api, "", {"queries": ["a", "b"], "zones": SCRAP["zones"]})
        before = drawn(api, job["id"])
        ended(quiet.services, job["id"], [{"nom": "A"}], planned=job["grid_points_count"])
        after = drawn(api, job["id"])
        aside = drawn(api, job["id"], bbox="0,0,1,1")

    tiles = cells([resolve(SCRAP["zones"][0])])
    assert (before["layer"], len(before["features"]), aside["features"]) == ("tiles", len(tiles), [])
    south, west, north, east = (round(degrees, 6) for degrees in tiles[0].bounds)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    assert before["features"][0]["geometry"] == {"type": "Polygon", "coordinates": [ring]}
    assert before["features"][0]["properties"] == {**tiles[0]._asdict(), "searches": 2, "done": 0}
    assert [tile["properties"]["done"] for tile in after["features"]] == [1, *[0] * (len(tiles) - 1)]


def test_a_running_search_with_coordinates_shows_the_rows_it_has(quiet: ApiHouse) -> None:
    with quiet.client("running@example.com") as api:
        job = created(api, "", {**SCRAP, "extra_columns": ["gps"]})["id"]
        waiting = drawn(api, job)
        ended(quiet.services, job, [{"nom": "A", "lat": 47.39, "lon": 0.69}], status="cancelled")
        partial = drawn(api, job)

    assert (waiting["layer"], waiting["features"]) == ("rows", [])
    assert names(partial) == ["A"]


def test_a_job_without_coordinates_has_an_empty_map(api: httpx.Client) -> None:
    shown = drawn(api, imported(api)["id"])

    assert (shown["layer"], shown["features"], shown["truncated"]) == ("rows", [], False)


def test_neither_the_map_nor_the_columns_show_a_suppressed_contact(api: httpx.Client) -> None:
    job = imported(api, PLACES)["id"]
    api.post("/api/suppressions", json={"entries": ["a@tours.example"]})

    shown, columns = drawn(api, job), api.get(f"/api/jobs/{job}/output-columns").json()

    assert shown["features"][0]["properties"] == {"nom": "Tours", "email": None}
    email = next(column for column in columns["columns"] if column["name"] == "email")
    assert "a@tours.example" not in email["sample_values"]
    assert columns["notice"] == "1 contact laissé de côté : il est sur ta liste d'exclusion."


def test_a_large_map_comes_whole(api: httpx.Client) -> None:
    rows = [{"nom": f"Salon {n}", "adresse": "x" * 60, "lat": 47 + n / 10_000, "lon": 0.5} for n in range(3_000)]

    shown = drawn(api, imported(api, rows)["id"])

    assert names(shown) == [row["nom"] for row in rows]


def test_the_breakdown_is_that_of_the_job(quiet: ApiHouse) -> None:
    """C-163, C-112."""
    stats = {"by_query": {"boulangerie": 2}, "by_zone": {"37000": 2}}
    with quiet.client("breakdown@example.com") as api:
        job = created(api, "", SCRAP)["id"]
        before = api.get(f"/api/jobs/{job}/breakdown").json()
        ended(quiet.services, job, [{"nom": "A"}, {"nom": "B"}], stats=stats)
        after = api.get(f"/api/jobs/{job}/breakdown").json()
        public = api.get(f"/api/jobs/{job}").json()["breakdown"]

    assert before == {"by_query": {}, "by_zone": {}}
    assert after == public == stats


def test_output_columns_are_profiled_as_a_nodes_input_columns_are(api: httpx.Client) -> None:
    """C-163."""
    answer = api.get(f"/api/jobs/{imported(api, PLACES)['id']}/output-columns").json()

    columns = {column["name"]: column for column in answer["columns"]}
    assert (list(columns), answer["row_count"]) == (["nom", "email", "lat", "lon"], 5)
    assert (columns["email"]["type"], columns["lat"]["type"], columns["lat"]["fill_rate"]) == ("email", "number", 0.8)
    assert columns["nom"]["distinct_values"] == ["Apia", "Beyond", "Nowhere", "Suva", "Tours"]
    assert "notice" not in answer


def test_an_open_job_has_no_output_columns_yet_and_a_purged_one_no_more(own: ApiHouse) -> None:
    with own.client("ada@example.com") as api:
        job = created(api, "", SCRAP)["id"]
        open_still = {page: api.get(f"/api/jobs/{job}/{page}").status_code for page in PAGES}
        ended(own.services, job, [{"nom": "A"}])
        over = {page: api.get(f"/api/jobs/{job}/{page}").status_code for page in PAGES}
        own.services.clock.offset += RETENTION * 1.1
        expire_due(own.services)
    with own.client("ada@example.com") as api:
        gone = {page: api.get(f"/api/jobs/{job}/{page}").status_code for page in PAGES}

    assert open_still == {"map": 200, "breakdown": 200, "output-columns": 400}
    assert over == {"map": 200, "breakdown": 200, "output-columns": 200}
    assert gone == {"map": 410, "breakdown": 200, "output-columns": 410}


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_refused_and_an_unknown_job_missing(
    page: str, api: httpx.Client, other_api: httpx.Client
) -> None:
    """C-117."""
    job = imported(api, PLACES)["id"]

    assert other_api.get(f"/api/jobs/{job}/{page}").status_code == 403
    assert api.get(f"/api/jobs/j_unknown/{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_token_that_may_read_is_enough(page: str, house: ApiHouse, api: httpx.Client) -> None:
    with house.client("reader@example.com") as session:
        job = imported(session, PLACES)["id"]
    with house.bearer("reader@example.com", scope="read") as reader:
        assert reader.get(f"/api/jobs/{job}/{page}").status_code == 200


def test_a_map_of_rows_that_are_purged_on_the_way_breaks_off(quiet: ApiHouse) -> None:
    """No map looks whole that is not."""
    row: Row = {"nom": "x" * 200, "lat": 47.39, "lon": 0.69}
    job = done_job(quiet.caller("ada@example.com"), [row] * 5_000)
    opened = quiet.caller("ada@example.com").run(maps.open_map, job.id)
    pieces = maps.pieces(quiet.services, opened)
    next(pieces)

    quiet.services.run(None, purged, opened.seq)

    with pytest.raises(OutputGone):
        list(pieces)


def test_the_tiles_of_a_search_that_is_purged_on_the_way_are_not_shown(quiet: ApiHouse) -> None:
    with quiet.client("ada@example.com") as api:
        job = created(api, "", SCRAP)["id"]
        ended(quiet.services, job)
    opened = quiet.caller("ada@example.com").run(maps.open_map, job)

    quiet.services.run(None, purged, opened.seq)

    with pytest.raises(OutputGone):
        list(maps.pieces(quiet.services, opened))


@write
def purged(context: Context, seq: int) -> None:
    """As at the end of its retention."""
    gate.expire(context, seq)
    store.purge(context.session, seq)
