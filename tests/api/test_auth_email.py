"""Verifying the e-mail address, over HTTP."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from tests.api_house import ApiHouse, api_house
from tests.visitors import CODE, StandingClock, letters, member, new_address, token_in, visitor


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("api"), invitation_codes=(CODE,), clock=StandingClock()) as running:
        yield running


def verify(client: httpx.Client, token: str) -> httpx.Response:
    return client.post("/api/auth/email/verify", json={"token": token})


def resend(client: httpx.Client) -> httpx.Response:
    return client.post("/api/auth/email/resend-verify")


def test_the_token_verifies_the_address_once_and_without_a_session(house: ApiHouse) -> None:
    """C-069, C-070."""
    address = new_address()
    with member(house, address) as client, visitor(house) as elsewhere:
        token = token_in(letters(house, address)[0])
        first, second = verify(elsewhere, token), verify(elsewhere, token)

        assert (first.status_code, first.json()) == (200, {"ok": True})
        assert (second.status_code, second.json()["detail"]) == (400, "Lien de vérification invalide ou expiré")
        assert client.get("/api/auth/me").json()["email_verified"] is True


@pytest.mark.parametrize("token", ["x", "x" * 43])
def test_a_token_that_is_none_is_refused(house: ApiHouse, token: str) -> None:
    """C-070."""
    with visitor(house) as client:
        refused = verify(client, token)

    assert (refused.status_code, refused.json()["detail"]) == (400, "Lien de vérification invalide ou expiré")


def test_a_verification_link_lasts_48_hours(house: ApiHouse) -> None:
    """C-070."""
    early, late = new_address(), new_address()
    with member(house, early), member(house, late), visitor(house) as client:
        tokens = [token_in(letters(house, address)[0]) for address in (early, late)]
        house.services.clock.offset += timedelta(hours=47)
        assert verify(client, tokens[0]).status_code == 200
        house.services.clock.offset += timedelta(hours=1)
        assert verify(client, tokens[1]).status_code == 400


def test_a_reset_token_verifies_nothing(house: ApiHouse) -> None:
    """C-070."""
    address = new_address()
    with member(house, address), visitor(house) as client:
        client.post("/api/auth/password/reset-request", json={"email": address})

        assert verify(client, token_in(letters(house, address)[-1])).status_code == 400


def test_the_mail_is_sent_again_and_either_link_works(house: ApiHouse) -> None:
    """C-071."""
    address = new_address()
    with member(house, address) as client:
        again = resend(client)
        first, second = letters(house, address)

        assert (again.status_code, again.json()) == (200, {"ok": True})
        assert token_in(first) != token_in(second)
        assert verify(client, token_in(first)).status_code == 200
        assert verify(client, token_in(second)).status_code == 400  # nothing is left to verify


def test_a_verified_address_gets_no_further_mail(house: ApiHouse) -> None:
    """C-072: as often as one asks."""
    address = new_address()
    with member(house, address) as client:
        verify(client, token_in(letters(house, address)[0]))
        answers = [resend(client).json() for _ in range(5)]

    assert answers == [{"ok": True, "already_verified": True}] * 5
    assert len(letters(house, address)) == 1
