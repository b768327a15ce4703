"""Drafts by the user's own model over HTTP: pipelines, filter rules, review summaries. A client that goes ends them."""

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from engine.ai.providers import ProviderId
from engine.sandbox.apis.llm_desk import SeenRequest, key_digest
from engine.sandbox.apis.llm_providers import KeyState, sandbox_key
from engine.sandbox.process import RunningSandbox
from engine.settings import Settings
from tests.api_house import ApiHouse, api_house
from tests.engine.ai.drafting import MODELS, TAILS, TALKERS
from tests.engine.tools.toolshed import job_with

pytestmark = pytest.mark.slow(60)  # the first test waits for the sandbox and the SDKs

WISH = "Trouve les dentistes à Tours, leurs emails, vérifie-les"
GENERATE, RULES = "/api/pipelines/generate", "/api/ai/filter-rules"
ROWS = [{"nom": "Chez Léa", "avis_texte": "Super accueil", "avis_note": 5}, {"nom": "Chez Léa", "avis_texte": "Cher"}]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, running_sandbox: RunningSandbox) -> Iterator[ApiHouse]:
    """The API in the sandbox internet, without a worker."""
    outside = Settings.model_validate({**running_sandbox.overrides, "https_proxy": running_sandbox.proxy})
    given = {name: getattr(outside, name) for name in outside.model_fields_set}
    with api_house(tmp_path_factory.mktemp("api"), **given) as running:
        yield running
    running_sandbox.models.forget_scripts()


@pytest.fixture
def api(house: ApiHouse) -> Iterator[httpx.Client]:
    """Signed in, as an account that no other test uses."""
    with house.client(f"drafts{next(TAILS)}@example.com") as client:
        yield client


def connected(api: httpx.Client, provider: ProviderId = "openai", state: KeyState = "good", model: str = "") -> str:
    """Connect a key; its digest."""
    key = sandbox_key(provider, state, tail=f"http{next(TAILS)}-")
    asked = {"provider": provider, "api_key": key, "model": model or MODELS[provider]}
    assert api.put("/api/settings/ai", json=asked).status_code == 200
    return key_digest(key)


def calls(job_id: str) -> dict[str, Any]:
    """The three, with a body each."""
    return {
        GENERATE: {"description": WISH},
        RULES: {"description": "note dès 4", "columns": ["note"]},
        f"/api/jobs/{job_id}/review-summary": {},
    }


@pytest.mark.parametrize("provider", TALKERS)
def test_a_draft_comes_with_its_envelope_and_cost_and_can_be_sent_as_it_is(
    api: httpx.Client, provider: ProviderId
) -> None:
    """C-325."""
    connected(api, provider)

    made = api.post(GENERATE, json={"description": WISH}).json()

    assert made["ok"] is True and made["cost_usd"] > 0
    assert made["envelope"]["definition"] == made["definition"]
    assert made["summary"] == {"n_nodes": 3, "n_edges": 2, "types": ["scrap", "emails", "verify"]}
    assert "error" not in made
    assert api.get("/api/pipelines").json() == [] == api.get("/api/jobs").json()
    assert api.post("/api/pipelines/validate", json=made["envelope"]).json()["ok"]
    assert api.post("/api/pipelines", json=made["envelope"]).status_code == 201


def test_what_can_not_be_done_is_answered_with_a_reason_and_the_cost(api: httpx.Client) -> None:
    connected(api)

    made = api.post(GENERATE, json={"description": "Fais-moi un sandwich"})

    assert made.status_code == 200
    assert made.json().keys() == {"ok", "error", "cost_usd"}
    assert made.json()["ok"] is False and made.json()["cost_usd"] > 0


def test_rules_and_summaries_are_written_for_a_job(api: httpx.Client, house: ApiHouse) -> None:
    """C-409."""
    connected(api)
    job_id = job_with(house.caller(mail_of(api)), ROWS).id

    rules = api.post(RULES, json={"description": "avec un site", "job_id": job_id}).json()
    summed = api.post(f"/api/jobs/{job_id}/review-summary").json()
    asked = api.post(f"/api/jobs/{job_id}/review-summary", json={"place": "Chez Léa", "language": "en"}).json()

    assert (rules["ok"], rules["rules"]) == (True, {"require_site": True})
    assert (rules["preview"]["total"], rules["preview"]["matched"]) == (2, 0)
    assert (summed["reviews"], summed["average"], summed["place"]) == (2, 5.0, None)
    assert summed["summary"] and summed["cost_usd"] > 0
    assert (asked["place"], asked["reviews"]) == ("Chez Léa", 2)


