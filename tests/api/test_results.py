"""Rows, reports and retention over HTTP (docs pages api/jobs, concepts/jobs-lifecycle)."""

import json
from datetime import datetime, timedelta

import httpx
import pytest

from engine.jobs import operations as jobs
from engine.jobs.expiry import expire_due
from engine.limits import RETENTION
from engine.rows.types import Row
from tests.api.by_hand import done_job, hand_job
from tests.api.sse import heard
from tests.api_house import ApiHouse
from tests.house import Shout

ADA = "ada@example.com"


class DeliveryCheck(Shout):
    slug = "delivery_check"


def numbers(count: int) -> list[Row]:
    return [{"n": n, "nom": f"Cabinet {n}"} for n in range(count)]


def test_items_are_the_rows_of_the_output_keyed_by_column(house: ApiHouse, api: httpx.Client) -> None:
    """C-139, C-140, C-141, C-144."""
    content = "nom;site_web;ville\nCabinet Dupont;https://dupont.fr;Paris\nCabinet Durand;https://durand.fr;Tours\n"
    job_id = api.post("/api/jobs/import", json={"content": content}).json()["id"]
    heard(api, job_id)

    job = api.get(f"/api/jobs/{job_id}").json()
    page = api.get(f"/api/jobs/{job_id}/items").json()

    assert job["results_count"] == page["count"] == 2
    assert page["items"] == [
        {"nom": "Cabinet Dupont", "site_web": "https://dupont.fr", "ville": "Paris"},
        {"nom": "Cabinet Durand", "site_web": "https://durand.fr", "ville": "Tours"},
    ]
    assert api.get(f"/api/jobs/{job_id}/results").json() == page


def test_a_page_of_items_begins_at_its_offset_and_its_limit_is_brought_into_bounds(quiet: ApiHouse) -> None:
    """C-140."""
    job = done_job(quiet.caller(ADA), numbers(250))
    with quiet.client(ADA) as client:

        def page(asked: str) -> list[int]:
            answer = client.get(f"/api/jobs/{job.id}/items?{asked}")
            assert answer.json()["count"] == 250
            return [row["n"] for row in answer.json()["items"]]

        assert page("") == list(range(200))
        assert page("offset=248&limit=5") == [248, 249]
        assert page("limit=0") == page("limit=-3") == page("offset=-1&limit=1") == [0]
        assert page("limit=99999999999999999999") == list(range(250))
        assert page("offset=99999999999999999999999") == []
        assert client.get(f"/api/jobs/{job.id}/items?limit=many").status_code == 422


@pytest.mark.slow(20)
def test_a_page_of_items_has_ten_thousand_rows_at_most(quiet: ApiHouse) -> None:
    """C-140."""
    job = done_job(quiet.caller(ADA), numbers(10_050))
    with quiet.client(ADA) as client:
        page = client.get(f"/api/jobs/{job.id}/items?limit=20000").json()

    assert (page["count"], len(page["items"]), page["items"][-1]["n"]) == (10_050, 10_000, 9_999)


def test_items_need_a_job_that_is_done(quiet: ApiHouse) -> None:
    """C-142."""
    caller = quiet.caller(ADA)
    pending, running, failed = (hand_job(caller) for _ in range(3))
    running.start().save([{"word": "a"}], processed=1)
    failed.start().save([{"word": "a"}], processed=1).finish("failed", code="x", message="Raté")
    with quiet.client(ADA) as client:
        for job, status in ((pending, "pending"), (running, "running"), (failed, "failed")):
            for name in ("items", "results"):
                answer = client.get(f"/api/jobs/{job.id}/{name}")
                assert answer.status_code == 400
                assert answer.json()["detail"] == f"Job non terminé ({status})"


def test_rows_that_feed_no_other_job_are_no_items(quiet: ApiHouse) -> None:
    """C-142: delivery_check has no reusable output."""
    job = done_job(quiet.caller(ADA), [{"word": "a"}], DeliveryCheck())
    with quiet.client(ADA) as client:
        answer = client.get(f"/api/jobs/{job.id}/items")

    assert (answer.status_code, answer.json()["code"]) == (400, "not_reusable")


def test_rows_live_seven_days_then_the_record_remains_without_them(own: ApiHouse) -> None:
    """C-143, C-173, C-176, C-181, C-182."""
    job = hand_job(own.caller(ADA))
    with own.bearer(ADA) as client:
        before = client.get(f"/api/jobs/{job.id}").json()
        job.start().save([{"word": "a"}], processed=1).finish()
        done = client.get(f"/api/jobs/{job.id}").json()
        own.services.clock.offset += RETENTION + timedelta(minutes=1)
        expire_due(own.services)
        after = client.get(f"/api/jobs/{job.id}").json()
        gone = [client.get(f"/api/jobs/{job.id}/{name}") for name in ("items", "results", "download", "report?row=0")]

    at = datetime.fromisoformat
    assert at(before["expires_at"]) - at(before["created_at"]) == timedelta(days=30)
    assert at(done["expires_at"]) - at(done["completed_at"]) == timedelta(days=7)
    assert (done["download_available"], after["download_available"]) == (True, False)
    assert (after["status"], after["output_filename"], after["results_count"]) == ("expired", None, 1)
    assert [answer.status_code for answer in gone] == [410] * 4
    assert gone[0].json()["detail"] == "Résultats expirés ou absents"


