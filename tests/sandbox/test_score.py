"""Rows are scored against the truth: cell by cell, value by value."""

import pytest

from engine.sandbox.score import Miss, Score, misses, score_columns, score_emails, score_techstack
from tests.sandbox.site_world import TRUTH as WHOLE

HEALTHY = WHOLE.of_kind("healthy")
COLUMNS = ("telephones_extra", "facebook", "siren", "mentions_capital", "pricing_found", "pricing_min")
LISTS = ("telephones_extra",)
ROWS: list[dict[str, object]] = [
    {"telephone": one.telephone, **one.columns, "site_web": one.site_web} for one in HEALTHY
]


def test_a_perfect_run_scores_one_and_a_guess_lowers_precision() -> None:
    rows: list[dict[str, object]] = [{**one.model_dump(), "email": one.email_normal} for one in WHOLE.sites]
    guess: list[dict[str, object]] = [{"site_web": one.site_web, "tech_analytics": "ga4, xiti"} for one in HEALTHY]

    perfect, guessed = score_techstack(WHOLE, rows), score_techstack(WHOLE, guess)["tech_analytics"]

    assert {(score.recall, score.precision) for score in perfect.values()} == {(1.0, 1.0)}
    assert (score_emails(WHOLE, rows).recall, score_emails(WHOLE, rows).precision) == (1.0, 1.0)
    assert guessed.found == 2 * len(HEALTHY) and guessed.precision < 0.5


def test_an_address_that_a_script_draws_is_expected_of_the_deep_mode_alone() -> None:
    drawn = [one for one in HEALTHY if one.js_only and one.email]
    rows: list[dict[str, object]] = [{"site_web": one.site_web, "email": one.email} for one in drawn]

    assert drawn and not any(one.email_normal for one in drawn)
    assert score_emails(WHOLE, rows) == Score(expected=0, found=len(drawn), right=0)
    assert score_emails(WHOLE, rows, mode="deep") == Score(expected=len(drawn), found=len(drawn), right=len(drawn))


def test_the_truth_itself_scores_one_in_every_column() -> None:
    columns = sorted({column for one in HEALTHY for column in one.columns})

    for column, score in score_columns(WHOLE, ROWS, columns, lists=LISTS).items():
        assert score.expected == score.found == score.right, column
    assert misses(WHOLE, ROWS, columns, lists=LISTS) == []


def test_an_empty_row_finds_nothing_and_misses_all_that_there_is() -> None:
    empty: list[dict[str, object]] = [{"site_web": one.site_web, "telephone": one.telephone} for one in HEALTHY]

    for column, score in score_columns(WHOLE, empty, COLUMNS, lists=LISTS).items():
        assert score.expected > 0 and (score.found, score.right, score.precision) == (0, 0, 1.0), column


@pytest.mark.parametrize(
    ("column", "right", "said"),
    [
        ("pricing_min", 35.0, "35"),
        ("pricing_min", 35.9, "35.90"),
        ("pricing_found", False, "False"),
        ("mentions_capital", "10 000 €", "10\u00a0000 €"),
        ("mentions_raison_sociale", "SARL Chez Léa", "sarl  chez lea"),
        ("facebook", "https://www.facebook.com/Chez.Lea", "https://www.facebook.com/chez.lea/"),
        ("siren", "912345678", "912345678"),
    ],
)
def test_cells_are_compared_by_what_they_mean(column: str, right: str | float | bool, said: object) -> None:
    site = HEALTHY[0].model_copy(update={"columns": {column: right}})
    world = WHOLE.model_copy(update={"sites": (site,), "special_sites": ()})

    score = score_columns(world, [{"site_web": site.site_web, column: said}], [column])[column]

    assert score == Score(expected=1, found=1, right=1)


def test_values_of_one_cell_are_scored_one_by_one() -> None:
    site = HEALTHY[0].model_copy(update={"columns": {"pixels": "meta, tiktok"}})
    world = WHOLE.model_copy(update={"sites": (site,), "special_sites": ()})
    row: dict[str, object] = {"site_web": site.site_web, "pixels": "tiktok, criteo, snapchat"}

    assert score_columns(world, [row], ["pixels"], lists=["pixels"]) == {"pixels": Score(2, 3, 1)}
    assert misses(world, [row], ["pixels"], lists=["pixels"]) == [
        Miss(site.site_web, "pixels", "meta, tiktok", "tiktok, criteo, snapchat")
    ]


def test_a_place_with_another_number_finds_the_sites_own_among_the_further_ones() -> None:
    site = next(one for one in HEALTHY if one.telephone and not one.columns["telephones_extra"])
    branch: dict[str, object] = {"site_web": site.site_web, "telephone": "01 99 00 00 00"}

    score = score_columns(WHOLE, [{**branch, "telephones_extra": site.telephone}], LISTS, lists=LISTS)

    assert score["telephones_extra"] == Score(expected=1, found=1, right=1)


def test_a_column_that_the_truth_leaves_out_is_not_scored() -> None:
    row: dict[str, object] = {"site_web": HEALTHY[0].site_web, "column_of_nobody": "value"}

    assert score_columns(WHOLE, [row], ["column_of_nobody"])["column_of_nobody"] == Score(0, 0, 0)
