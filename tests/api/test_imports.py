"""`/api/imports`: a file is sent once, looked at, and used by jobs for a day. `POST /api/jobs/parse-list` beside it."""

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.limits import IMPORT_ROWS_MAX, UPLOADS_MAX
from tests.api_house import ApiHouse
from tests.books import book, row

MESSY = "Raison sociale;Website;E-Mail;Couleur\nCafé Été;cafe-ete.example;a@cafe-ete.example;bleu\n"
BOUNDARY = "limit"
MB = 1024 * 1024
GROWN_MB = 40


def send(client: httpx.Client, data: bytes | str, name: str = "clients.csv") -> httpx.Response:
    content = data.encode() if isinstance(data, str) else data
    return client.post("/api/imports", files={"file": (name, content)})


def form(pieces: Iterator[bytes], name: str = "a.csv") -> Iterator[bytes]:
    """A multipart body that is never whole in memory."""
    yield f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    yield from pieces
    yield f"\r\n--{BOUNDARY}--\r\n".encode()


def post_form(client: httpx.Client, content: Iterator[bytes] | bytes) -> httpx.Response:
    return client.post(
        "/api/imports", content=content, headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    )


def finished(client: httpx.Client, started: httpx.Response) -> dict[str, Any]:
    assert started.status_code == 200, started.text
    while (job := client.get(f"/api/jobs/{started.json()['id']}").json())["status"] in ("pending", "running"):
        time.sleep(0.02)
    return job


def on_disk(house: ApiHouse, client: httpx.Client) -> list[Path]:
    me = client.get("/api/auth/me").json()["id"]
    return list((house.services.settings.data_dir / "uploads" / str(me)).glob("*"))


def test_a_file_is_shown_as_it_is_read(api: httpx.Client) -> None:
    """C-344, C-345: names in any spelling lead to the canonical columns."""
    found = send(api, MESSY.encode("cp1252")).json()

    assert re.fullmatch(r"u_[0-9a-f]{32}", found["upload_id"])
    assert (found["filename"], found["bytes"], found["row_count"]) == ("clients.csv", len(MESSY), 1)
    assert (found["format"], found["encoding"], found["delimiter"]) == ("csv", "cp1252", ";")
    assert found["has_header"] is True
    assert found["mapping"] == {"Raison sociale": "nom", "Website": "site_web", "E-Mail": "email", "Couleur": None}
    assert found["columns"][1] == {
        "header": "Website", "column": "site_web", "canonical": "site_web", "found_by": "name",
    }  # fmt: skip
    assert found["rows"] == [
        {"nom": "Café Été", "site_web": "cafe-ete.example", "email": "a@cafe-ete.example", "Couleur": "bleu"}
    ]
    assert found["notice"].startswith("Colonnes reconnues : « Raison sociale » → nom")
    assert api.get(f"/api/imports/{found['upload_id']}").json() == found


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Website", "site_web"), ("url", "site_web"), ("e-mail", "email"), ("name", "nom"), ("raison sociale", "nom"),
        ("nom", "nom"), ("telephone", "telephone"), ("site_web", "site_web"), ("email", "email"),
        ("lien_google_maps", "lien_google_maps"),
    ],
)  # fmt: skip
def test_each_name_of_the_documentation_is_known(api: httpx.Client, header: str, column: str) -> None:
    """C-344, C-345."""
    assert send(api, f"{header};couleur\nx;bleu\n").json()["mapping"] == {header: column, "couleur": None}


def test_a_file_without_headers_is_named_by_its_content(api: httpx.Client) -> None:
    """C-346."""
    lines = "Cabinet Dupont;75002;Paris;01 23 45 67 89;dupont.fr;jean@dupont.fr\n"
    found = send(api, lines + "Garage Martin;69006;Lyon;04 72 00 00 00;martin.fr;contact@martin.fr\n").json()

    assert found["has_header"] is False
    assert [column["canonical"] for column in found["columns"]] == [
        "nom", "code_postal", "ville", "telephone", "site_web", "email",
    ]  # fmt: skip
    assert {column["found_by"] for column in found["columns"]} == {"content"}
    assert found["row_count"] == 2


