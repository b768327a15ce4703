"""Veilles over HTTP: their life, their runs, their signals and files. Source: docs page api/veille."""

import csv
import io
import json
import time
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from openpyxl import load_workbook

from engine.veille.signals import COLUMNS
from tests.api.graphs import IMPORT, chain, node, run
from tests.api.job_steps import imported, scraped
from tests.api_house import ApiHouse
from tests.engine.veille.watch import Watch

ROWS: list[dict[str, Any]] = [
    {"nom": "Garage", "place_id": "p1", "note": 4.3, "nb_avis": 42, "adresse": "12 rue Voltaire"},
    {"nom": "=cmd()", "place_id": "p2", "note": 4.6, "nb_avis": 10, "adresse": "=1+1"},
    {"nom": "Fermé", "place_id": "p3", "note": 3.0, "nb_avis": 1},
]
LATER = [
    {**ROWS[0], "note": 3.8, "nb_avis": 51},
    {**ROWS[1], "note": 4.4},
    {"nom": "Nouveau", "place_id": "p4"},
]


@pytest.fixture
def source(house: ApiHouse, request: pytest.FixtureRequest) -> str:
    """A scrap that is done, of the account that `api` signs in."""
    email = f"{request.node.name[:40]}@example.com".replace("[", "-").replace("]", "")
    return scraped(house.caller(email), list(ROWS))


def create(api: httpx.Client, source: str, **more: Any) -> dict[str, Any]:
    body = {"name": "Plombiers Lyon 3", "source_job_id": source, "frequency_days": 7} | more
    answer = api.post("/api/veille", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def until(ask: Callable[[], Any]) -> Any:
    latest = time.monotonic() + 8
    while not (found := ask()):
        assert time.monotonic() < latest
        time.sleep(0.02)
    return found


def test_a_veille_is_created_shown_and_listed(api: httpx.Client, source: str) -> None:
    """C-350, C-351, C-352, C-360."""
    made = create(api, source)

    assert made["id"] and isinstance(made["id"], int)
    assert {
        name: made[name] for name in ("name", "source_job_id", "source_pipeline_id", "frequency_days", "status")
    } == {
        "name": "Plombiers Lyon 3",
        "source_job_id": source,
        "source_pipeline_id": None,
        "frequency_days": 7,
        "status": "active",
    }
    assert (made["run_count"], made["last_run_at"], made["last_run_job_id"], made["new_only"]) == (0, None, None, False)
    assert made["created_at"].endswith("Z") and made["next_run_at"] > made["created_at"]
    assert api.get(f"/api/veille/{made['id']}").json()["id"] == made["id"]
    assert [one["id"] for one in api.get("/api/veille").json()["items"]] == [made["id"]]


def test_the_same_key_creates_one_veille(api: httpx.Client, source: str) -> None:
    body = {"name": "Tours", "source_job_id": source, "frequency_days": 7}

    made = [api.post("/api/veille", json=body, headers={"Idempotency-Key": "k1"}).json()["id"] for _ in range(2)]

    assert made[0] == made[1]
    assert len(api.get("/api/veille").json()["items"]) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "x"}, {"name": "x" * 201}, {"name": None}, {"name": 7}, {"name": "\u200b\u200b\u200b"},
        {"source_job_id": "short"}, {"source_job_id": "j" * 65}, {"source_job_id": 12345678},
        {"source_job_id": None}, {"source_pipeline_id": "12345678"},
        {"frequency_days": 0}, {"frequency_days": 366}, {"frequency_days": 0.5}, {"frequency_days": "7"},
        {"frequency_days": True}, {"frequency_days": None}, {"new_only": "yes"}, {"new_only": True},
    ],
)  # fmt: skip
def test_a_bad_creation_is_refused(api: httpx.Client, source: str, changes: dict[str, Any]) -> None:
    """C-353, C-354, C-355, C-358, C-376."""
    body = {"name": "Tours", "source_job_id": source, "frequency_days": 7} | changes

    refused = api.post("/api/veille", json=body)

    assert refused.status_code == 400, refused.text
    assert refused.json()["hint"]
    assert api.get("/api/veille").json()["items"] == []


