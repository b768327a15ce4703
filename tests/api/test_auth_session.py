"""The session cookie, and signing in and out. C-035: REST knows the cookie, and personal access tokens."""

from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest

from engine.accounts.operator import set_active
from tests.api_house import ApiHouse, api_house
from tests.visitors import CODE, StandingClock, member, new_address, sign_in, sign_up, visitor

COOKIE = "outsend_session"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("api"), invitation_codes=(CODE,), clock=StandingClock()) as running:
        yield running


def later(house: ApiHouse, **time: float) -> None:
    house.services.clock.offset += timedelta(**time)


def bearing(house: ApiHouse, cookie: str) -> httpx.Client:
    """A client with that cookie and no other."""
    return httpx.Client(base_url=house.url, cookies={COOKIE: cookie})


def test_the_cookie_has_the_documented_attributes(house: ApiHouse) -> None:
    """C-026, C-027, C-028, C-029, C-030, C-031."""
    with visitor(house) as client:
        cookies = SimpleCookie(sign_up(client, new_address()).headers["set-cookie"])

    given = cookies[COOKIE]
    assert (given["max-age"], given["path"], given["samesite"].lower()) == ("604800", "/", "lax")
    assert given["httponly"] and not given["secure"]  # a plain-http loopback server


def test_with_a_public_https_address_the_cookie_is_secure(tmp_path: Path) -> None:
    """C-029."""
    https = {"public_url": "https://leads.example"}
    with api_house(tmp_path, invitation_codes=(CODE,), **https) as house, visitor(house) as client:
        cookies = SimpleCookie(sign_up(client, new_address()).headers["set-cookie"])

    assert cookies[COOKIE]["secure"]


def test_a_login_sets_the_cookie_and_answers_with_the_account(house: ApiHouse) -> None:
    """C-048, C-049, C-055, C-026."""
    address = new_address()
    with member(house, address) as member_, visitor(house) as client:
        response = sign_in(client, address.upper())

        assert response.status_code == 200
        assert response.json() == {"ok": True, "user": member_.get("/api/auth/me").json()}
        assert client.get("/api/auth/me").json() == response.json()["user"]


def test_a_changed_byte_of_the_cookie_is_refused(house: ApiHouse) -> None:
    """C-032, C-022, C-015."""
    with member(house) as client:
        good = client.cookies[COOKIE]
    for place in (0, len(good) // 3, len(good) - 2):
        bad = good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :]
        with bearing(house, bad) as thief:
            refused = thief.get("/api/auth/me")
            assert (refused.status_code, refused.json()["detail"]) == (401, "Authentification requise")


def test_a_protected_route_without_a_cookie_is_401(house: ApiHouse) -> None:
    """C-015, C-022."""
    with visitor(house) as client:
        assert client.get("/api/auth/me").status_code == 401
        assert client.post("/api/auth/email/resend-verify").status_code == 401


def test_a_cookie_replayed_after_the_logout_is_refused(house: ApiHouse) -> None:
    """C-033, C-054."""
    with member(house) as client:
        cookie = client.cookies[COOKIE]
        left = client.post("/api/auth/logout")

        assert (left.status_code, left.json()) == (200, {"ok": True})
        assert COOKIE not in client.cookies
    with bearing(house, cookie) as thief:
        assert thief.get("/api/auth/me").status_code == 401


def test_a_logout_ends_this_session_alone(house: ApiHouse) -> None:
    """C-054."""
    address = new_address()
    with member(house, address) as first, visitor(house) as second:
        sign_in(second, address)
        first.post("/api/auth/logout")

        assert second.get("/api/auth/me").status_code == 200


@pytest.mark.parametrize("cookie", [None, "", "nonsense"])
def test_a_logout_needs_no_session(house: ApiHouse, cookie: str | None) -> None:
    """C-054."""
    with visitor(house) as client:
        headers = {} if cookie is None else {"Cookie": f"{COOKIE}={cookie}"}
        assert client.post("/api/auth/logout", headers=headers).json() == {"ok": True}


def test_use_extends_a_session_and_a_week_without_ends_it(house: ApiHouse) -> None:
    """C-034, C-015."""
    with member(house) as client:
        cookie = client.cookies[COOKIE]
        with bearing(house, cookie) as user:
            for _ in range(3):
                later(house, days=6)
                assert user.get("/api/auth/me").status_code == 200
            later(house, days=7)
            assert user.get("/api/auth/me").status_code == 401


def test_the_browser_gets_the_cookie_anew_at_most_once_an_hour(house: ApiHouse) -> None:
    """C-034."""
    with member(house) as client:
        assert "set-cookie" not in client.get("/api/auth/me").headers
        later(house, hours=2)
        assert "Max-Age=604800" in client.get("/api/auth/me").headers["set-cookie"]
        assert "set-cookie" not in client.get("/api/auth/me").headers


@pytest.mark.parametrize("what", ["wrong password", "unknown address"])
def test_wrong_credentials_are_told_alike(house: ApiHouse, what: str) -> None:
    """C-050."""
    address = new_address()
    with member(house, address), visitor(house) as client:
        refused = sign_in(client, address if what == "wrong password" else new_address(), "not-the-password-1")

    assert refused.status_code == 401
    assert refused.json()["detail"] == "Email ou mot de passe incorrect"
    assert "set-cookie" not in refused.headers


def test_a_login_takes_passwords_of_up_to_200_characters(house: ApiHouse) -> None:
    """C-048: longer than what a signup takes, for a change allows them (X-36)."""
    with visitor(house) as client:
        assert sign_in(client, new_address(), "x" * 200).status_code == 401
        for bad in ("", "x" * 201):
            assert [e["field"] for e in sign_in(client, new_address(), bad).json()["errors"]] == ["password"]


def test_a_login_wants_an_address(house: ApiHouse) -> None:
    """C-048."""
    with visitor(house) as client:
        assert sign_in(client, "nobody").status_code == 422


def test_a_deactivated_account_is_told_so_with_the_right_password_alone(house: ApiHouse) -> None:
    """C-051, C-016."""
    address = new_address()
    with member(house, address) as client:
        house.services.run(None, set_active, address, active=False)
        with visitor(house) as back:
            right, wrong = sign_in(back, address), sign_in(back, address, "wrong-1234")
        alive = client.get("/api/auth/me")

    assert (right.status_code, right.json()["detail"]) == (401, "Compte désactivé")
    assert wrong.json()["detail"] == "Email ou mot de passe incorrect"
    assert (alive.status_code, alive.json()["detail"]) == (403, "Compte désactivé")


def test_an_account_that_is_active_again_goes_on_with_its_session(house: ApiHouse) -> None:
    """C-051."""
    address = new_address()
    with member(house, address) as client:
        house.services.run(None, set_active, address, active=False)
        house.services.run(None, set_active, address.upper(), active=True)

        assert client.get("/api/auth/me").status_code == 200


def test_an_account_without_a_password_cannot_sign_in_with_one(house: ApiHouse) -> None:
    house.caller("owner@localhost")
    with visitor(house) as client:
        assert sign_in(client, "owner@localhost", "None").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/auth/me", None),
        ("POST", "/api/auth/password/change", {"current_password": "a", "new_password": "babbage-1822"}),
        ("POST", "/api/auth/email/resend-verify", None),
    ],
)
def test_a_token_does_not_reach_the_account(house: ApiHouse, method: str, path: str, body: object) -> None:
    """C-035, C-016: account routes take a session alone."""
    with house.bearer(new_address()) as agent:
        refused = agent.request(method, path, json=body)

    assert (refused.status_code, refused.json()["code"]) == (403, "session_required")
