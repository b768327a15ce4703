"""Votes when many are given at the same moment, and when their account leaves."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from engine.context import Services
from engine.errors import AccountGone
from engine.features import operations as features
from engine.privacy.erasure import erase
from tests.house import account

AT_ONCE = 8


@pytest.mark.slow(30)
def test_of_many_equal_votes_at_once_one_counts(services: Services) -> None:
    """C-235."""
    voter, start = account(services), Barrier(AT_ONCE)

    def vote(_: int) -> None:
        start.wait()
        voter.run(features.vote, "linkedin")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(vote, range(AT_ONCE)))

    assert voter.run(features.votes).counts["linkedin"] == 1


def test_votes_leave_with_their_account(services: Services) -> None:
    """C-076, C-232."""
    leaving, staying = account(services, "leaving@example.com"), account(services, "staying@example.com")
    for voter in (leaving, staying):
        voter.run(features.vote, "crm")

    erase(leaving, "leaving@example.com")

    assert staying.run(features.votes).counts["crm"] == 1
    with pytest.raises(AccountGone):
        leaving.run(features.vote, "crm")
