"""The local owner: who commands on this machine act as."""

from pathlib import Path

from sqlmodel import select

from engine.accounts.models import Account
from engine.accounts.start import LOCAL_OWNER, local_owner
from engine.context import Context, read
from tests.house import account, house


def test_it_is_made_once_and_is_an_admin(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        first, second = services.run(None, local_owner), services.run(None, local_owner)

        @read
        def emails(context: Context) -> list[str]:
            return list(context.session.exec(select(Account.email)))

        assert first == second and first.admin and first.via == "cli"
        assert services.run(None, emails) == [LOCAL_OWNER]


def test_an_ordinary_account_is_not_taken_for_it(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        other = account(services, "user@example.com")

        assert services.run(None, local_owner).account_id != other.principal.account_id
