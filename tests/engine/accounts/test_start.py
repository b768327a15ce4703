"""The accounts that are there from the start, and the owner's one-time link."""

from datetime import timedelta
from pathlib import Path

import pytest

from engine.accounts import api_tokens, operations, sessions
from engine.accounts.errors import NoOwner, SignInLinkInvalid, WrongCredentials
from engine.accounts.operator import add_user, list_users, set_active
from engine.accounts.queries import by_email
from engine.accounts.schemas import AccountPublic
from engine.accounts.start import LOCAL_OWNER, local_owner, prepare_start, sign_in_link
from engine.context import Context, Services, write
from engine.errors import BadSetting
from engine.runtime import local_owner as local_caller
from tests.house import account, house
from tests.visitors import PASSWORD, StandingClock


def with_admin(services: Services, email: str | None = "Root@example.com", password: str | None = PASSWORD) -> None:
    services.settings = services.settings.model_copy(update={"admin_email": email, "admin_password": password})


def user(services: Services, email: str) -> AccountPublic:
    return next(user for user in services.run(None, list_users) if user.email == email)


def signs_in(services: Services, email: str, password: str = PASSWORD) -> bool:
    try:
        operations.login(services, email, password, email)
    except WrongCredentials:
        return False
    return True


@write
def unverify(context: Context, email: str) -> None:
    found = by_email(context, email)
    assert found is not None
    found.email_verified = False
    context.session.add(found)


def test_an_empty_database_gets_an_owner_and_a_link_to_sign_in_once(tmp_path: Path) -> None:
    """C-003: the link gives a session like any other."""
    with house(tmp_path, deaf=True) as services:
        link = prepare_start(services)
        assert link is not None
        address, _, token = link.partition("?token=")
        cookie = operations.sign_in_by_link(services, token)
        found = services.run(None, sessions.principal_of, cookie)

        assert address == f"{services.settings.public_url}/sign-in"
        assert found is not None and found[0].admin and found[0].verified
        assert [user.email for user in services.run(None, list_users)] == [LOCAL_OWNER]
        with pytest.raises(SignInLinkInvalid):
            operations.sign_in_by_link(services, token)


def test_a_newer_link_voids_the_older_one(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        links = [prepare_start(services) or "" for _ in range(2)]

        with pytest.raises(SignInLinkInvalid):
            operations.sign_in_by_link(services, links[0].partition("token=")[2])
        assert operations.sign_in_by_link(services, links[1].partition("token=")[2])


def test_a_link_lasts_a_day(tmp_path: Path) -> None:
    clock = StandingClock()
    with house(tmp_path, deaf=True, clock=clock) as services:
        token = (prepare_start(services) or "").partition("token=")[2]
        clock.offset += timedelta(hours=24)

        with pytest.raises(SignInLinkInvalid):
            operations.sign_in_by_link(services, token)


def test_a_link_of_a_deactivated_account_is_refused(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        token = account(services, "ada@example.com").run(sign_in_link).partition("token=")[2]
        services.run(None, set_active, "ada@example.com", active=False)

        with pytest.raises(SignInLinkInvalid):
            operations.sign_in_by_link(services, token)


def test_the_admin_of_the_settings_is_the_local_owner_of_an_empty_database(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        with_admin(services)

        assert prepare_start(services) is None  # a password leads in
        admin = user(services, "root@example.com")
        assert (admin.is_admin, admin.is_active, admin.email_verified) == (True, True, True)
        assert services.run(None, local_owner).account_id == admin.id
        assert signs_in(services, "root@example.com")


def test_commands_act_as_the_admin_of_the_settings_before_any_server_ran(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        with_admin(services)

        assert local_caller(services).principal.account_id == user(services, "root@example.com").id


def test_starting_again_leaves_a_changed_password_alone(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        with_admin(services)
        prepare_start(services)
        with_admin(services, password="another-1234")
        prepare_start(services)

        assert signs_in(services, "root@example.com") and not signs_in(services, "root@example.com", "another-1234")


def test_a_known_and_verified_account_becomes_the_admin_with_its_own_password(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        add_user(services, "root@example.com", "its-own-1234")
        services.run(None, set_active, "root@example.com", active=False)
        with_admin(services)
        prepare_start(services)

        admin = user(services, "root@example.com")
        assert admin.is_admin and admin.is_active
        assert signs_in(services, "root@example.com", "its-own-1234") and not signs_in(services, "root@example.com")


def test_who_took_the_admins_address_unproven_does_not_become_the_admin(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        squatter = account(services, "root@example.com")
        services.run(None, unverify, "root@example.com")
        token = squatter.run(api_tokens.create_token, name="t", scope="run").token
        with_admin(services)
        prepare_start(services)

        assert signs_in(services, "root@example.com")
        assert services.run(None, api_tokens.principal_of_token, token) is None


@pytest.mark.parametrize(
    ("email", "password", "named"),
    [
        ("root@example.com", None, "OUTSEND_ADMIN_PASSWORD"),
        (None, PASSWORD, "OUTSEND_ADMIN_EMAIL"),
        ("root", PASSWORD, "OUTSEND_ADMIN_EMAIL"),
        ("root@example.com", "short", "OUTSEND_ADMIN_PASSWORD"),
    ],
)
def test_a_bad_admin_stops_the_start(tmp_path: Path, email: str | None, password: str | None, named: str) -> None:
    with house(tmp_path, deaf=True) as services:
        with_admin(services, email, password)

        with pytest.raises(BadSetting) as refused:
            prepare_start(services)

        assert refused.value.values["name"] == named and PASSWORD not in refused.value.text
        assert services.run(None, list_users) == []


def test_a_disabled_owner_is_told_what_to_do(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        prepare_start(services)
        services.run(None, set_active, LOCAL_OWNER, active=False)

        with pytest.raises(NoOwner) as refused:
            prepare_start(services)

        assert LOCAL_OWNER in refused.value.next_step
