"""Rows that were saved before their contacts were suppressed: every way out blanks them again."""

import csv
import io
import json
from zipfile import ZipFile

import pytest

from engine.context import Caller, Services
from engine.export.formats import FORMATS
from engine.jobs import operations as jobs
from engine.jobs import results
from engine.privacy.export import export
from engine.rows.types import Row
from engine.suppressions import operations as suppressions
from tests.api.by_hand import HandJob, done_job, hand_job
from tests.engine.tools.toolshed import agent, call
from tests.house import account

SECRET = ("jean@exemple.fr", "noire.fr")
ROWS: list[Row] = [
    {"nom": "A", "email": "jean@exemple.fr", "email_status": "valid", "emails_all": "jean@exemple.fr, a@x.fr"},
    {"nom": "B", "email": "luc@noire.fr", "email_status": "risky", "emails_all": None},
    {"nom": "C", "email": "c@x.fr", "email_status": "valid", "emails_all": ["c@x.fr", "z@noire.fr"]},
]
BLANKED: list[Row] = [
    {"nom": "A", "email": None, "email_status": None, "emails_all": "a@x.fr"},
    {"nom": "B", "email": None, "email_status": None, "emails_all": None},
    {"nom": "C", "email": "c@x.fr", "email_status": "valid", "emails_all": ["c@x.fr"]},
]
LEFT_THREE = "3 contacts laissés de côté : ils sont sur ta liste d'exclusion."
REPORT = {"candidates": [{"email": "jean@exemple.fr"}, {"email": "a@x.fr"}], "found": 2}


@pytest.fixture
def caller(services: Services) -> Caller:
    """Somebody who suppresses two contacts."""
    made = account(services)
    made.run(suppressions.add, SECRET)
    return made


@pytest.fixture
def job(caller: Caller) -> HandJob:
    made = hand_job(caller).start()
    lines = [("warn", "jean@exemple.fr : délai dépassé")]
    return made.save(ROWS, reports={0: REPORT}, logs=lines, processed=1).finish()


def test_items_leave_them_out_and_say_how_many(caller: Caller, job: HandJob) -> None:
    page = caller.run(results.items, job.id)

    assert (page.items, page.count, page.notice) == (BLANKED, 3, LEFT_THREE)
    assert caller.run(results.items, job.id, offset=1, limit=1).notice.startswith("1 contact ")  # type: ignore[union-attr]
    assert "notice" not in caller.run(results.items, done_job(caller, [{"nom": "D"}]).id).model_dump()


def test_results_leave_them_out_and_rules_do_not_see_them(caller: Caller, job: HandJob) -> None:
    assert caller.run(results.results, job.id).rows == BLANKED
    assert caller.run(results.results, job.id).notice == [LEFT_THREE]

    with_mail = caller.run(results.results, job.id, where={"require_email": True})
    by_address = caller.run(
        results.results, job.id, where={"conditions": [{"column": "email", "op": "contains", "value": "jean"}]}
    )

    assert (with_mail.rows, with_mail.matched) == (BLANKED[2:], 1)
    assert (by_address.rows, by_address.matched) == ([], 0)


def test_the_fill_of_a_column_counts_what_is_shown(caller: Caller, job: HandJob) -> None:
    fill = {column.name: column.fill_rate for column in caller.run(results.column_fill, job.id)}

    assert fill == {"nom": 1.0, "email": 0.333, "email_status": 0.333, "emails_all": 0.667}


def test_evidence_loses_the_candidate_and_a_line_of_the_log_the_address(caller: Caller, job: HandJob) -> None:
    told = caller.run(results.report, job.id, 0)

    assert (told.values, told.report) == (BLANKED[0], {"candidates": [{"email": "a@x.fr"}], "found": 2})
    assert told.notice == "1 contact laissé de côté : il est sur ta liste d'exclusion."
    assert [line.message for line in caller.run(results.last_warnings, job.id)] == ["délai dépassé"]
    assert [line.message for line in caller.run(results.logs, job.id)] == ["délai dépassé"]


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_leaves_them_out_by_download_and_by_link(caller: Caller, job: HandJob, name: str) -> None:
    link = caller.run(results.download_link, job.id, name).url.partition("token=")[2]
    by_link = caller.services.run(None, results.open_link, job.id, name, link)

    for output in (caller.run(results.open_download, job.id), by_link):
        rows = list(results.output_rows(caller.services, output))
        assert rows == BLANKED
        file = b"".join(FORMATS[name].write(output.columns, iter(rows)))
        assert file and b"exemple.fr" not in file


async def test_an_agent_gets_neither_rows_nor_samples_of_them(caller: Caller, job: HandJob) -> None:
    me = agent(caller.services)

    page = await call(me, "get_job_results", job_id=job.id)
    seen = await call(me, "get_job", job_id=job.id)

    assert [row.get("email") for row in (*page.rows, *seen.sample_rows)] == [None, None, "c@x.fr"] * 2
    assert (page.notice, seen.notice) == ([LEFT_THREE], [LEFT_THREE])
    assert "exemple.fr" not in seen.model_dump_json() + page.model_dump_json()


def test_the_archive_of_the_account_holds_the_list_and_no_contact_of_it(caller: Caller, job: HandJob) -> None:
    archive = ZipFile(io.BytesIO(b"".join(export(caller).pieces)))

    assert [entry["value"] for entry in json.loads(archive.read("suppressions.json"))] == list(SECRET)
    assert json.loads(archive.read(f"jobs/{job.id}/results.json")) == BLANKED
    table = csv.DictReader(io.StringIO(archive.read(f"jobs/{job.id}/results.csv").decode("utf-8-sig")), delimiter=";")
    assert [row["email"] for row in table] == ["", "", "c@x.fr"]
    assert b"jean@" not in archive.read(f"jobs/{job.id}/log.json")
    assert "liste d'exclusion" in archive.read("manifest.txt").decode()


def test_a_job_on_chosen_rows_chooses_as_they_are_shown(caller: Caller, job: HandJob) -> None:
    made = caller.run(jobs.create, "sort", {"sort_by": "nom"}, source_job_id=job.id, where={"require_email": True})

    assert made.grid_points_count == 1


def test_another_account_sees_its_own_rows_whole(caller: Caller, services: Services) -> None:
    other = account(services, "other@example.com")
    job = done_job(other, ROWS)

    page = other.run(results.items, job.id)

    assert (page.items, page.notice) == (ROWS, None)


def test_what_is_taken_off_the_list_shows_again(caller: Caller, job: HandJob) -> None:
    for entry in caller.run(suppressions.list_page).items:
        caller.run(suppressions.remove, entry.id)

    assert caller.run(results.items, job.id).items == ROWS
