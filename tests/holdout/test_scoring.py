"""The scorer itself: a measure that can't fail measures nothing."""

from tests.holdout.family import SITES
from tests.holdout.kinds import TECH_COLUMNS
from tests.holdout.scoring import score

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