@pytest.mark.parametrize("body", [[], "veille", None, {}])
def test_a_body_that_is_no_request_is_refused(api: httpx.Client, body: Any) -> None:
    """C-353."""
    assert api.post("/api/veille", json=body).status_code in (400, 422)


def test_what_is_not_the_caller_s_or_not_there_can_t_be_watched(
    api: httpx.Client, other_api: httpx.Client, source: str
) -> None:
    """C-356."""
    pipeline = run(api, chain(node("a", "import", **IMPORT)))["id"]
    tried = [
        other_api.post("/api/veille", json={"name": "Tours", "frequency_days": 7} | asked)
        for asked in ({"source_job_id": source}, {"source_job_id": "j_nobody000"}, {"source_pipeline_id": pipeline})
    ]

    assert {one.status_code for one in tried} == {400}
    assert {one.json()["code"] for one in tried} == {"veille_source_missing"}


def test_what_is_not_done_can_t_be_watched(quiet: ApiHouse) -> None:
    """C-357."""
    with quiet.client("waits@example.com") as api:
        job = api.post("/api/jobs", json={"queries": ["a"], "zones": ["37000"]}).json()["id"]
        refused = api.post("/api/veille", json={"name": "Tours", "source_job_id": job, "frequency_days": 7})

    assert (refused.status_code, refused.json()["code"]) == (400, "veille_source_not_done")


def test_only_a_search_can_be_watched(api: httpx.Client) -> None:
    """C-380."""
    listed = imported(api)["id"]
    pipeline = run(api, chain(node("a", "import", **IMPORT)))["id"]
    tried = [
        api.post("/api/veille", json={"name": "Tours", "frequency_days": 7} | asked)
        for asked in ({"source_job_id": listed}, {"source_pipeline_id": pipeline})
    ]

    assert [(one.status_code, one.json()["code"]) for one in tried] == [
        (400, "veille_not_watchable"),
        (400, "veille_no_watchable_root"),
    ]


def test_changes_change_what_they_name(api: httpx.Client, source: str) -> None:
    """C-361, C-379."""
    made = create(api, source)
    path = f"/api/veille/{made['id']}"

    renamed = api.patch(path, json={"name": "Autre"}).json()
    slower = api.patch(path, json={"status": "paused", "frequency_days": 14}).json()

    assert (renamed["name"], renamed["next_run_at"], renamed["status"]) == ("Autre", made["next_run_at"], "active")
    assert (slower["name"], slower["status"], slower["frequency_days"]) == ("Autre", "paused", 14)
    assert slower["next_run_at"] > made["next_run_at"]
    assert [one["status"] for one in api.get("/api/veille").json()["items"]] == ["paused"]
    assert api.get(f"{path}/runs").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "x"},
        {"name": None},
        {"frequency_days": 0},
        {"frequency_days": 366},
        {"status": "gone"},
        {"status": None},
    ],
)
def test_a_bad_change_is_refused(api: httpx.Client, source: str, changes: dict[str, Any]) -> None:
    """C-362."""
    made = create(api, source)

    refused = api.patch(f"/api/veille/{made['id']}", json={"name": "Autre nom"} | changes)

    assert refused.status_code == 400, refused.text
    assert api.get(f"/api/veille/{made['id']}").json()["name"] == made["name"]


@pytest.mark.parametrize("by", ["delete", "patch"])
def test_a_deleted_veille_is_gone_from_everywhere(api: httpx.Client, source: str, by: str) -> None:
    """C-360, C-363."""
    path = f"/api/veille/{create(api, source)['id']}"

    answer = api.delete(path) if by == "delete" else api.patch(path, json={"status": "deleted"})

    assert answer.status_code == 200
    assert by == "patch" or answer.json() == {"ok": True}
    assert api.get("/api/veille").json()["items"] == []
    for gone in (api.get(path), api.patch(path, json={"name": "Encore"}), api.delete(path), api.get(f"{path}/runs")):
        assert (gone.status_code, gone.json()["detail"]) == (404, "Veille introuvable")


