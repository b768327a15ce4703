"""Taking one's data along, and leaving."""

import io
import json
import re
import time
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from engine.accounts import passwords
from engine.accounts.api_tokens import create_token
from engine.context import Caller
from engine.imports.operations import save_upload
from engine.jobs import operations as jobs
from engine.pipelines import operations as pipelines
from outsend_api.cookies import SESSION_COOKIE
from tests.api_house import ApiHouse

PASSWORD = "lovelace-1843"
CSV = "nom;site_web\nCabinet Dupont;https://dupont.example\nCafé à Nîmes;https://cafe.example\n"
GRAPH = {"nodes": [{"id": "a", "type": "import", "config": {"content": CSV}}], "edges": []}


def imported(caller: Caller, content: str = CSV) -> str:
    """A finished import of the caller's; its id."""
    job_id = caller.run(jobs.create, "import", {"content": content}).id
    for _ in range(400):
        if caller.run(jobs.get, job_id).completed_at is not None:
            return job_id
        time.sleep(0.02)
    raise TimeoutError(job_id)


def furnished(house: ApiHouse, email: str) -> tuple[Caller, str]:
    """An account with something of everything, and the id of its job."""
    caller = house.caller(email, password_hash=passwords.password_hash(PASSWORD))
    job_id = imported(caller)
    caller.run(create_token, name=f"token of {email}", scope="read")
    caller.run(pipelines.create, {"name": f"Pipeline of {email}", "definition": GRAPH})
    save_upload(house.services, caller.principal.account_id, b"nom\nCabinet Martin\n")
    return caller, job_id


def archive_of(client: httpx.Client) -> ZipFile:
    return ZipFile(io.BytesIO(client.get("/api/auth/me/export").content))


def text_of(archive: ZipFile, name: str) -> str:
    return archive.read(name).decode("utf-8-sig")


# Export


def test_the_archive_bears_the_account_and_the_day(house: ApiHouse) -> None:
    """C-079."""
    caller, _ = furnished(house, "named@example.com")
    with house.client("named@example.com") as client:
        response = client.get("/api/auth/me/export")

    day = house.services.clock.now().date()
    assert (response.status_code, response.headers["content-type"]) == (200, "application/zip")
    assert response.headers["content-disposition"] == (
        f'attachment; filename="outsend-export-{caller.principal.account_id}-{day}.zip"'
    )


def test_the_archive_holds_every_documented_entry(house: ApiHouse) -> None:
    """C-080, C-081, C-082, C-083, C-084, C-085."""
    caller, job_id = furnished(house, "whole@example.com")
    with house.client("whole@example.com") as client:
        archive = archive_of(client)

    held = {name: json.loads(text_of(archive, name)) for name in archive.namelist() if name.endswith(".json")}
    assert archive.testzip() is None
    assert held["account.json"]["email"] == "whole@example.com"
    assert held["account.json"]["id"] == caller.principal.account_id
    assert held["jobs.json"][0]["id"] == job_id
    assert held["jobs.json"][0]["config"]["content"] == CSV
    assert held["pipelines.json"][0]["name"] == "Pipeline of whole@example.com"
    assert held["pipelines.json"][0]["definition"]["nodes"][0]["id"] == "a"
    assert held["veille.json"] == {"recurring_scraps": [], "runs": []}
    assert held["tokens.json"][0]["name"] == "token of whole@example.com"
    assert "whole@example.com" in text_of(archive, "manifest.txt")


def test_each_job_that_is_done_brings_its_rows_in_both_formats(house: ApiHouse) -> None:
    """C-082."""
    _, job_id = furnished(house, "rows@example.com")
    with house.client("rows@example.com") as client:
        archive = archive_of(client)

    rows = json.loads(text_of(archive, f"jobs/{job_id}/results.json"))
    assert [row["nom"] for row in rows] == ["Cabinet Dupont", "Café à Nîmes"]
    assert text_of(archive, f"jobs/{job_id}/results.csv").splitlines()[0].startswith("nom;")
    assert json.loads(text_of(archive, f"jobs/{job_id}/inputs.json"))


def test_the_files_that_were_sent_come_along(house: ApiHouse) -> None:
    furnished(house, "files@example.com")
    with house.client("files@example.com") as client:
        archive = archive_of(client)

    (upload,) = [name for name in archive.namelist() if name.startswith("uploads/")]
    assert archive.read(upload) == b"nom\nCabinet Martin\n"


def test_the_archive_holds_no_secret(house: ApiHouse) -> None:
    """C-080."""
    caller, _ = furnished(house, "secrets@example.com")
    token = caller.run(create_token, name="second", scope="run").token
    with house.client("secrets@example.com") as client:
        archive, cookie = archive_of(client), client.cookies[SESSION_COOKIE]

    everything = " ".join(text_of(archive, name) for name in archive.namelist())
    assert not any(secret in everything for secret in (token, cookie, "$argon2", PASSWORD))
    assert not re.search(r"\b[0-9a-f]{64}\b", everything)  # what is kept of secrets


