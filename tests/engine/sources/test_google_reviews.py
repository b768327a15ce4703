"""Reviews of Google Maps, in place documents and in pages of their own."""

import copy
import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from engine.sources.google_documents import LayoutChanged, place_document, read_answer
from engine.sources.google_reviews import Review, read_review, read_reviews, reviews_of_place
from tests.engine.sources.google_layout import any_json, laid_out, needed, put, real

NOW = datetime(2026, 5, 31, 12, tzinfo=UTC)
STAMP = 1_772_186_522_193_853  # 27 February 2026
LINK = "https://www.google.com/maps/reviews/data=!4m8!14m7!1m6!2m5!1sCi9outsend!2m1!1s0x0:0x1!3m1!1s2@1:outsend%7C%7C"
FULL: dict[tuple[int, ...], JsonValue] = {
    (0,): "Ci9outsend",
    (1, 2): STAMP,
    (1, 3): STAMP + 1,
    (1, 4, 5, 0): "Ada L.",
    (1, 6): "il y a 3 mois",
    (1, 13): ["Google", "https://www.gstatic.com/logo.png", None, None, 5],
    (2, 0): [4],
    (2, 14): ["de", "fr", "allemand", "français", 1],
    (2, 15): [["Schöne Blumen.\nGerne wieder.", None, [0, 20]], ["Belles fleurs.\nÀ refaire.", None, [0, 20]]],
    (3, 14): [["Danke!", None, [0, 6]], ["Merci !", None, [0, 7]]],
    (4, 3, 0): f"{LINK}?hl=fr",
}
# Checked by eye in the documents: stars, day, length and digest of the text and of the answer.
GOLDEN = {
    "review_native_with_reply.json": (1, "2026-02-27", (989, "5d3ece3dc494"), (1158, "f617294bc891")),
    "review_native_no_translation.json": (5, "2019-04-17", (311, "2ce426019361"), None),
    "review_native_no_text.json": (5, "2026-02-12", None, None),
    "review_aggregator.json": (4.25, "2023-11-14", (41, "a227a78f0800"), None),
}
# Stars of the reviews inside the real place documents, in their order; how many have the owner's answer.
INSIDE = {
    "raw.json": ([5, 5, 5, 5, 5, 5, 5, 5], 0),
    "raw2.json": ([5, 4, 4, 5, 2, 4, 1, 5], 2),
    "panic.json": ([5, 5, 5, 5, 3, 5, 5, 5], 0),
}


def changed(values: dict[tuple[int, ...], JsonValue]) -> list[JsonValue]:
    """The full review with other values at these paths."""
    review = laid_out(copy.deepcopy(FULL))
    for path, value in values.items():
        put(review, path, value)
    return review


def review(values: dict[tuple[int, ...], JsonValue]) -> Review:
    return read_review(changed(values), now=NOW)


def day(values: dict[tuple[int, ...], JsonValue]) -> JsonValue:
    return review(values).row["avis_date"]


def entry(number: int, values: dict[tuple[int, ...], JsonValue] | None = None) -> JsonValue:
    return [changed({(0,): f"review{number}"} | (values or {})), None, f"token{number}"]


def digest(text: JsonValue) -> tuple[int, str] | None:
    return (len(text), hashlib.sha256(text.encode()).hexdigest()[:12]) if isinstance(text, str) else None


def test_a_review_fills_the_columns_in_the_language_it_was_written_in() -> None:
    found = review({})

    assert (found.id, found.source) == ("Ci9outsend", "Google")
    assert found.published == datetime(2026, 2, 27, 10, 2, 2, 193_853, tzinfo=UTC)
    assert found.row == {
        "avis_auteur": "Ada L.",
        "avis_note": 4,
        "avis_date": "2026-02-27",
        "avis_texte": "Schöne Blumen.\nGerne wieder.",
        "avis_reponse": "Danke!",
        "avis_lien": LINK,
    }


def test_what_a_review_does_not_tell_is_empty() -> None:
    assert read_review(["Ci9outsend"], now=NOW) == Review("Ci9outsend", None, None, None, None, None, None)


