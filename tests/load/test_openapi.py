"""Five minutes of odd requests, with a new seed each time."""

import random
from pathlib import Path

import pytest

from tests.api_house import api_house
from tests.fuzz import fuzz


@pytest.mark.slow(900)
def test_five_minutes_of_odd_requests_get_documented_answers_only(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    with api_house(tmp_path, works=True) as house:
        ran = fuzz(house, seconds=300, seed=seed)

    assert ran.returncode == 0, f"seed {seed}\n{ran.stdout[-6000:]}"
