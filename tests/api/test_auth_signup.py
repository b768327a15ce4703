"""Opening an account. C-036."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine.accounts.invitations import make_invitation
from tests.api_house import ApiHouse, api_house
from tests.visitors import letters, link_in, new_address, sign_in, sign_up, text_of, token_in, visitor


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("api"), invitation_codes=("ALPHA-7K2", "BETA")) as running:
        yield running


def test_it_answers_with_the_account_and_signs_in(house: ApiHouse) -> None:
    """C-036, C-042, C-043, C-026."""
    address = new_address()
    with visitor(house) as client:
        response = sign_up(client, address)

        user = response.json()["user"]
        assert response.status_code == 200 and response.json()["ok"] is True
        assert user == {
            "id": user["id"],
            "email": address,
            "is_admin": False,
            "is_active": True,
            "email_verified": False,
            "created_at": user["created_at"],
        }
        assert isinstance(user["id"], int)
        assert client.get("/api/auth/me").json() == user


def test_the_time_of_creation_is_utc_to_the_second(house: ApiHouse) -> None:
    with visitor(house) as client:
        created = sign_up(client, new_address()).json()["user"]["created_at"]

    assert len(created) == len("2026-05-27T09:14:00Z") and created.endswith("Z") and "T" in created


def test_the_welcome_mail_leads_to_the_verification(house: ApiHouse) -> None:
    """C-042: the link of the mail, and the bare token in its text, verify the address."""
    address = new_address()
    with visitor(house) as client:
        sign_up(client, address)
        (letter,) = letters(house, address)

        assert link_in(letter).startswith(f"{house.url}/verify-email?token=")
        assert f"\n{token_in(letter)}\n" in text_of(letter)
        assert link_in(letter) in text_of(letter, "html").replace("&amp;", "&")
        assert client.post("/api/auth/email/verify", json={"token": token_in(letter)}).json() == {"ok": True}


def test_an_address_has_one_spelling(house: ApiHouse) -> None:
    """C-046."""
    address = new_address()
    with visitor(house) as client:
        assert sign_up(client, address.upper()).json()["user"]["email"] == address
        again = sign_up(client, address.title())

    assert (again.status_code, again.json()["detail"]) == (400, "Email existe déjà")


@pytest.mark.parametrize("address", ["ada@shop.test", "ada@localhost", "ada+leads@sub.example.co.uk"])
def test_addresses_of_special_use_are_fine(house: ApiHouse, address: str) -> None:
    with visitor(house) as client:
        assert sign_up(client, address).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "ada"),
        ("email", "ada@"),
        ("email", "a@b"),
        ("email", "ada@ex ample.com"),
        ("email", "ada@example.com\nBcc: x@y.fr"),
        ("email", "a" * 250 + "@example.com"),
        ("email", None),
        ("password", "short-1"),
        ("password", "x1" * 65),
        ("password", "onlyletters"),
        ("password", "1234567890-"),
        ("invitation_code", ""),
        ("invitation_code", "x" * 65),
        ("accept_responsibility", False),
        ("accept_responsibility", None),
        ("hcaptcha_token", 3),
    ],
)
def test_a_bad_field_is_named(house: ApiHouse, field: str, value: Any) -> None:
    """C-037, C-038, C-039, C-040, C-018, C-012."""
    with visitor(house) as client:
        response = sign_up(client, new_address(), **{field: value})

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize("field", ["email", "password", "invitation_code", "accept_responsibility"])
def test_a_missing_field_is_named(house: ApiHouse, field: str) -> None:
    """C-037, C-040."""
    body = {"email": new_address(), "password": "abcdefg1", "invitation_code": "BETA", "accept_responsibility": True}
    del body[field]
    with visitor(house) as client:
        response = client.post("/api/auth/signup", json=body)

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize("password", ["abcdefg1", "abcdefg-", "é" * 7 + "!", "a1" * 64])
def test_a_letter_and_a_digit_or_symbol_make_a_password(house: ApiHouse, password: str) -> None:
    """C-038."""
    address = new_address()
    with visitor(house) as client:
        assert sign_up(client, address, password=password).status_code == 200
        assert sign_in(client, address, password).status_code == 200


@pytest.mark.parametrize("code", ["WRONG", "alpha-7k2", "A\u0000B", "' OR 1=1 --"])
def test_a_wrong_code_opens_nothing(house: ApiHouse, code: str) -> None:
    """C-045, C-039."""
    address = new_address()
    with visitor(house) as client:
        refused = sign_up(client, address, invitation_code=code)

        assert (refused.status_code, refused.json()["detail"]) == (400, "Code invitation invalide")
        assert sign_in(client, address).status_code == 401
    assert letters(house, address) == []


def test_a_code_of_the_settings_never_wears_out(house: ApiHouse) -> None:
    """C-039."""
    for _ in range(2):
        with visitor(house) as client:
            assert sign_up(client, new_address(), invitation_code="BETA").status_code == 200


def test_a_made_code_lasts_for_its_uses(house: ApiHouse) -> None:
    """C-039, C-045."""
    code = house.services.run(None, make_invitation, uses_left=2)
    with visitor(house) as client:
        statuses = [sign_up(client, new_address(), invitation_code=code).status_code for _ in range(3)]

    assert statuses == [200, 200, 400]


def test_a_taken_address_leaves_the_code_unused(house: ApiHouse) -> None:
    """C-046."""
    code, address = house.services.run(None, make_invitation, uses_left=1), new_address()
    with visitor(house) as client:
        sign_up(client, address)

        assert sign_up(client, address, invitation_code=code).json()["detail"] == "Email existe déjà"
        assert sign_up(client, new_address(), invitation_code=code).status_code == 200


def test_the_code_is_looked_at_before_the_address(house: ApiHouse) -> None:
    """Without a code, nobody learns which addresses have an account. C-045."""
    address = new_address()
    with visitor(house) as client:
        sign_up(client, address)

        assert sign_up(client, address, invitation_code="WRONG").json()["detail"] == "Code invitation invalide"
