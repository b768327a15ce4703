"""The assistant over REST: streams, conversations, confirmations, and who may (docs page api/assistant)."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from engine.ai import keys, operations
from engine.ai.providers import PROVIDERS, Connection
from engine.ai.schemas import CapsRequest
from engine.sandbox.apis.llm_desk import SeenRequest, key_digest
from engine.sandbox.apis.llm_providers import sandbox_key
from engine.sandbox.process import RunningSandbox
from tests.api.sse import Event, events_of
from tests.api_house import ApiHouse, api_house

pytestmark = pytest.mark.slow(60)  # the first test waits for the sandbox and the SDKs

MODEL = "claude-haiku-4-5-20251001"
SEARCH = {"queries": ["dentiste"], "zones": ["Tours"]}
SLOW = {"text": "Je raconte longtemps. " * 40, "fault": "slow"}


class Ada:
    """An account with a key, and its client."""

    def __init__(self, house: ApiHouse, sandbox: RunningSandbox, name: str) -> None:
        self.email, self.tag = f"{name}@example.com", f"rest-{name}"
        self.house, self.models = house, sandbox.models
        self.key = sandbox_key("anthropic", tail=f"{self.tag}-")
        self.client = house.client(self.email)
        caller, known = house.caller(self.email), PROVIDERS["anthropic"]
        caller.run(keys.keep, Connection(known, known.base_url or "", self.key, MODEL), verified=True)

    def script(self, *answers: Any) -> None:
        self.models.script(self.tag, *answers)

    def asked(self) -> list[SeenRequest]:
        return self.models.requests(key=key_digest(self.key))

    def body(self, message: str, **more: Any) -> dict[str, Any]:
        return {"message": f"{message} [{self.tag}]", **more}

    def say(self, message: str, *, client: httpx.Client | None = None, **more: Any) -> list[Event]:
        return heard(client or self.client, "messages", self.body(message, **more))

    def conversations(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/api/assistant/conversations").json()["items"]
        return found


@pytest.fixture(scope="module")
def house(running_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    reach = {**running_sandbox.overrides, "https_proxy": running_sandbox.proxy}
    reach.pop("data_dir", None)
    with api_house(tmp_path_factory.mktemp("assistant"), **reach) as running:
        yield running


@pytest.fixture
def ada(house: ApiHouse, running_sandbox: RunningSandbox, request: pytest.FixtureRequest) -> Iterator[Ada]:
    found = Ada(house, running_sandbox, request.node.name.removeprefix("test_").replace("[", "-").strip("]")[:50])
    with found.client:
        yield found


def heard(client: httpx.Client, path: str, body: dict[str, Any]) -> list[Event]:
    with client.stream("POST", f"/api/assistant/{path}", json=body) as response:
        assert response.status_code == 200, response.read()
        return list(events_of(response))


def only(events: list[Event], name: str) -> dict[str, Any]:
    (found,) = [event.data for event in events if event.name == name]
    return found


def until(true: Callable[[], bool]) -> None:
    """Return once it is true; the limit of the test ends the wait."""
    while not true():
        time.sleep(0.01)


def test_a_turn_is_a_stream_and_the_conversation_is_kept(ada: Ada) -> None:
    """C-410."""
    ada.script({"text": "Je regarde.", "calls": [{"name": "list_jobs", "arguments": {}}]}, "Aucun job, été compris.")

    with ada.client.stream("POST", "/api/assistant/messages", json=ada.body("Mes jobs ?")) as response:
        headers, raw = response.headers, response.read()
    (brief,) = ada.conversations()
    whole = ada.client.get(f"/api/assistant/conversations/{brief['id']}").json()

    assert headers["content-type"] == "text/event-stream" and headers["cache-control"] == "no-cache"
    assert raw.isascii() and raw.count(b"event: done\n") == 1
    assert brief["title"].startswith("Mes jobs ?") and not brief["busy"]
    assert [message["role"] for message in whole["messages"]] == ["user", "assistant", "tool", "assistant"]
    assert whole["messages"][2]["summary"] and whole["messages"][2]["text"] is None
    assert whole["messages_count"] == 4 and whole["waiting"] == []


def test_the_first_words_are_sent_before_the_model_has_finished(ada: Ada) -> None:
    ada.script(SLOW)

    with ada.client.stream("POST", "/api/assistant/messages", json=ada.body("Raconte")) as response:
        events = events_of(response)  # closed, it would close the stream
        first = next(events)
        (request,) = ada.asked()

    assert first.name == "text" and request.ended == "open"


def test_a_client_that_hangs_up_ends_the_model_and_leaves_the_conversation_free(ada: Ada) -> None:
    ada.script(SLOW, "Je reprends.")
    with ada.client.stream("POST", "/api/assistant/messages", json=ada.body("Raconte")) as response:
        next(events_of(response))
    (brief,) = ada.conversations()

    until(lambda: not ada.conversations()[0]["busy"])

    assert ada.asked()[0].ended == "hung_up"
    last = ada.client.get(f"/api/assistant/conversations/{brief['id']}").json()["messages"][-1]
    assert last["cut_short"] and last["text"].startswith("Je ")
    events = ada.say("Et alors ?", conversation_id=brief["id"])
    assert only(events, "done")["outcome"] == "complete"


def test_an_approved_action_is_done_though_the_client_hangs_up(ada: Ada) -> None:
    ada.script({"calls": [{"name": "create_scrap_job", "arguments": SEARCH}]}, SLOW)
    token = only(ada.say("Trouve"), "confirmation_required")["token"]
    with ada.client.stream("POST", "/api/assistant/confirm", json={"token": token, "approve": True}):
        pass

    until(lambda: not ada.conversations()[0]["busy"])

    assert [job["queries"] for job in ada.client.get("/api/jobs").json()] == [["dentiste"]]
    messages = ada.client.get(f"/api/assistant/conversations/{ada.conversations()[0]['id']}").json()["messages"]
    assert [one["is_error"] for one in messages if one["role"] == "tool"] == [False]


def test_an_action_waits_for_its_confirmation(ada: Ada) -> None:
    """C-410."""
    ada.script({"calls": [{"name": "create_scrap_job", "arguments": SEARCH}]}, "C'est lancé.")
    shown = only(ada.say("Trouve"), "confirmation_required")
    nothing = ada.client.get("/api/jobs").json()

    events = heard(ada.client, "confirm", {"token": shown["token"], "approve": True})
    again = ada.client.post("/api/assistant/confirm", json={"token": shown["token"], "approve": True})

    assert nothing == [] and len(ada.client.get("/api/jobs").json()) == 1
    assert [event.name for event in events if event.name != "text"] == ["tool_result", "usage", "done"]
    assert (again.status_code, again.json()["code"]) == (409, "assistant_confirmation_used")


def test_a_second_message_while_the_assistant_answers_is_409(ada: Ada) -> None:
    ada.script("Bonjour.", SLOW)
    conversation = only(ada.say("Bonjour"), "done")["conversation_id"]

    body = ada.body("Raconte", conversation_id=conversation)
    with ada.client.stream("POST", "/api/assistant/messages", json=body) as response:
        events = events_of(response)  # closed, it would close the stream
        next(events)
        with ada.house.client(ada.email) as other:
            refused = other.post("/api/assistant/messages", json=body)

    assert (refused.status_code, refused.json()["code"]) == (409, "assistant_busy")


def test_a_deleted_conversation_is_gone(ada: Ada) -> None:
    ada.script("Bonjour.")
    conversation = only(ada.say("Bonjour"), "done")["conversation_id"]
    path = f"/api/assistant/conversations/{conversation}"

    deleted = ada.client.delete(path)

    assert deleted.status_code == 204 and ada.conversations() == []
    assert ada.client.get(path).status_code == ada.client.delete(path).status_code == 404
    assert ada.client.post("/api/assistant/messages", json=ada.body("Oui", conversation_id=conversation)).json() == {
        "detail": "Conversation introuvable",
        "code": "assistant_conversation_missing",
        "hint": ada.client.get(path).json()["hint"],
    }


def test_without_a_key_there_is_no_assistant(house: ApiHouse) -> None:
    with house.client("keyless@example.com") as client:
        response = client.post("/api/assistant/messages", json={"message": "Bonjour"})

    assert (response.status_code, response.json()["detail"]) == (400, "Aucune clé IA connectée")


def test_a_cap_is_told_before_the_stream_begins(ada: Ada) -> None:
    """C-394, C-396."""
    ada.house.caller(ada.email).run(operations.set_caps, CapsRequest(per_month_usd=0.0))

    response = ada.client.post("/api/assistant/messages", json=ada.body("Bonjour"))

    assert response.status_code == 402 and response.json()["detail"].startswith("Plafond IA dépassé : ")
    assert ada.conversations() == [] and ada.asked() == []


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("messages", {}, "message"),
        ("messages", {"message": " \n "}, "message"),
        ("messages", {"message": "x" * 4_001}, "message"),
        ("messages", {"message": "Bonjour", "conversation_id": "c" * 65}, "conversation_id"),
        ("confirm", {"token": "x"}, "approve"),
        ("confirm", {"token": "x", "approve": "yes"}, "approve"),
        ("confirm", {"approve": True}, "token"),
    ],
)
def test_a_bad_field_is_422(ada: Ada, path: str, body: dict[str, Any], field: str) -> None:
    response = ada.client.post(f"/api/assistant/{path}", json=body)

    assert response.status_code == 422
    assert response.json()["detail"].startswith(f"Champ « {field} » : ")


@pytest.mark.parametrize("token", ["x", "a.b", "é", "a" * 400])
def test_a_token_that_nobody_gave_is_404(ada: Ada, token: str) -> None:
    response = ada.client.post("/api/assistant/confirm", json={"token": token, "approve": True})

    assert (response.status_code, response.json()["detail"]) == (404, "Confirmation introuvable")


def test_a_token_that_reads_may_look_and_not_speak(ada: Ada) -> None:
    ada.script("Bonjour.")
    conversation = only(ada.say("Bonjour"), "done")["conversation_id"]
    path = f"/api/assistant/conversations/{conversation}"

    with ada.house.bearer(ada.email, scope="read") as reader:
        looks = [reader.get(one).status_code for one in ("/api/assistant/conversations", path)]
        acts = [
            reader.post("/api/assistant/messages", json={"message": "Bonjour"}),
            reader.post("/api/assistant/confirm", json={"token": "x", "approve": True}),
            reader.delete(path),
        ]

    assert looks == [200, 200]
    assert [(one.status_code, one.json()["code"]) for one in acts] == [(403, "scope_missing")] * 3


def test_a_token_that_runs_speaks_and_confirms(ada: Ada) -> None:
    ada.script({"calls": [{"name": "create_scrap_job", "arguments": SEARCH}]}, "C'est lancé.")

    with ada.house.bearer(ada.email) as runner:
        token = only(ada.say("Trouve", client=runner), "confirmation_required")["token"]
        events = heard(runner, "confirm", {"token": token, "approve": True})

    assert not only(events, "tool_result")["is_error"]


def test_an_unverified_account_starts_no_search(house: ApiHouse, running_sandbox: RunningSandbox) -> None:
    """C-411."""
    eve = Ada(house, running_sandbox, "unverified")
    eve.house.caller(eve.email, email_verified=False)
    eve.script({"calls": [{"name": "create_scrap_job", "arguments": SEARCH}]}, "Confirme ton adresse.")

    with eve.client:
        events = eve.say("Trouve")

    assert only(events, "tool_result")["code"] == "email_unverified"
    assert "confirmation_required" not in {event.name for event in events}


def test_half_a_character_and_a_nul_are_no_trouble(ada: Ada) -> None:
    ada.script("Bonjour.")
    raw = f'{{"message": "\\ud800 \\u0000 Bonjour [{ada.tag}]"}}'
    headers = {"Content-Type": "application/json"}

    response = ada.client.post("/api/assistant/messages", content=raw, headers=headers)

    assert response.status_code in (200, 422), response.text
    if response.status_code == 422:
        assert "Unicode" in response.json()["detail"]