def test_the_notice_of_a_job_tells_what_was_mapped_guessed_and_kept(api: httpx.Client) -> None:
    """C-347."""
    upload = send(api, "Raison sociale;Contact 1;Couleur\nDupont;a@b.fr;bleu\n").json()["upload_id"]

    job = finished(api, api.post("/api/jobs/import", json={"upload_id": upload}))

    assert job["status"] == "done"
    assert "« Raison sociale » → nom" in job["notice"]
    assert "devinées par leur contenu : « Contact 1 » → email" in job["notice"]
    assert "gardées telles quelles : « Couleur »" in job["notice"]
    assert api.get(f"/api/jobs/{job['id']}/items").json()["items"] == [
        {"nom": "Dupont", "email": "a@b.fr", "Couleur": "bleu"}
    ]


def test_rows_without_a_site_are_left_out_and_only_none_at_all_is_an_error(api: httpx.Client) -> None:
    """C-347, C-348: the error names the accepted aliases."""
    some = api.post("/api/jobs/dead-check", json={"items": [{"Website": "a.example"}, {"nom": "B"}]}).json()
    none = api.post("/api/jobs/dead-check", json={"items": [{"nom": "A"}, {"nom": "B"}]})

    assert "Lignes ignorées, sans site_web : 1." in some["notice"]
    assert none.status_code == 400
    for alias in ("site_web", "website", "url", "site internet"):
        assert alias in none.json()["detail"]


@pytest.mark.parametrize(
    ("data", "name", "shape"),
    [
        ("nom;ville\nÉté;Nîmes\n".encode("latin-1"), "a.csv", ("csv", "cp1252", ";")),
        ("nom;ville\nÉté;Nîmes\n".encode("utf-16"), "a.csv", ("csv", "utf-16-le", ";")),
        ("nom\tville\nÉté\tNîmes\n".encode(), "a.tsv", ("tsv", "utf-8", "\t")),
        (b"sep=;\r\nnom;ville\r\n\xc3\x89t\xc3\xa9;N\xc3\xaemes\r\n", "a.csv", ("csv", "utf-8", ";")),
        ('nom,ville\n"Été,Nîmes\n'.encode(), "a.csv", ("csv", "utf-8", ",")),
        ('[{"nom": "Été", "ville": "Nîmes"}]'.encode(), "a.json", ("json", "utf-8", None)),
        ('{"nom": "Été", "ville": "Nîmes"}\n'.encode() * 2, "a.jsonl", ("json", "utf-8", None)),
        (book(row("nom", "ville") + row("Été", "Nîmes")), "a.xlsx", ("xlsx", None, None)),
        (book(row("nom", "ville") + row("Été", "Nîmes")), "sans extension", ("xlsx", None, None)),
    ],
)  # fmt: skip
def test_any_usual_file_is_read(api: httpx.Client, data: bytes, name: str, shape: tuple[str, ...]) -> None:
    found = send(api, data, name).json()

    assert (found["format"], found["encoding"], found["delimiter"]) == shape
    assert found["rows"][0] == {"nom": "Été", "ville": "Nîmes"}


def test_repeated_headers_are_numbered_and_the_notice_says_so(api: httpx.Client) -> None:
    found = send(api, "nom;ref;ref\nA;1;2\n").json()

    assert [column["column"] for column in found["columns"]] == ["nom", "ref", "ref_2"]
    assert "En-têtes répétés, numérotés : « ref »." in found["notice"]


def test_a_formula_stays_text_and_leaves_an_export_harmless(api: httpx.Client) -> None:
    upload = send(api, 'nom;x\nA;"=HYPERLINK(""http://e.example"")"\n').json()["upload_id"]

    job = finished(api, api.post("/api/jobs/import", json={"upload_id": upload}))

    assert api.get(f"/api/jobs/{job['id']}/items").json()["items"][0]["x"].startswith("=HYPERLINK")
    assert "'=HYPERLINK" in api.get(f"/api/jobs/{job['id']}/download?format=csv").text


