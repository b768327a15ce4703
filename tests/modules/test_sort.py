"""sort: one column's order, rows cut and columns never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.modules.sort import SortConfig, module, ordered
from engine.rows.errors import ColumnUnknown
from engine.rows.types import Row, Value


def sorted_cells(cells: list[Value], **config: object) -> list[Value]:
    rows: list[Row] = [{"x": cell} for cell in cells]
    positions = module.select(rows, SortConfig.model_validate({"sort_by": "x", **config}), lambda _: None)
    return [cells[at] for at in positions]


def test_the_largest_comes_first_unless_asked_otherwise() -> None:
    assert sorted_cells([1, 3, 2]) == [3, 2, 1]
    assert sorted_cells([1, 3, 2], order="asc") == [1, 2, 3]
    assert sorted_cells([1, 3, 2], desc=False) == [1, 2, 3]
    assert sorted_cells([1, 3, 2], order="asc", desc=True) == [3, 2, 1]


def test_numbers_are_ordered_as_numbers_however_they_are_written() -> None:
    assert sorted_cells(["10", "9,5", 100, "1 234"], order="asc") == ["9,5", "10", 100, "1 234"]
    assert sorted_cells(["75001", "01000"], order="asc") == ["01000", "75001"]


def test_text_is_ordered_without_case_and_accents() -> None:
    assert sorted_cells(["Zoé", "école", "Etude", "abc"], order="asc") == ["abc", "école", "Etude", "Zoé"]


def test_days_are_ordered_as_days() -> None:
    assert sorted_cells(["02/01/2024", "31/12/2023", "2024-01-01"], order="asc") == [
        "31/12/2023", "2024-01-01", "02/01/2024",
    ]  # fmt: skip


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_empty_cells_and_strangers_come_last_either_way(order: str) -> None:
    assert sorted_cells([None, 2, "n/a", "", 1, 3], order=order)[3:] == ["n/a", None, ""]


@pytest.mark.parametrize("descending", [True, False])
def test_equal_cells_keep_their_order(descending: bool) -> None:
    assert ordered(["A", "b", "a", "á"], descending=descending) in ([0, 2, 3, 1], [1, 0, 2, 3])


def test_top_n_cuts_rows() -> None:
    assert sorted_cells([1, 3, 2], top_n=2) == [3, 2]
    assert sorted_cells([1, 3], top_n=10) == [3, 1]
    with pytest.raises(ValidationError):
        SortConfig.model_validate({"sort_by": "x", "top_n": 0})


def test_a_column_may_be_named_in_another_spelling() -> None:
    rows: list[Row] = [{"nb_avis": 1}, {"nb_avis": 2}]

    assert module.select(rows, SortConfig(sort_by="Nb avis"), lambda _: None) == [1, 0]
    assert module.select(rows, SortConfig(sort_by="Reviews"), lambda _: None) == [1, 0]


def test_an_unknown_column_is_refused_by_name() -> None:
    with pytest.raises(ColumnUnknown) as refusal:
        module.select([{"nom": "A"}], SortConfig(sort_by="couleur"), lambda _: None)

    assert refusal.value.text == "Colonne inconnue : « couleur »"
    assert "nom" in refusal.value.next_step


def test_no_row_is_nothing_to_sort() -> None:
    assert module.select([], SortConfig(sort_by="x"), lambda _: None) == []


@given(st.lists(st.none() | st.integers() | st.floats() | st.text(max_size=4) | st.booleans()), st.booleans())
def test_every_row_stays_once(cells: list[Value], descending: bool) -> None:
    assert sorted(ordered(cells, descending=descending)) == list(range(len(cells)))
