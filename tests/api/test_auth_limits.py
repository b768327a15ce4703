"""The limits of the sign-in routes, over HTTP: who is counted, and what the refusal says."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest

from tests.api_house import ApiHouse, api_house
from tests.visitors import (
    CODE,
    StandingClock,
    letters,
    member,
    new_address,
    new_ip,
    sign_in,
    sign_up,
    visitor,
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("api"), invitation_codes=(CODE,), clock=StandingClock()) as running:
        yield running


def later(house: ApiHouse, **time: float) -> None:
    house.services.clock.offset += timedelta(**time)


def assert_limited(response: httpx.Response, *, seconds: int) -> None:
    """Refused, with the delay in words and in the header."""
    assert response.status_code == 429
    assert int(response.headers["retry-after"]) == seconds
    assert re.search(r"Trop de tentatives.*\b" + str(seconds) + " secondes", response.json()["detail"])


def test_an_address_may_sign_up_three_times_an_hour(house: ApiHouse) -> None:
    """C-047, C-021, C-019."""
    with visitor(house) as client:
        attempts = [sign_up(client, new_address(), invitation_code=code) for code in (CODE, "WRONG", CODE)]
        later(house, minutes=59)
        assert_limited(sign_up(client, new_address()), seconds=60)
        later(house, minutes=1)

        assert [response.status_code for response in attempts] == [200, 400, 200]
        assert sign_up(client, new_address()).status_code == 200


def test_a_refused_signup_creates_nothing(house: ApiHouse) -> None:
    """C-047."""
    with visitor(house) as client:
        for _ in range(3):
            sign_up(client, new_address())
        address = new_address()

        assert sign_up(client, address).status_code == 429
        assert sign_in(client, address).status_code == 401


def test_an_ip_may_try_five_logins_in_a_quarter_of_an_hour(house: ApiHouse) -> None:
    """C-052, C-021, C-019: whatever the addresses; right ones count, too."""
    address = new_address()
    with member(house, address) as client:
        tried = [sign_in(client, address).status_code, *(sign_in(client, new_address()).status_code for _ in range(4))]

        assert tried == [200, 401, 401, 401, 401]
        assert_limited(sign_in(client, address), seconds=900)
        with visitor(house) as elsewhere:
            assert sign_in(elsewhere, address).status_code == 200


def test_an_account_may_be_tried_five_times_from_anywhere(house: ApiHouse) -> None:
    """C-053, C-021: in any spelling."""
    address = new_address()
    with member(house, address):
        for spelling in (address, address.upper(), address.title(), address, address):
            with visitor(house) as client:
                assert sign_in(client, spelling, "wrong-1234").status_code == 401
        with visitor(house) as client:
            assert_limited(sign_in(client, address), seconds=900)
            later(house, minutes=15)
            assert sign_in(client, address).status_code == 200


def test_an_unknown_address_is_limited_like_a_known_one(house: ApiHouse) -> None:
    """C-053: else the limit would tell who has an account."""
    address = new_address()
    for _ in range(5):
        with visitor(house) as client:
            sign_in(client, address)
    with visitor(house) as client:
        assert sign_in(client, address).status_code == 429


def test_a_malformed_login_costs_no_attempt(house: ApiHouse) -> None:
    """C-052."""
    with visitor(house) as client:
        for _ in range(6):
            assert sign_in(client, "no address").status_code == 422
        assert sign_in(client, new_address()).status_code == 401


def ask(client: httpx.Client, address: str) -> httpx.Response:
    return client.post("/api/auth/password/reset-request", json={"email": address})


def test_a_fourth_reset_request_for_an_account_is_answered_and_mails_nothing(house: ApiHouse) -> None:
    """C-058: from whatever address."""
    address = new_address()
    with member(house, address):
        for _ in range(4):
            with visitor(house) as client:
                assert ask(client, address).json() == {"ok": True}

    assert len(letters(house, address)) == 1 + 3


def test_a_fourth_reset_request_of_an_ip_is_answered_and_mails_nothing(house: ApiHouse) -> None:
    """C-058: for whatever account."""
    address = new_address()
    with member(house, address), visitor(house) as client:
        answers = [ask(client, to).json() for to in (new_address(), new_address(), new_address(), address)]

    assert answers == [{"ok": True}] * 4
    assert len(letters(house, address)) == 1


def attempts(act: Callable[[], httpx.Response], count: int) -> list[int]:
    return [act().status_code for _ in range(count)]


def test_a_user_may_try_five_password_changes_an_hour(house: ApiHouse) -> None:
    """C-068, C-021."""
    with member(house) as client:

        def change() -> httpx.Response:
            body = {"current_password": "wrong-1234", "new_password": "babbage-1822"}
            return client.post("/api/auth/password/change", json=body)

        assert attempts(change, 5) == [400] * 5
        assert_limited(change(), seconds=3600)


def test_a_user_may_ask_three_times_an_hour_for_the_verification_mail(house: ApiHouse) -> None:
    """C-073, C-021."""
    address = new_address()
    with member(house, address) as client:

        def resend() -> httpx.Response:
            return client.post("/api/auth/email/resend-verify")

        assert attempts(resend, 3) == [200] * 3
        assert_limited(resend(), seconds=3600)
    assert len(letters(house, address)) == 1 + 3


def test_a_forged_header_of_a_stranger_changes_nothing(house: ApiHouse) -> None:
    """C-047, C-052: no proxy is trusted here."""
    with visitor(house) as client:
        for number in range(5):
            client.headers["X-Forwarded-For"] = f"203.0.113.{number}"
            sign_in(client, new_address())
        client.headers["X-Forwarded-For"] = "203.0.113.77"

        assert sign_in(client, new_address()).status_code == 429


def test_what_a_trusted_proxy_says_counts(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The right-most address that is no trusted proxy is the client; what stands left of it anybody can write."""
    trusted = new_ip()
    with (
        api_house(tmp_path_factory.mktemp("proxied"), trusted_proxies=(f"{trusted}/32", "10.0.0.0/8")) as house,
        visitor(house, trusted) as proxy,
    ):

        def status_for(told: str) -> int:
            proxy.headers["X-Forwarded-For"] = told
            return sign_in(proxy, new_address()).status_code

        assert [status_for(f"198.51.100.{n}, 203.0.113.9, 10.1.2.3") for n in range(5)] == [401] * 5
        assert status_for("203.0.113.9") == 429
        assert status_for("203.0.113.10") == 401