def test_stars_alone_are_a_review_without_text() -> None:
    found = review({(2,): [[5], []], (3,): []})

    assert (found.rating, found.text, found.answer) == (5, None, None)


def test_an_older_document_names_the_author_beside_the_link() -> None:
    assert review({(1, 4): [None, ["https://www.google.com/maps/contrib/1?hl=fr", "Ada L."]]}).author == "Ada L."


def test_a_review_from_elsewhere_is_out_of_five_and_tells_its_source() -> None:
    elsewhere: dict[tuple[int, ...], JsonValue] = {
        (1, 4, 2, 0): "https://www.tripadvisor.com/members/ada",
        (1, 13): ["Tripadvisor", "https://www.tripadvisor.com/favicon.ico", None, None, 10],
        (2, 0): None,
        (2, 8): [None, 8.5],
        (4,): None,
    }

    found = review(elsewhere)
    nameless = review(elsewhere | {(1, 4, 2): None})

    assert (found.rating, found.source, found.link) == (4.25, "Tripadvisor", "https://www.tripadvisor.com/members/ada")
    assert nameless.link == "Tripadvisor"


@pytest.mark.parametrize(
    ("values", "rating"),
    [({(2, 0): [6]}, None), ({(2, 0): [0]}, None), ({(2, 0): ["5"]}, None), ({(2, 0): [4.5]}, 4.5)],
)
def test_a_rating_beyond_its_scale_is_none(values: dict[tuple[int, ...], JsonValue], rating: float | None) -> None:
    assert review(values).rating == rating


def test_a_review_that_was_changed_keeps_its_first_day() -> None:
    assert day({(1, 3): STAMP + 40 * 24 * 3600 * 1_000_000}) == "2026-02-27"
    assert day({(1, 2): None}) == "2026-02-27"


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("il y a 3 mois", "2026-02-28"),  # 31 May less three months: February has no 31st
        ("3 months ago", "2026-02-28"),
        ("il y a un mois", "2026-04-30"),
        ("a month ago", "2026-04-30"),
        ("il y a un an", "2025-05-31"),
        ("a year ago", "2025-05-31"),
        ("il y a 7 ans", "2019-05-31"),
        ("Modifié il y a une semaine", "2026-05-24"),
        ("Edited 2 weeks ago", "2026-05-17"),
        ("il y a\u00a05\u00a0jours", "2026-05-26"),
        ("il y a 13 heures", "2026-05-30"),
        ("an hour ago", "2026-05-31"),
        ("il y a 20 minutes", "2026-05-31"),
        ("πριν από 2 μήνες", None),
        ("3 moisissures", None),
        ("il y a 9999 ans", None),
        ("il y a 40 ans", None),
        ("", None),
    ],
)
def test_words_become_a_day_where_no_stamp_is_told(words: str, date: str | None) -> None:
    assert day({(1, 2): None, (1, 3): None, (1, 6): words}) == date


