"""What holds when several use the same secret at the same moment, on both databases."""

from collections import Counter

import pytest

from engine.accounts.operations import me
from engine.context import Services
from engine.oauth import clients, consent, tokens
from engine.oauth.connected import list_apps, remove_app
from engine.oauth.errors import RequestOver
from engine.oauth.schemas import Client, Decided, Issued
from engine.privacy.erasure import erase
from tests.engine.accounts.test_races import together
from tests.engine.oauth.granted import a_client, a_code, asked_for, exchanged, issued, opens, refreshed
from tests.house import account

pytestmark = pytest.mark.slow(20)

AT_ONCE = 8


def test_of_parallel_exchanges_of_one_code_one_gets_tokens_and_the_replay_ends_them(services: Services) -> None:
    """MCP security point 6."""
    code = a_code(account(services))

    outcomes = together(*(lambda: exchanged(services, code) for _ in range(AT_ONCE)))

    given = [one for one in outcomes if isinstance(one, Issued)]
    assert len(given) == 1 and outcomes.count(None) == AT_ONCE - 1
    assert not opens(services, given[0])


def test_parallel_refreshes_all_pass(services: Services) -> None:
    """MCP security point 7."""
    given = issued(account(services))

    outcomes = together(*(lambda: refreshed(services, given.refresh_token) for _ in range(AT_ONCE)))

    assert all(opens(services, one) for one in outcomes)
    assert len({one.refresh_token for one in outcomes}) == AT_ONCE


def test_a_refresh_beside_a_revocation_leaves_nothing_alive(services: Services) -> None:
    for _ in range(5):
        given = issued(account(services))

        outcomes = together(
            *(lambda given=given: refreshed(services, given.refresh_token) for _ in range(3)),
            lambda given=given: services.run(None, tokens.revoke, "c1", given.access_token),
        )

        assert not any(opens(services, one) for one in (given, *outcomes[:3]))


def test_a_form_that_is_sent_twice_at_once_counts_once(services: Services) -> None:
    caller = account(services)
    secret = asked_for(services)

    outcomes = together(*(lambda: caller.run(consent.allow, secret, run=True) for _ in range(AT_ONCE)))

    assert Counter(one if isinstance(one, type) else type(one) for one in outcomes) == {
        Decided: 1,
        RequestOver: AT_ONCE - 1,
    }


def test_an_exchange_beside_a_removal_leaves_nothing_alive(services: Services) -> None:
    caller = account(services)
    for _ in range(10):
        issued(caller)
        code = a_code(caller)

        given, _ = together(lambda code=code: exchanged(services, code), lambda: caller.run(remove_app, "c1"))

        assert not opens(services, given)
        assert caller.run(list_apps) == []


def test_what_is_exchanged_or_refreshed_during_an_erasure_leaves_nothing(services: Services) -> None:
    for number in range(3):
        caller = account(services, f"leaving{number}@example.com")
        code, given = a_code(caller), issued(caller)

        outcomes = together(
            lambda code=code: exchanged(services, code),
            lambda given=given: refreshed(services, given.refresh_token),
            lambda caller=caller, number=number: erase(caller, f"leaving{number}@example.com"),
        )

        assert not any(opens(services, one) for one in (given, *outcomes[:2]) if isinstance(one, Issued))
        with pytest.raises(Exception, match="Authentification"):
            caller.run(me)


def test_a_document_that_is_read_twice_at_once_is_kept_once(services: Services) -> None:
    client = Client("https://app.example/client.json", "App", ("https://app.example/cb",), document=True)

    outcomes = together(*(lambda: services.run(None, clients.remember, client) for _ in range(AT_ONCE)))

    assert outcomes == [None] * AT_ONCE
    assert services.run(None, clients.known, client.client_id) == (client, True)


def test_a_client_in_use_by_two_accounts_is_removed_from_one_alone(services: Services) -> None:
    a_client(services)
    ada, bob = account(services, "ada@example.com"), account(services, "bob@example.com")
    hers, his = issued(ada), issued(bob)

    together(*(lambda: ada.run(remove_app, "c1") for _ in range(3)))

    assert (opens(services, hers), opens(services, his)) == (False, True)
