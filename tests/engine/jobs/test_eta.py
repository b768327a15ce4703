"""How long a running search still takes."""

import pytest

from engine.jobs.eta import Levels, seconds_left, still_opened


def level(searched: int, opened: int) -> dict[str, int]:
    return {"searched": searched, "opened": opened}


def test_without_tiles_the_pace_so_far_decides() -> None:
    assert seconds_left(elapsed=60.0, processed=20, planned=80, levels={}) == 180


def test_tiles_that_will_yet_be_divided_are_counted() -> None:
    """C-388: of ten first tiles five are searched, and each opened four smaller ones, none of them searched yet. The
    other five will open 20, all those 40 half as many each as their parents, and so on to the last zoom."""
    levels = {"13": level(searched=5, opened=20)}

    assert still_opened(levels, 30) == 20 + 80 + 80 + 40
    assert seconds_left(elapsed=5.0, processed=5, planned=30, levels=levels) == 25 + 220


@pytest.mark.parametrize(
    ("levels", "planned", "expected"),
    [
        ({"13": level(10, 0)}, 10, 0),  # nothing saturates
        ({"13": level(5, 0)}, 10, 0),
        ({"13": level(10, 8), "14": level(4, 0)}, 18, 0),  # the smaller ones don't
        ({"13": level(10, 8), "14": level(4, 2)}, 20, 2 + 1 + 0.125),  # half of 4, a quarter of 2 and 2
        ({"13": level(1, 4), "14": level(4, 16), "15": level(16, 64), "16": level(64, 256)}, 341, 0),  # to the bottom
    ],
)
def test_a_zoom_divides_on_as_often_as_it_did(levels: Levels, planned: int, expected: float) -> None:
    assert still_opened(levels, planned) == pytest.approx(expected)
