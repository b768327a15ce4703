"""Webhooks over HTTP, with a worker that sends: jobs and pipelines that are announced, the secret, the list, pings."""

import hashlib
import hmac
import ipaddress
import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from engine.limits import WEBHOOK_TESTS
from tests.api.graphs import CHAIN, created
from tests.api_house import ApiHouse, api_house
from tests.cli.terminal import until

Got = tuple[dict[str, str], bytes]
PUBLIC = "https://hooks.example/outsend"


class Hook:
    """A receiver on a thread of its own that answers 200."""

    def __init__(self) -> None:
        self.got = queue.Queue[Got]()
        got = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                got.put(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def next(self) -> Got:
        return self.got.get(timeout=15)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """The API with a worker, whose operator trusts this machine."""
    trusted = (ipaddress.ip_network("127.0.0.1/32"),)
    with api_house(tmp_path_factory.mktemp("api"), works=True, trusted_networks=trusted) as running:
        yield running


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.close()


def is_signed(got: Got, secret: str) -> bool:
    at, *signatures = got[0]["outsend-signature"].split(",")
    expected = hmac.new(secret.encode(), at.removeprefix("t=").encode() + b"." + got[1], hashlib.sha256).hexdigest()
    return f"v1={expected}" in signatures


@pytest.mark.slow(20)
def test_a_job_and_a_pipeline_tell_their_receiver_that_they_are_over(api: httpx.Client, hook: Hook) -> None:
    secret = api.post("/api/webhooks/secret").json()["secret"]
    body = {"content": "nom;site_web\nA;a.fr\nB;b.fr\n", "webhook_url": hook.url}
    job = api.post("/api/jobs/import", json=body).json()
    of_job = hook.next()
    pipeline = created(api, {"name": "Mine", "definition": CHAIN, "webhook_url": hook.url})
    of_pipeline = hook.next()

    assert is_signed(of_job, secret) and is_signed(of_pipeline, secret)
    told = json.loads(of_job[1])
    assert (told["event"], told["id"], told["status"], told["counts"]["results"]) == (
        "job.finished", job["id"], "done", 2,
    )  # fmt: skip
    told = json.loads(of_pipeline[1])
    assert (told["event"], told["id"], told["status"]) == ("pipeline.finished", pipeline["id"], "done")
    assert told["counts"] == {"nodes": 3, "done": 3, "results": 2, "errors": 0}
    until(lambda: {one["status"] for one in deliveries(api)} == {"delivered"})
    assert [one["event"] for one in deliveries(api)] == ["pipeline.finished", "job.finished"]


def deliveries(api: httpx.Client, **params: Any) -> list[dict[str, Any]]:
    return api.get("/api/webhooks/deliveries", params=params).json()["items"]


def test_a_ping_arrives_signed_and_the_list_tells_how_it_went(api: httpx.Client, hook: Hook) -> None:
    answer = api.post("/api/webhooks/test", json={"url": hook.url})
    headers, body = hook.next()

    assert (answer.status_code, answer.json()["status"]) == (202, "pending")
    assert (headers["outsend-event"], json.loads(body)["event"]) == ("ping", "ping")
    assert headers["outsend-delivery"] == answer.json()["id"] == json.loads(body)["delivery"]
    until(lambda: deliveries(api)[0]["status"] == "delivered")
    (told,) = deliveries(api)
    assert (told["id"], told["tries"], told["response_status"], told["error"]) == (answer.json()["id"], 1, 200, None)


def test_a_ping_that_fails_is_not_tried_again(api: httpx.Client, hook: Hook) -> None:
    hook.close()
    api.post("/api/webhooks/test", json={"url": hook.url})
    until(lambda: deliveries(api)[0]["status"] != "pending")

    (told,) = deliveries(api)
    assert (told["status"], told["tries"], told["error"]) == ("failed", 1, "refused")


def test_the_secret_is_shown_once(api: httpx.Client) -> None:
    before = api.get("/api/webhooks/secret").json()
    made = api.post("/api/webhooks/secret")
    masked = api.get("/api/webhooks/secret").json()
    again = api.post("/api/webhooks/secret").json()

    assert before == {"secret": None, "created_at": None, "former_signs_until": None}
    assert made.status_code == 201 and made.json()["secret"].startswith("whsec_")
    assert masked["secret"] == f"whsec_…{made.json()['secret'][-4:]}"
    assert again["secret"] != made.json()["secret"] and again["former_signs_until"]


def test_no_token_reaches_the_secret_and_one_to_read_reads_the_list(house: ApiHouse) -> None:
    with house.bearer(scope="run") as runs, house.bearer(scope="read") as reads:
        refused = [runs.get("/api/webhooks/secret"), runs.post("/api/webhooks/secret")]
        pings = [one.post("/api/webhooks/test", json={"url": PUBLIC}) for one in (reads, runs)]

        assert {(one.status_code, one.json()["code"]) for one in refused} == {(403, "session_required")}
        assert [one.status_code for one in pings] == [403, 202]
        assert reads.get("/api/webhooks/deliveries").status_code == 200


def test_nobody_sees_anybody_elses_messages(api: httpx.Client, other_api: httpx.Client) -> None:
    api.post("/api/webhooks/test", json={"url": PUBLIC})

    assert len(deliveries(api)) == 1
    assert deliveries(other_api) == []


def test_pages_are_followed_by_their_cursor(quiet: ApiHouse) -> None:
    with quiet.client("pages@example.com") as api:
        sent = [api.post("/api/webhooks/test", json={"url": PUBLIC}).json()["id"] for _ in range(5)]
        shown, cursor = list[str](), None
        while True:
            params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
            page = api.get("/api/webhooks/deliveries", params=params).json()
            shown += [one["id"] for one in page["items"]]
            if (cursor := page["next_cursor"]) is None:
                break

        assert shown == sent[::-1]
        assert deliveries(api, status="failed") == [] and len(deliveries(api, status="pending")) == 5


def test_pings_are_limited(quiet: ApiHouse) -> None:
    with quiet.client("limited@example.com") as api:
        answers = [api.post("/api/webhooks/test", json={"url": PUBLIC}) for _ in range(WEBHOOK_TESTS + 1)]

    assert [one.status_code for one in answers] == [202] * WEBHOOK_TESTS + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://127.0.0.2/", "ftp://x.fr", "x" * 2_049, 5])
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/webhooks/test", {}, "url"),
        ("/api/jobs", {"queries": ["a"], "zones": ["Tours"]}, "webhook_url"),
        ("/api/jobs/emails", {"items": [{"site_web": "a.fr"}]}, "webhook_url"),
        ("/api/pipelines", CHAIN, "webhook_url"),
    ],
)
def test_a_bad_receiver_is_refused_by_its_field(
    quiet: ApiHouse, path: str, body: dict[str, Any], field: str, url: Any
) -> None:
    """C-018."""
    with quiet.client("bad@example.com") as api:
        refused = api.post(path, json=body | {field: url})

    assert refused.status_code == 422, refused.text
    assert [one["field"] for one in refused.json()["errors"]] == [field]
