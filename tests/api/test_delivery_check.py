"""Inbox placement over HTTP: the seeds, a whole test against IMAP servers, its report."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.jobs.expiry import expire_due
from engine.limits import RETENTION
from tests.api.by_hand import done_job
from tests.api.sse import heard
from tests.api_house import ApiHouse, api_house
from tests.engine.mail.imap_server import PASSWORD, Mailboxes, imap_server, mail
from tests.house import Shout

ADA, BOB = "ada@example.com", "bob@example.com"
LANDS = ("INBOX",) * 10 + ("Junk",) * 2 + ("Promos",)  # where the message comes to, by seed; the next two have none
SEED = """[[seed]]
address = "{address}"
kind = "test"
host = "127.0.0.1"
port = {port}
password = "{password}"
tls = false
"""


class DeliveryCheck(Shout):
    slug = "delivery_check"


class ViewportTest(Shout):
    slug = "viewport_test"


@pytest.fixture
def placed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiHouse]:
    """An API with a worker and fifteen seeds: the first have the message, the last refuse us or have none."""
    monkeypatch.setattr("engine.modules.delivery_check.WAIT_SECONDS", 0.0)
    servers = {folder: Mailboxes({"INBOX": [], "Junk": [], "Promos": []}) for folder in ("INBOX", "Junk", "Promos", "")}
    servers[""].refused = frozenset({"s14@seeds.test"})
    text = ""
    with (
        imap_server(servers["INBOX"]), imap_server(servers["Junk"]), imap_server(servers["Promos"]),
        imap_server(servers[""]),
    ):  # fmt: skip
        for folder, boxes in servers.items():
            if folder:
                boxes.put(folder, mail("Ada <ada@news.acme.fr>", "Test 42"))
        for n, folder in enumerate([*LANDS, "", ""]):
            text += SEED.format(address=f"s{n}@seeds.test", port=servers[folder].port, password=PASSWORD)
        (tmp_path / "seeds.toml").write_text(text)
        with api_house(tmp_path, works=True, delivery_seeds=tmp_path / "seeds.toml") as house:
            yield house


def created(client: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = client.post("/api/jobs/delivery-check", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.slow(20)
def test_a_test_tells_where_the_message_landed_in_each_seed(placed: ApiHouse) -> None:
    """C-133, C-457, C-458, C-459, C-460, C-461, C-463."""
    with placed.client(ADA) as client:
        seeds = client.get("/api/delivery-check/seeds").json()
        job = created(client, domain="ACME.fr", subject_filter="test 42")
        heard(client, job["id"])
        done = client.get(f"/api/jobs/{job['id']}").json()
        result = client.get(f"/api/jobs/{job['id']}/delivery-result").json()
        file = client.get(f"/api/jobs/{job['id']}/download")
        logs = [line for line in client.get(f"/api/jobs/{job['id']}/stream").text.splitlines() if "refuse" in line]

    assert (seeds["total"], seeds["seeds"][14]) == (15, {"seed_email": "s14@seeds.test", "seed_kind": "test"})
    assert (job["ef_cost"], job["grid_points_count"], done["status"]) == (0, 15, "done")
    assert (done["results_count"], done["error_count"]) == (15, 0)
    assert done["notice"].startswith("Boîtes témoins à qui envoyer le message : s0@seeds.test, s1@seeds.test,")
    verdict, rows = result.pop("verdict"), result.pop("seeds")
    assert result == {
        "received": 13, "total": 15, "missing": 2, "primary": 10, "primary_pct": 77, "inbox_secondary": 1,
        "promotions": 0, "spam": 2, "spam_pct": 15,
    }  # fmt: skip
    assert verdict["label"] == "TRÈS BON"
    assert [row["placement"] for row in rows] == ["Inbox principal"] * 10 + ["Spam"] * 2 + [
        "Inbox · Promos",
        None,
        None,
    ]
    assert [row["seed_email"] for row in rows] == [f"s{n}@seeds.test" for n in range(15)]
    assert (rows[0]["status"], rows[0]["subject"], rows[14]["status"]) == ("received", "Test 42", "pending")
    assert file.headers["content-disposition"].startswith('attachment; filename="results_delivery.csv"')
    assert file.text.startswith("\ufeffseed_email") or file.text.startswith("seed_email")
    assert logs


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """An API without seeds or worker."""
    with api_house(tmp_path_factory.mktemp("api")) as house:
        yield house


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"domain": ""}, 400, "Domaine d'envoi invalide"),
        ({"domain": "acme"}, 400, "Domaine d'envoi invalide"),
        ({"domain": f"{'a' * 118}.fr"}, 400, "Domaine d'envoi invalide"),
        ({}, 422, None),
        ({"domain": "acme.fr", "subject_filter": "x" * 121}, 422, None),
    ],
)
def test_bad_requests_are_refused(bare: ApiHouse, body: Any, status: int, detail: str | None) -> None:
    """C-133, C-455, C-456."""
    with bare.client(ADA) as client:
        answer = client.post("/api/jobs/delivery-check", json=body)

    assert answer.status_code == status
    assert detail in (None, answer.json()["detail"])


def test_without_seeds_a_job_is_created_all_the_same(bare: ApiHouse) -> None:
    """C-133, C-461, C-463."""
    with bare.client(ADA) as client, bare.client(None) as nobody:
        job = created(client, domain="acme.fr")
        waiting = client.get(f"/api/jobs/{job['id']}/delivery-result").json()
        assert client.get("/api/delivery-check/seeds").json() == {"seeds": [], "total": 0}
        assert nobody.get("/api/delivery-check/seeds").status_code == 401

    assert (job["job_type"], job["status"], job["ef_cost"]) == ("delivery_check", "pending", 0)
    assert (waiting["verdict"]["label"], waiting["received"], waiting["missing"]) == ("EN ATTENTE", 0, 15)
    assert [seed["status"] for seed in waiting["seeds"]] == ["pending"] * 15


def test_the_report_is_for_its_owner_and_for_this_type_alone(bare: ApiHouse) -> None:
    """C-462."""
    with bare.client(ADA) as ada, bare.client(BOB) as bob:
        job = created(ada, domain="acme.fr")
        other = ada.post("/api/jobs/import", json={"content": "nom\nDupont\n"}).json()

        wrong = ada.get(f"/api/jobs/{other['id']}/delivery-result")
        answers = [bob.get(f"/api/jobs/{job['id']}/delivery-result"), ada.get("/api/jobs/j_none/delivery-result")]

    assert (wrong.status_code, wrong.json()["detail"]) == (400, "Pas un job de test de délivrabilité")
    assert [answer.status_code for answer in answers] == [403, 404]


def test_the_report_is_gone_with_the_rows(tmp_path: Path) -> None:
    """C-462."""
    with api_house(tmp_path) as house:
        job = done_job(house.caller(ADA), [{"status": "pending"}], DeliveryCheck())
        house.services.clock.offset += RETENTION + timedelta(minutes=1)
        expire_due(house.services)
        with house.bearer(ADA) as client:
            answer = client.get(f"/api/jobs/{job.id}/delivery-result")

    assert answer.status_code == 410


@pytest.mark.parametrize("stand_alone", [DeliveryCheck(), ViewportTest()], ids=lambda module: module.slug)
def test_its_rows_feed_nothing_and_it_is_no_node_and_not_watched(bare: ApiHouse, stand_alone: Shout) -> None:
    """C-142, C-380, C-463, C-466."""
    job = done_job(bare.caller(ADA), [{"site_web": "https://dupont.fr"}], stand_alone)
    node = {"id": "a", "type": stand_alone.slug, "config": {"domain": "acme.fr"}}
    with bare.client(ADA) as client:
        fed = client.post("/api/jobs/emails", json={"source_job_id": job.id})
        items = client.get(f"/api/jobs/{job.id}/items")
        veille = client.post("/api/veille", json={"name": "Placement", "source_job_id": job.id, "frequency_days": 7})
        graph = client.post("/api/pipelines/validate", json={"definition": {"nodes": [node], "edges": []}})
        resumed = client.post("/api/jobs/resume", json={"job_id": job.id})

    assert [(a.status_code, a.json()["code"]) for a in (fed, items)] == [(400, "not_reusable")] * 2
    assert veille.status_code == 400
    assert resumed.status_code == 400
    assert graph.status_code >= 400 or not graph.json()["ok"]
