"""The AI key, caps, usage and estimates over HTTP, against the providers of the sandbox internet."""

import json
import logging
import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import count
from typing import Any

import httpx
import pytest

from engine.ai.completion import complete
from engine.sandbox.apis.llm_desk import key_digest
from engine.sandbox.apis.llm_providers import KeyState, sandbox_key
from engine.sandbox.process import RunningSandbox
from engine.settings import Settings
from tests.api_house import ApiHouse, api_house
from tests.engine.ai.speaking import ASK

pytestmark = pytest.mark.slow(60)  # the first test waits for the sandbox and the SDKs

MODEL = "gpt-4.1-mini"
TAILS = count(1)
DIALOGUE = [
    ("GET", "/api/settings/ai", None),
    ("PUT", "/api/settings/ai", {"provider": "openai", "api_key": "sk-x"}),
    ("DELETE", "/api/settings/ai", None),
    ("GET", "/api/settings/ai/providers", None),
    ("GET", "/api/settings/ai/models", None),
    ("GET", "/api/settings/ai-caps", None),
    ("PUT", "/api/settings/ai-caps", {"per_day_usd": 50}),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, running_sandbox: RunningSandbox) -> Iterator[ApiHouse]:
    """The API in the sandbox internet."""
    outside = Settings.model_validate({**running_sandbox.overrides, "https_proxy": running_sandbox.proxy})
    given = {name: getattr(outside, name) for name in outside.model_fields_set}
    with api_house(tmp_path_factory.mktemp("api"), **given) as running:
        yield running


def fresh_key(provider: str = "openai", state: KeyState = "good") -> str:
    return sandbox_key(provider, state, tail=f"api{next(TAILS)}-")


def connect(api: httpx.Client, **changes: Any) -> httpx.Response:
    return api.put("/api/settings/ai", json={"provider": "openai", "api_key": fresh_key(), "model": MODEL} | changes)


def test_a_key_is_connected_shown_masked_and_forgotten(api: httpx.Client) -> None:
    """C-403, C-404, C-406."""
    before = api.get("/api/settings/ai").json()
    key = fresh_key()
    put = connect(api, api_key=key)
    shown = api.get("/api/settings/ai")

    empty = {"provider": None, "model": None, "base_url": None, "key_set": False, "key_hint": None, "verified": False}
    assert before == empty
    assert put.status_code == 200 and put.json() == shown.json()
    assert shown.json() == {
        "provider": "openai", "model": MODEL, "base_url": None, "key_set": True, "key_hint": f"…{key[-4:]}",
        "verified": True,
    }  # fmt: skip
    assert api.delete("/api/settings/ai").status_code == 204
    assert api.get("/api/settings/ai").json() == empty


def test_the_eight_providers_and_the_live_models_are_listed(api: httpx.Client) -> None:
    """C-403, C-404."""
    connect(api)
    providers = api.get("/api/settings/ai/providers").json()["items"]
    models = api.get("/api/settings/ai/models").json()["items"]

    assert [one["id"] for one in providers] == [
        "anthropic", "openai", "gemini", "mistral", "groq", "deepseek", "xai", "openai_compatible",
    ]  # fmt: skip
    assert [one["key_format"] for one in providers] == [
        "sk-ant-…", "sk-…", "AIza…", None, "gsk_…", "sk-…", "xai-…", None,
    ]  # fmt: skip
    known = {one["id"]: one for one in models}
    assert known[MODEL]["price_known"] and not known["sandbox-unpriced"]["price_known"]
    assert known[MODEL]["output_usd_per_million"] == 1.6 and "whisper-1" not in known


