"""The scorer itself: a measure that can't fail measures nothing."""

from tests.holdout.family import SITES
from tests.holdout.kinds import TECH_COLUMNS
from tests.holdout.scoring import score, sum_of
from tests.holdout.studies import either, truth_of

TRUTHS = [(site.address, site.truth) for site in SITES]


def test_silence_has_no_recall() -> None:
    for column in ("email", *TECH_COLUMNS):
        found = score(column, TRUTHS, [{} for _ in SITES])

        assert (found.recall, found.given) == (0.0, 0)
        assert len(found.misses) == sum(None not in truth[column] for _, truth in TRUTHS)


def test_a_word_of_no_vocabulary_is_always_wrong() -> None:
    for column in ("email", "site_alive", *TECH_COLUMNS):
        found = score(column, TRUTHS, [{column: "nonsense"} for _ in SITES])

        assert (found.precision, found.recall) == (0.0, 0.0)
        assert len(found.misses) == len(SITES)


def test_one_technology_too_many_costs_precision_alone() -> None:
    (value,) = SITES[0].truth["tech_analytics"]

    found = score("tech_analytics", TRUTHS[:1], [{"tech_analytics": f"{value}, nonsense"}])

    assert (found.precision, found.recall, len(found.misses)) == (0.5, 1.0, 1)


def test_a_number_is_the_same_with_and_without_its_decimals() -> None:
    truth = truth_of({"pricing_min": 19, "ads_score": 0})

    assert score("pricing_min", [("", truth)], [{"pricing_min": 19.0}]).misses == []
    assert score("ads_score", [("", truth)], [{"ads_score": 0}]).found == 1
    assert score("ads_score", [("", truth)], [{"ads_score": None}]).recall == 0.0


def test_of_several_readings_the_nearest_is_due() -> None:
    truth = truth_of({"pixels_detected": either("criteo", "criteo, meta"), "siret": either("1", "2")})

    pixels = score("pixels_detected", [("", truth)], [{"pixels_detected": "criteo, meta"}])
    siret = score("siret", [("", truth)], [{"siret": "2"}])

    assert (pixels.precision, pixels.recall, pixels.expected) == (1.0, 1.0, 2)
    assert (siret.precision, siret.recall, siret.expected) == (1.0, 1.0, 1)


def test_a_no_is_silence_and_a_wrong_yes_is_not() -> None:
    truth = truth_of({"pixel_meta": False})

    assert score("pixel_meta", [("", truth)], [{"pixel_meta": False}]).given == 0
    assert score("pixel_meta", [("", truth)], [{"pixel_meta": True}]).precision == 0.0


def test_a_group_counts_what_its_columns_count() -> None:
    truth = truth_of({"siren": "1", "siret": "2"})

    whole = sum_of("ids", [score(column, [("", truth)], [{"siren": "1"}]) for column in ("siren", "siret")])

    assert (whole.precision, whole.recall) == (1.0, 0.5)
