"""Pipelines that really run, followed over HTTP: rows, columns, branches, failures, resumption, downloads."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from engine.module import EF_PER_ITEM
from tests.api.graphs import CHAIN, IMPORT, chain, created, follow, jobs_by_node, node, over, run, shown
from tests.api_house import ApiHouse, api_house
from tests.engine.pipelines.bench import Bench, Recorder, places

COLUMNS = ["nom", "site_web", "note", "Mon code"]


def rows_of(api: httpx.Client, job_id: str) -> list[dict[str, str]]:
    answer = api.get(f"/api/jobs/{job_id}/download", params={"format": "csv"})
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_every_column_comes_out_at_the_end_of_the_chain(api: httpx.Client) -> None:
    """C-300, C-301, C-294."""
    last = node("n3", "sort", sort_by="note", order="desc", top_n=1)
    pipeline = run(api, {**CHAIN, "nodes": [*CHAIN["nodes"][:2], last]})

    for job in jobs_by_node(pipeline).values():
        assert api.get(f"/api/jobs/{job['id']}").json()["columns"] == COLUMNS
    (row,) = rows_of(api, pipeline["output_job"]["id"])
    assert list(row) == COLUMNS
    assert (row["nom"], row["Mon code"]) == ("C", "x3")


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "json"])
def test_the_output_downloads_in_every_format(file_format: str, api: httpx.Client) -> None:
    """C-294."""
    output = run(api, CHAIN)["output_job"]

    answer = api.get(f"/api/jobs/{output['id']}/download", params={"format": file_format})

    assert answer.status_code == 200
    assert len(answer.content) > 20


def test_an_empty_output_ends_its_branch_and_not_the_others(api: httpx.Client) -> None:
    """C-302, C-303, C-274."""
    graph = chain(
        node("n1", "import", **IMPORT), node("none", "filter", rating_min=9), node("below", "sort", sort_by="nom")
    )
    graph["nodes"].append(node("some", "filter", rating_min=4))
    graph["edges"].append({"from": "n1", "to": "some"})

    pipeline = run(api, graph)

    jobs = jobs_by_node(pipeline)
    assert {name: job["results_count"] for name, job in jobs.items()} == {"n1": 3, "none": 0, "some": 2}
    assert (pipeline["status"], pipeline["progress_pct"]) == ("done", 100)
    assert pipeline["output_job"]["id"] == jobs["some"]["id"]


def test_the_first_failure_stops_the_pipeline(api: httpx.Client) -> None:
    """C-303, C-304."""
    broken, below = node("n2", "sort", sort_by="nulle part"), node("n3", "filter")

    pipeline = run(api, chain(node("n1", "import", **IMPORT), broken, below))

    jobs = jobs_by_node(pipeline)
    assert pipeline["status"] == "failed"
    assert {name: job["status"] for name, job in jobs.items()} == {"n1": "done", "n2": "failed"}
    assert jobs["n2"]["error_message"].startswith("Colonne inconnue : « nulle part »")
    assert (pipeline["output_job"]["id"], pipeline["output_job"]["results_count"]) == (jobs["n1"]["id"], 3)
    assert api.post(f"/api/jobs/{jobs['n2']['id']}/resume").status_code == 400
    assert len(rows_of(api, pipeline["output_job"]["id"])) == 3


def test_the_same_graph_runs_as_often_as_it_is_posted(api: httpx.Client) -> None:
    """C-306."""
    first = run(api, CHAIN)

    again = run(api, first["definition"])

    assert again["id"] != first["id"]
    assert rows_of(api, again["output_job"]["id"]) == rows_of(api, first["output_job"]["id"])


@pytest.fixture
def idle(tmp_path: Path) -> Iterator[tuple[httpx.Client, Bench]]:
    """An API without a worker, whose jobs the test moves by hand."""
    with api_house(tmp_path) as house, house.client() as api:
        yield api, bench_of(house)


def bench_of(house: ApiHouse) -> Bench:
    return Bench(house.services, house.caller(), Recorder())


EMAILS = chain(node("n1", "import", **IMPORT), node("n2", "emails"), node("n3", "verify"))


def test_a_failed_pipeline_goes_on_from_the_failing_node(idle: tuple[httpx.Client, Bench]) -> None:
    """C-305, C-151, C-296."""
    api, bench = idle
    pipeline = created(api, EMAILS)["id"]
    bench.end(pipeline, "n1", places(3))
    failed = bench.end(pipeline, "n2", how="failed", claim=bench.start(pipeline, "n2", processed=1))
    assert shown(api, pipeline)["status"] == "failed"

    resumed = api.post(f"/api/jobs/{failed.id}/resume")

    assert resumed.status_code == 200, resumed.text
    job = jobs_by_node(shown(api, pipeline))["n2"]
    assert (job["id"], job["attempt"], shown(api, pipeline)["status"]) == (resumed.json()["id"], 2, "running")
    assert resumed.json()["pipeline_id"] == pipeline
    assert resumed.json()["ef_cost"] == pytest.approx(2 * EF_PER_ITEM)  # of three rows
    bench.end(pipeline, "n2", [{"email": "a@b.fr"}])
    bench.end(pipeline, "n3", [{"email": "a@b.fr"}])
    found = shown(api, pipeline)
    assert found["status"] == "done"
    assert jobs_by_node(found)["n3"]["job_type"] == "verify_emails"


def test_a_stopped_pipeline_is_cancelled_and_its_rows_stay(idle: tuple[httpx.Client, Bench]) -> None:
    """C-288, C-293, C-303."""
    api, bench = idle
    pipeline = created(api, EMAILS)["id"]
    bench.end(pipeline, "n1", places(3))

    stopped = api.post(f"/api/pipelines/{pipeline}/cancel")

    assert (stopped.status_code, stopped.json()["status"]) == (200, "cancelled")
    assert {name: job["status"] for name, job in jobs_by_node(stopped.json()).items()} == {
        "n1": "done",
        "n2": "cancelled",
    }
    assert len(rows_of(api, stopped.json()["output_job"]["id"])) == 3


def test_progress_weighs_stages_and_follows_the_running_one(idle: tuple[httpx.Client, Bench]) -> None:
    """C-289, C-290."""
    api, bench = idle
    pipeline = created(api, EMAILS)["id"]
    bench.end(pipeline, "n1", places(4))
    before = shown(api, pipeline)["progress_pct"]

    bench.start(pipeline, "n2", processed=2)

    (listed,) = api.get("/api/pipelines").json()
    assert before < 5  # a list is read at once
    assert 20 <= listed["progress_pct"] == shown(api, pipeline)["progress_pct"] <= 30
    assert listed["done_count"] == 1


def test_there_is_no_output_before_the_first_stage_ends(idle: tuple[httpx.Client, Bench]) -> None:
    """C-293, C-024."""
    api, bench = idle
    pipeline = created(api, EMAILS)["id"]

    first = shown(api, pipeline)
    bench.end(pipeline, "n1", places(2))

    assert (first["output_job"], first["completed_at"]) == (None, None)
    found = follow(api, pipeline, lambda now: now["output_job"] is not None)
    assert found["output_job"]["job_type"] == "import"


def test_a_pipeline_of_two_roots_starts_both(api: httpx.Client) -> None:
    """C-284."""
    graph = {"nodes": [node("a", "import", **IMPORT), node("b", "import", **IMPORT)], "edges": []}

    answer = created(api, graph)

    assert len(answer["initial_jobs"]) == 2
    assert {job["id"] for job in over(api, answer["id"])["jobs"]} == set(answer["initial_jobs"])
