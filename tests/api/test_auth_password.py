"""Forgotten and changed passwords, over HTTP."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from engine.accounts.operator import set_active
from tests.api_house import ApiHouse, api_house
from tests.visitors import (
    CODE,
    PASSWORD,
    StandingClock,
    letters,
    link_in,
    member,
    new_address,
    sign_in,
    text_of,
    token_in,
    visitor,
)

NEW = "babbage-1822"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("api"), invitation_codes=(CODE,), clock=StandingClock()) as running:
        yield running


def ask(client: httpx.Client, address: str) -> httpx.Response:
    return client.post("/api/auth/password/reset-request", json={"email": address})


def confirm(client: httpx.Client, token: str, password: str = NEW) -> httpx.Response:
    return client.post("/api/auth/password/reset-confirm", json={"token": token, "new_password": password})


def change(client: httpx.Client, current: str = PASSWORD, new: str = NEW) -> httpx.Response:
    return client.post("/api/auth/password/change", json={"current_password": current, "new_password": new})


def reset_token(house: ApiHouse, address: str) -> str:
    with visitor(house) as client:
        ask(client, address)
    return token_in(letters(house, address)[-1])


def test_the_answer_does_not_tell_whether_an_address_is_known(house: ApiHouse) -> None:
    """C-056, C-057."""
    known, unknown = new_address(), new_address()
    with member(house, known), visitor(house) as client:
        answers = [ask(client, known), ask(client, unknown)]

    assert {(answer.status_code, answer.text) for answer in answers} == {(200, '{"ok":true}')}
    assert len(letters(house, known)) == 2 and letters(house, unknown) == []


def test_the_mail_leads_to_the_new_password(house: ApiHouse) -> None:
    """C-057, C-059: link and bare token."""
    address = new_address()
    with member(house, address), visitor(house) as client:
        ask(client, address.upper())
        letter = letters(house, address)[-1]
        done = confirm(client, token_in(letter))

        assert link_in(letter).startswith(f"{house.url}/reset-password?token=")
        assert f"\n{token_in(letter)}\n" in text_of(letter)
        assert (done.status_code, done.json()) == (200, {"ok": True})
        assert [sign_in(client, address, password).status_code for password in (PASSWORD, NEW)] == [401, 200]


def test_a_deactivated_account_gets_no_reset_link(house: ApiHouse) -> None:
    """C-057."""
    address = new_address()
    with member(house, address), visitor(house) as client:
        house.services.run(None, set_active, address, active=False)

        assert ask(client, address).json() == {"ok": True}
    assert len(letters(house, address)) == 1  # the welcome


def test_a_reset_link_works_once(house: ApiHouse) -> None:
    """C-060."""
    address = new_address()
    with member(house, address), visitor(house) as client:
        token = reset_token(house, address)
        confirm(client, token)
        again, unknown = confirm(client, token), confirm(client, "x" * 43)

    for refused in (again, unknown):
        assert (refused.status_code, refused.json()["detail"]) == (400, "Lien invalide ou expiré")


def test_a_reset_link_lasts_an_hour(house: ApiHouse) -> None:
    """C-061."""
    early, late = new_address(), new_address()
    with member(house, early), member(house, late), visitor(house) as client:
        tokens = [reset_token(house, early), reset_token(house, late)]
        house.services.clock.offset += timedelta(minutes=59)
        assert confirm(client, tokens[0]).status_code == 200
        house.services.clock.offset += timedelta(minutes=1)
        refused = confirm(client, tokens[1])

    assert (refused.status_code, refused.json()["detail"]) == (400, "Lien invalide ou expiré")


def test_a_new_reset_link_voids_the_older_one(house: ApiHouse) -> None:
    """C-060."""
    address = new_address()
    with member(house, address), visitor(house) as client:
        older, newer = reset_token(house, address), reset_token(house, address)

        assert [confirm(client, token).status_code for token in (older, newer)] == [400, 200]


def test_a_verification_token_resets_no_password(house: ApiHouse) -> None:
    """C-060."""
    address = new_address()
    with member(house, address) as client:
        assert confirm(client, token_in(letters(house, address)[0])).status_code == 400


@pytest.mark.parametrize("password", ["short-1", "onlyletters", "12345678", "a1" * 65])
def test_a_weak_new_password_is_refused_and_the_link_still_works(house: ApiHouse, password: str) -> None:
    """C-062, C-059."""
    address = new_address()
    with member(house, address), visitor(house) as client:
        token = reset_token(house, address)
        refused = confirm(client, token, password)

        assert refused.status_code == 422
        assert [error["field"] for error in refused.json()["errors"]] == ["new_password"]
        assert confirm(client, token).status_code == 200


@pytest.mark.parametrize("token", ["x" * 9, "x" * 257])
def test_a_token_has_10_to_256_characters(house: ApiHouse, token: str) -> None:
    """C-059."""
    with visitor(house) as client:
        refused = confirm(client, token)

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["token"]


def test_a_reset_ends_every_session_and_token(house: ApiHouse) -> None:
    """C-063: whoever resets may have lost control, so personal access tokens end, too."""
    address = new_address()
    with member(house, address) as one, visitor(house) as two, visitor(house) as client:
        sign_in(two, address)
        made = one.post("/api/tokens", json={"name": "agent", "scope": "run"}).json()["token"]
        confirm(client, reset_token(house, address))

        assert [user.get("/api/auth/me").status_code for user in (one, two)] == [401, 401]
        assert client.get("/api/pipelines", headers={"Authorization": f"Bearer {made}"}).status_code == 401


def test_a_change_keeps_the_caller_in_and_ends_the_other_sessions(house: ApiHouse) -> None:
    """C-064, C-067, C-033, C-026."""
    address = new_address()
    with member(house, address) as one, visitor(house) as two:
        sign_in(two, address)
        replayed = one.cookies["outsend_session"]
        changed = change(one)

        assert (changed.status_code, changed.json()) == (200, {"ok": True})
        assert one.get("/api/auth/me").status_code == 200
        assert two.get("/api/auth/me").status_code == 401
        with httpx.Client(base_url=house.url, cookies={"outsend_session": replayed}) as thief:
            assert thief.get("/api/auth/me").status_code == 401


def test_a_change_keeps_personal_access_tokens(house: ApiHouse) -> None:
    with member(house) as client:
        client.post("/api/tokens", json={"name": "agent", "scope": "read"})
        change(client)

        assert len(client.get("/api/tokens").json()["items"]) == 1


def test_a_change_gives_the_last_word_to_its_own_cookie(house: ApiHouse) -> None:
    """C-067: also when the old session was due for its renewal in the same request."""
    with member(house) as client:
        house.services.clock.offset += timedelta(hours=2)
        changed = change(client)

        assert len(changed.headers.get_list("set-cookie")) == 1
        assert client.get("/api/auth/me").status_code == 200


def test_a_change_voids_an_open_reset_link(house: ApiHouse) -> None:
    address = new_address()
    with member(house, address) as client:
        token = reset_token(house, address)
        change(client)

        assert confirm(client, token).status_code == 400


def test_a_wrong_current_password_changes_nothing(house: ApiHouse) -> None:
    """C-065."""
    address = new_address()
    with member(house, address) as client:
        refused = change(client, current="wrong-1234")

        assert (refused.status_code, refused.json()["detail"]) == (400, "Mot de passe actuel incorrect")
        assert client.get("/api/auth/me").status_code == 200
        assert sign_in(client, address).status_code == 200


def test_the_new_password_must_differ(house: ApiHouse) -> None:
    """C-066."""
    with member(house) as client:
        refused = change(client, new=PASSWORD)

    assert refused.status_code == 400
    assert refused.json()["detail"] == "Le nouveau mot de passe doit être différent de l'actuel"


@pytest.mark.parametrize(
    ("field", "current", "new"),
    [
        ("current_password", "", NEW),
        ("current_password", "x" * 201, NEW),
        ("new_password", PASSWORD, "short-1"),
        ("new_password", PASSWORD, "x" * 201),
    ],
)
def test_a_change_names_the_bad_field(house: ApiHouse, field: str, current: str, new: str) -> None:
    """C-064."""
    with member(house) as client:
        refused = change(client, current, new)

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_a_password_of_200_characters_can_be_signed_in_with(house: ApiHouse) -> None:
    """C-064, C-048."""
    address, long = new_address(), "babbage-1822" + "x" * 188
    with member(house, address) as client:
        assert change(client, new=long).status_code == 200
        assert sign_in(client, address, long).status_code == 200


def test_a_change_needs_a_session(house: ApiHouse) -> None:
    """C-022."""
    with visitor(house) as client:
        assert change(client).status_code == 401