def test_a_veille_of_somebody_else_looks_like_none(api: httpx.Client, other_api: httpx.Client, source: str) -> None:
    """C-349."""
    made = create(api, source)

    foreign, unknown = (other_api.get(f"/api/veille/{one}") for one in (made["id"], 2_000_000_000))

    assert (foreign.status_code, foreign.json()) == (404, unknown.json())


def test_a_token_to_read_reads_and_one_to_run_changes(house: ApiHouse) -> None:
    """C-016."""
    source = scraped(house.caller("veille-token@example.com"), list(ROWS))
    body = {"name": "Tours", "source_job_id": source, "frequency_days": 7}
    with (
        house.bearer("veille-token@example.com", scope="read") as reads,
        house.bearer("veille-token@example.com", scope="run") as runs,
    ):
        refused, made = reads.post("/api/veille", json=body), runs.post("/api/veille", json=body)

        assert (refused.status_code, made.status_code) == (403, 200)
        assert reads.get(f"/api/veille/{made.json()['id']}").status_code == 200


def watched(own: ApiHouse) -> tuple[httpx.Client, str, int, int]:
    """A client, and a veille with its baseline and one run more."""
    watch = Watch(own.services, own.caller("ada@example.com"))
    veille = watch.create(watch.source(ROWS))
    run = watch.run_once(veille, LATER).id
    return own.client("ada@example.com"), f"/api/veille/{veille}/runs/{run}", veille, run


def test_runs_are_listed_the_last_one_first(own: ApiHouse) -> None:
    """C-023, C-364, C-365, C-366, C-368."""
    api, path, veille, run = watched(own)
    with api:
        last, first = api.get(f"/api/veille/{veille}/runs").json()["items"]

        assert api.get(path).json() | {"samples": None} == {**last, "samples": None}
    assert (last["id"], last["is_baseline"], last["prev_job_id"]) == (run, False, first["job_id"])
    counts = {name: last[f"{name}_count"] for name in ("new", "removed", "closed", "modified", "unchanged", "total")}
    assert counts == {"new": 1, "removed": 1, "closed": 1, "modified": 2, "unchanged": 0, "total": 3}
    assert (last["prev_total_count"], last["job_status"]) == (3, "done")
    assert last["computed_at"].endswith("Z") and last["job_completed_at"].endswith("Z")
    assert (first["is_baseline"], first["total_count"], first["new_count"], first["modified_count"]) == (
        True,
        3,
        None,
        None,
    )


def test_a_run_shows_samples_of_its_buckets(own: ApiHouse) -> None:
    """C-367."""
    api, path, _, _ = watched(own)
    with api:
        samples = api.get(path).json()["samples"]

    assert [row["nom"] for row in samples["new"]] == ["Nouveau"]
    assert [row["nom"] for row in samples["removed"]] == ["Fermé"]
    assert samples["modified"][0] == {
        "key": "p1",
        "nom": "Garage",
        "before": {"note": 4.3, "nb_avis": 42},
        "after": {"note": 3.8, "nb_avis": 51},
        "changed_fields": ["note", "nb_avis"],
    }


def test_signals_come_ranked(own: ApiHouse) -> None:
    """C-369, C-370, C-371, C-372."""
    api, path, _, _ = watched(own)
    with api:
        page = api.get(f"{path}/signals").json()
        second = api.get(f"{path}/signals", params={"offset": 1, "limit": 1}).json()

    assert page["total"] == 2
    assert [item["nom"] for item in page["items"]] == ["Garage", "=cmd()"]
    assert list(page["items"][0]) == list(COLUMNS)
    assert (page["items"][0]["delta_note"], page["items"][0]["delta_avis"], page["items"][0]["score"]) == (
        -0.5,
        9,
        12.0,
    )
    assert second == {"items": page["items"][1:], "total": 2}