def test_the_archive_holds_nothing_of_anybody_else(house: ApiHouse) -> None:
    """C-086."""
    _, theirs = furnished(house, "them@example.com")
    _, mine = furnished(house, "me@example.com")
    with house.client("me@example.com") as client:
        archive = archive_of(client)

    everything = " ".join(text_of(archive, name) for name in archive.namelist()) + " ".join(archive.namelist())
    assert mine in everything
    assert theirs not in everything
    assert "them@example.com" not in everything


def test_an_account_without_anything_gets_its_archive_too(api: httpx.Client) -> None:
    """C-079."""
    archive = archive_of(api)

    assert json.loads(text_of(archive, "jobs.json")) == json.loads(text_of(archive, "pipelines.json")) == []


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_the_account_itself_is_for_a_session_alone(house: ApiHouse, nobody: httpx.Client, method: str) -> None:
    """C-074, C-079."""
    path = "/api/auth/me/export" if method == "GET" else "/api/auth/me"
    body = {"json": {"confirm_email": "bearer@example.com"}} if method == "DELETE" else {}
    with house.bearer("bearer@example.com") as by_token, house.client("off@example.com", is_active=False) as inactive:
        statuses = [client.request(method, path, **body).status_code for client in (nobody, by_token, inactive)]

    assert statuses == [401, 403, 403]


# Deletion


def deleted(client: httpx.Client, email: str) -> httpx.Response:
    return client.request("DELETE", "/api/auth/me", json={"confirm_email": email})


@pytest.mark.parametrize("typed", ["leaving-{n}@example.com", "Leaving-{n}@EXAMPLE.com", " leaving-{n}@example.com "])
def test_a_deletion_answers_nothing_and_clears_the_cookie(house: ApiHouse, typed: str) -> None:
    """C-074."""
    number = len(typed) + typed.count("E")
    with house.client(f"leaving-{number}@example.com") as client:
        response = deleted(client, typed.format(n=number))

    assert (response.status_code, response.content) == (204, b"")
    assert f'{SESSION_COOKIE}=""' in response.headers["set-cookie"]
    assert "Max-Age=0" in response.headers["set-cookie"]


@pytest.mark.parametrize("typed", ["somebody@example.com", "staying", "staying@example.co", "%@example.com"])
def test_another_address_deletes_nothing(house: ApiHouse, typed: str) -> None:
    """C-075."""
    caller, job_id = furnished(house, "staying@example.com")
    with house.client("staying@example.com") as client:
        response = deleted(client, typed)
        still = client.get("/api/auth/me").status_code

    assert (response.status_code, response.json()["detail"]) == (400, "Confirmation email incorrecte")
    assert still == 200
    assert caller.run(jobs.get, job_id).download_available


@pytest.mark.parametrize("body", [{}, {"confirm_email": None}, {"confirm_email": ""}, {"confirm_email": "a" * 400}])
def test_without_a_proper_confirmation_nothing_happens(api: httpx.Client, body: dict[str, Any]) -> None:
    """C-075."""
    response = api.request("DELETE", "/api/auth/me", json=body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "confirm_email"


def test_after_a_deletion_nothing_of_the_account_works(house: ApiHouse, nobody: httpx.Client) -> None:
    """C-076, C-033."""
    furnished(house, "gone@example.com")
    credentials = {"email": "gone@example.com", "password": PASSWORD}
    signed_in_before = nobody.post("/api/auth/login", json=credentials).status_code
    with (
        house.client("gone@example.com") as client,
        house.client("gone@example.com") as other,
        house.bearer("gone@example.com") as token,
    ):
        deleted(other, "gone@example.com")
        answers = [c.get("/api/auth/me").status_code for c in (client, token)]
        answers.append(token.get("/api/pipelines").status_code)

    assert (signed_in_before, answers) == (200, [401, 401, 401])
    assert nobody.post("/api/auth/login", json=credentials).status_code == 401


def test_its_files_leave_the_disk(house: ApiHouse) -> None:
    """C-077."""
    caller, _ = furnished(house, "disk@example.com")
    folder = house.services.settings.data_dir / "uploads" / str(caller.principal.account_id)
    there_before = folder.exists()
    with house.client("disk@example.com") as client:
        deleted(client, "disk@example.com")

    assert (there_before, folder.exists()) == (True, False)


def test_other_accounts_keep_everything(house: ApiHouse) -> None:
    """C-076."""
    neighbour, job_id = furnished(house, "neighbour@example.com")
    furnished(house, "mover@example.com")
    with house.client("mover@example.com") as client:
        deleted(client, "mover@example.com")

    assert neighbour.run(jobs.get, job_id).download_available
    assert len(neighbour.run(pipelines.list_pipelines)) == 1


def test_the_address_may_come_back_with_nothing_of_before(house: ApiHouse) -> None:
    """C-076."""
    before, job_id = furnished(house, "again@example.com")
    with house.client("again@example.com") as client:
        deleted(client, "again@example.com")
    again = house.caller("again@example.com")
    with house.client("again@example.com") as client:
        archive = archive_of(client)

    assert again.principal.account_id > before.principal.account_id
    assert job_id not in " ".join(archive.namelist())
    assert json.loads(text_of(archive, "jobs.json")) == []
