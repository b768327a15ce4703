"""Two laws over every route of the OpenAPI document: nobody comes in unasked, and nobody reaches what another owns."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from engine.assistant import floor
from engine.jobs.assets import AccountAssets
from outsend_api.app import document
from tests.api.job_steps import scraped
from tests.api_house import ApiHouse

Operation = tuple[str, str]

PATHS: dict[str, dict[str, Any]] = document()["paths"]
OPERATIONS: list[Operation] = [(method, path) for path, methods in PATHS.items() for method in methods]
# Ids of what is nobody's own: a name in a public list.
NAMES = {"feature_id": "linkedin"}
WITH_ID = [(method, path) for method, path in OPERATIONS if "{" in path and not any(name in path for name in NAMES)]

# Whoever asks gets an answer here.
PUBLIC = {
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/api/pipelines/schema"),
    ("get", "/api/modules-registry"),
    ("post", "/api/auth/signup"),
    ("post", "/api/auth/login"),
    ("post", "/api/auth/logout"),
    ("post", "/api/auth/password/reset-request"),
    ("post", "/api/auth/password/reset-confirm"),
    ("post", "/api/auth/email/verify"),
}
# A body that would be accepted from the owner, for each route with an id that needs one.
BODIES: dict[Operation, Any] = {
    ("post", "/api/pipelines/{pipeline_id}/nodes/{node_id}/filter-preview"): {"rules": {"require_phone": True}},
    ("post", "/api/jobs/{job_id}/review-summary"): {"language": "fr"},
    ("patch", "/api/veille/{veille_id}"): {"status": "paused"},
    ("post", "/api/feedback/threads/{thread_id}/messages"): {"message": "And one more thing"},
    ("post", "/api/admin/feedback/threads/{thread_id}/messages"): {"message": "An answer"},
    ("patch", "/api/admin/feedback/threads/{thread_id}"): {"status": "closed"},
    ("patch", "/api/admin/users/{user_id}"): {"is_active": False},
}
QUERIES = {("get", "/api/jobs/{job_id}/report"): {"row": 0}}
CONTENT = "nom;telephone;note\nA;0600000001;4\nB;0600000002;5\n"
CHAIN = {
    "nodes": [
        {"id": "n1", "type": "import", "config": {"content": CONTENT}},
        {"id": "n2", "type": "filter", "config": {"require_phone": True}},
    ],
    "edges": [{"from": "n1", "to": "n2"}],
}


@dataclass(slots=True)
class Owned:
    """What Ada owns, by the name of the path parameter, and how it looks to her."""

    client: httpx.Client
    ids: dict[str, str]
    looks: dict[str, Any] = field(default_factory=dict[str, Any])

    def now(self) -> dict[str, Any]:
        """All that a stranger must not have changed."""
        mine = (f"/api/jobs/{self.ids['job_id']}", f"/api/pipelines/{self.ids['pipeline_id']}")
        lists = (
            "imports",
            "veille",
            "tokens",
            "suppressions",
            "feedback/threads",
            "auth/me",
            "assistant/conversations",
        )
        return {path: self.client.get(path).json() for path in (*mine, *(f"/api/{name}" for name in lists))}


@pytest.fixture(scope="module")
def owned(house: ApiHouse) -> Iterator[Owned]:
    with house.client("ada@example.com") as ada:
        job = ada.post("/api/jobs/import", json={"content": CONTENT}).json()["id"]
        pipeline = ada.post("/api/pipelines", json=CHAIN).json()["id"]
        token = ada.post("/api/tokens", json={"name": "script", "scope": "read"}).json()["id"]
        ada.post("/api/suppressions", json={"entries": ["nobody@example.org"]})
        suppression = ada.get("/api/suppressions").json()["items"][0]["id"]
        thread = ada.post("/api/feedback/threads", json={"message": "Hello"}).json()["id"]
        me = ada.get("/api/auth/me").json()["id"]
        for path in (f"/api/jobs/{job}", f"/api/pipelines/{pipeline}"):
            while ada.get(path).json()["status"] in ("pending", "running"):
                time.sleep(0.05)
        ids = {"job_id": job, "pipeline_id": pipeline, "node_id": "n2"}
        ids |= {"token_id": str(token), "suppression_id": str(suppression)}
        ids |= {"thread_id": str(thread), "user_id": str(me), **NAMES}
        ids["owner"], ids["filename"] = _image(house)
        ids["upload_id"] = ada.post("/api/imports", files={"file": ("a.csv", CONTENT)}).json()["upload_id"]
        ids |= _veille(house, ada)
        ids["conversation_id"] = _conversation(house)
        found = Owned(ada, ids)
        found.looks = found.now()
        yield found


def _image(house: ApiHouse) -> tuple[str, str]:
    """An image that is kept for her: whose, and which."""
    me = house.caller("ada@example.com").principal.account_id
    path = asyncio.run(AccountAssets(house.services, me).keep(b"an image", "png"))
    owner, filename = path.split("/")[-2:]
    return owner, filename


def _veille(house: ApiHouse, ada: httpx.Client) -> dict[str, str]:
    """A veille with its baseline."""
    source = scraped(house.caller("ada@example.com"), [{"nom": "A", "place_id": "p1"}])
    body = {"name": "Tours", "source_job_id": source, "frequency_days": 7}
    veille = ada.post("/api/veille", json=body).json()["id"]
    while not ada.get(f"/api/veille/{veille}").json()["run_count"]:
        time.sleep(0.05)
    run = ada.get(f"/api/veille/{veille}/runs").json()["items"][0]["id"]
    return {"veille_id": str(veille), "run_id": str(run), "fmt": "csv"}


def _conversation(house: ApiHouse) -> str:
    """A conversation with the assistant."""
    me = house.caller("ada@example.com")
    held = me.run(floor.begin, None, "Bonjour")
    me.run(floor.end, held)
    return held.conversation_id


def test_the_pages_of_this_law_know_every_kind_of_id(owned: Owned) -> None:
    names = {name for _, path in WITH_ID for name in (part.split("}")[0] for part in path.split("{")[1:])}

    assert names <= owned.ids.keys(), "a new kind of id: make one of Ada's in the fixture"


@pytest.mark.parametrize(("method", "path"), WITH_ID, ids=" ".join)
def test_a_stranger_reaches_nothing_by_its_id(method: str, path: str, owned: Owned, other_api: httpx.Client) -> None:
    """C-086, C-117, C-174, C-242, C-307."""
    body = BODIES.get((method, path))
    if "requestBody" in PATHS[path][method]:
        assert body is not None, "a new route with a body: say here which one its owner would send"

    response = other_api.request(method, path.format(**owned.ids), json=body, params=QUERIES.get((method, path)))

    assert response.status_code in (403, 404), response.text
    assert owned.now() == owned.looks


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/jobs/resume", {"job_id": "{job_id}"}),
        ("/api/jobs/filter", {"source_job_id": "{job_id}", "require_phone": True}),
        ("/api/jobs/filter", {"source_job_id": "{job_id}", "items": [{"nom": "A"}]}),
        ("/api/pipelines/estimate", {"pipeline_id": "{pipeline_id}"}),
        ("/api/assistant/messages", {"message": "Bonjour", "conversation_id": "{conversation_id}"}),
        ("/api/ai/filter-rules", {"description": "note > 4", "job_id": "{job_id}"}),
        ("/api/ai/filter-rules", {"description": "note > 4", "pipeline_id": "{pipeline_id}", "node_id": "n2"}),
    ],
)
def test_a_stranger_reaches_nothing_by_an_id_in_a_body(
    path: str, body: dict[str, Any], owned: Owned, other_api: httpx.Client
) -> None:
    """C-130."""
    filled = {key: value.format(**owned.ids) if isinstance(value, str) else value for key, value in body.items()}

    response = other_api.post(path, json=filled)

    assert response.status_code in (403, 404), response.text
    assert owned.now() == owned.looks


@pytest.mark.parametrize(("method", "path"), sorted(set(OPERATIONS) - PUBLIC), ids=" ".join)
def test_nobody_is_asked_to_sign_in(method: str, path: str, owned: Owned, nobody: httpx.Client) -> None:
    """C-015, C-022, C-113, C-165, C-240."""
    response = nobody.request(method, path.format(**owned.ids), json=BODIES.get((method, path), {}))

    assert response.status_code == 401, response.text


@pytest.mark.parametrize(("method", "path"), sorted(set(OPERATIONS) - PUBLIC), ids=" ".join)
def test_a_deactivated_account_is_kept_out(method: str, path: str, owned: Owned, house: ApiHouse) -> None:
    """C-016, C-114, C-241."""
    with house.client("gone@example.com", is_active=False) as gone:
        response = gone.request(method, path.format(**owned.ids), json=BODIES.get((method, path), {}))

    assert response.status_code == 403, response.text


@pytest.mark.parametrize("operation", sorted(PUBLIC))
def test_what_is_called_public_exists(operation: Operation) -> None:
    assert operation in OPERATIONS