@pytest.mark.parametrize(
    ("changes", "status", "detail"),
    [
        ({"api_key": sandbox_key("openai", "revoked")}, 400, "Clé IA refusée par OpenAI"),
        ({"api_key": "sk-unknown-to-everybody"}, 400, "Clé IA refusée par OpenAI"),
        ({"api_key": "xai-of-somebody-else"}, 400, "Ce n'est pas une clé OpenAI"),
        ({"provider": "openai_compatible"}, 422, "Champ « base_url » : requis"),
        ({"base_url": "http://169.254.169.254/v1"}, 422, "Champ « base_url » : adresse d'un réseau privé"),
        ({"base_url": "https://localhost/v1"}, 422, "Champ « base_url » : adresse d'un réseau privé"),
        ({"base_url": "nonsense"}, 422, "Champ « base_url » : adresse http(s) complète"),
        ({"provider": "skynet"}, 422, "Champ « provider »"),
        ({"api_key": ""}, 422, "Champ « api_key »"),
        ({"api_key": "sk-é"}, 422, "Champ « api_key »"),
        ({"api_key": "sk-a\r\nX-Header: b"}, 422, "Champ « api_key »"),
        ({"api_key": "sk-" + "x" * 600}, 422, "Champ « api_key »"),
        ({"api_key": None}, 422, "Champ « api_key » : requis"),
        ({"model": "a b"}, 422, "Champ « model »"),
    ],
)
def test_what_is_no_good_key_is_refused_and_not_stored(
    api: httpx.Client, changes: dict[str, Any], status: int, detail: str
) -> None:
    refused = connect(api, **changes)

    assert (refused.status_code, refused.json()["detail"][: len(detail)]) == (status, detail)
    assert refused.json()["hint"] and not api.get("/api/settings/ai").json()["key_set"]


def test_an_unreachable_provider_is_stored_unverified(api: httpx.Client) -> None:
    put = connect(api, provider="openai_compatible", base_url="https://no-such-host.example/v1")

    assert put.status_code == 200 and put.json()["key_set"] and not put.json()["verified"]
    assert api.get("/api/settings/ai/models").status_code == 502


@pytest.mark.parametrize(("method", "path", "body"), DIALOGUE)
def test_no_token_reaches_the_key_and_the_caps(house: ApiHouse, method: str, path: str, body: Any) -> None:
    """C-405: a session alone; a token of the widest scope reads usage and estimates."""
    with house.bearer("tokens@example.com", scope="run") as agent:
        refused = agent.request(method, path, json=body)

    assert (refused.status_code, refused.json()["code"]) == (403, "session_required")


def test_a_token_to_read_sees_usage_and_estimates(house: ApiHouse) -> None:
    with house.client("reads@example.com") as api, house.bearer("reads@example.com", scope="read") as agent:
        connect(api)
        usage = agent.get("/api/ai/usage")
        estimate = agent.post("/api/ai/estimate", json={"feature": "filter_rules", "input": "note > 4"})

    assert (usage.status_code, usage.json()) == (200, {"items": [], "next_cursor": None})
    assert estimate.status_code == 200


def test_caps_are_shown_and_changed_one_by_one(api: httpx.Client) -> None:
    """C-390, C-391, C-392."""
    before = api.get("/api/settings/ai-caps").json()
    changed = api.put("/api/settings/ai-caps", json={"per_day_usd": 25.5})

    assert before == {
        "per_request_usd": 10, "per_day_usd": 10, "per_month_usd": 100,
        "max": {"per_request_usd": 100, "per_day_usd": 100, "per_month_usd": 1_000},
        "spent_today_usd": 0, "spent_month_usd": 0, "remaining_today_usd": 10, "remaining_month_usd": 100,
        "paused": False,
    }  # fmt: skip
    assert changed.json() == before | {"per_day_usd": 25.5, "remaining_today_usd": 25.5}
    assert api.get("/api/settings/ai-caps").json() == changed.json()


@pytest.mark.parametrize("value", [-0.01, 100.01, "10", True, 1e400])
@pytest.mark.parametrize("cap", ["per_request_usd", "per_day_usd"])
def test_a_cap_out_of_range_is_refused(api: httpx.Client, cap: str, value: Any) -> None:
    """C-393."""
    body = json.dumps({cap: value, "per_month_usd": 5})
    refused = api.put("/api/settings/ai-caps", content=body, headers={"Content-Type": "application/json"})

    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == cap
    assert api.get("/api/settings/ai-caps").json()["per_month_usd"] == 100


def test_the_highest_caps_are_allowed_and_nothing_beyond(api: httpx.Client) -> None:
    """C-393: ten times the default."""
    highest = {"per_request_usd": 100, "per_day_usd": 100, "per_month_usd": 1_000}

    assert api.put("/api/settings/ai-caps", json=highest).status_code == 200
    assert api.put("/api/settings/ai-caps", json={"per_month_usd": 1_000.01}).status_code == 422
    assert api.put("/api/settings/ai-caps", json=dict.fromkeys(highest, 0)).json()["paused"] is True


