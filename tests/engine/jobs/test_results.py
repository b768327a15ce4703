"""Rows, fill rates, warnings and links as agents ask for them, in any state of the job."""

import re
from datetime import timedelta

import pytest

from engine.context import Caller, Services
from engine.export.formats import UnsupportedFormat
from engine.jobs import gate, results
from engine.jobs.errors import JobForbidden, NotDownloadable, OutputGone, UnknownColumn
from engine.jobs.expiry import expire_due
from engine.limits import RETENTION
from engine.modules.filter import module as filter_module
from engine.rows.errors import RuleInvalid
from engine.rows.types import Row
from tests.api.by_hand import done_job, hand_job
from tests.house import account

ROWS: list[Row] = [
    {"nom": "Alpha", "note": 4.5, "telephone": "01 02 03 04 05", "email": None},
    {"nom": "Beta", "note": 3.0, "telephone": "", "email": "b@b.fr"},
    {"nom": "Gamma", "note": 4.8, "telephone": None, "email": "g@g.fr"},
    {"nom": "alpha ", "note": None, "telephone": "06 00 00 00 00", "email": " "},
]


@pytest.fixture
def caller(services: Services) -> Caller:
    return account(services)


def test_the_rows_of_a_job_can_be_read_in_every_state(caller: Caller) -> None:
    job = hand_job(caller, planned=4)

    def look() -> tuple[int, int, int, bool]:
        page = caller.run(results.results, job.id)
        return len(page.rows), page.total, page.matched, page.partial

    assert look() == (0, 0, 0, True)
    job.start().save(ROWS[:3], processed=3)
    assert look() == (3, 3, 3, True)
    job.save(ROWS[3:], processed=4).finish()
    assert look() == (4, 4, 4, False)


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_the_rows_of_an_interrupted_job_are_partial(caller: Caller, status: str) -> None:
    job = hand_job(caller, planned=9).start().save(ROWS, processed=4)
    caller.services.run(None, gate.finish, job.claim, status)

    page = caller.run(results.results, job.id, limit=1)

    assert (page.rows, page.total, page.partial) == (ROWS[:1], 4, True)


@pytest.mark.parametrize(
    "where",
    [
        {"rating_min": 4},
        {"require_phone": True},
        {"rules": {"require_email": True}, "rating_min": "4"},
        {"logic": "OR", "conditions": [{"column": "nom", "op": "=", "value": "Beta"}, {"column": "n", "op": "empty"}]},
        {"dedup_column": "nom"},
        {"sample_type": "n", "sample_n": 2},
        {"sample_type": "pct", "sample_pct": 50, "sample_seed": 3},
        {"require_phone": True, "rating_min": 5},
        {},
    ],
)  # fmt: skip
def test_where_keeps_what_the_filter_module_keeps(caller: Caller, where: dict[str, object]) -> None:
    job = done_job(caller, ROWS)
    config = filter_module.config.model_validate(where if "rules" in where else {"rules": where})
    kept = filter_module.select(ROWS, config, lambda _: None)

    page = caller.run(results.results, job.id, where=where)

    assert page.rows == [ROWS[at] for at in kept]
    assert (page.matched, page.total) == (len(kept), 4)


def test_where_pages_over_what_it_keeps_of_all_rows(caller: Caller) -> None:
    job = done_job(caller, [{"n": n, "even": n % 2 == 0} for n in range(5_000)])
    where = {"conditions": [{"column": "even", "op": "=", "value": True}]}

    page = caller.run(results.results, job.id, where=where, offset=2_498, limit=50)

    assert [row["n"] for row in page.rows] == [4_996, 4_998]
    assert (page.matched, page.total) == (2_500, 5_000)
    assert caller.run(results.results, job.id, where=where, offset=9_999).rows == []


def test_a_rule_for_a_column_that_no_row_has_is_noticed(caller: Caller) -> None:
    job = done_job(caller, ROWS)

    page = caller.run(results.results, job.id, where={"conditions": [{"column": "rating", "op": ">", "value": 4}]})

    assert (page.rows, page.matched) == ([], 0)
    assert page.notice == ["Colonne inconnue dans le filtre : « rating »."]
    with pytest.raises(RuleInvalid):
        caller.run(results.results, job.id, where={"rating": 4})


def test_only_the_columns_that_are_asked_for_come_in_their_order(caller: Caller) -> None:
    job = done_job(caller, ROWS)

    page = caller.run(results.results, job.id, columns=["email", "nom"], limit=1)

    assert page.columns == ["email", "nom"]
    assert list(page.rows[0].items()) == [("email", None), ("nom", "Alpha")]
    with pytest.raises(UnknownColumn, match="mail"):
        caller.run(results.results, job.id, columns=["mail"])


def test_the_fill_of_a_column_is_the_share_of_its_filled_cells(caller: Caller) -> None:
    told = caller.run(results.column_fill, done_job(caller, ROWS).id)

    assert {fill.name: fill.fill_rate for fill in told} == {"nom": 1.0, "note": 0.75, "telephone": 0.5, "email": 0.5}
    assert caller.run(results.column_fill, hand_job(caller).id) == []


def test_the_fill_looks_at_five_thousand_rows(caller: Caller) -> None:
    job = done_job(caller, [{"n": n if n < 2_500 or n >= 5_000 else None} for n in range(6_000)])

    assert [fill.fill_rate for fill in caller.run(results.column_fill, job.id)] == [0.5]


def test_the_last_warnings_are_those_that_warn_or_fail(caller: Caller) -> None:
    job = hand_job(caller).start()
    levels = ("warn", "info", "error", "debug", "warn", "error", "info")
    job.save(logs=[(level, f"{level} {at}") for at, level in enumerate(levels)]).finish()

    assert [line.message for line in caller.run(results.last_warnings, job.id)] == ["error 2", "warn 4", "error 5"]
    assert [line.message for line in caller.run(results.last_warnings, job.id, n=1)] == ["error 5"]


def test_nothing_is_shown_of_a_job_whose_rows_are_purged(caller: Caller, services: Services) -> None:
    job = done_job(caller, ROWS)
    services.clock.offset += RETENTION + timedelta(minutes=1)
    expire_due(services)

    for ask in (results.results, results.column_fill):
        with pytest.raises(OutputGone):
            caller.run(ask, job.id)


def test_what_came_out_of_a_job_is_its_owners_alone(caller: Caller, services: Services) -> None:
    job, other = done_job(caller, ROWS), account(services, "other@example.com")

    for ask in (results.results, results.column_fill, results.last_warnings, results.logs, results.items):
        with pytest.raises(JobForbidden):
            other.run(ask, job.id)
    with pytest.raises(JobForbidden):
        other.run(results.download_link, job.id, "csv")


def test_a_download_link_needs_a_file_and_a_known_format(caller: Caller) -> None:
    with pytest.raises(NotDownloadable):
        caller.run(results.download_link, hand_job(caller).id, "csv")
    with pytest.raises(UnsupportedFormat):
        caller.run(results.download_link, done_job(caller, ROWS).id, "pdf")

    link = caller.run(results.download_link, done_job(caller, ROWS).id, "json")
    assert re.search(r"/api/jobs/j_[a-z0-9]{26}/download\?format=json&token=[\w.-]+$", link.url)