@pytest.mark.parametrize(
    ("data", "name", "detail"),
    [
        (b"", "a.csv", "Import vide"),
        (b"nom;email\n", "a.csv", "Import vide"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "a.xlsx", "ancien (.xls)"),
        (book(row("nom") + row("A"), more={"xl/vbaProject.bin": b"x"}), "a.xlsx", "macros"),
        (b"nom\nA\n", "a.xlsm", "macros (.xlsm)"),
        (b"nom\nA\n", "a.xls", "ancien (.xls)"),
        (b"nom\nA\n", "a.exe", "l'extension « .exe » n'est pas acceptée"),
        (b"nom\nA\n", "a.xlsx", "le fichier contient du texte CSV, son extension est .xlsx"),
        (b"nom\nA\n", "a.json", "le fichier contient du texte CSV, son extension est .json"),
        (book(row("nom"), more={"xl/bomb.xml": bytes(100 * MB)}), "a.xlsx", "démesuré"),
        (book(row("nom"), head="<!DOCTYPE a [<!ENTITY x 'y'>]>"), "a.xlsx", "DTD"),
        (b"nom;note\nA;\x00\x00B\n" + b"A;B\n" * 200, "a.csv", "octets nuls"),
        (bytes(range(256)) * 20, "a.csv", "binaire"),
        (b"[" * 100_000, "a.json", "imbriqué"),
        (b"nom;note\nA;" + b"x" * 2 * MB, "a.csv", "une ligne dépasse 1 000 000 caractères"),
        (b'nom;note\nA;"' + b"x\n" * 100_000 + b'"\n', "a.csv", "guillemet non fermé"),
        (";".join(f"c{n}" for n in range(201)).encode() + b"\nA\n", "a.csv", "201 colonnes, 200 au plus"),
        (b"nom\n" + b"A\n" * (IMPORT_ROWS_MAX + 1), "a.csv", "plus de 100 000 lignes"),
        (b"<html><body>x</body></html>", "a.csv", "page HTML"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_one_sentence_and_not_kept(
    house: ApiHouse, data: bytes, name: str, detail: str
) -> None:
    with house.client("refused@example.com") as client:
        answer = send(client, data, name)

        assert answer.status_code == 400
        assert detail in answer.json()["detail"]
        assert answer.json()["detail"].startswith(("Import illisible : ", "Import vide"))
        assert answer.json()["hint"]
        assert on_disk(house, client) == []


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"--limit\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--limit--\r\n", "le fichier manque"),
        (b"--limit\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nnom\r\n--limit--\r\n", "le fichier manque"),
        (b"--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nnom\nA", "incomplet"),
        (b"".join([*form(iter([b"nom\nA"]))])[:-10] + b"\r\n" + b"".join(form(iter([b"nom\nA"]))), "un seul fichier"),
        (b"nom;email\nA;B\n", "mal formé"),
        (b"", "le fichier manque"),
    ],
)  # fmt: skip
def test_a_form_without_one_file_is_refused(house: ApiHouse, api: httpx.Client, content: bytes, detail: str) -> None:
    answer = post_form(api, content)

    assert answer.status_code == 400
    assert detail in answer.json()["detail"]
    assert on_disk(house, api) == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Mes documents\\liste.csv", "liste.csv"),
        ("../../etc/liste.csv", "liste.csv"),
        ("\u00e9\u200b.csv", "\u00e9.csv"),
        ("a" * 300 + ".csv", "a" * 251 + ".csv"),
    ],
)
def test_a_file_name_is_only_shown(api: httpx.Client, sent: str, kept: str) -> None:
    assert send(api, "nom\nA\n", sent).json()["filename"] == kept


def test_nobody_else_sees_uses_or_deletes_a_file(api: httpx.Client, other_api: httpx.Client) -> None:
    upload = send(api, MESSY).json()["upload_id"]

    looks = [other_api.request(method, f"/api/imports/{upload}") for method in ("GET", "DELETE")]
    job = finished(other_api, other_api.post("/api/jobs/import", json={"upload_id": upload}))

    assert [look.status_code for look in looks] == [404, 404]
    assert (job["status"], "introuvable ou expiré" in job["error_message"]) == ("failed", True)
    assert upload not in other_api.get("/api/imports").text
    assert api.get(f"/api/imports/{upload}").status_code == 200