def test_an_estimate_tells_the_worst_case_and_what_is_left(api: httpx.Client) -> None:
    """C-395, C-408."""
    no_key = api.post("/api/ai/estimate", json={"feature": "assistant", "input": "x"})
    connect(api)
    short, long = (
        api.post("/api/ai/estimate", json={"feature": "pipeline_generation", "input": text}).json()
        for text in ("Dentistes à Lyon", {"text": "Dentistes à Lyon" * 1_000})
    )
    api.put("/api/settings/ai-caps", json={"per_day_usd": 0.01})
    capped = api.post("/api/ai/estimate", json={"feature": "pipeline_generation", "input": ""}).json()
    unknown = api.post("/api/ai/estimate", json={"feature": "pipeline_generations"})

    assert (no_key.status_code, no_key.json()["detail"]) == (400, "Aucune clé IA connectée")
    assert short["price_known"] and 0 < short["worst_case_usd"] < long["worst_case_usd"] < 10
    assert (short["remaining_today_usd"], short["remaining_month_usd"], short["allowed"]) == (10, 100, True)
    assert (capped["remaining_today_usd"], capped["allowed"]) == (0.01, False)
    assert unknown.status_code == 422


def test_an_unknown_price_is_flagged(api: httpx.Client) -> None:
    """C-400."""
    connect(api, model="sandbox-unpriced")
    estimate = api.post("/api/ai/estimate", json={"feature": "assistant", "input": "x"}).json()

    assert (estimate["worst_case_usd"], estimate["price_known"], estimate["allowed"]) == (None, False, True)


async def test_usage_is_a_ledger_that_is_read_page_by_page(house: ApiHouse) -> None:
    """C-397."""
    with house.client("ledger@example.com") as api:
        connect(api)
        caller = house.caller("ledger@example.com")
        for _ in range(3):
            await complete(caller, ASK)
        first = api.get("/api/ai/usage", params={"limit": 2}).json()
        rest = api.get("/api/ai/usage", params={"cursor": first["next_cursor"]}).json()
        spent = api.get("/api/settings/ai-caps").json()["spent_today_usd"]

    entries = first["items"] + rest["items"]
    assert len(entries) == 3 and rest["next_cursor"] is None
    assert {(one["feature"], one["model"], one["state"], one["price_known"]) for one in entries} == {
        ("filter_rules", MODEL, "settled", True)
    }
    assert spent == pytest.approx(sum(one["cost_usd"] for one in entries)) and spent > 0


def test_nobody_sees_anybody_elses_key_caps_and_usage(api: httpx.Client, other_api: httpx.Client) -> None:
    connect(api)
    api.put("/api/settings/ai-caps", json={"per_day_usd": 3})

    assert not other_api.get("/api/settings/ai").json()["key_set"]
    assert other_api.get("/api/settings/ai-caps").json()["per_day_usd"] == 10


def test_the_key_stands_in_no_answer_log_or_archive(
    api: httpx.Client, house: ApiHouse, caplog: pytest.LogCaptureFixture, running_sandbox: RunningSandbox
) -> None:
    """C-406, C-407."""
    caplog.set_level(logging.INFO)
    key = fresh_key()
    answers = [connect(api, api_key=key), connect(api, api_key=key, provider="groq")]
    answers += [api.get(path) for method, path, _ in DIALOGUE if method == "GET"]
    answers.append(connect(api, api_key=key, model="a b"))
    archive = zipfile.ZipFile(BytesIO(api.get("/api/auth/me/export").content))

    assert all(key not in answer.text for answer in answers)
    assert key not in caplog.text
    assert all(key.encode() not in archive.read(name) for name in archive.namelist())
    told = json.loads(archive.read("ai_settings.json"))["connected"]
    assert [(one["provider"], one["hint"]) for one in told] == [("openai", key[-4:])]
    assert {seen.provider for seen in running_sandbox.models.requests(key=key_digest(key))} == {"openai"}