@pytest.mark.parametrize("stamp", [0, 1, -STAMP, STAMP * 2, STAMP // 1000, 2**60, "1772186522193853", True])
def test_a_stamp_that_is_no_day_of_a_review_gives_way_to_the_words(stamp: JsonValue) -> None:
    assert day({(1, 2): stamp, (1, 3): None}) == "2026-02-28"


def test_the_token_of_a_place_documents_reviews_is_that_of_the_last() -> None:
    page = reviews_of_place(laid_out({(175, 9, 0, 0): [entry(1), entry(2)]}), now=NOW)

    assert [found.id for found in page.reviews] == ["review1", "review2"]
    assert page.next_token == "token2"


def test_a_page_of_the_rpc_tells_its_token_until_the_last_one() -> None:
    page = read_reviews([None, "next", [entry(1), entry(2)]], now=NOW)
    last = read_reviews([None, None, [entry(3)]], now=NOW)

    assert ([found.id for found in page.reviews], page.next_token) == (["review1", "review2"], "next")
    assert ([found.id for found in last.reviews], last.next_token) == (["review3"], None)


@pytest.mark.parametrize("answer", [None, [], [None, "next", None], [None, "next", []], "text", {"a": 1}])
def test_a_page_without_reviews_is_the_last(answer: JsonValue) -> None:
    page = read_reviews(answer, now=NOW)

    assert (page.reviews, page.next_token) == ((), None)


def test_a_place_without_reviews_has_none() -> None:
    assert reviews_of_place([], now=NOW).reviews == ()


def test_a_review_without_an_id_is_a_changed_layout() -> None:
    with pytest.raises(LayoutChanged, match="« avis »"):
        review({(0,): None})


def test_entries_that_hold_no_review_are_a_changed_layout() -> None:
    with pytest.raises(LayoutChanged, match="« avis »"):
        read_reviews([None, "next", [[None, changed({})]]], now=NOW)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("avis_auteur", {(1, 4): None}),
        ("avis_note", {(2, 0): None}),
        ("avis_date", {(1, 2): None, (1, 3): None, (1, 6): None}),
    ],
)
def test_a_column_that_every_review_has_and_a_page_lacks_is_named(
    column: str, values: dict[tuple[int, ...], JsonValue]
) -> None:
    lacking = [entry(number, values) for number in range(3)]

    assert len(read_reviews([*lacking, entry(3)], now=NOW).reviews) == 4
    assert len(read_reviews(lacking[:2], now=NOW).reviews) == 2
    with pytest.raises(LayoutChanged, match=f"« {column} »"):
        read_reviews(lacking, now=NOW)


@given(any_json)
def test_no_json_raises_anything_but_that_the_layout_changed(answer: JsonValue) -> None:
    for read in (read_reviews, reviews_of_place, read_review):
        try:
            read(answer, now=NOW)
        except LayoutChanged:
            continue


@given(st.sampled_from(sorted({path[:length] for path in FULL for length in range(1, len(path) + 1)})), any_json)
def test_junk_in_any_part_of_a_review_does_no_harm(path: tuple[int, ...], junk: JsonValue) -> None:
    try:
        row = review({path: junk}).row
    except LayoutChanged:
        return

    assert all(value is None or isinstance(value, (str, int, float)) for value in row.values())


@needed
@pytest.mark.parametrize("name", GOLDEN)
def test_a_real_review_is_read_whole_and_not_translated(name: str) -> None:
    page = read_reviews(read_answer(real(name)), now=NOW)
    row = page.reviews[0].row

    stars, date, text, answer = GOLDEN[name]
    assert len(page.reviews) == 1
    assert (row["avis_note"], row["avis_date"]) == (stars, date)
    assert (digest(row["avis_texte"]), digest(row["avis_reponse"])) == (text, answer)
    assert row["avis_auteur"]
    assert "hl=" not in str(row["avis_lien"])


@needed
def test_a_real_review_from_elsewhere_leads_there() -> None:
    found = read_reviews(read_answer(real("review_aggregator.json")), now=NOW).reviews[0]

    assert found.source == "Tripadvisor"
    assert str(found.link).startswith("https://www.tripadvisor.com/")


@needed
@pytest.mark.parametrize("name", INSIDE)
def test_the_reviews_inside_a_real_place_document_are_read(name: str) -> None:
    page = reviews_of_place(place_document(read_answer(real(name))), now=NOW)
    rows = [found.row for found in page.reviews]

    stars, answers = INSIDE[name]
    assert [row["avis_note"] for row in rows] == stars
    assert sum(row["avis_reponse"] is not None for row in rows) == answers
    assert all(row["avis_auteur"] and row["avis_date"] and row["avis_texte"] and row["avis_lien"] for row in rows)
    assert len({found.id for found in page.reviews}) == 8
    assert str(page.next_token).startswith("CAES")


@needed
def test_a_real_token_is_the_one_that_the_document_tells_for_the_whole_list() -> None:
    document = place_document(read_answer(real("panic.json")))
    assert isinstance(document, list)
    told = document[52]  # the same reviews in an older form
    assert isinstance(told, list)

    assert reviews_of_place(document, now=NOW).next_token == told[18]
