"""Personal access tokens over HTTP. C-035: beside the cookie, the only way in."""

from collections.abc import Iterator

import httpx
import pytest

from engine.accounts.operator import set_active
from tests.api_house import ApiHouse, api_house
from tests.visitors import CODE, StandingClock, member, new_address


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("api"), invitation_codes=(CODE,), clock=StandingClock()) as running:
        yield running


def make(client: httpx.Client, name: str = "my agent", scope: str = "read") -> httpx.Response:
    return client.post("/api/tokens", json={"name": name, "scope": scope})


def bearer(house: ApiHouse, token: str) -> httpx.Client:
    return httpx.Client(base_url=house.url, headers={"Authorization": f"Bearer {token}"})


def test_its_secret_is_told_once(house: ApiHouse) -> None:
    """C-035."""
    with member(house) as client:
        made = make(client)
        token = made.json().pop("token")
        (listed,) = client.get("/api/tokens").json()["items"]

    assert made.status_code == 201 and token.startswith("ost_")
    assert listed == {key: value for key, value in made.json().items() if key != "token"}
    assert (listed["name"], listed["scope"], listed["last_used_at"]) == ("my agent", "read", None)
    assert token.endswith(listed["hint"]) and len(listed["hint"]) == 4
    assert listed["created_at"].endswith("Z")


def test_it_reads_what_its_owner_reads(house: ApiHouse) -> None:
    """C-035."""
    with member(house) as client, bearer(house, make(client).json()["token"]) as agent:
        assert agent.get("/api/pipelines").status_code == 200
        assert client.get("/api/tokens").json()["items"][0]["last_used_at"] is not None


def test_a_read_token_starts_nothing(house: ApiHouse) -> None:
    """C-016."""
    with member(house) as client, bearer(house, make(client).json()["token"]) as agent:
        refused = agent.post("/api/pipelines", json={"definition": {}})

    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


def test_a_revoked_token_is_refused(house: ApiHouse) -> None:
    """C-015."""
    with member(house) as client:
        made = make(client).json()
        with bearer(house, made["token"]) as agent:
            gone = client.delete(f"/api/tokens/{made['id']}")

            assert (gone.status_code, gone.content) == (204, b"")
            assert agent.get("/api/pipelines").status_code == 401
        assert client.get("/api/tokens").json() == {"items": []}
        assert client.delete(f"/api/tokens/{made['id']}").status_code == 404


def test_a_token_of_a_deactivated_account_is_refused(house: ApiHouse) -> None:
    """C-016."""
    address = new_address()
    with member(house, address) as client, bearer(house, make(client).json()["token"]) as agent:
        house.services.run(None, set_active, address, active=False)

        assert agent.get("/api/pipelines").status_code == 403


def test_somebody_elses_token_does_not_exist(house: ApiHouse) -> None:
    """C-017."""
    with member(house) as ada, member(house) as eve:
        made = make(ada).json()

        assert eve.delete(f"/api/tokens/{made['id']}").status_code == 404
        assert eve.get("/api/tokens").json() == {"items": []}
        assert len(ada.get("/api/tokens").json()["items"]) == 1


def test_a_token_neither_makes_nor_sees_nor_revokes_tokens(house: ApiHouse) -> None:
    """C-016."""
    with member(house) as client:
        made = make(client, scope="run").json()
        with bearer(house, made["token"]) as agent:
            refused = [make(agent), agent.get("/api/tokens"), agent.delete(f"/api/tokens/{made['id']}")]

    assert {(r.status_code, r.json()["code"]) for r in refused} == {(403, "session_required")}


def test_a_token_that_stands_in_the_request_counts_and_not_the_cookie(house: ApiHouse) -> None:
    """C-035."""
    with member(house) as client:
        assert client.get("/api/pipelines", headers={"Authorization": "Bearer ost_wrong"}).status_code == 401


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("name", {"name": "", "scope": "read"}),
        ("name", {"name": "x" * 81, "scope": "read"}),
        ("name", {"name": "a\u0000b", "scope": "read"}),
        ("name", {"scope": "read"}),
        ("scope", {"name": "agent", "scope": "admin"}),
        ("scope", {"name": "agent"}),
    ],
)
def test_a_bad_field_is_named(house: ApiHouse, field: str, body: dict[str, str]) -> None:
    """C-012, C-018."""
    with member(house) as client:
        refused = client.post("/api/tokens", json=body)

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]


@pytest.mark.parametrize("token_id", ["0", "99999999999999999999", "x"])
def test_an_id_that_can_be_none_is_refused(house: ApiHouse, token_id: str) -> None:
    """C-018."""
    with member(house) as client:
        assert client.delete(f"/api/tokens/{token_id}").status_code == 422


def test_nobody_gets_nothing(house: ApiHouse) -> None:
    """C-022."""
    with httpx.Client(base_url=house.url) as client:
        assert [client.get("/api/tokens").status_code, make(client).status_code] == [401, 401]
