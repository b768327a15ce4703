"""A long list of JSON values that is no longer in memory than a short one."""

import pytest

from engine.rows.spool import HELD_BYTES, PAGE, Cells, Spool


@pytest.mark.parametrize("count", [0, 1, PAGE, PAGE + 1, 3 * PAGE])
def test_what_went_in_comes_out_in_order(count: int) -> None:
    spool = Spool[list[object]]()
    values: list[list[object]] = [[n, f"é\n{n}", None, 1.5] for n in range(count)]
    for value in values:
        spool.append(value)

    assert list(spool) == values
    assert len(spool) == count
    assert spool[:3] == values[:3]
    assert list(spool.since(2)) == values[2:]


def test_any_place_is_read_beyond_what_is_held_and_between_writes() -> None:
    spool = Spool[str]()
    for n in range(2_000):
        spool.append(f"{n}" * 400)
        assert spool[n // 2] == f"{n // 2}" * 400

    assert spool.bytes > HELD_BYTES
    assert spool[-1] == "1999" * 400
    with pytest.raises(IndexError):
        _ = spool[2_000]


def test_two_can_read_at_once() -> None:
    spool = Spool[int]()
    for n in range(2 * PAGE):
        spool.append(n)

    assert all(one == other for one, other in zip(spool, iter(spool), strict=True))


def test_the_widths_of_rows_are_counted() -> None:
    cells = Cells()
    for row in (["a"], ["a", "b"], ["c", None]):
        cells.append(list(row))

    assert cells.widths == {1: 1, 2: 2}
