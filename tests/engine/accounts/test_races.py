"""What holds when several do the same thing at the same moment, on both databases."""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from engine.accounts import operations, sessions
from engine.accounts.errors import EmailTaken, InvitationInvalid, TooManyAttempts
from engine.accounts.invitations import make_invitation
from engine.accounts.operator import add_user, list_users
from engine.accounts.outgoing import deliver_due, queue
from engine.accounts.rate_limits import LOGIN_BY_EMAIL, LOGIN_BY_IP, count_attempt
from engine.accounts.schemas import SignupRequest
from engine.accounts.signup import sign_up
from engine.accounts.start import local_owner, prepare_start, sign_in_link
from engine.context import Context, Services, write
from engine.errors import OutsendError
from engine.mail.mailer import Mail
from tests.house import Postbox, account
from tests.visitors import CODE, PASSWORD, new_address

pytestmark = pytest.mark.slow(20)

AT_ONCE = 8


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of it at the same moment; an error of ours is an outcome like another."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return act()
        except OutsendError as error:
            return type(error)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def signing_up(services: Services, address: str, code: str = CODE, *, ip: str) -> Callable[[], str]:
    asked = SignupRequest(email=address, password=PASSWORD, invitation_code=code, accept_responsibility=True)

    def act() -> str:
        asyncio.run(sign_up(services, asked, ip))
        return "opened"

    return act


def test_a_code_for_one_opens_one_account(services: Services) -> None:
    """C-039, C-045."""
    code = services.run(None, make_invitation, uses_left=1)

    outcomes = together(*(signing_up(services, new_address(), code, ip=f"ip{n}") for n in range(AT_ONCE)))

    assert Counter(outcomes) == {"opened": 1, InvitationInvalid: AT_ONCE - 1}
    assert len(services.run(None, list_users)) == 1


def test_an_address_gets_one_account(services: Services) -> None:
    """C-046."""
    address = new_address()

    outcomes = together(*(signing_up(services, address, ip=f"ip{n}") for n in range(AT_ONCE)))

    assert Counter(outcomes) == {"opened": 1, EmailTaken: AT_ONCE - 1}
    assert len(services.run(None, list_users)) == 1


def test_as_many_attempts_pass_as_the_limit_says(services: Services) -> None:
    """C-052, C-053: counted against two limits, asked for in either order."""
    orders = [((LOGIN_BY_IP, "ip"), (LOGIN_BY_EMAIL, "e")), ((LOGIN_BY_EMAIL, "e"), (LOGIN_BY_IP, "ip"))]

    outcomes = together(*(lambda n=n: services.run(None, count_attempt, *orders[n % 2]) for n in range(16)))

    assert Counter(outcomes) == {None: 5, TooManyAttempts: 11}


def test_a_mailed_link_is_used_up_by_one(services: Services) -> None:
    """C-060."""
    token = account(services).run(sign_in_link).partition("token=")[2]

    outcomes = together(*(lambda: operations.sign_in_by_link(services, token) for _ in range(AT_ONCE)))

    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1


def test_processes_that_start_together_make_one_owner(services: Services) -> None:
    outcomes = together(*(lambda: services.run(None, local_owner).account_id for _ in range(AT_ONCE)))

    assert len(set(outcomes)) == 1
    assert len(services.run(None, list_users)) == 1


def test_processes_that_start_together_make_one_admin(services: Services) -> None:
    services.settings = services.settings.model_copy(
        update={"admin_email": "root@example.com", "admin_password": PASSWORD}
    )

    outcomes = together(*(lambda: prepare_start(services) for _ in range(AT_ONCE)))

    assert outcomes == [None] * AT_ONCE
    assert [user.email for user in services.run(None, list_users)] == ["root@example.com"]


def test_processes_hand_a_mail_over_once(services: Services) -> None:
    """C-042."""
    postbox = services.mailer = Postbox()
    owner = account(services).principal.account_id

    @write
    def write_mails(context: Context) -> None:
        for n in range(20):
            queue(context, Mail(f"{n}@example.com", "s", "t", "h"), account_id=owner)
        context.after_commit.clear()

    services.run(None, write_mails)
    together(*(lambda: deliver_due(services) for _ in range(4)))

    assert sorted(mail.to for mail in postbox.mails) == sorted(f"{n}@example.com" for n in range(20))


def test_a_login_with_the_old_password_does_not_outlive_a_change(services: Services) -> None:
    """C-063, C-067: whichever comes first."""
    for _ in range(5):
        address = new_address()
        add_user(services, address, PASSWORD)
        caller = account(services, address)

        login, _ = together(
            lambda address=address: operations.login(services, address, PASSWORD, new_address())[1],
            lambda caller=caller: operations.change_password(caller, PASSWORD, "babbage-1822"),
        )

        assert not isinstance(login, str) or services.run(None, sessions.principal_of, login) is None
