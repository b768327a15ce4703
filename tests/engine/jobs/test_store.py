"""Rows, items and the flush that saves them: in order, once each, byte for byte."""

import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from engine.context import Context, Services, read, write
from engine.jobs import gate, results, store
from engine.jobs.errors import OutputGone
from engine.jobs.models import Job, JobInput, JobRow
from engine.jobs.store import Ack, Batch
from engine.limits import JOB_TIMEOUT
from engine.rows.types import Row, is_empty
from engine.worker.driver import Claim
from tests.engine.jobs.invariants import check_consistent
from tests.house import Shout, account, job_now, order, rows_of


def claimed(services: Services, rows: list[Row]) -> tuple[Job, Claim]:
    job = order(account(services), Shout(), rows)
    claim = services.run(None, gate.claim, "w1", job.id)
    assert isinstance(claim, Claim)
    return job, claim


def batch_of(rows: list[Row], *, planned: int = 0, **more: Any) -> Batch:
    done = store_bits(len(rows))
    placed = [(idx, 0, row) for idx, row in enumerate(rows)]
    return Batch(done, len(rows), len(rows), 0, planned or len(rows), ["word"], {}, [], rows=placed, **more)


def store_bits(count: int) -> bytes:
    return ((1 << count) - 1).to_bytes(count // 8 + 1, "little")


@write
def flush(context: Context, claim: Claim, batch: Batch) -> Ack | None:
    return store.flush(context.session, claim, batch)


@write
def copy(context: Context, source: int, target: int, positions: list[tuple[int, int]], from_inputs: bool) -> None:
    store.copy_selected(context.session, source=source, target=target, positions=positions, from_inputs=from_inputs)


@read
def usable(context: Context, seq: int, needs: tuple[str, ...]) -> int:
    return store.count_usable(context.session, seq, needs)


@read
def stored_text(context: Context, table: type[JobRow] | type[JobInput], seq: int) -> list[str]:
    return list(context.session.exec(select(table.data).where(table.job_seq == seq).order_by(table.idx)))  # type: ignore[arg-type]


def filled(services: Services, rows: list[Row]) -> Job:
    job, claim = claimed(services, [{"word": "x"}])
    assert services.run(None, flush, claim, batch_of(rows)) is not None
    services.run(None, gate.finish, claim, "done")
    return job


def test_flushing_twice_changes_nothing(services: Services) -> None:
    job, claim = claimed(services, [{"word": "a"}, {"word": "b"}])
    now = services.clock.now()
    batch = batch_of([{"word": "a"}, {"word": "b"}], planned=3)
    batch.inputs, batch.reports = [(2, {"word": "c"})], [(0, {"seen": True})]
    batch.logs = [(now, "info", "un"), (now, "info", "deux")]

    for _ in range(3):
        services.run(None, flush, claim, batch)

    lines = account(services).run(results.logs, job.id)
    assert [line.message for line in lines] == ["un", "deux"]
    assert len(rows_of(services, job)) == 2
    check_consistent(services, job)


def test_the_next_batch_of_log_lines_follows_the_one_before(services: Services) -> None:
    job, claim = claimed(services, [{"word": "a"}])
    now = services.clock.now()
    first, second = batch_of([]), batch_of([], logs_before=1)
    first.logs, second.logs = [(now, "info", "un")], [(now, "info", "deux"), (now, "warn", "trois")]

    for batch in (first, first, second, second):
        services.run(None, flush, claim, batch)

    assert [line.message for line in account(services).run(results.logs, job.id)] == ["un", "deux", "trois"]


def test_a_flush_says_when_six_hours_are_over(services: Services) -> None:
    _, claim = claimed(services, [{"word": "a"}])
    short = services.run(None, flush, claim, batch_of([]))
    services.clock.offset += JOB_TIMEOUT + timedelta(seconds=1)

    long = services.run(None, flush, claim, batch_of([]))

    assert short == Ack(cancel_requested=False, too_long=False)
    assert long == Ack(cancel_requested=False, too_long=True)


def test_pages_follow_each_other_by_key_over_many_rows(services: Services) -> None:
    job, claim = claimed(services, [{"word": "x"}])
    rows = [(idx, sub, {"at": f"{idx}/{sub}"}) for idx in range(1_500) for sub in range(1 + idx % 3)]
    shuffled = rows[::2] + rows[1::2]
    services.run(None, flush, claim, Batch(b"\x01", 1, len(rows), 0, 1, [], {}, [], rows=shuffled))

    found = [row["at"] for row in rows_of(services, job)]

    assert found == [f"{idx}/{sub}" for idx, sub, _ in rows]
    assert len(found) > store.PAGE


ODD = {"é'\"$.[0]": " espaces ", "z": 1, "a": [1, {"b": None}], "note": 4.0, "vrai": False, "vide": None, "q": "\u2028"}


def test_selected_rows_keep_their_order_and_every_byte(services: Services) -> None:
    source = filled(services, [{**ODD, "n": n} for n in range(5)])
    target = order(account(services), Shout(), [])

    services.run(None, copy, source.seq or 0, target.seq or 0, [(4, 0), (0, 0), (2, 0)], False)

    whole = services.run(None, stored_text, JobRow, source.seq or 0)
    assert services.run(None, stored_text, JobRow, target.seq or 0) == [whole[4], whole[0], whole[2]]
    assert list(rows_of(services, target)[0]) == [*ODD, "n"]


def test_selected_items_keep_their_order_and_every_byte(services: Services) -> None:
    job = order(account(services), Shout(), [{**ODD, "n": n} for n in range(4)])

    services.run(None, copy, job.seq or 0, job.seq or 0, [(3, 0), (1, 0)], True)

    whole = services.run(None, stored_text, JobInput, job.seq or 0)
    assert services.run(None, stored_text, JobRow, job.seq or 0) == [whole[3], whole[1]]


VALUES = st.one_of(
    st.sampled_from(["", " ", "\t\n", "\u00a0", "\u2003\u2028", "\x1c\x85", "\x00", "x", " x "]),
    st.sampled_from([None, 0, 0.0, 1, False, True, [], [None], {}, math.inf]),
    st.text(max_size=3),
)
NAMES = ("site_web", 'with "quotes"', "dotted.name", "prénom", "it's", "$", "[0]", "")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(
    rows=st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES), min_size=1, max_size=6),
    needs=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
)
@pytest.mark.slow(30)
def test_usable_rows_are_those_with_a_filled_cell(services: Services, rows: list[Row], needs: list[str]) -> None:
    job = filled(services, rows)
    stored = rows_of(services, job)

    found = services.run(None, usable, job.seq or 0, tuple(needs))

    assert found == sum(any(not is_empty(row.get(need)) for need in needs) for row in stored)


