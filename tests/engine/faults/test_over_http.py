"""Faults as a client sees them, over real sockets: no file is cut in silence, a full disk says so."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import col, update

from engine.context import Context, Services, write
from engine.jobs import store
from engine.jobs.expiry import expire_due
from engine.jobs.models import Job
from tests.api.by_hand import HandJob, done_job
from tests.api_house import ApiHouse, api_house
from tests.engine.faults.test_storage_full import full_disk

ADA = "ada@example.com"
ROWS = 3 * store.PAGE


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    folder: Path = tmp_path_factory.mktemp("api")
    server: dict[str, Any] = {}
    if request.param == "postgres":
        server = {"database_url": request.getfixturevalue("postgres_url"), "secret_key": "a key of the tests alone"}
    with api_house(folder, **server) as running:
        yield running


@pytest.fixture
def output(api: ApiHouse) -> HandJob:
    """More rows than a connection holds on its way."""
    return done_job(api.caller(ADA), [{"n": n, "text": "x" * 1_500} for n in range(ROWS)])


def narrow(api: ApiHouse) -> httpx.Client:
    """A client that takes little at a time, so that the server can't be far ahead of it."""
    transport = httpx.HTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 128 * 1024)])
    headers = {"Authorization": f"Bearer {api.token(ADA)}"}
    return httpx.Client(base_url=api.url, transport=transport, headers=headers, timeout=30)


def age(services: Services, job: HandJob) -> None:
    """Let the job's seven days be over."""

    @write
    def change(context: Context) -> None:
        context.session.exec(update(Job).where(col(Job.seq) == job.job.seq).values(expires_at=context.now()))

    services.run(None, change)


@pytest.mark.slow(20)
@pytest.mark.parametrize("fmt", ["csv", "json"])
def test_an_expiry_on_the_way_breaks_the_connection_and_never_ends_the_file(
    api: ApiHouse, output: HandJob, fmt: str
) -> None:
    """C-181."""
    with narrow(api) as client, client.stream("GET", f"/api/jobs/{output.id}/download?format={fmt}") as answer:
        pieces = answer.iter_raw()
        assert answer.status_code == 200 and next(pieces)
        age(api.services, output)
        assert expire_due(api.services) == 1

        with pytest.raises(httpx.RemoteProtocolError):
            list(pieces)

    with api.client(ADA) as client:
        assert client.get(f"/api/jobs/{output.id}/download?format={fmt}").status_code == 410


@pytest.mark.slow(20)
def test_a_reader_of_a_job_that_is_deleted_meanwhile_gets_the_whole_file(api: ApiHouse, output: HandJob) -> None:
    with narrow(api) as client:
        with client.stream("GET", f"/api/jobs/{output.id}/download?format=json") as answer:
            pieces = answer.iter_raw()
            begun = next(pieces)
            assert client.delete(f"/api/jobs/{output.id}").is_success
            whole = begun + b"".join(pieces)
        after = client.get(f"/api/jobs/{output.id}")

    assert [row["n"] for row in json.loads(whole)] == list(range(ROWS))
    assert after.status_code == 404


@pytest.mark.slow(20)
def test_a_full_disk_is_a_507_to_who_creates_and_nothing_to_who_reads(api: ApiHouse) -> None:
    """C-020: what failed left nothing half made."""
    items = [{"nom": "x" * 900, "site_web": f"https://s{n}.example"} for n in range(2_000)]
    job = done_job(api.caller(ADA), [{"n": 1}])
    with api.client(ADA) as client:
        before = len(client.get("/api/jobs?limit=500").json())
        with full_disk(api.services):
            refused = client.post("/api/jobs/emails", json={"items": items})
            listed = client.get("/api/jobs?limit=500")
            rows = client.get(f"/api/jobs/{job.id}/items")
        accepted = client.post("/api/jobs/emails", json={"items": items})

    assert (refused.status_code, refused.json()["code"]) == (507, "storage_full")
    assert refused.json()["hint"]
    assert (listed.status_code, len(listed.json())) == (200, before)
    assert rows.json()["count"] == 1
    assert accepted.is_success
