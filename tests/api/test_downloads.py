"""Downloads and their links over HTTP (docs page api/jobs, CONTRACT area 7)."""

import csv
import io
import json
import logging
import re
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
import openpyxl
import pytest

from engine.context import Context, write
from engine.jobs import gate, store
from engine.jobs import operations as jobs
from engine.rows.types import Row
from tests.api.by_hand import HandJob, done_job, hand_job
from tests.api_house import ApiHouse

ADA = "ada@example.com"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8", "xlsx": XLSX}
ROWS: list[Row] = [
    {"nom": "Café « Élan »", "telephone": "+33 1 23 45 67 89", "note": 4.5, "formule": "=1+1"},
    {"nom": 'Dit "le Chat"; Paris', "telephone": None, "note": -3, "formule": "@SUM(A1)"},
]


@pytest.fixture
def client(quiet: ApiHouse) -> Iterator[httpx.Client]:
    with quiet.client(ADA) as signed_in:
        yield signed_in


@pytest.fixture
def job(quiet: ApiHouse) -> HandJob:
    return done_job(quiet.caller(ADA), ROWS)


def get(client: httpx.Client, job: HandJob, asked: str = "") -> httpx.Response:
    return client.get(f"/api/jobs/{job.id}/download{asked}")


def link(client: httpx.Client, job: HandJob, name: str = "csv") -> str:
    """A download link, as a path with its query."""
    url = urlsplit(client.get(f"/api/jobs/{job.id}/download-link?format={name}").json()["url"])
    return f"{url.path}?{url.query}"


@write
def purge(context: Context, seq: int) -> None:
    """As at the end of its retention: marked as expired, then the rows go."""
    gate.expire(context, seq)
    store.purge(context.session, seq)


@pytest.mark.parametrize("name", TYPES)
def test_a_download_has_its_exact_type_and_the_name_of_the_output(
    client: httpx.Client, job: HandJob, name: str
) -> None:
    """C-006, C-007, C-166, C-167, C-169, C-170, C-175."""
    answer = get(client, job, f"?format={name}")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == TYPES[name]
    filename = f"results_shout.{name}"
    assert answer.headers["content-disposition"] == (
        f"attachment; filename=\"{filename}\"; filename*=UTF-8''{filename}"
    )
    assert client.get(f"/api/jobs/{job.id}").json()["output_filename"] == "results_shout.csv"


def test_a_download_is_csv_unless_another_format_is_asked_for(client: httpx.Client, job: HandJob) -> None:
    """C-008, C-166, C-168, C-171."""
    answer = get(client, job)

    assert answer.headers["content-type"] == TYPES["csv"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert lines == [
        ["nom", "telephone", "note", "formule"],
        ["Café « Élan »", "+33 1 23 45 67 89", "4.5", "'=1+1"],
        ['Dit "le Chat"; Paris', "", "-3", "'@SUM(A1)"],
    ]


def test_json_and_xlsx_hold_the_same_rows(client: httpx.Client, job: HandJob) -> None:
    """C-169, C-170, C-171."""
    told = json.loads(get(client, job, "?format=json").content)
    book = openpyxl.load_workbook(io.BytesIO(get(client, job, "?format=xlsx").content), read_only=True)
    (sheet,) = book.worksheets
    header, *lines = sheet.iter_rows(values_only=True)

    expected = [row | {"formule": f"'{row['formule']}"} for row in ROWS]
    assert told == expected
    assert [dict(zip(header, line, strict=True)) for line in lines] == expected


@pytest.mark.parametrize("name", ["pdf", "", "CSV", "csv;xlsx"])
def test_an_unknown_format_is_refused_with_those_there_are(client: httpx.Client, job: HandJob, name: str) -> None:
    """C-172."""
    for path in ("download", "download-link"):
        answer = client.get(f"/api/jobs/{job.id}/{path}", params={"format": name})
        assert (answer.status_code, answer.json()["code"]) == (400, "unsupported_format")
        assert "csv, json, xlsx" in answer.json()["detail"]


def test_an_open_job_has_no_download_yet(quiet: ApiHouse, client: httpx.Client) -> None:
    """C-172, C-176."""
    job = hand_job(quiet.caller(ADA))
    for _ in ("pending", "running"):
        assert not client.get(f"/api/jobs/{job.id}").json()["download_available"]
        for path in ("download", "download-link"):
            answer = client.get(f"/api/jobs/{job.id}/{path}")
            assert (answer.status_code, answer.json()["code"]) == (400, "not_downloadable")
        job.claim or job.start().save([{"word": "a"}], processed=1)


@pytest.mark.parametrize("status", ["cancelled", "failed"])
def test_an_interrupted_job_gives_the_rows_that_it_has(quiet: ApiHouse, client: httpx.Client, status: str) -> None:
    """C-145, C-176."""
    job = hand_job(quiet.caller(ADA), planned=5).start().save([{"word": "a"}, {"word": "b"}], processed=2)
    if status == "failed":
        job.finish("failed", code="x", message="Raté")
    else:
        quiet.caller(ADA).run(jobs.cancel, job.id)
        job.finish("cancelled")

    shown = client.get(f"/api/jobs/{job.id}").json()
    assert (shown["status"], shown["download_available"]) == (status, True)
    assert json.loads(get(client, job, "?format=json").content) == [{"word": "a"}, {"word": "b"}]


def test_a_job_that_failed_before_its_first_row_has_nothing_to_download(quiet: ApiHouse, client: httpx.Client) -> None:
    """C-173."""
    job = hand_job(quiet.caller(ADA)).start().finish("failed", code="x", message="Raté")

    assert not client.get(f"/api/jobs/{job.id}").json()["download_available"]
    for path in ("download", "download-link"):
        answer = client.get(f"/api/jobs/{job.id}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (410, "output_gone")


def test_head_tells_what_get_would_send(client: httpx.Client, job: HandJob) -> None:
    told, sent = client.head(f"/api/jobs/{job.id}/download?format=xlsx"), get(client, job, "?format=xlsx")

    assert (told.status_code, told.content) == (200, b"")
    assert "content-length" not in told.headers
    for name in ("content-type", "content-disposition"):
        assert told.headers[name] == sent.headers[name]
    assert client.head("/api/jobs/j_unknown/download").status_code == 404


def test_a_purge_on_the_way_cuts_the_transfer(quiet: ApiHouse) -> None:
    """C-181: never a shorter file that looks whole."""
    done = done_job(quiet.caller(ADA), [{"n": n, "text": "x" * 1_500} for n in range(3 * store.PAGE)])
    # The client's side holds little, so that the server can't be far ahead of it.
    narrow = httpx.HTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 128 * 1024)])
    headers = {"Authorization": f"Bearer {quiet.token(ADA)}"}

    with (
        httpx.Client(transport=narrow, headers=headers) as owner,
        owner.stream("GET", f"{quiet.url}/api/jobs/{done.id}/download") as answer,
    ):
        pieces = answer.iter_raw()
        assert answer.status_code == 200 and next(pieces)
        quiet.services.run(None, purge, done.job.seq or 0)

        with pytest.raises(httpx.RemoteProtocolError):
            list(pieces)


