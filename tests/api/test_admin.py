"""The administrator's endpoints: accounts and invitations, and who may call them."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from outsend_api.app import document
from tests.api_house import ApiHouse
from tests.visitors import new_address, sign_up, visitor

ADMIN = [
    (method.upper(), path)
    for path, methods in document()["paths"].items()
    for method in methods
    if path.startswith("/api/admin/")
]


@pytest.fixture
def boss(house: ApiHouse) -> Iterator[httpx.Client]:
    """Signed in as an administrator."""
    with house.client("boss@example.com", is_admin=True) as client:
        yield client


def id_of(client: httpx.Client) -> int:
    return client.get("/api/auth/me").json()["id"]


def set_active(admin: httpx.Client, user_id: int, *, active: bool) -> httpx.Response:
    return admin.patch(f"/api/admin/users/{user_id}", json={"is_active": active})


@pytest.mark.parametrize(("method", "path"), ADMIN, ids=" ".join)
def test_administration_is_for_administrators_by_session(
    house: ApiHouse, nobody: httpx.Client, api: httpx.Client, boss: httpx.Client, method: str, path: str
) -> None:
    """C-096."""
    url = path.format(thread_id=1, user_id=id_of(api))
    with house.bearer("boss@example.com") as token:
        answers = [client.request(method, url, json={}) for client in (nobody, api, token)]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (401, "not_signed_in"),
        (403, "admin_only"),
        (403, "session_required"),
    ]
    assert answers[1].json()["detail"] == "Réservé aux administrateurs"


def test_a_deactivated_user_is_out_at_once_and_back_with_the_same_session(house: ApiHouse, boss: httpx.Client) -> None:
    """C-016."""
    with house.client("out@example.com") as session, house.bearer("out@example.com") as token:
        user_id = id_of(session)
        before = [client.get("/api/jobs").status_code for client in (session, token)]
        told = set_active(boss, user_id, active=False)
        out = [client.get("/api/jobs") for client in (session, token)]
        set_active(boss, user_id, active=True)
        after = [client.get("/api/jobs").status_code for client in (session, token)]

    assert (before, after) == ([200, 200], [200, 200])
    assert (told.status_code, told.json()["id"], told.json()["is_active"]) == (200, user_id, False)
    assert [(one.status_code, one.json()["detail"]) for one in out] == [(403, "Compte désactivé")] * 2


def test_an_administrator_stays_in(house: ApiHouse, boss: httpx.Client) -> None:
    refused = set_active(boss, id_of(boss), active=False)

    assert (refused.status_code, refused.json()["code"]) == (400, "own_lockout")
    assert boss.get("/api/admin/users").status_code == 200
    assert set_active(boss, id_of(boss), active=True).status_code == 200


def test_an_administrator_may_put_another_one_out(house: ApiHouse, boss: httpx.Client) -> None:
    with house.client("vice@example.com", is_admin=True) as vice:
        assert set_active(boss, id_of(vice), active=False).status_code == 200
        assert vice.get("/api/admin/users").status_code == 403


def test_an_unknown_account_is_not_found(boss: httpx.Client) -> None:
    refused = set_active(boss, 999_999, active=False)

    assert (refused.status_code, refused.json()["detail"]) == (404, "Compte introuvable")


@pytest.mark.parametrize("body", [{}, {"is_active": None}, {"is_active": "perhaps"}])
def test_a_change_says_what_it_wants(api: httpx.Client, boss: httpx.Client, body: dict[str, Any]) -> None:
    assert boss.patch(f"/api/admin/users/{id_of(api)}", json=body).status_code == 422
    assert api.get("/api/auth/me").json()["is_active"] is True


def test_accounts_are_listed_searched_and_paged(house: ApiHouse, boss: httpx.Client) -> None:
    names = [f"listed-{n}@search.example" for n in range(5)]
    for name in names:
        house.caller(name)

    shown, cursor = list[str](), None
    while True:
        params = {"search": "SEARCH.example", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = boss.get("/api/admin/users", params=params).json()
        assert page["total"] == 5
        shown += [one["email"] for one in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break

    assert shown == names[::-1]
    keys = {"id", "email", "is_admin", "is_active", "email_verified", "created_at"}
    assert {key for one in boss.get("/api/admin/users").json()["items"] for key in one} == keys
    for odd in ("%", "_earch", "\u0000", "'"):
        assert boss.get("/api/admin/users", params={"search": odd}).json()["items"] == []


def test_an_invitation_opens_as_many_accounts_as_it_says(house: ApiHouse, boss: httpx.Client) -> None:
    made = [boss.post("/api/admin/invitations"), boss.post("/api/admin/invitations", json={"uses": 2})]
    codes = [one.json()["code"] for one in made]
    statuses: list[int] = []
    for code in (codes[0], codes[0], codes[1], codes[1], codes[1]):
        with visitor(house) as client:
            statuses.append(sign_up(client, new_address(), invitation_code=code).status_code)

    assert [one.status_code for one in made] == [201, 201]
    assert [one.json()["uses_left"] for one in made] == [1, 2]
    assert statuses == [200, 400, 200, 200, 400]


@pytest.mark.parametrize("uses", [0, -1, 10**7, "many", None])
def test_a_number_of_uses_is_one_to_a_million(boss: httpx.Client, uses: Any) -> None:
    assert boss.post("/api/admin/invitations", json={"uses": uses}).status_code == 422
