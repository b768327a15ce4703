"""The secret that signs: made once, shown once, rotated without a gap, unreadable in the database."""

from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from engine.context import Caller, Context, Services, read, write
from engine.signing import Signer
from engine.webhooks import secrets
from engine.webhooks.models import WebhookSecret
from tests.engine.accounts.conftest import services as services  # over either database
from tests.house import account, house
from tests.visitors import StandingClock


@write
def signing(context: Context) -> tuple[str, ...]:
    return secrets.signing_secrets(context, context.account_id)


@read
def stored(context: Context) -> WebhookSecret:
    return context.session.get_one(WebhookSecret, context.account_id)


def test_a_secret_is_shown_once_and_lies_encrypted(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        me = account(services)
        assert me.run(secrets.look).secret is None

        made = me.run(secrets.rotate)

        assert made.secret.startswith("whsec_") and len(made.secret) > 40
        assert me.run(secrets.look).secret == f"whsec_…{made.secret[-4:]}"
        assert made.secret not in me.run(stored).sealed
        assert me.run(signing) == (made.secret,)


def test_after_a_rotation_both_sign_for_a_day(tmp_path: Path) -> None:
    clock = StandingClock()
    with house(tmp_path, deaf=True, clock=clock) as services:
        me = account(services)
        first, second = me.run(secrets.rotate), me.run(secrets.rotate)

        assert me.run(signing) == (second.secret, first.secret)
        assert second.former_signs_until == me.run(secrets.look).former_signs_until
        clock.offset += timedelta(hours=24)
        assert me.run(signing) == (second.secret,)
        assert me.run(secrets.look).former_signs_until is None


def test_who_rotates_twice_ends_the_oldest(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        me = account(services)
        made = [me.run(secrets.rotate).secret for _ in range(3)]

        assert me.run(signing) == (made[2], made[1])


def test_a_key_of_the_product_rotates_without_a_gap_and_a_lost_one_makes_a_new_secret(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        me = account(services)
        made = me.run(secrets.rotate).secret

        services.signer = Signer(["a newer key of the tests", "a key of the tests alone"])
        assert me.run(signing) == (made,)
        services.signer = Signer(["another key that opens nothing"])
        (replaced,) = me.run(signing)
        assert replaced != made
        assert me.run(signing) == (replaced,)


@pytest.mark.slow(20)
def test_of_first_needs_at_once_one_makes_the_secret(services: Services) -> None:
    me, found = account(services), list[tuple[str, ...]]()
    threads = [Thread(target=lambda: found.append(me.run(signing))) for _ in range(6)]

    _all(threads)

    assert len(found) == 6 and len(set(found)) == 1


@pytest.mark.slow(20)
def test_of_rotations_at_once_none_is_lost(services: Services) -> None:
    me, made = account(services), list[str]()
    threads = [Thread(target=lambda: made.append(me.run(secrets.rotate).secret)) for _ in range(6)]

    _all(threads)

    newest, former = me.run(signing)
    assert len(set(made)) == 6
    assert {newest, former} <= set(made) and newest != former


def test_nobody_sees_anybody_elses(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        mine, theirs = account(services), account(services, "other@example.com")
        mine.run(secrets.rotate)

        assert theirs.run(secrets.look).secret is None
        assert _secret_of(theirs) != _secret_of(mine)


def _secret_of(caller: Caller) -> str:
    return caller.run(signing)[0]


def _all(threads: list[Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
