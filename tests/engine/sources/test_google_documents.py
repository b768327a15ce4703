"""Answers of Google Maps: what they are wrapped in, and where the documents stand."""

import json

import pytest
from hypothesis import given
from pydantic import JsonValue

from engine.sources.google_documents import (
    SEARCH_PAGE_SIZE,
    LayoutChanged,
    at,
    count_at,
    number_at,
    place_document,
    prose_at,
    read_answer,
    read_search,
    text_at,
)
from tests.engine.sources.google_layout import any_json, laid_out, needed, real

PLACE_ID = "ChIJoutsendoutsendoutsend00"
HEADER: JsonValue = ["session", "ved", ["fleuriste", 0]]
DOCUMENT: JsonValue = laid_out({(11,): "Fleurs du Canal", (78,): PLACE_ID})


def search_answer(*documents: JsonValue) -> JsonValue:
    return [["fleuriste", [HEADER, *(laid_out({(14,): document}) for document in documents)]]]


@pytest.mark.parametrize(
    "text",
    [
        '[["café"]]',
        ')]}\'\n[["café"]]',
        ')]}\'[["caf\\u00e9"]]\n',
        json.dumps({"c": 0, "d": ')]}\'\n[["café"]]', "e": "session"}) + '/*""*/',
        json.dumps({"c": 0, "d": ')]}\'\n[["caf\\u00e9"]]'}),
    ],
    ids=["bare", "guarded", "one line", "wrapped", "wrapped and escaped"],
)
def test_an_answer_is_read_in_each_of_its_wrappings(text: str) -> None:
    assert read_answer(text) == [["café"]]


def test_an_answer_that_was_escaped_twice_is_read_as_if_once() -> None:
    answer = read_answer(r'["https://x.fr/?a\\u003d1\\u0026b\\u003d2", "two\\nlines"]')

    assert answer == ["https://x.fr/?a=1&b=2", "two\nlines"]


@pytest.mark.parametrize(
    "text",
    ["", ")]}'", "<!doctype html><title>Avant d'accéder à Google</title>", "[" * 200_000, "[" + "9" * 5_000 + "]"],
    ids=["nothing", "guard alone", "page", "depth without end", "number without end"],
)
def test_what_is_no_answer_is_refused_by_name(text: str) -> None:
    with pytest.raises(LayoutChanged, match="« réponse »"):
        read_answer(text)


def test_the_places_of_a_search_follow_its_header() -> None:
    page = read_search(search_answer(DOCUMENT, DOCUMENT))

    assert (page.query, page.documents, page.is_last) == ("fleuriste", (DOCUMENT, DOCUMENT), True)


def test_a_full_page_may_have_another_behind_it() -> None:
    assert not read_search(search_answer(*[DOCUMENT] * SEARCH_PAGE_SIZE)).is_last


def test_the_places_are_found_in_the_second_form_of_a_search() -> None:
    page = read_search(laid_out({(64,): [[None, DOCUMENT], [None, DOCUMENT]]}))

    assert page.documents == (DOCUMENT, DOCUMENT)


@pytest.mark.parametrize("answer", [[["fleuriste", [HEADER]]], [["fleuriste", None]], [["fleuriste"]], []])
def test_a_search_that_found_nothing_has_no_places(answer: JsonValue) -> None:
    page = read_search(answer)

    assert (page.documents, page.is_last) == ((), True)


def test_places_that_moved_are_not_taken_for_none() -> None:
    moved: JsonValue = [["fleuriste", [HEADER, laid_out({(17, 2): DOCUMENT})]]]

    with pytest.raises(LayoutChanged, match="« résultats »"):
        read_search(moved)


def test_a_place_answer_holds_one_document() -> None:
    assert place_document(laid_out({(6,): DOCUMENT})) == DOCUMENT
    assert place_document([]) is None


@pytest.mark.parametrize("document", [None, "text", 7, True, {"0": 1}, [], [None], ["text"]])
def test_a_path_that_leads_nowhere_has_nothing(document: JsonValue) -> None:
    assert at(document, 0, 1) is None
    assert text_at(document, 0, 1) is None


def test_a_text_is_one_line_that_every_table_takes() -> None:
    assert text_at(["  7\u202fAM –\x00 \ud8008\u00a0PM\n"], 0) == "7 AM – 8 PM"
    assert prose_at([" a\r\nb\r\x07c "], 0) == "a\nb\nc"
    assert text_at([" \n"], 0) is None


@pytest.mark.parametrize(
    "value", [True, "4", None, [4], float("nan"), float("inf"), -(2**60), pytest.param(10**400, id="10^400")]
)
def test_what_is_no_number_that_every_reader_knows_is_none(value: JsonValue) -> None:
    assert number_at([value], 0) is None


@pytest.mark.parametrize(("value", "count"), [(7, 7), (7.0, 7), (7.5, None), (-1, None)])
def test_a_count_is_whole_and_not_below_zero(value: float, count: int | None) -> None:
    assert count_at([value], 0) == count


@given(any_json)
def test_no_json_does_harm(answer: JsonValue) -> None:
    try:
        documents = read_search(answer).documents
    except LayoutChanged:
        documents = ()

    assert all(isinstance(document, list) for document in documents)


def test_depth_without_end_does_no_harm() -> None:
    deep: JsonValue = []
    for _ in range(100_000):
        deep = [deep]

    assert read_search(deep).documents == ()
    assert text_at(deep, *[0] * 1_000) is None


@needed
def test_a_real_search_is_a_full_page() -> None:
    page = read_search(read_answer(real("output.json")))

    assert (page.query, len(page.documents), page.is_last) == ("coffee", 20, False)


@needed
@pytest.mark.parametrize("name", ["raw.json", "raw2.json", "panic.json"])
def test_a_real_place_answer_holds_a_document_and_no_search(name: str) -> None:
    answer = read_answer(real(name))

    assert len(str(text_at(place_document(answer), 78))) == len(PLACE_ID)
    with pytest.raises(LayoutChanged):
        read_search(answer)


@needed
def test_a_real_answer_that_was_escaped_twice_has_no_escapes_left() -> None:
    assert "\\u00" in real("raw2.json")
    assert "\\\\" not in json.dumps(read_answer(real("raw2.json")))