def test_a_deleted_job_has_no_items(quiet: ApiHouse) -> None:
    """C-143, C-153."""
    job, caller = done_job(quiet.caller(ADA), numbers(1)), quiet.caller(ADA)
    caller.run(jobs.delete, job.id)

    with quiet.client(ADA) as client:
        assert client.get(f"/api/jobs/{job.id}/items").status_code == 404


@pytest.mark.parametrize("name", ["items", "results", "report?row=0", "download", "download-link", "stream"])
def test_what_came_out_of_a_job_is_its_owners_alone(quiet: ApiHouse, name: str) -> None:
    """C-174, C-202."""
    job = done_job(quiet.caller(ADA), numbers(1))
    with quiet.client(None) as nobody, quiet.client("eve@example.com") as other, quiet.client(ADA) as owner:
        path = f"/api/jobs/{job.id}/{name}"
        assert nobody.get(path).status_code == 401
        assert other.get(path).status_code == 403
        assert owner.get(path.replace(job.id, "j_unknown")).status_code == 404


def test_a_report_tells_how_a_row_came_about(house: ApiHouse, api: httpx.Client) -> None:
    """Each row of a group has the report of its own."""
    items = [{"email": "pas une adresse"}, {"email": "a b@c"}]
    job_id = api.post("/api/jobs/verify-emails", json={"items": items, "smtp": False}).json()["id"]
    heard(api, job_id)

    told = [api.get(f"/api/jobs/{job_id}/report?row={row}").json() for row in (0, 1)]

    assert [report["row"] for report in told] == [0, 1]
    assert [report["values"]["email"] for report in told] == ["pas une adresse", "a b@c"]
    assert told[0]["report"] == {"address": None, "reason": "syntax"}


def test_all_rows_of_one_item_have_the_report_of_that_item(quiet: ApiHouse) -> None:
    job = hand_job(quiet.caller(ADA), planned=3).start()
    rows: list[Row] = [{"n": n} for n in range(4)]
    job.save(rows, subs=[(0, 0), (2, 0), (2, 1), (1, 0)], reports={0: {"seen": "a"}, 2: {"seen": "c"}}, processed=3)
    job.finish()

    with quiet.client(ADA) as client:
        told = [client.get(f"/api/jobs/{job.id}/report?row={row}") for row in range(4)]

    # In the order of the output: items 0, 1, 2, 2.
    assert [answer.status_code for answer in told] == [200, 404, 200, 200]
    assert [told[row].json()["report"] for row in (0, 2, 3)] == [{"seen": "a"}, {"seen": "c"}, {"seen": "c"}]
    assert told[1].json() == {
        "detail": "Aucun rapport pour la ligne 1",
        "code": "report_missing",
        "hint": "Rows are counted from 0; a report belongs to the job whose module looked the row up, "
        "not to later filters.",
    }


@pytest.mark.parametrize("row", ["-1", "4", "99999999999999999999999"])
def test_a_row_that_is_not_there_has_no_report(quiet: ApiHouse, row: str) -> None:
    job = done_job(quiet.caller(ADA), numbers(4))
    with quiet.client(ADA) as client:
        assert client.get(f"/api/jobs/{job.id}/report?row={row}").status_code == 404
        assert client.get(f"/api/jobs/{job.id}/report").status_code == 422


def test_a_running_job_shows_its_counters_as_they_grow(quiet: ApiHouse) -> None:
    """C-139."""
    job = hand_job(quiet.caller(ADA), planned=4).start()
    seen: list[tuple[int, int, int]] = []
    with quiet.client(ADA) as client:
        for processed in (1, 2, 3):
            job.save(numbers(1), processed=processed, errors=processed - 1)
            shown = client.get(f"/api/jobs/{job.id}").json()
            seen.append((shown["processed_points"], shown["results_count"], shown["error_count"]))

    assert seen == [(1, 1, 0), (2, 2, 1), (3, 3, 2)]


def test_polling_faster_than_advised_is_not_punished(quiet: ApiHouse) -> None:
    """C-189, C-190."""
    job = hand_job(quiet.caller(ADA))
    with quiet.client(ADA) as client:
        statuses = {client.get(f"/api/jobs/{job.id}").status_code for _ in range(60)}

    assert statuses == {200}


def test_a_read_token_reads_rows(quiet: ApiHouse) -> None:
    job = done_job(quiet.caller(ADA), numbers(2))
    with quiet.bearer(ADA, scope="read") as client:
        assert client.get(f"/api/jobs/{job.id}/items").json()["count"] == 2
        assert client.get(f"/api/jobs/{job.id}/download").status_code == 200
        assert client.get(f"/api/jobs/{job.id}/download-link").status_code == 200


def test_cells_keep_their_types(quiet: ApiHouse) -> None:
    """C-141."""
    row: Row = {"n": 1, "note": 4.5, "vu": True, "vide": None, "liste": ["a", {"b": 1}], "texte": "=SUM(A1)"}
    job = done_job(quiet.caller(ADA), [row])
    with quiet.client(ADA) as client:
        (shown,) = client.get(f"/api/jobs/{job.id}/items").json()["items"]

    assert json.dumps(shown) == json.dumps(row)