def test_a_reader_who_leaves_in_the_middle_harms_nobody(quiet: ApiHouse, client: httpx.Client) -> None:
    done = done_job(quiet.caller(ADA), [{"n": n, "text": "x" * 500} for n in range(2 * store.PAGE)])
    with client.stream("GET", f"/api/jobs/{done.id}/download") as answer:
        next(answer.iter_raw())

    assert len(get(client, done, "?format=json").json()) == 2 * store.PAGE


def test_a_link_opens_the_file_for_whoever_has_it(
    quiet: ApiHouse, client: httpx.Client, job: HandJob, nobody: httpx.Client
) -> None:
    told = client.get(f"/api/jobs/{job.id}/download-link?format=xlsx").json()
    begin, until = quiet.services.clock.now(), datetime.fromisoformat(told["expires_at"])

    opened = nobody.get(told["url"])

    assert told["url"].startswith(f"{quiet.url}/api/jobs/{job.id}/download?format=xlsx&token=")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["expires_at"])
    assert timedelta(minutes=9, seconds=50) < until.astimezone(UTC) - begin <= timedelta(minutes=10)
    assert (opened.status_code, opened.headers["content-type"]) == (200, XLSX)
    assert opened.content == get(client, job, "?format=xlsx").content
    assert nobody.head(told["url"]).status_code == 200


def test_a_link_holds_for_its_job_and_format_alone(quiet: ApiHouse, client: httpx.Client, job: HandJob) -> None:
    other, path = done_job(quiet.caller(ADA), ROWS), link(client, job)
    with quiet.client(None) as nobody:
        for changed in (
            path.replace(job.id, other.id),
            path.replace("format=csv", "format=json"),
            path[:-3] + ("aaa" if path[-3:] != "aaa" else "bbb"),
            path.partition("token=")[0] + "token=",
            path.partition("token=")[0] + "token=%C3%A9",
        ):
            answer = nobody.get(changed)
            assert (answer.status_code, answer.json()["code"]) == (403, "link_invalid")
            assert answer.json()["detail"] == "Lien de téléchargement invalide"


def test_a_link_ends_after_ten_minutes(own: ApiHouse) -> None:
    job = done_job(own.caller(ADA), ROWS)
    with own.client(ADA) as client, own.client(None) as nobody:
        path = link(client, job)
        own.services.clock.offset += timedelta(minutes=9, seconds=50)
        assert nobody.get(path).status_code == 200

        own.services.clock.offset += timedelta(seconds=20)
        answer = nobody.get(path)

    assert (answer.status_code, answer.json()["code"]) == (403, "link_expired")
    assert f"GET /api/jobs/{job.id}/download-link" in answer.json()["hint"]


def test_a_link_does_not_outlive_its_job(quiet: ApiHouse, client: httpx.Client, job: HandJob) -> None:
    path = link(client, job)
    quiet.caller(ADA).run(jobs.delete, job.id)

    with quiet.client(None) as nobody:
        assert nobody.get(path).status_code == 404


def test_a_link_is_written_to_no_log(
    quiet: ApiHouse, client: httpx.Client, job: HandJob, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = link(client, job)
    token = path.partition("token=")[2]
    # httpx writes the addresses that it asks for; a plain socket does not.
    caplog.clear()
    with socket.create_connection(("127.0.0.1", int(quiet.url.rpartition(":")[2]))) as plain:
        plain.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: plain.recv(65_536), b""))

    assert answer.startswith(b"HTTP/1.1 200")
    # The server's own access log has no handler, but for the one that the test runner gives to every logger.
    while not (ours := [record for record in caplog.records if record.name != "uvicorn.access"]):
        time.sleep(0.01)  # the line is written behind the answer
    assert token not in "".join(f"{record.getMessage()} {vars(record)}" for record in ours)