@pytest.mark.parametrize("feature", ["pipeline_generation", "filter_rules", "review_summary"])
def test_each_action_has_its_estimate_and_costs_no_more(api: httpx.Client, house: ApiHouse, feature: str) -> None:
    """C-408."""
    connected(api)
    job_id = job_with(house.caller(mail_of(api)), ROWS).id
    features = ("pipeline_generation", "filter_rules", "review_summary")
    path, body = list(calls(job_id).items())[features.index(feature)]

    told = api.post("/api/ai/estimate", json={"feature": feature, "input": body}).json()
    cost = api.post(path, json=body).json()["cost_usd"]

    assert told["allowed"] and told["price_known"]
    assert 0 < cost <= told["worst_case_usd"] < 0.2
    (entry,) = api.get("/api/ai/usage").json()["items"]
    assert (entry["feature"], entry["cost_usd"]) == (feature, cost)


def test_without_a_key_each_says_so(api: httpx.Client, house: ApiHouse) -> None:
    job_id = job_with(house.caller(mail_of(api)), ROWS).id

    for path, body in calls(job_id).items():
        refused = api.post(path, json=body)

        assert (refused.status_code, refused.json()["detail"]) == (400, "Aucune clé IA connectée")


def test_a_reached_cap_is_402_and_asks_nobody(
    api: httpx.Client, house: ApiHouse, running_sandbox: RunningSandbox
) -> None:
    digest = connected(api)
    job_id = job_with(house.caller(mail_of(api)), ROWS).id
    api.put("/api/settings/ai-caps", json={"per_day_usd": 0.0001})
    before = len(running_sandbox.models.requests(key=digest))

    for path, body in calls(job_id).items():
        refused = api.post(path, json=body)

        assert refused.status_code == 402
        assert refused.json()["detail"].startswith("Plafond IA dépassé : ")
    assert len(running_sandbox.models.requests(key=digest)) == before


@pytest.mark.parametrize(
    ("model", "status", "detail"),
    [
        ("sandbox-refuses", 502, "Le modèle a refusé de répondre"),
        ("sandbox-cuts-off", 502, "La réponse du modèle est trop longue et a été coupée"),
        ("nowhere-9", 400, "Modèle « nowhere-9 » inconnu de OpenAI"),
    ],
)
def test_a_fault_of_the_model_is_told(api: httpx.Client, model: str, status: int, detail: str) -> None:
    connected(api, model=model)

    refused = api.post(GENERATE, json={"description": WISH})

    assert (refused.status_code, refused.json()["detail"]) == (status, detail)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"description": ""},
        {"description": "x" * 4_001},
        {"description": WISH, "definition": []},
        {"description": 7},
    ],
)
def test_a_bad_body_is_422(api: httpx.Client, body: dict[str, Any]) -> None:
    assert api.post(GENERATE, json=body).status_code == 422


def test_a_token_needs_the_scope_run(house: ApiHouse, api: httpx.Client) -> None:
    connected(api)
    job_id = job_with(house.caller(mail_of(api)), ROWS).id
    with house.bearer(mail_of(api), scope="read") as reader, house.bearer(mail_of(api)) as runner:
        for path, body in calls(job_id).items():
            assert reader.post(path, json=body).status_code == 403
            assert runner.post(path, json=body).status_code == 200


def test_nobody_is_let_in(nobody: httpx.Client) -> None:
    for path, body in calls("j").items():
        assert nobody.post(path, json=body).status_code == 401


@pytest.mark.parametrize("provider", TALKERS)
def test_a_client_that_hangs_up_ends_the_request_to_the_model(
    api: httpx.Client, running_sandbox: RunningSandbox, provider: ProviderId
) -> None:
    """What it may have used until then is settled."""
    digest = connected(api, provider, model="sandbox-silent")
    leaving = asking(api)

    seen = soon(lambda: chats(running_sandbox, digest))
    leaving.close()

    assert len(seen) == 1
    soon(lambda: [one for one in chats(running_sandbox, digest) if one.ended == "hung_up"])
    settled = soon(lambda: [one for one in api.get("/api/ai/usage").json()["items"] if one["state"] != "open"])
    assert [entry["state"] for entry in settled] == ["assumed"]
    assert settled[0]["output_tokens"] == 8_000


def asking(api: httpx.Client) -> socket.socket:
    """A connection on which a draft was asked for."""
    request = api.build_request("POST", GENERATE, json={"description": WISH})
    line = f"POST {request.url.path} HTTP/1.1\r\n"
    headers = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    connection = socket.create_connection((request.url.host, request.url.port))
    connection.sendall(f"{line}{headers}\r\n".encode() + request.content)
    return connection


def chats(sandbox: RunningSandbox, digest: str) -> list[SeenRequest]:
    return [one for one in sandbox.models.requests(key=digest) if not one.path.endswith("/models")]


def soon(look: Callable[[], list[Any]]) -> list[Any]:
    """What is there as soon as something is."""
    until = time.monotonic() + 20
    while not (found := look()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return found


def mail_of(api: httpx.Client) -> str:
    return api.get("/api/auth/me").json()["email"]