def test_every_row_is_usable_when_nothing_is_needed(services: Services) -> None:
    assert services.run(None, usable, filled(services, [{}, {"a": None}]).seq or 0, ()) == 2


@pytest.mark.parametrize("value", ["\ud800 half a pair", "zero \x00 byte", math.nan, {"nested": "\udfff"}])
def test_no_value_stops_a_flush(services: Services, value: Any) -> None:
    job, claim = claimed(services, [{"word": value}])
    batch = batch_of([{"word": value}])
    batch.logs, batch.stats, batch.notice = [(services.clock.now(), "info", str(value))], {"n": value}, [str(value)]

    assert services.run(None, flush, claim, batch) is not None

    assert len(rows_of(services, job)) == 1
    assert services.run(None, usable, job.seq or 0, ("word",)) == (0 if value is math.nan else 1)


def test_a_purge_goes_in_parts_and_leaves_other_jobs_alone(services: Services) -> None:
    job, other = filled(services, [{"n": n} for n in range(25)]), filled(services, [{"n": 0}])

    @write
    def purge(context: Context) -> bool:
        return store.purge(context.session, job.seq or 0, 10)

    more = [services.run(None, purge) for _ in range(3)]

    assert more == [True, True, False]
    assert rows_of(services, job) == []
    assert services.run(None, stored_text, JobInput, job.seq or 0) == []
    assert len(rows_of(services, other)) == 1
    assert job_now(services, other).results == 1


def test_a_stream_whose_rows_are_purged_on_the_way_breaks_and_is_never_cut(services: Services) -> None:
    job = filled(services, [{"n": n} for n in range(store.PAGE + 1)])
    reading = store.stream(services.db, job.seq or 0)
    first = next(reading)

    @write
    def purge(context: Context) -> None:
        gate.expire(context, job.seq or 0)
        store.purge(context.session, job.seq or 0)

    services.run(None, purge)

    assert first == {"n": 0}
    with pytest.raises(OutputGone):
        list(reading)
