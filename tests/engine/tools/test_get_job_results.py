"""Rows of a job, page by page."""

import json
from typing import Any

import pytest

from engine.context import Caller, Services
from engine.jobs.errors import BadCursor, OutputGone, UnknownColumn
from engine.rows.errors import RuleInvalid
from engine.tools import shape
from tests.engine.tools.toolshed import call, expire, job_with
from tests.house import Shout, order

ROWS: list[Any] = [
    {"nom": f"Commerce {at}", "note": at / 10, "email": f"c{at}@example.com" if at % 3 else None, "vide": ""}
    for at in range(50)
]


async def every_page(me: Caller, **args: Any) -> list[dict[str, Any]]:
    """All rows, by following `next`."""
    page = await call(me, "get_job_results", **args)
    rows = page.rows
    while page.next_cursor is not None:
        page = await call(me, page.next.tool, **page.next.args)
        rows = rows + page.rows
    return rows


async def test_the_first_page_says_what_there_is(me: Caller) -> None:
    page = await call(me, "get_job_results", job_id=job_with(me, ROWS).id)

    assert page.columns == ["nom", "note", "email"]
    assert len(page.rows) == 20
    assert page.rows[0] == {"nom": "Commerce 0", "note": 0.0}
    assert (page.total, page.matched, page.partial) == (50, 50, False)
    assert page.summary.startswith("Rows 1 to 20 of 50.")
    assert [one.format for one in page.downloads] == ["csv", "json", "xlsx"]


async def test_following_next_gives_every_row_once(me: Caller) -> None:
    rows = await every_page(me, job_id=job_with(me, ROWS).id, limit=7)

    assert [row["nom"] for row in rows] == [row["nom"] for row in ROWS]


async def test_where_counts_and_pages_over_all_rows(me: Caller) -> None:
    args = {"job_id": job_with(me, ROWS).id, "where": {"require_email": True}, "limit": 10, "columns": ["email"]}

    first = await call(me, "get_job_results", **args)
    rows = await every_page(me, **args)

    assert (first.total, first.matched) == (50, 33)
    assert first.summary.startswith("Rows 1 to 10 of the 33 that pass where, of 50 in all.")
    assert [row["email"] for row in rows] == [row["email"] for row in ROWS if row["email"]]


async def test_columns_are_found_by_other_names_and_kept_in_the_order_asked(me: Caller) -> None:
    job = job_with(me, ROWS)

    page = await call(me, "get_job_results", job_id=job.id, columns=["Rating", "name", "note"])

    assert page.columns == ["note", "nom"]
    with pytest.raises(UnknownColumn) as refused:
        await call(me, "get_job_results", job_id=job.id, columns=["shoe size"])
    assert refused.value.next_step == "The columns of this job are: nom, note, email, vide."


async def test_long_texts_stand_last(me: Caller) -> None:
    rows: list[Any] = [{"avis": "Très bien. " * 30, "nom": "Dupont", "note": 4}]

    page = await call(me, "get_job_results", job_id=job_with(me, rows).id)

    assert page.columns == ["nom", "note", "avis"]
    assert len(page.rows[0]["avis"]) == 300
    detailed = await call(me, "get_job_results", job_id=job_with(me, rows).id, response_format="detailed")
    assert len(detailed.rows[0]["avis"]) > 300


@pytest.mark.parametrize(
    ("ends", "says"),
    [(None, "The job still runs"), ("cancelled", "The job ended as cancelled"), ("failed", "The job ended as failed")],
)
async def test_rows_of_a_job_that_is_not_done_are_partial(me: Caller, ends: str | None, says: str) -> None:
    page = await call(me, "get_job_results", job_id=job_with(me, ROWS[:3], ends=ends).id)

    assert (page.partial, len(page.rows)) == (True, 3)
    assert says in page.summary
    assert (page.next.tool if page.next else None) == (None if ends else "get_job")


async def test_a_job_without_rows_says_so(me: Caller) -> None:
    page = await call(me, "get_job_results", job_id=order(me, Shout(), [{"word": "a"}]).id)

    assert (page.rows, page.total, page.downloads) == ([], 0, [])
    assert page.summary.startswith("No row here: 0 rows in all")


async def test_expired_rows_are_gone(me: Caller) -> None:
    job = job_with(me, ROWS)
    expire(me, job)

    with pytest.raises(OutputGone):
        await call(me, "get_job_results", job_id=job.id)


async def test_wrong_rules_and_cursors_are_refused(me: Caller) -> None:
    job = job_with(me, ROWS)

    with pytest.raises(RuleInvalid):
        await call(me, "get_job_results", job_id=job.id, where={"telepathy": True})
    with pytest.raises(BadCursor):
        await call(me, "get_job_results", job_id=job.id, cursor="20")


async def test_a_rule_on_a_column_that_is_not_there_is_noticed(me: Caller) -> None:
    where = {"conditions": [{"column": "shoe size", "op": ">", "value": 40}]}

    page = await call(me, "get_job_results", job_id=job_with(me, ROWS).id, where=where)

    assert page.matched == 0
    assert page.notice == ["Colonne inconnue dans le filtre : « shoe size »."]


async def test_a_long_where_is_asked_for_again_and_not_repeated(me: Caller) -> None:
    where = {"category": {"column": "nom", "values": [f"Commerce {at}" for at in range(400)]}}

    page = await call(me, "get_job_results", job_id=job_with(me, ROWS).id, where=where)

    assert "where" not in page.next.args
    assert page.next.why == "see the rows behind these, with the same where as here"


async def test_the_text_form_is_a_line_a_row(services: Services, me: Caller) -> None:
    rows: list[Any] = [{"nom": "A | B", "note": 4.5}, {"nom": "C", "ouvert": True}]

    page = await call(me, "get_job_results", job_id=job_with(me, rows, columns=["nom", "note", "ouvert"]).id)

    lines = shape.render(page).splitlines()
    start = lines.index("rows:")
    assert lines[start + 1 : start + 4] == ["nom | note | ouvert", "A ¦ B | 4.5 | ", "C |  | true"]
    assert json.dumps(shape.structured(page))
