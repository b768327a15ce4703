"""Buckets, keys, signals and hidden places: laws of the pure parts."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.geo.grid import Cell, cell_at
from engine.rows.types import Row
from engine.veille.areas import Lost, areas_of
from engine.veille.diff import KEY_CHARS, Change, changed_fields, diff, key_of
from engine.veille.signals import COLUMNS, score, signal_of
from engine.veille.tally import Tally

TENTHS = st.integers(10, 50).map(lambda tenths: tenths / 10)
rows = st.fixed_dictionaries(
    {},
    optional={
        "note": TENTHS | st.none(),
        "nb_avis": st.integers(0, 500) | st.none(),
        "telephone": st.sampled_from(["01", "02", "", None]),
        "nom": st.text(max_size=3),
    },
)
states = st.dictionaries(st.sampled_from("abcdefgh"), rows)


def change(before: Row, after: Row) -> Change:
    return Change("k", before, after, changed_fields(before, after))


@given(states, states)
def test_every_place_is_in_exactly_one_bucket(before: dict[str, Row], after: dict[str, Row]) -> None:
    """C-368."""
    found = diff(before, after)

    buckets = [*found.new, *found.removed, *found.modified, *found.unchanged]
    assert sorted(buckets) == sorted(before.keys() | after.keys())
    tally = Tally()
    tally.add(found)
    assert tally.total == len(after)
    assert tally.removed + tally.modified + tally.unchanged == len(before)


@given(states, states)
def test_backwards_what_is_new_was_removed(before: dict[str, Row], after: dict[str, Row]) -> None:
    there, back = diff(before, after), diff(after, before)

    assert there.new == back.removed
    assert there.removed == back.new
    assert there.modified.keys() == back.modified.keys()
    assert diff(before, before).unchanged == before


@given(states, states)
def test_pages_give_what_the_whole_gives(before: dict[str, Row], after: dict[str, Row]) -> None:
    whole, paged = Tally(), Tally()
    whole.add(diff(before, after))
    for key, row in after.items():
        paged.add(diff({key: before[key]} if key in before else {}, {key: row}))
    paged.add(diff({key: row for key, row in before.items() if key not in after}, {}))

    assert paged == whole


@pytest.mark.parametrize(
    ("before", "after", "fields"),
    [
        ({"note": 4}, {"note": 4.0}, ()),
        ({"note": "4,5"}, {"note": 4.5}, ()),
        ({"telephone": None}, {"telephone": "  "}, ()),
        ({}, {"site_web": ""}, ()),
        ({"adresse": "a"}, {"adresse": "b"}, ()),
        ({"note": 4.5, "nb_avis": 10}, {"note": 4.4, "nb_avis": 11}, ("note", "nb_avis")),
        ({"telephone": "01"}, {"telephone": "02"}, ("telephone",)),
        ({"site_web": "https://a.fr"}, {}, ("site_web",)),
        ({"email": None}, {"email": "a@b.fr"}, ("email",)),
    ],
)
def test_only_tracked_columns_that_say_something_else_count(before: Row, after: Row, fields: tuple[str, ...]) -> None:
    """C-378."""
    assert changed_fields(before, after) == fields


def test_a_place_is_known_by_its_id_its_link_or_its_name_in_its_postal_code() -> None:
    assert key_of({"place_id": " p1 ", "lien_google_maps": "l", "nom": "A"}) == "p1"
    assert key_of({"place_id": "", "lien_google_maps": "l", "nom": "A"}) == "l"
    assert key_of({"nom": "Café  DUPONT", "code_postal": "75001"}) == key_of(
        {"nom": "cafe dupont", "code_postal": 75001}
    )
    assert key_of({"nom": "A", "code_postal": "1"}) != key_of({"nom": "A", "code_postal": "2"})
    assert key_of({"nom": "咖啡"}) == "咖啡|"
    assert key_of({"nom": " ", "telephone": "01"}) is None
    assert len(key_of({"lien_google_maps": "x" * 5_000}) or "") <= KEY_CHARS
    assert "\0" not in (key_of({"place_id": "a\0b"}) or "")


@pytest.mark.parametrize(
    ("before", "after", "is_signal"),
    [
        ({"note": 4.3}, {"note": 4.1}, True),  # 0.1999... as floats
        ({"note": 4.3}, {"note": 4.2}, False),
        ({"note": 4.0}, {"note": 5.0}, False),
        ({"nb_avis": 40}, {"nb_avis": 43}, True),
        ({"nb_avis": 40}, {"nb_avis": 42}, False),
        ({"nb_avis": 40}, {"nb_avis": 30}, False),
        ({"note": None, "nb_avis": None}, {"note": 1.0, "nb_avis": 900}, False),
        ({"telephone": "01"}, {"telephone": "02"}, False),
    ],
)
def test_a_signal_is_a_drop_of_two_tenths_or_three_more_reviews(before: Row, after: Row, is_signal: bool) -> None:
    """C-369, C-370."""
    assert (signal_of(change(before, after)) is not None) == is_signal


def test_a_signal_tells_before_and_after() -> None:
    """C-372."""
    contact: dict[str, Any] = {"nom": "Garage", "adresse": "12 rue Voltaire", "email": "c@g.fr"}

    told = signal_of(change({"note": 4.3, "nb_avis": 42, **contact}, {"note": 3.8, "nb_avis": 51, **contact}))

    assert told is not None
    assert tuple(told) == COLUMNS
    assert {name: told[name] for name in COLUMNS[6:]} == {
        "note_avant": 4.3, "note_apres": 3.8, "delta_note": -0.5,
        "avis_avant": 42, "avis_apres": 51, "delta_avis": 9, "score": 12.0,
    }  # fmt: skip


drops = st.integers(0, 40).map(lambda tenths: Decimal(tenths) / 10)
surges = st.integers(0, 100_000).map(Decimal)


@given(drops, drops, surges, surges)
def test_a_larger_drop_outranks_whatever_number_of_reviews(a: Decimal, b: Decimal, x: Decimal, y: Decimal) -> None:
    """C-371."""
    if a > b:
        assert score(-a, x) > score(-b, y)
    if x > y:
        assert score(-a, x) >= score(-a, y)


def test_a_few_reviews_more_are_noise_and_many_are_not() -> None:
    """C-371."""
    assert score(Decimal(0), Decimal(4)) == 0 < score(Decimal(0), Decimal(6)) < score(Decimal(0), Decimal(60))


@given(st.floats(-60, 60), st.floats(-179, 179), st.integers(13, 17))
def test_a_tile_hides_what_lies_in_it_and_nothing_else(latitude: float, longitude: float, zoom: int) -> None:
    row: Row = {"lat": latitude, "lon": longitude}
    inside, beside = cell_at(latitude, longitude, zoom), cell_at(latitude + 1, longitude, zoom)

    assert Lost([text(inside)]).may_hide(areas_of(row, None))
    assert not Lost([text(beside)]).may_hide(areas_of(row, None))
    assert not Lost([]).may_hide(areas_of(row, None))
    assert Lost([text(beside)]).may_hide("")  # nobody knows where it is


def test_a_lost_part_of_the_tile_that_brought_a_place_may_hide_it() -> None:
    parent = Cell(13, 4112, 2867)
    item = {"zoom": parent.zoom, "x": parent.x, "y": parent.y}

    assert all(Lost([text(child)]).may_hide(areas_of({}, item)) for child in parent.children)
    assert not Lost([text(Cell(14, 0, 0))]).may_hide(areas_of({}, item))


def text(cell: Cell) -> str:
    return f"{cell.zoom}/{cell.x}/{cell.y}"
