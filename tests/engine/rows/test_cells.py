"""Numbers and days as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rows.cells import cell_text, day_of, number_of
from engine.rows.types import Value


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("4,5", 4.5),
        ("4.5", 4.5),
        ("1 234", 1234),
        ("1\u202f234,5", 1234.5),
        ("1\u00a0234\u00a0567", 1234567),
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1,234,567", 1234567),
        ("1,234", 1.234),
        ("-3", -3),
        ("\u22123", -3),
        ("12 %", 12),
        ("30 €", 30),
        ("$5", 5),
        (" 7 ", 7),
        (8, 8),
        ("1e3", 1000),
        ("06 12 34 56 78", None),
        ("1.2.3", None),
        ("douze", None),
        ("12 rue X", None),
        ("", None),
        (None, None),
        (True, None),
        (float("inf"), None),
        (10**400, None),
        ("1e999", None),
        ("٣", None),
        ([4], None),
    ],
)
def test_reads_numbers_the_french_way_and_the_others(cell: Value, number: float | None) -> None:
    assert number_of(cell) == number


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-01-31", "2024-01-31"),
        ("2024-01-31T10:00:00Z", "2024-01-31"),
        ("31/01/2024", "2024-01-31"),
        ("1.2.2024", "2024-02-01"),
        ("31-01", None),
        ("2024", None),
    ],
)
def test_reads_days(cell: Value, day: str | None) -> None:
    assert day_of(cell) == day


def test_the_text_of_a_cell_is_what_an_export_shows() -> None:
    assert [cell_text(cell) for cell in (None, " a ", True, 4.5, ["é", None], {"a": 1})] == [
        "", "a", "true", "4.5", '["é",null]', '{"a":1}',
    ]  # fmt: skip


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15))
def test_any_number_written_out_is_read_back(number: float) -> None:
    assert number_of(str(number)) == float(number)


@given(st.text(max_size=50))
def test_any_text_is_a_number_or_not(text: str) -> None:
    found = number_of(text)

    assert found is None or isinstance(found, float)
