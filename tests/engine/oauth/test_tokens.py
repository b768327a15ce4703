"""How long codes and tokens last, what ends them, and what is kept of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from engine.accounts import operator
from engine.accounts.models import Account
from engine.clock import Clock
from engine.context import Caller, Context, Services, write
from engine.oauth import clients, connected, consent, tokens
from engine.oauth.errors import AppMissing, RequestOver
from engine.oauth.schemas import SCOPES
from engine.privacy.erasure import erase
from tests.engine.oauth.granted import (
    CALLBACK,
    a_client,
    a_code,
    asked_for,
    exchanged,
    issued,
    opens,
    refreshed,
)
from tests.house import account

pytestmark = pytest.mark.slow(15)

MAIL = "owner@example.com"


def later(services: Services, **by: float) -> None:
    """Let time go by."""
    clock: Clock = services.clock
    clock.offset += timedelta(**by)


@write
def new_password(context: Context, account_id: int) -> None:
    """What a reset and a change of the password do to what was granted before."""
    context.session.get_one(Account, account_id).tokens_valid_after = context.now()


@write
def tamper(context: Context, resource: str) -> None:
    context.session.connection().execute(
        sa.text("UPDATE oauth_tokens SET resource = :resource"), {"resource": resource}
    )


def rows(services: Services, table: str) -> list[dict[str, Any]]:
    with services.db.transaction("read") as session:
        found = session.connection().execute(sa.select(SQLModel.metadata.tables[table]))
        return [dict(row._mapping) for row in found]


# Codes


def test_a_code_lasts_a_minute(services: Services) -> None:
    """MCP security point 6."""
    caller = account(services)
    early, late = a_code(caller), a_code(caller)

    later(services, seconds=58)
    assert exchanged(services, early) is not None
    later(services, seconds=3)

    assert exchanged(services, late) is None
    assert services.run(None, tokens.code_of, "c1", late) is None


def test_a_used_code_that_comes_again_ends_the_family_with_all_that_was_refreshed(services: Services) -> None:
    """MCP security point 6."""
    caller = account(services)
    code = a_code(caller)
    first, other = exchanged(services, code), issued(caller)
    assert first is not None
    second = refreshed(services, first.refresh_token)

    later(services, hours=1)
    assert services.run(None, tokens.code_of, "c1", code) is None

    assert not opens(services, first) and not opens(services, second)
    assert opens(services, other)  # another family of the same client


def test_a_code_is_only_for_the_resource_it_was_asked_for(services: Services) -> None:
    """MCP security point 1."""
    code = a_code(account(services))

    elsewhere = services.run(None, tokens.exchange_code, "c1", code, resource="https://other.example/mcp")

    assert elsewhere is None


def test_a_request_waits_half_an_hour(services: Services) -> None:
    caller, secret = account(services), asked_for(services)

    later(services, minutes=31)

    with pytest.raises(RequestOver):
        caller.run(consent.allow, secret, run=True)
    with pytest.raises(RequestOver):
        caller.run(consent.shown, secret)


# Tokens


def test_an_access_token_lasts_a_day(services: Services) -> None:
    given = issued(account(services))

    later(services, hours=23, minutes=59)
    before = opens(services, given)
    later(services, minutes=2)

    assert (before, opens(services, given), given.expires_in) == (True, False, 86_400)


def test_a_refresh_token_lasts_ninety_days_from_each_refresh(services: Services) -> None:
    given = issued(account(services))
    for _ in range(3):
        later(services, days=89)
        given = refreshed(services, given.refresh_token)
        assert given is not None and opens(services, given)

    later(services, days=91)

    assert refreshed(services, given.refresh_token) is None


def test_a_rotated_refresh_token_works_a_minute_more_and_then_ends_the_family(services: Services) -> None:
    """MCP security point 7."""
    given = issued(account(services))
    second = refreshed(services, given.refresh_token)
    later(services, seconds=58)
    third = refreshed(services, given.refresh_token)
    assert opens(services, second) and opens(services, third)

    later(services, seconds=3)

    assert refreshed(services, given.refresh_token) is None
    assert not any(opens(services, one) for one in (given, second, third))
    assert third is not None and refreshed(services, third.refresh_token) is None


def test_the_minute_counts_from_the_first_rotation(services: Services) -> None:
    given = issued(account(services))
    for _ in range(2):
        refreshed(services, given.refresh_token)
        later(services, seconds=40)

    assert refreshed(services, given.refresh_token) is None


def test_a_token_is_only_for_its_own_client(services: Services) -> None:
    given = issued(account(services))
    a_client(services, "c2")

    assert refreshed(services, given.refresh_token, "c2") is None
    services.run(None, tokens.revoke, "c2", given.access_token)

    assert opens(services, given)


@pytest.mark.parametrize("resource", ["", "https://other.example/mcp"])
def test_a_refresh_token_of_another_resource_gives_nothing(services: Services, resource: str) -> None:
    """MCP security point 1."""
    given = issued(account(services))
    services.run(None, tamper, resource)

    found = services.run(None, tokens.bearing, given.access_token)

    assert refreshed(services, given.refresh_token) is None
    assert found is not None and found.resource == resource  # which the door compares with its own


def test_running_includes_reading(services: Services) -> None:
    caller = account(services)
    given, less = issued(caller), exchanged(services, a_code(caller, run=False))
    assert less is not None

    found = [services.run(None, tokens.bearing, one.access_token) for one in (given, less)]

    assert [one.principal.scopes for one in found if one] == [{"read", "run"}, {"read"}]
    assert less.scopes == (SCOPES["read"],)


def test_secrets_are_kept_as_hashes_alone(services: Services) -> None:
    """MCP security point 7."""
    caller = account(services)
    request, code = asked_for(services), a_code(caller)
    given = issued(caller)

    kept = str([rows(services, f"oauth_{name}") for name in ("clients", "requests", "codes", "grants", "tokens")])

    assert not any(secret in kept for secret in (request, code, given.access_token, given.refresh_token))


# The account


ENDS: dict[str, Callable[[Caller], Any]] = {
    "a new password": lambda caller: caller.services.run(None, new_password, caller.principal.account_id),
    "deactivation": lambda caller: caller.services.run(None, operator.set_active, MAIL, active=False),
    "deactivation for a while": lambda caller: [
        caller.services.run(None, operator.set_active, MAIL, active=active) for active in (False, True)
    ],
    "erasure": lambda caller: erase(caller, MAIL),
    "removal": lambda caller: caller.run(connected.remove_app, "c1"),
}


@pytest.mark.parametrize("what", ENDS)
def test_what_was_granted_ends_with(services: Services, what: str) -> None:
    caller = account(services, MAIL)
    given, code = issued(caller), a_code(caller)

    ENDS[what](caller)

    assert not opens(services, given)
    assert refreshed(services, given.refresh_token) is None
    assert exchanged(services, code) is None


def test_after_a_new_password_the_list_is_empty_and_the_same_client_is_asked_for(services: Services) -> None:
    caller = account(services, MAIL)
    issued(caller)
    before = caller.run(consent.shown, asked_for(services)).agreed

    services.run(None, new_password, caller.principal.account_id)

    assert (before, caller.run(consent.shown, asked_for(services)).agreed) == (True, False)
    assert caller.run(connected.list_apps) == []
    assert opens(services, issued(caller))


# The list


def test_the_list_shows_each_client_once_with_all_that_it_may_do(services: Services) -> None:
    caller = account(services)
    exchanged(services, a_code(caller, run=False))
    later(services, hours=1)
    issued(caller)
    issued(caller, "c2")

    second, first = caller.run(connected.list_apps)

    assert (second.client_id, first.client_id) == ("c2", "c1")
    assert (first.name, first.hosts, first.scopes) == ("Claude", ("claude.ai",), tuple(SCOPES.values()))
    assert first.last_used_at - first.first_used_at >= timedelta(hours=1)


def test_use_is_noted_a_minute_apart(services: Services) -> None:
    caller = account(services)
    given = issued(caller)
    services.run(None, tokens.note_use, given.access_token)

    soon = services.run(None, tokens.bearing, given.access_token)
    later(services, seconds=61)
    late = services.run(None, tokens.bearing, given.access_token)

    assert soon is not None and late is not None
    assert (soon.worth_noting, late.worth_noting) == (False, True)


def test_nobody_removes_what_is_connected_to_another(services: Services) -> None:
    given, other = issued(account(services)), account(services, "other@example.com")

    with pytest.raises(AppMissing):
        other.run(connected.remove_app, "c1")

    assert other.run(connected.list_apps) == [] and opens(services, given)


# Cleaning up


def test_what_is_over_is_forgotten_and_what_is_not_stays(services: Services) -> None:
    caller = account(services)
    asked_for(services)
    given = issued(caller)

    clients.forget_old(services)
    kept = [len(rows(services, f"oauth_{name}")) for name in ("requests", "codes", "grants", "tokens")]
    later(services, days=2)
    clients.forget_old(services)

    assert kept == [1, 1, 1, 2]
    assert (rows(services, "oauth_requests"), rows(services, "oauth_codes")) == ([], [])
    assert [row["kind"] for row in rows(services, "oauth_tokens")] == ["refresh"]
    assert refreshed(services, given.refresh_token) is not None


def test_a_client_that_nobody_uses_is_forgotten_after_thirty_days(services: Services) -> None:
    """MCP security point 10."""
    a_client(services, "unused")
    issued(account(services), "used")

    later(services, days=29)
    clients.forget_old(services)
    assert services.run(None, clients.known, "unused") is not None
    later(services, days=2)
    clients.forget_old(services)

    assert services.run(None, clients.known, "unused") is None
    assert services.run(None, clients.known, "used") is not None
    later(services, days=91)  # its last token is over
    clients.forget_old(services)
    assert services.run(None, clients.known, "used") is None
    assert rows(services, "oauth_grants") == []


def test_names_that_could_mislead_are_made_plain() -> None:
    assert clients.readable_name("  Claude\u202e\n\u200b AI  ", CALLBACK) == "Claude AI"
    assert clients.readable_name("\u200b", CALLBACK) == clients.readable_name(None, CALLBACK) == "claude.ai"
    assert len(clients.readable_name("x" * 500, CALLBACK)) == 80
