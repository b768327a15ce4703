"""The modules over sites that nobody wrote them for: precision and recall, and every miss by its address.

Extractors are never tuned on these pages. A miss is settled by the documents alone: either the truth is wrong by them
(then a case changes), or the product is (then it changes, and gains a test of its own beside the other tests).
"""

import sys
from collections.abc import Awaitable, Callable, Sequence

import pytest

from engine.registry.load import modules
from engine.rows.types import Row
from tests.holdout.family import CASES, SITES
from tests.holdout.kinds import TECH_COLUMNS, Column, Fate
from tests.holdout.scoring import Score, score
from tests.holdout.vocabulary import VOCABULARY

TRUTHS = [(case.address, case.truth) for case in CASES]

RunOverTheFamily = Callable[[str], Awaitable[list[Row]]]


def scores(columns: Sequence[Column], rows: Sequence[Row]) -> dict[Column, Score[Column]]:
    """The score of each column, printed with its misses."""
    found: dict[Column, Score[Column]] = {column: score(column, TRUTHS, rows) for column in columns}
    sys.stdout.write("\n".join(("", *map(str, found.values()), "")))
    return found


def test_the_family_is_large_and_varied() -> None:
    assert len(SITES) >= 60
    assert len({site.template for site in SITES}) >= 8
    assert len({case.domain for case in CASES}) == len(CASES)
    assert {site.language for site in SITES} == {"fr", "de", "it", "es", "en"}


def test_the_truth_speaks_the_documented_vocabulary() -> None:
    for site in SITES:
        for column in TECH_COLUMNS:
            (value,) = site.truth[column]
            assert value is None or set(value.split(", ")) <= VOCABULARY[column], site.domain


def test_the_family_is_the_same_each_time() -> None:
    assert [site.template(site) for site in SITES] == [site.template(site) for site in SITES]


@pytest.mark.slow(60)
async def test_emails_are_found_on_unseen_sites(run_over_the_family: RunOverTheFamily) -> None:
    """C-437."""
    rows = await run_over_the_family("emails")

    found = scores(("email",), rows)["email"]
    assert found.recall >= 0.90
    assert found.precision >= 0.95


@pytest.mark.slow(60)
async def test_persons_are_told_from_roles_on_unseen_sites(run_over_the_family: RunOverTheFamily) -> None:
    """C-437."""
    rows = await run_over_the_family("emails")

    found = scores(("email_personal",), rows)["email_personal"]
    assert found.recall >= 0.90
    assert found.precision >= 0.95


@pytest.mark.slow(60)
async def test_no_unseen_site_is_wrongly_called_closed_or_open(run_over_the_family: RunOverTheFamily) -> None:
    """C-453."""
    rows = await run_over_the_family("dead_check")

    scores(("site_alive",), rows)
    wrong = [
        f"{case.address}: {row.get('site_alive')}"
        for case, row in zip(CASES, rows, strict=True)
        if row.get("site_alive") in ("open", "closed") and row["site_alive"] not in case.truth["site_alive"]
    ]
    assert wrong == []


@pytest.mark.slow(60)
async def test_technologies_are_told_on_unseen_sites(run_over_the_family: RunOverTheFamily) -> None:
    """C-441."""
    if "techstack" not in modules():
        pytest.skip("THE MODULE techstack DOES NOT EXIST: its columns are not measured")

    rows = await run_over_the_family("techstack")

    for found in scores(TECH_COLUMNS, rows).values():
        assert found.precision >= 0.97, found.column
        assert found.recall >= 0.90, found.column


def test_every_life_state_has_its_cases() -> None:
    fates = [case for case in CASES if isinstance(case, Fate)]

    assert {state for fate in fates for state in fate.alive} == {"open", "closed", "uncertain"}
