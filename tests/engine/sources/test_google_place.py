"""Place documents of Google Maps, a reader for each column."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from engine.sources.google_documents import LayoutChanged, place_document, read_answer, read_search
from engine.sources.google_place import DOCUMENTS_MIN, READERS, place_link, read_place, read_places, suspicious_fields
from tests.engine.sources.google_layout import any_json, laid_out, needed, put, real

PLACE_ID = "ChIJoutsendoutsendoutsend00"
FEATURE_ID = "0x47e66e1f06e2b70f:0x40b82c3688c9460"
LINK = f"https://www.google.com/maps/place/Fleurs+du+Canal/data=!4m2!3m1!1s{FEATURE_ID}!10m1!1e1"
SIGNS = ("2026-05-07", "2026-05-08", "2026-05-04", "2026-05-05", "2026-05-06")  # Thursday first: the day of the answer
NAMES = ("jeudi", "vendredi", "lundi", "mardi", "mercredi")
HOURS: list[list[JsonValue]] = [["09:00–19:00"], ["09:00–19:00"], ["Fermé"], ["09:00–12:00", "14:00–19:00"], ["24h/24"]]
WEEK = "lundi: Fermé; mardi: 09:00–12:00, 14:00–19:00; mercredi: 24h/24; jeudi: 09:00–19:00; vendredi: 09:00–19:00"
DATED: JsonValue = [
    [name, hours, None, None, day, 1, None, 0] for name, hours, day in zip(NAMES, HOURS, SIGNS, strict=True)
]
NUMBERED: JsonValue = [
    [name, number, [2026, 5, 3 + number], [[text] for text in hours], 0, 1]
    for name, hours, number in zip(NAMES, HOURS, (4, 5, 1, 2, 3), strict=True)
]
FULL: dict[tuple[int, ...], JsonValue] = {
    (4, 7): 4.6,
    (4, 8): 120,
    (7, 0): "https://fleurs.example/",
    (9, 2): 48.87,
    (9, 3): 2.36,
    (10,): FEATURE_ID,
    (11,): "Fleurs du Canal",
    (13,): ["Fleuriste", "Magasin"],
    (18,): "Fleurs du Canal, 12 Quai de Valmy, 75010 Paris",
    (27,): LINK,
    (34, 1): DATED,
    (34, 4, 4): "Ouvert ⋅ Ferme à 19:00",
    (39,): "12 Quai de Valmy, 75010 Paris",
    (78,): PLACE_ID,
    (178, 0): ["+33 1 42 36 10 10", [["01 42 36 10 10", 1], ["+33 1 42 36 10 10", 2]], None, "+33142361010"],
    (183, 1): [None, "12 Quai de Valmy", "12 Quai de Valmy", "Paris", "75010", None, "FR"],
}
# What must be gone for a column to be empty.
SOURCES: dict[str, tuple[tuple[int, ...], ...]] = {
    "site_web": ((7,),),
    "telephone": ((178,),),
    "adresse": ((18,), (39,)),
    "ville": ((183,),),
    "code_postal": ((183,),),
    "categorie": ((13,),),
    "note": ((4,),),
    "nb_avis": ((4,),),
    "horaires": ((34,),),
}
JUNK: list[JsonValue] = [None, "", True, -1, [], [None], [[[]]], {"a": 1}]
FILLED_OF_20 = dict.fromkeys(READERS, 20) | {"site_web": 8, "horaires": 19}
# Checked by eye in the documents: note, nb_avis, code_postal, telephone, position.
GOLDEN = {
    "raw.json": (4.2, 396, "3042", "25 101555", (34.6706, 33.0425)),
    "raw2.json": (4.1, 516, "3042", "25 101555", (34.6706, 33.0425)),
    "panic.json": (4.7, 518, "8042", "26 937077", (34.7547, 32.4197)),
}


def changed(values: dict[tuple[int, ...], JsonValue]) -> list[JsonValue]:
    """The full document with other values at these paths."""
    document = laid_out(copy.deepcopy(FULL))
    for path, value in values.items():
        put(document, path, value)
    return document


def column(name: str, values: dict[tuple[int, ...], JsonValue]) -> JsonValue:
    return read_place(changed(values)).row[name]


def test_a_french_place_fills_the_columns_of_scrap() -> None:
    place = read_place(changed({}))

    assert place.row == {
        "nom": "Fleurs du Canal",
        "site_web": "https://fleurs.example/",
        "telephone": "01 42 36 10 10",
        "adresse": "12 Quai de Valmy, 75010 Paris",
        "ville": "Paris",
        "code_postal": "75010",
        "categorie": "Fleuriste",
        "note": 4.6,
        "nb_avis": 120,
        "lien_google_maps": LINK,
        "place_id": PLACE_ID,
        "horaires": WEEK,
    }
    assert (place.place_id, place.latitude, place.longitude) == (PLACE_ID, 48.87, 2.36)


def test_name_id_and_position_are_enough() -> None:
    row = read_place(laid_out({path: FULL[path] for path in ((9, 2), (9, 3), (11,), (78,))})).row

    assert {name: value for name, value in row.items() if value is not None} == {
        "nom": "Fleurs du Canal",
        "lien_google_maps": place_link(PLACE_ID),
        "place_id": PLACE_ID,
    }


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_a_part_that_is_absent_or_of_another_kind_empties_its_own_columns(name: str, junk: JsonValue) -> None:
    paths = SOURCES[name]

    row = read_place(changed(dict.fromkeys(paths, junk))).row

    shared = {other for other, places in SOURCES.items() if set(places) & set(paths)}
    assert row[name] is None
    assert {other for other, value in row.items() if value is None} <= shared


@pytest.mark.parametrize(
    ("link", "site"),
    [
        ("/url?q=https://fleurs.example/%3Fa%3D1&opi=79508299&sa=U", "https://fleurs.example/?a=1"),
        ("https://www.google.com/url?q=http://fleurs.example&ved=0", "http://fleurs.example"),
        ("https://google.co.uk/url?url=https://fleurs.example/", "https://fleurs.example/"),
        ("https://fleurs.example/url?q=https://other.example/", "https://fleurs.example/url?q=https://other.example/"),
        ("https://fleurs.example/?utm_source=google", "https://fleurs.example/?utm_source=google"),
        ("/url?q=/search", None),
        ("/url?sa=U", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("http://[oops", None),
    ],
)
def test_the_site_is_the_business_own_address(link: str, site: str | None) -> None:
    assert column("site_web", {(7, 0): link}) == site


def test_the_telephone_is_national_as_long_as_that_form_is_told() -> None:
    assert column("telephone", {(178, 0, 1): None}) == "+33 1 42 36 10 10"
    assert column("telephone", {(178, 0): [None, None, None, "0142361010"]}) == "0142361010"


def test_the_address_loses_the_name_in_front_of_it() -> None:
    assert column("adresse", {(39,): None}) == "12 Quai de Valmy, 75010 Paris"
    assert column("adresse", {(39,): None, (18,): "Fleurs du Canal"}) is None


def test_the_number_of_reviews_is_the_sum_of_its_stars_where_it_is_not_told() -> None:
    assert column("nb_avis", {(4, 8): None, (175, 3): [1, 0, 2, 30, 87]}) == 120
    assert column("nb_avis", {(4, 8): None, (175, 3): [1, 0, None, 30, 87]}) is None
    assert column("nb_avis", {(4, 8): 0}) == 0


@pytest.mark.parametrize("note", [0, 5.1, -3, "4,6", True])
def test_a_note_that_is_not_of_five_stars_is_none(note: JsonValue) -> None:
    assert column("note", {(4, 7): note}) is None


def test_the_link_is_the_same_whoever_asked() -> None:
    assert column("lien_google_maps", {(27,): f"{LINK}?authuser=0&hl=fr&rclk=1"}) == LINK
    assert column("lien_google_maps", {(27,): None}) == place_link(PLACE_ID)
    assert column("lien_google_maps", {(27,): "javascript:/data=!1"}) == place_link(PLACE_ID)


def test_the_id_and_the_position_have_a_second_place() -> None:
    place = read_place(changed({(78,): None, (227, 0, 4): PLACE_ID, (9,): None, (208, 0): [None, None, 48.5, 2.5]}))

    assert (place.place_id, place.latitude, place.longitude) == (PLACE_ID, 48.5, 2.5)


def test_the_week_is_the_same_from_either_of_its_places() -> None:
    assert column("horaires", {(34, 1): None, (203, 0): NUMBERED}) == WEEK


def test_days_that_are_not_dated_stay_in_their_order() -> None:
    days: JsonValue = [
        ["mercredi", ["9\u202fh – 18\u202fh"], None, None, "aujourd'hui"],
        ["lundi", ["Fermé"]],
        ["jeudi", []],
    ]

    assert column("horaires", {(34, 1): days}) == "mercredi: 9 h – 18 h; lundi: Fermé"


@pytest.mark.parametrize(
    ("path", "state", "hours"),
    [
        ((34, 4, 4), "Définitivement fermé", "Fermé définitivement"),
        ((34, 4, 4), "Permanently closed", "Fermé définitivement"),
        ((34, 4, 4), "Fermé temporairement", "Fermé temporairement"),
        ((203, 1, 4, 0), "Temporairement fermé", "Fermé temporairement"),
        ((88, 0), "CLOSED", "Fermé définitivement"),
        ((88, 0), "CLOSED_TEMPORARILY", "Fermé temporairement"),
        ((34, 4, 4), "Fermé ⋅ Ouvre à 09:00 mar.", WEEK),
        ((34, 4, 4), "Closed", WEEK),
        ((88, 0), "Brunch", WEEK),
    ],
)
def test_a_place_closed_for_good_is_kept_and_its_hours_say_so(path: tuple[int, ...], state: str, hours: str) -> None:
    assert column("horaires", {path: state}) == hours


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("nom", {(11,): None}),
        ("nom", {(11,): FEATURE_ID}),
        ("place_id", {(78,): None}),
        ("place_id", {(78,): "12 Quai de Valmy, Paris"}),
        ("position", {(9,): None}),
        ("position", {(9, 2): 148.87}),
        ("position", {(9, 3): "2.36"}),
    ],
)
def test_a_document_without_what_every_place_has_names_the_field(
    field: str, values: dict[tuple[int, ...], JsonValue]
) -> None:
    with pytest.raises(LayoutChanged) as raised:
        read_place(changed(values))

    assert raised.value.text == f"La présentation de Google Maps a changé : « {field} » ne se lit plus"
    assert "OUTSEND_MAPS_SOURCE" in raised.value.next_step


@pytest.mark.parametrize("document", [["new", *changed({})], changed({})[1:]], ids=["one more", "one less"])
def test_a_layout_that_moved_by_one_is_noticed(document: list[JsonValue]) -> None:
    with pytest.raises(LayoutChanged, match="« nom »"):
        read_place(document)


def test_an_odd_document_among_good_ones_is_left_out() -> None:
    good = changed({})

    assert len(read_places([good, None, good])) == 2
    assert read_places([]) == ()


def test_an_answer_whose_documents_are_mostly_unreadable_is_refused() -> None:
    moved = changed({(11,): None, (12,): "Fleurs du Canal"})

    with pytest.raises(LayoutChanged, match="« nom »"):
        read_places([changed({}), moved, moved])


def test_a_column_that_no_place_of_a_full_page_fills_is_suspicious() -> None:
    without_phone = changed({(178,): None})

    assert suspicious_fields([without_phone] * DOCUMENTS_MIN) == ("telephone",)
    assert suspicious_fields([*[without_phone] * DOCUMENTS_MIN, changed({})]) == ()
    assert suspicious_fields([without_phone] * (DOCUMENTS_MIN - 1)) == ()


@given(any_json)
def test_no_json_raises_anything_but_that_the_layout_changed(document: JsonValue) -> None:
    suspicious_fields([document] * DOCUMENTS_MIN)

    with pytest.raises(LayoutChanged):
        read_place(document)


@given(st.sampled_from(sorted({path[:length] for path in FULL for length in range(1, len(path) + 1)})), any_json)
def test_junk_in_any_part_of_a_place_does_no_harm(path: tuple[int, ...], junk: JsonValue) -> None:
    try:
        row = read_place(changed({path: junk})).row
    except LayoutChanged:
        return

    assert list(row) == list(READERS)
    assert all(value is None or isinstance(value, (str, int, float)) for value in row.values())


@needed
def test_every_column_of_a_real_search_is_read_as_often_as_its_documents_have_it() -> None:
    documents = read_search(read_answer(real("output.json"))).documents
    places = read_places(documents)
    rows = [place.row for place in places]

    assert {name: sum(row[name] is not None for row in rows) for name in READERS} == FILLED_OF_20
    assert suspicious_fields(documents) == ()
    assert sum(int(str(row["nb_avis"])) for row in rows) == 3647
    assert round(sum(float(str(row["note"])) for row in rows), 1) == 95.9
    assert {str(row["ville"]) for row in rows} == {"Ilion", "Peristeri", "Petroupoli", "Agioi Anargyroi"}
    assert not any(str(row["telephone"]).startswith("+") for row in rows)
    assert not any(str(row["adresse"]).startswith(str(row["nom"])) for row in rows)
    assert len({place.place_id for place in places}) == 20


@needed
def test_the_hours_of_a_real_search_begin_on_monday_though_it_was_asked_on_a_saturday() -> None:
    places = read_places(read_search(read_answer(real("output.json"))).documents)
    weeks = [str(place.row["horaires"]) for place in places if place.row["horaires"]]

    assert weeks[0] == "; ".join(
        [f"{day}: 7 AM–8:30 PM" for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")]
        + ["Sunday: Closed"]
    )
    assert all(week.startswith("Monday: ") and week.count(";") == 6 for week in weeks)


@needed
@pytest.mark.parametrize("name", GOLDEN)
def test_a_real_place_is_read_whole(name: str) -> None:
    place = read_place(place_document(read_answer(real(name))))
    row = place.row

    position = (round(place.latitude, 4), round(place.longitude, 4))
    assert (row["note"], row["nb_avis"], row["code_postal"], row["telephone"], position) == GOLDEN[name]
    assert [column for column, value in row.items() if value is None] == ["site_web"]  # which none of them has
    assert str(row["horaires"]).count(";") == 6


@needed
def test_a_real_place_that_tells_no_link_gets_one_by_its_id() -> None:
    rows = [read_place(place_document(read_answer(real(name)))).row for name in ("raw.json", "raw2.json")]

    assert rows[0]["place_id"] == rows[1]["place_id"]
    assert str(rows[0]["lien_google_maps"]).endswith("!10m1!1e1")
    assert rows[1]["lien_google_maps"] == place_link(str(rows[1]["place_id"]))


@needed
@pytest.mark.parametrize(("index", "field"), [(11, "nom"), (78, "place_id"), (9, "position")])
def test_a_real_document_whose_layout_changed_names_the_field(index: int, field: str) -> None:
    document = place_document(read_answer(real("panic.json")))
    assert isinstance(document, list)
    moved = [None if place in (index, 208, 227) else part for place, part in enumerate(document)]

    with pytest.raises(LayoutChanged, match=f"« {field} »"):
        read_place([*moved, document[index]])
