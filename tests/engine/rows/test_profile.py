"""What a filter's interface is told about the columns (CONTRACT C-308 to C-312)."""

import pytest

from engine.rows.profile import ColumnProfile, profile
from engine.rows.types import Row, Value


def profiled(*cells: Value) -> ColumnProfile:
    rows: list[Row] = [{"x": cell} for cell in cells]
    return profile(["x"], rows)[0]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["+33 1 23 45 67 89", "0612345678", "(415) 555-0123", None], "phone"),
        (["a@b.fr", "c@d.fr, e@f.fr"], "email"),
        (["https://a.fr/x", "www.b.fr", "c.co.uk"], "url"),
        (["4,5", "1 234", 3, 4.5], "number"),
        (["75001", "69002"], "number"),
        (["48.856614", "2.3522219"], "number"),
        (["dentiste", "orthodontiste", "dentiste"], "category"),
        (["2024-01-31", "2023-12-01"], "category"),
        (["M.Dupont", "S.A.R.L Martin"], "category"),
        ([True, False], "category"),
        ([None, "  "], "text"),
    ],
)
def test_a_column_has_the_type_of_its_cells(cells: list[Value], kind: str) -> None:
    assert profiled(*cells).type == kind


def test_a_type_needs_four_fifths_of_the_filled_cells() -> None:
    assert profiled("1", "2", "3", "4", "x", None, None).type == "number"
    assert profiled("1", "2", "3", "x", "y").type == "category"


def test_a_category_lists_its_values() -> None:
    found = profiled("b", "a", "b", None)

    assert (found.distinct_count, found.distinct_values) == (2, ("a", "b"))
    assert found.fill_rate == 0.75
    assert found.sample_values == ("b", "a")


def test_more_than_two_hundred_values_are_text() -> None:
    assert profiled(*(f"mot {n}" for n in range(200))).type == "category"
    found = profiled(*(f"mot {n}" for n in range(201)))

    assert (found.type, found.distinct_count, found.distinct_values) == ("text", None, None)


def test_other_types_have_no_count_of_values() -> None:
    assert profiled("a@b.fr").distinct_count is None


def test_columns_keep_their_order_and_no_row_is_an_empty_profile() -> None:
    assert [found.name for found in profile(["b", "a"], [])] == ["b", "a"]
    assert profile(["b"], [])[0].fill_rate == 0.0


def test_lists_are_shown_as_json() -> None:
    assert profiled(["é", 1], None).sample_values == ('["é",1]',)
