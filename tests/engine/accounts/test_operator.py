"""Accounts that the operator makes and disables."""

from pathlib import Path

import pytest

from engine.accounts import operations
from engine.accounts.errors import AccountMissing, EmailInvalid, EmailTaken, WeakPassword
from engine.accounts.operator import add_user, list_users, set_active
from tests.house import house
from tests.visitors import PASSWORD


def test_an_added_user_signs_in_at_once(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        added = add_user(services, "Ada@example.com", PASSWORD, admin=True)
        signed_in, _ = operations.login(services, "ada@example.com", PASSWORD, "ip")

        assert added == signed_in
        assert (added.email, added.is_admin, added.is_active, added.email_verified) == (
            "ada@example.com",
            True,
            True,
            True,
        )


def test_users_are_listed_oldest_first(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        for name in ("zoe", "ada"):
            add_user(services, f"{name}@example.com", PASSWORD)

        assert [user.email for user in services.run(None, list_users)] == ["zoe@example.com", "ada@example.com"]


def test_what_cannot_be_an_account_is_refused(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        add_user(services, "ada@example.com", PASSWORD)

        with pytest.raises(EmailTaken):
            add_user(services, "ADA@example.com", PASSWORD)
        with pytest.raises(EmailInvalid):
            add_user(services, "ada", PASSWORD)
        with pytest.raises(WeakPassword):
            add_user(services, "eve@example.com", "password")
        with pytest.raises(AccountMissing):
            services.run(None, set_active, "eve@example.com", active=False)
