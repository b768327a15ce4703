"""The operator's numbers: for who bears the token, in a format that Prometheus reads, without anybody's data."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.job_steps import over
from tests.api_house import ApiHouse, api_house
from tests.cli.terminal import until

TOKEN = "metrics-tökén"
BEARER = {"Authorization": f"Bearer {TOKEN}".encode()}
LINE = re.compile(r'[a-z_]+(\{([a-z]+="[^"\\\n]*",?)+\})? -?\d+(\.\d+)?(e-?\d+)?')


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("api"), works=True, metrics_token=TOKEN) as running:
        yield running


def scraped(house: ApiHouse) -> dict[str, float]:
    answer = httpx.get(f"{house.url}/metrics", headers=BEARER)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert len(set(lines)) == len(lines)
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_without_a_token_in_the_settings_there_are_none(tmp_path: Path) -> None:
    with api_house(tmp_path) as closed, closed.client(None) as nobody:
        answers = [
            nobody.get("/metrics", headers=headers) for headers in ({}, {"Authorization": "Bearer None"}, BEARER)
        ]

    assert [one.status_code for one in answers] == [404] * 3


def test_who_bears_another_token_or_none_is_kept_out(house: ApiHouse) -> None:
    refused = [{}, {"Authorization": "Bearer no"}, {"Authorization": f"Basic {TOKEN}".encode()}]
    with house.client("ada@example.com", is_admin=True) as admin, house.bearer() as bearer:
        answers = [admin.get("/metrics", headers=headers) for headers in refused] + [bearer.get("/metrics")]

    assert [one.status_code for one in answers] == [401] * 4
    assert answers[0].json()["code"] == "metrics_token_wrong"


@pytest.mark.slow(20)
def test_jobs_workers_deliveries_and_requests_are_counted(house: ApiHouse) -> None:
    with house.client("ada@example.com") as api:
        job = api.post("/api/jobs/import", json={"content": "nom\nA\nB\n", "webhook_url": "https://x.example/"}).json()
        over(api, job["id"])
        api.get("/api/jobs/j_unknown")
        api.get("/no/such/path/ada@example.com")
    until(lambda: scraped(house)["outsend_workers"] == 1)

    told = scraped(house)
    done = 'status="done",lane="parallel"'
    assert told[f"outsend_jobs{{{done}}}"] == told[f"outsend_recent_jobs{{{done}}}"] == 1
    assert told[f"outsend_recent_rows{{{done}}}"] == 2
    assert told[f"outsend_recent_errors{{{done}}}"] == 0
    assert sum(count for name, count in told.items() if name.startswith("outsend_webhook_deliveries{")) == 1
    assert told['outsend_http_requests_total{route="/api/jobs/{job_id}",method="GET",status="404"}'] == 1
    assert told['outsend_http_requests_total{route="other",method="GET",status="404"}'] == 1
    labels = 'route="/api/jobs/import",method="POST"'
    assert told[f"outsend_http_request_seconds_count{{{labels}}}"] == 1
    assert told[f'outsend_http_request_seconds_bucket{{{labels},le="+Inf"}}'] == 1
    assert told["process_resident_memory_bytes"] > 1e7 and told["process_cpu_seconds_total"] > 0


def test_no_account_and_no_path_stands_in_a_label(house: ApiHouse) -> None:
    with house.client("ada@example.com") as api:
        for n in range(30):
            api.request(f"VERB{n}", f"/api/jobs/{n}/{n}", headers={"X": "ada@example.com"})
            api.get(f"/{n}")
            api.get(f"/api/jobs/j_{n}")
    text = httpx.get(f"{house.url}/metrics", headers=BEARER).text

    assert "ada@" not in text and "VERB" not in text and "j_2" not in text
    assert len(set(re.findall(r'route="([^"]+)"', text))) < 20


def test_what_waits_shows_its_age(tmp_path: Path) -> None:
    with api_house(tmp_path, metrics_token=TOKEN) as house, house.client() as api:
        assert not [name for name in scraped(house) if name.startswith(("outsend_queue", "outsend_heartbeat"))]
        api.post("/api/jobs/import", json={"content": "nom\nA\n"})
        api.post("/api/webhooks/test", json={"url": "https://x.example/"})

        told = scraped(house)
    assert told['outsend_queue_age_seconds{lane="parallel"}'] > 0
    assert told["outsend_webhook_late_seconds"] > 0
    assert told['outsend_webhook_deliveries{status="pending"}'] == 1
