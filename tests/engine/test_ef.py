"""The arithmetic of EF (CONTRACT X-28)."""

import pytest

from engine.ef import EF_PER_ITEM, TILES_OF_FRANCE, Mode, scrap_ef, scrap_seconds


def test_one_query_on_all_of_france_in_fast_mode_is_one_ef() -> None:
    """C-387."""
    assert scrap_ef(TILES_OF_FRANCE, mode="fast") == 1.0


@pytest.mark.parametrize(("mode", "factor"), [("fast", 1), ("advanced", 2), ("ultra", 6)])
def test_a_mode_multiplies_the_price_and_the_time(mode: Mode, factor: int) -> None:
    """C-386."""
    assert scrap_ef(100, mode=mode) == pytest.approx(factor * scrap_ef(100, mode="fast"))
    assert scrap_seconds(100, mode=mode, source="places") == pytest.approx(
        factor * scrap_seconds(100, mode="fast", source="places")
    )


def test_reviews_raise_the_price_by_half() -> None:
    assert scrap_ef(100, mode="fast", reviews=True) == pytest.approx(1.5 * scrap_ef(100, mode="fast"))


def test_11100_items_are_one_ef() -> None:
    assert pytest.approx(1.0) == EF_PER_ITEM * 11_100


def test_four_ways_out_and_no_more_share_the_searches_of_a_job_on_google_maps() -> None:
    one, two, four, nine = (scrap_seconds(100, mode="fast", source="google_maps", ways=ways) for ways in (1, 2, 4, 9))

    assert (one, two, four, nine) == (2 * two, 2 * four, four, four)