@pytest.mark.parametrize("by", ["path", "query"])
def test_signals_come_as_files_that_run_nothing(own: ApiHouse, by: str) -> None:
    """C-373, C-375."""
    api, path, veille, run = watched(own)
    with api:
        files = {
            fmt: api.get(f"{path}/signals.{fmt}" if by == "path" else f"{path}/signals?format={fmt}")
            for fmt in ("csv", "json", "xlsx")
        }

    for fmt, file in files.items():
        name = f"signaux-reputation-veille-{veille}-run-{run}.{fmt}"
        assert file.headers["content-disposition"].startswith(f'attachment; filename="{name}"')
    assert files["csv"].headers["content-type"] == "text/csv; charset=utf-8"
    assert files["json"].headers["content-type"].startswith("application/json")
    assert files["xlsx"].headers["content-type"].endswith("spreadsheetml.sheet")
    table = list(csv.DictReader(io.StringIO(files["csv"].content.decode("utf-8-sig")), delimiter=";"))
    assert [row["nom"] for row in table] == ["Garage", "'=cmd()"]
    assert json.loads(files["json"].content)[1]["adresse"] == "'=1+1"
    sheet = list(load_workbook(io.BytesIO(files["xlsx"].content)).worksheets[0].values)
    assert sheet[0] == COLUMNS and [line[0] for line in sheet[1:]] == ["Garage", "'=cmd()"]


def test_an_unknown_format_or_run_is_refused(own: ApiHouse) -> None:
    """C-374."""
    api, path, veille, _ = watched(own)
    with api:
        wrong = [api.get(f"{path}/signals.pdf"), api.get(f"{path}/signals?format=pdf")]
        nowhere = [api.get(f"/api/veille/{veille}/runs/999{rest}") for rest in ("", "/signals", "/signals.csv")]

    assert {(one.status_code, one.json()["code"]) for one in wrong} == {(400, "unsupported_format")}
    assert {(one.status_code, one.json()["detail"]) for one in nowhere} == {(404, "Exécution introuvable")}


def test_a_baseline_has_no_signals(own: ApiHouse) -> None:
    """C-366."""
    api, _, veille, run = watched(own)
    with api:
        assert api.get(f"/api/veille/{veille}/runs/{run - 1}/signals").json() == {"items": [], "total": 0}


def test_veilles_and_their_runs_are_in_the_archive_of_the_account(own: ApiHouse) -> None:
    """C-084."""
    api, _, veille, run = watched(own)
    with api, ZipFile(io.BytesIO(api.get("/api/auth/me/export").content)) as archive:
        told = json.loads(archive.read("veille.json"))
        signals = json.loads(archive.read(f"veille/{veille}/run-{run}-signals.json"))
        places = json.loads(archive.read(f"veille/{veille}/places.json"))

    assert [one["id"] for one in told["recurring_scraps"]] == [veille]
    assert [(one["id"], one["new_count"]) for one in told["runs"]] == [(run - 1, None), (run, 1)]
    assert [row["nom"] for row in signals] == ["Garage", "=cmd()"]
    assert {row["key"] for row in places} == {"p1", "p2", "p4"}


def test_a_worker_compares_a_replay_by_itself(house: ApiHouse) -> None:
    """C-377."""
    me = house.caller("veille-worker@example.com")
    with house.client("veille-worker@example.com") as api:
        made = create(api, scraped(me, list(ROWS)))

        until(lambda: api.get(f"/api/veille/{made['id']}").json()["run_count"])

        (baseline,) = api.get(f"/api/veille/{made['id']}/runs").json()["items"]
    assert (baseline["status"], baseline["total_count"], baseline["is_baseline"]) == ("done", 3, True)