def test_files_are_listed_and_deleted(house: ApiHouse, api: httpx.Client) -> None:
    first, second = send(api, MESSY).json(), send(api, MESSY, "b.csv").json()

    listed = api.get("/api/imports").json()
    deleted = api.delete(f"/api/imports/{first['upload_id']}")

    assert [item["filename"] for item in listed["items"]] == ["clients.csv", "b.csv"]
    assert (listed["bytes"], listed["files_max"]) == (first["bytes"] + second["bytes"], UPLOADS_MAX)
    assert deleted.status_code == 204
    assert api.get(f"/api/imports/{first['upload_id']}").status_code == 404
    assert [item["upload_id"] for item in api.get("/api/imports").json()["items"]] == [second["upload_id"]]
    assert {path.name.partition(".")[0] for path in on_disk(house, api)} == {second["upload_id"]}


def test_a_full_account_is_told_when_there_is_room_again(api: httpx.Client) -> None:
    uploads = [send(api, "nom\nA\n").json()["upload_id"] for _ in range(UPLOADS_MAX)]

    refused = send(api, "nom\nA\n")

    assert refused.status_code == 429
    assert refused.json()["detail"] == f"Trop de fichiers envoyés : {UPLOADS_MAX} au plus à la fois"
    assert 23 * 3600 < int(refused.headers["retry-after"]) <= 24 * 3600
    api.delete(f"/api/imports/{uploads[0]}")
    assert send(api, "nom\nA\n").status_code == 200


def test_a_token_that_only_reads_looks_and_parses_and_sends_nothing(house: ApiHouse) -> None:
    with house.bearer("reader-of-files@example.com", scope="read") as reader:
        with house.bearer("reader-of-files@example.com") as runner:
            upload = send(runner, MESSY).json()["upload_id"]

        assert reader.get(f"/api/imports/{upload}").status_code == 200
        assert reader.post("/api/jobs/parse-list", json={"text": "a.fr"}).status_code == 200
        assert send(reader, MESSY).status_code == 403
        assert reader.delete(f"/api/imports/{upload}").status_code == 403


def test_whoever_is_not_signed_in_sends_nothing(house: ApiHouse, nobody: httpx.Client) -> None:
    assert send(nobody, MESSY).status_code == 401


def opened(house: ApiHouse, api: httpx.Client, *, length: int) -> socket.socket:
    """A connection on which the head of an upload of that length has been sent."""
    host, port = house.url.removeprefix("http://").split(":")
    cookie = "; ".join(f"{name}={value}" for name, value in api.cookies.items())
    connection = socket.create_connection((host, int(port)))
    head = (
        f"POST /api/imports HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nContent-Length: {length}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    )
    connection.sendall(head.encode())
    return connection


def test_a_file_beyond_the_limit_leaves_nothing(house: ApiHouse, api: httpx.Client) -> None:
    answer = post_form(api, form(b"a" * MB for _ in range(51)))

    assert answer.status_code == 400
    assert answer.json()["detail"] == "Import illisible : fichier trop volumineux (max 50 Mo)"
    assert on_disk(house, api) == []


def test_a_body_that_announces_more_is_refused_unread(house: ApiHouse, api: httpx.Client) -> None:
    with opened(house, api, length=60 * MB) as connection:
        assert connection.recv(1_000).startswith(b"HTTP/1.1 413")

    assert on_disk(house, api) == []


def test_a_client_that_hangs_up_leaves_nothing(house: ApiHouse, api: httpx.Client) -> None:
    with opened(house, api, length=MB) as connection:
        connection.sendall(next(form(iter([]))) + b"nom\nA\n" * 1_000)
        while not on_disk(house, api):
            time.sleep(0.01)

    while on_disk(house, api):
        time.sleep(0.01)


def peak_mb() -> float:
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024


@pytest.mark.slow(60)
def test_forty_five_megabytes_pass_through_a_fraction_of_that_memory(api: httpx.Client) -> None:
    line = b"Cabinet Dupont;" + b"x" * 450 + b"\n"
    send(api, MESSY)
    Path("/proc/self/clear_refs").write_text("5")
    before = peak_mb()

    answer = post_form(api, form([b"nom;remarques\n", *([line * 1_000] * 100)].__iter__()))

    assert answer.json()["row_count"] == 100_000
    assert answer.json()["bytes"] > 44 * MB
    assert peak_mb() - before < GROWN_MB


# Pasted lists
