"""The opt-out list itself: what is added, found, removed, and how it stands a race."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.accounts.errors import NotSignedIn
from engine.context import Caller, Services
from engine.privacy.erasure import erase
from engine.suppressions import operations as suppressions
from engine.suppressions.errors import SuppressionMissing, TooManySuppressions
from tests.house import account


@pytest.fixture
def caller(services: Services) -> Caller:
    return account(services)


def listed(caller: Caller) -> list[str]:
    return [entry.value for entry in caller.run(suppressions.list_page, limit=1_000).items]


def version(caller: Caller) -> int:
    return caller.services.run(None, suppressions.version_of, caller.principal.account_id)


def test_each_entry_is_new_known_or_invalid(caller: Caller) -> None:
    caller.run(suppressions.add, ["jean@exemple.fr"])

    told = caller.run(
        suppressions.add, ["JEAN@exemple.fr", "noire.fr", "@noire.fr", "*@x.fr", "b@b.fr"], reason=" stop "
    )

    assert (told.added, told.known, told.invalid) == (2, 2, 1)
    assert [(problem.index, problem.entry) for problem in told.problems] == [(3, "*@x.fr")]
    assert [(entry.kind, entry.value, entry.reason) for entry in caller.run(suppressions.list_page).items] == [
        ("email", "b@b.fr", "stop"),
        ("domain", "noire.fr", "stop"),
        ("email", "jean@exemple.fr", None),
    ]


def test_a_repeated_call_changes_nothing(caller: Caller) -> None:
    entries = ["jean@exemple.fr", "noire.fr"]
    caller.run(suppressions.add, entries)
    before = caller.run(suppressions.list_page), version(caller)

    told = caller.run(suppressions.add, entries, reason="again")

    assert (told.added, told.known) == (0, 2)
    assert (caller.run(suppressions.list_page), version(caller)) == before


def test_hostile_entries_are_told_in_short_and_stop_no_other(caller: Caller) -> None:
    hostile = ["x" * 1_000_000, "a\0b@x.fr" * 99, "%", "'; DROP TABLE suppressions --", "\ud800@x.fr", *["?"] * 200]

    told = caller.run(suppressions.add, [*hostile, "a_b%c@x.fr"])

    assert (told.added, told.known, told.invalid, len(told.problems)) == (1, 0, len(hostile), 100)
    assert all(len(problem.entry) <= 100 and problem.entry.isprintable() for problem in told.problems)


@pytest.mark.slow(20)
def test_ten_thousand_entries_cost_no_more_than_their_number(caller: Caller) -> None:
    entries = [f"person-{n}@domain-{n % 99}.example" for n in range(10_000)]
    # Processor time, half a second as a rule; each compared with each would take minutes.
    begun = time.process_time()
    told = caller.run(suppressions.add, entries)

    assert told.added == 10_000
    assert time.process_time() - begun <= 5
    assert caller.run(suppressions.add, entries).known == 10_000


def test_pages_follow_each_other_while_entries_come_and_go(caller: Caller) -> None:
    caller.run(suppressions.add, [f"a{n}@x.fr" for n in range(7)])
    first = caller.run(suppressions.list_page, limit=3)
    caller.run(suppressions.add, ["late@x.fr"])
    caller.run(suppressions.remove, first.items[0].id)

    second = caller.run(suppressions.list_page, limit=3, cursor=first.next_cursor)
    third = caller.run(suppressions.list_page, limit=3, cursor=second.next_cursor)

    shown = [entry.value for page in (first, second, third) for entry in page.items]
    assert shown == [f"a{n}@x.fr" for n in reversed(range(7))]
    assert (first.total, second.total, third.next_cursor) == (7, 7, None)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("a_b", ["a_b@x.fr"]),
        ("A_B@X.fr", ["a_b@x.fr"]),
        ("%", []),
        ("x.fr", ["a_b@x.fr", "axb@x.fr"]),
        ("société.fr", ["xn--socit-esab.fr"]),
        ("\0", []),
        ("\ud800", []),
        ("", ["xn--socit-esab.fr", "a_b@x.fr", "axb@x.fr"]),
    ],
)
def test_a_search_means_its_text_and_no_pattern(caller: Caller, search: str, found: Sequence[str]) -> None:
    caller.run(suppressions.add, ["axb@x.fr", "a_b@x.fr", "société.fr"])

    page = caller.run(suppressions.list_page, search=search)

    assert ([entry.value for entry in page.items], page.total) == (list(found), len(found))


def test_a_kind_can_be_asked_for(caller: Caller) -> None:
    caller.run(suppressions.add, ["a@x.fr", "y.fr"])

    assert [entry.value for entry in caller.run(suppressions.list_page, kind="domain").items] == ["y.fr"]


def test_lists_are_their_owners_alone(caller: Caller, services: Services) -> None:
    other = account(services, "other@example.com")
    caller.run(suppressions.add, ["a@x.fr"])
    mine = caller.run(suppressions.list_page).items[0].id

    other.run(suppressions.add, ["a@x.fr"])

    with pytest.raises(SuppressionMissing):
        other.run(suppressions.remove, mine)
    assert (listed(caller), listed(other)) == (["a@x.fr"], ["a@x.fr"])
    assert (version(caller), version(other)) == (1, 1)


def test_a_removed_entry_is_gone_and_seen_as_a_change(caller: Caller) -> None:
    caller.run(suppressions.add, ["a@x.fr"])
    entry = caller.run(suppressions.list_page).items[0]

    caller.run(suppressions.remove, entry.id)

    assert (listed(caller), version(caller)) == ([], 2)
    with pytest.raises(SuppressionMissing):
        caller.run(suppressions.remove, entry.id)


@pytest.mark.slow(30)
def test_of_calls_at_once_each_entry_is_new_in_one_and_the_limit_holds(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suppressions, "SUPPRESSIONS_MAX", 150)

    def add(turn: int) -> int:
        try:  # each two share their entries
            return caller.run(suppressions.add, [f"{turn // 2}-{n}@x.fr" for n in range(40)]).added
        except TooManySuppressions:
            return 0

    with ThreadPoolExecutor(10) as pool:
        added = list(pool.map(add, range(10)))

    assert sorted(added) == [0] * 7 + [40] * 3
    assert len(listed(caller)) == 120
    assert version(caller) == 3


def test_nothing_joins_the_list_of_an_account_that_is_gone(services: Services) -> None:
    leaving = account(services, "leaving@example.com")
    leaving.run(suppressions.add, ["a@x.fr"])
    erase(leaving, "leaving@example.com")

    with pytest.raises(NotSignedIn):
        leaving.run(suppressions.add, ["b@x.fr"])
    with pytest.raises(NotSignedIn):
        leaving.run(suppressions.remove, 1)
